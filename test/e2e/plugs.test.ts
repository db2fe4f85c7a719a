import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOAD_W, makeSite, MW, PlantTime, PluggedSite, PV_SUBSCRIPTION_W } from '../support/plugged-site.ts';
import type { KnownSite } from '../support/plugged-site.ts';
import { waitFor } from '../support/demo.ts';
import { Mosquitto, mosquittoPath } from '../support/mosquitto.ts';
import { smallDisk } from '../support/small-disk.ts';
import { tempDir } from '../support/temp-dir.ts';
import { VtnProcess } from '../support/vtn-process.ts';

const LEASE_MS = 30_000;
/** A reading counts for three ticks; one decides, two are what the plants take to follow, and two the looking. */
const BLIND_TICKS = 3 + 1 + 2 + 2;

// What happens when the VTN is frozen, killed or cut off is in communication.test.ts.
describe('a plug that is pulled leaves the site within its limits', () => {
  const dir = tempDir();
  const broker = mosquittoPath === undefined ? undefined : new Mosquitto();
  let vtn: VtnProcess;
  let known: KnownSite;
  let site: PluggedSite;
  let n = 0;
  const dataDir = () => join(dir.path, `agent-${n}`);

  beforeAll(async () => {
    await broker?.start();
    const mqtt = { VTN_MQTT_MODE: 'external', VTN_MQTT_URL: broker?.url ?? '', VTN_MQTT_AUTHENTICATION: 'ANONYMOUS' };
    vtn = await VtnProcess.start(dir.path, broker === undefined ? {} : mqtt);
    known = await makeSite(await vtn.operator());
  }, 60_000);
  afterAll(async () => {
    await vtn.kill();
    await broker?.remove();
    await dir.remove();
  });
  beforeEach(async () => {
    n += 1;
    await known.limit(5 * MW);
    site = await PluggedSite.start(known);
  });
  afterEach(() => site.stop());

  /** The battery, which should give 4 MW, makes room for the park: 1 and 7 MW, less the load of 3. */
  const atFive = () => site.exports(5 * MW, 3.5 * MW);
  const atThree = () => site.exports(3 * MW);
  /** So that it is known what the devices keep to. */
  const parkIsFull = () =>
    waitFor('the whole park', () => Math.abs(site.powerW(known.pvId) - PV_SUBSCRIPTION_W) < 1_000);

  it.skipIf(broker === undefined)(
    'the broker (needs mosquitto): a new limit is in force within one poll, and notifications come back with it',
    async () => {
      await site.runAgent(vtn, dataDir());
      await atFive();
      const mqtt = async (state: string) => (await site.status()).vtn.notifications.state === state;
      await waitFor('notifications', () => mqtt('connected'));
      await broker?.stop();
      await waitFor('the loss', async () => !(await mqtt('connected')));
      const { polls } = (await site.status()).vtn;
      await known.limit(3 * MW);
      await atThree();
      // One may have been under way.
      expect((await site.status()).vtn.polls).toBeLessThanOrEqual(polls + 2);
      await broker?.start();
      await waitFor('notifications again', () => mqtt('connected'));
    },
    60_000,
  );

  describe.each([
    ['stalls', { kind: 'stall', delayMs: 600_000 }],
    ['drops every connection', { kind: 'drop' }],
    ['refuses everything', { kind: 'exception', exceptionCode: 4 }],
  ] as const)('a device that %s', (_manner, fault) => {
    it('battery: the park makes the room; the battery stands still by its own timer; when it is back it gets its order', async () => {
      await site.runAgent(vtn, dataDir());
      await atFive();
      site.plants.setFault(known.bessId, fault);
      await waitFor('the loss', async () => !(await site.isReachable(known.bessId)));
      expect(await site.isReachable(known.pvId)).toBe(true);
      await known.limit(3 * MW);
      await atThree();
      site.time.pass(LEASE_MS);
      await waitFor('standstill', () => site.powerW(known.bessId) === 0);
      await atThree();
      site.plants.setFault(known.bessId, { kind: 'none' });
      await known.limit(5 * MW);
      await waitFor('an order again', () => site.powerW(known.bessId) > 0);
      await atFive();
    }, 60_000);

    it('park: it keeps its limit by itself, the battery makes the room; when it is back it gets its order', async () => {
      await site.runAgent(vtn, dataDir());
      await atFive();
      site.plants.setFault(known.pvId, fault);
      await waitFor('the loss', async () => !(await site.isReachable(known.pvId)));
      await known.limit(3 * MW);
      await atThree();
      expect(site.powerW(known.pvId)).toBeLessThanOrEqual(PV_SUBSCRIPTION_W);
      site.plants.setFault(known.pvId, { kind: 'none' });
      await waitFor('the park', () => site.isReachable(known.pvId));
      await known.limit(5 * MW);
      await atFive();
    }, 60_000);

    it('meter: within six ticks the devices keep to what the rest of the site may be at its worst', async () => {
      await site.runAgent(vtn, dataDir());
      await atFive();
      const pv = await site.peer(known.pvId);
      const bess = await site.peer(known.bessId);
      await parkIsFull();
      const { ticks } = await site.status();
      site.plants.setFault('METER', fault);
      await waitFor('a blind meter', async () => (await site.status()).site.meter === 'blind');
      // 5 MW less the 1 MW of the rest; that the load of 3 MW is still there nobody knows.
      await waitFor('4 MW', async () => (await pv.pvPowerW()) + (await bess.bessPowerW()) <= 4 * MW);
      expect((await site.status()).ticks).toBeLessThanOrEqual(ticks + BLIND_TICKS);
      await Promise.all([pv.close(), bess.close()]);
      site.plants.setFault('METER', { kind: 'none' });
      site.meter = await site.peer('METER');
      await atFive();
    }, 60_000);
  });

  it('the agent, killed: the devices keep to the limit by themselves; a new agent resumes, even without the VTN', async () => {
    await site.spawnAgent(vtn, dataDir());
    // The battery gives 1 MW by itself too: only an order shows that the agent has come to rest.
    await waitFor('orders', async () => {
      const battery = (await site.status()).devices.find(({ resourceName }) => resourceName === known.bessId);
      return Math.abs((battery?.ordered?.setpointW ?? 0) - 1 * MW) < 0.01 * MW;
    });
    await parkIsFull();
    await atFive();
    await site.end('SIGKILL');
    const bess = await site.peer(known.bessId);
    expect(await bess.leaseLeftSeconds()).toBeLessThanOrEqual(LEASE_MS / 1000);
    expect(await bess.leaseLeftSeconds()).toBeGreaterThan(0);
    site.time.pass(LEASE_MS);
    await waitFor('standstill', async () => (await bess.bessPowerW()) === 0);
    expect(await site.meter.meterPowerW()).toBeLessThanOrEqual(5 * MW);
    expect(await site.meter.meterPowerW()).toBe(PV_SUBSCRIPTION_W - LOAD_W);
    site.time.pass(3_600_000);
    expect(await site.meter.meterPowerW()).toBe(PV_SUBSCRIPTION_W - LOAD_W);
    vtn.freeze();
    try {
      await site.spawnAgent(vtn, dataDir());
      await waitFor('a first command', async () => (await bess.leaseLeftSeconds()) > 0);
      await atFive();
      expect((await site.status()).mode).toBe('ISLAND_CACHED');
    } finally {
      vtn.thaw();
    }
    await bess.close();
  }, 60_000);

  it('the agent, stopped in order: the battery is left standing still, the park has what is left at the worst', async () => {
    await site.spawnAgent(vtn, dataDir());
    await parkIsFull();
    await atFive();
    expect(await site.end('SIGTERM')).toBe(0);
    const bess = await site.peer(known.bessId);
    expect(await bess.bessSetpointW()).toBe(0);
    // 5 MW less the 1 MW of the rest; the load of 3 MW is there, but nobody looks any more.
    for (const laterMs of [0, LEASE_MS, 3_600_000]) {
      site.time.pass(laterMs);
      await site.exports(4 * MW - LOAD_W, 4 * MW - LOAD_W);
    }
    await bess.close();
  }, 60_000);

  it('the agent, killed: a battery without a set-point does not charge above an import limit, though it wants to', async () => {
    const anew = await VtnProcess.start(join(dir.path, 'anew'));
    const other = await makeSite(await anew.operator());
    await site.stop();
    site = await PluggedSite.start(other);
    try {
      await other.endDispatch();
      await site.spawnAgent(anew, dataDir());
      site.own.powerW = -2 * MW;
      await waitFor('what it wants', () => site.powerW(other.bessId) === -2 * MW);
      await other.limit(9 * MW, 5 * MW);
      const bess = await site.peer(other.bessId);
      // Under its timer, for a set-point of nothing; it could take 20 MW.
      await waitFor('standstill', async () => (await bess.leaseLeftSeconds()) > 0 && (await bess.bessPowerW()) === 0);
      await site.end('SIGKILL');
      site.own.powerW = -20 * MW;
      for (const laterMs of [0, LEASE_MS, 3_600_000]) {
        site.time.pass(laterMs);
        expect(await bess.bessPowerW()).toBe(0);
      }
      await bess.close();
    } finally {
      await anew.kill();
    }
  }, 60_000);

  it.each([
    ['forward', 3_600_000],
    ['back', -3_600_000],
  ])(
    'the machine’s clock, set %s by an hour: no command changes',
    async (_direction, stepMs) => {
      const wall = new PlantTime();
      await site.runAgent(vtn, dataDir(), { clock: wall, monotonicMs: () => performance.now() });
      await atFive();
      const [pv, bess] = await Promise.all([site.peer(known.pvId), site.peer(known.bessId)]);
      const orders = async () => [await pv.pvLimitW(), await bess.bessSetpointW()];
      let before = '';
      /** Ten ticks in a row with the same orders. */
      const steady = async (changed: () => void) => {
        let since = (await site.status()).ticks;
        await waitFor('ten ticks', async () => {
          const [now, { ticks }] = [JSON.stringify(await orders()), await site.status()];
          if (now !== before) {
            changed();
            [before, since] = [now, ticks];
          }
          return ticks >= since + 10;
        });
      };
      await steady(() => undefined);
      wall.pass(stepMs);
      await waitFor('the step', async () => (await site.status()).clock.steps === 1);
      await steady(() => expect.unreachable('an order changed'));
      await Promise.all([pv.close(), bess.close()]);
    },
    60_000,
  );

  it('room on the disk (needs the right to mount one): a new limit is in force all the same', async ({ skip }) => {
    const disk = smallDisk(1_024);
    if (disk === undefined) return skip('no disk can be mounted here');
    try {
      const data = join(disk.path, 'agent');
      await site.runAgent(vtn, data);
      await atFive();
      fill(disk.path);
      await known.limit(3 * MW);
      await atThree();
    } finally {
      await site.stop();
      await disk.remove();
    }
  }, 60_000);

  it('everything at once: agent, VTN, broker and devices start anew, and the limit is in force again', async () => {
    await site.spawnAgent(vtn, dataDir());
    await atFive();
    await Promise.all([site.end('SIGKILL'), vtn.kill(), broker?.stop()]);
    const { ports } = site;
    await site.stop();
    // Without any order: 1 MW of the battery, 8 of the park.
    site = await PluggedSite.start(known, ports);
    expect(await site.meter.meterPowerW()).toBeGreaterThan(5 * MW);
    await site.spawnAgent(vtn, dataDir());
    await atFive();
    await Promise.all([vtn.start(), broker?.start()]);
    await waitFor('the VTN', async () => (await site.status()).mode === 'CONNECTED');
    await known.limit(3 * MW);
    await atThree();
  }, 60_000);
});

/** Writes until nothing more fits. */
function fill(folder: string): void {
  for (const [index, bytes] of [65_536, 4_096, 512, 1].entries()) {
    try {
      for (let i = 0; ; i += 1) writeFileSync(join(folder, `filler-${index}-${i}`), Buffer.alloc(bytes));
    } catch {
      // Full, as far as pieces of this size go.
    }
  }
}
