import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest';
import type { ApiClient } from '../../deploy/demo/http.ts';
import { configSchema } from '../../ven-agent/config.ts';
import { createVenAgent } from '../../ven-agent/main.ts';
import type { VenAgent } from '../../ven-agent/main.ts';
import { startSimulatedSite } from '../../ven-agent/simulate/site.ts';
import type { SimulatedSite } from '../../ven-agent/simulate/site.ts';
import { Cable } from '../support/cable.ts';
import { waitFor } from '../support/demo.ts';
import { SunSpecPeer } from '../support/sunspec-peer.ts';
import { tempDir } from '../support/temp-dir.ts';
import { VtnProcess } from '../support/vtn-process.ts';

const MW = 1_000_000;
const MINUTE_MS = 60_000;
const SUBSCRIPTION_W = 8 * MW;
const log = pino({ level: 'silent' });

/** Time goes on as it does, and by as much more as a test lets pass. */
class Hours {
  #passedMs = 0;
  nowMs = () => Date.now() + this.#passedMs;
  monotonicMs = () => performance.now() + this.#passedMs;
  pass(ms: number): void {
    this.#passedMs += ms;
  }
}

describe('when the VTN, a process of its own, is silent (User Guide 8.10.1)', () => {
  const dir = tempDir();
  let vtn: VtnProcess;
  let openadr: ApiClient;
  let assetId: string;
  let programID: string;
  let gateway: { siteId: string; clientId: string; clientSecret: string };

  let hours: Hours;
  let cable: Cable;
  let site: SimulatedSite;
  let inverter: SunSpecPeer;
  let agent: VenAgent;
  let statusUrl: string;
  let n = 0;

  beforeAll(async () => {
    vtn = await VtnProcess.start(dir.path);
    const operator = await vtn.operator();
    openadr = operator.openadr;
    const place = { code: 'QUIET', region: 'DE', delivery_area: '50HZ' };
    const { operations } = operator;
    const named = { ...place, name: 'Quiet' };
    const mode = { dispatch_mode: { name: 'MANUAL' } };
    const { id: siteId } = await operations.send<{ id: string }>('POST', '/sites', { ...named, ...mode });
    const plant = { ...named, type: 'PV', provider: 'ASSET_SIMULATOR' };
    ({ id: assetId } = await operations.send<{ id: string }>('POST', '/assets', plant));
    const valid_from = new Date(Date.now() - 3_600_000).toISOString();
    const grid_connection_max_power = { amount: SUBSCRIPTION_W, unit: 'W' };
    await operations.send('PUT', '/specs', { asset_id: assetId, valid_from, grid_connection_max_power });
    const efficiency = { charge_efficiency: 1, discharge_efficiency: 1 };
    const inverterIn = { rated_power: { amount: 10, unit: 'MW' }, ...efficiency, asset_ids: [assetId] };
    await operations.send('POST', `/sites/${siteId}/inverters`, inverterIn);
    const made = await operations.send<Record<string, string>>('PUT', `/sites/${siteId}/gateway`);
    gateway = { siteId, clientId: made['client_id'] ?? '', clientSecret: made['client_secret'] ?? '' };
    ({ id: programID } = await openadr.send<{ id: string }>('POST', '/programs', { programName: 'quiet' }));
  }, 60_000);
  afterAll(async () => {
    vtn.thaw();
    await vtn.kill();
    await dir.remove();
  });

  beforeEach(async () => {
    n += 1;
    hours = new Hours();
    cable = await Cable.lay(vtn.openadrUrl);
    site = await startSimulatedSite({ host: '127.0.0.1', clock: hours, log, plants: [{ id: assetId, kind: 'PV' }] });
    const { url = '', unitId = 1 } = site.assets[0] ?? {};
    inverter = await SunSpecPeer.connect(url, unitId);
    await boot('boot-1');
  });
  afterEach(async () => {
    vtn.thaw();
    await agent.stop();
    await inverter.close();
    await site.stop();
    await cable.remove();
    const events = await openadr.send<{ id: string }[]>('GET', `/events?programID=${programID}`);
    for (const { id } of events) await openadr.send('DELETE', `/events/${id}`);
  });

  /** An agent's process as it starts, with the disk that the last one left. */
  async function boot(bootId: string, draw = 0.5): Promise<void> {
    const { url = '' } = site.assets[0] ?? {};
    const { siteId, clientId, clientSecret } = gateway;
    const config = configSchema.parse({
      vtn: { url: cable.url, clientId, clientSecret, pollSeconds: 1, timeoutMs: 1_000 },
      site: { id: siteId },
      dataDir: `${dir.path}/agent-${n}`,
      tick: { intervalMs: 100 },
      devices: [{ resourceName: assetId, kind: 'PV', driver: 'sunspec', url, limits: { exportMaxW: 9 * MW } }],
    });
    const { nowMs, monotonicMs } = hours;
    agent = createVenAgent(config, { clock: { nowMs }, monotonicMs, random: () => draw, log, bootId });
    ({ statusUrl } = await agent.start());
  }

  interface Status {
    mode: string;
    vtn: { failures: number };
    schedule: { entries: number };
  }
  const status = async () => (await (await fetch(`${statusUrl}/status`)).json()) as Status;
  const modeIs = (mode: string) => waitFor(mode, async () => (await status()).mode === mode, 20_000);
  /** Silences the VTN, and waits until the agent has noticed: an answer that was on its way would tell it the time. */
  const silenced = async (silence: () => unknown): Promise<void> => {
    const { failures } = (await status()).vtn;
    await silence();
    await waitFor('a failed poll', async () => (await status()).vtn.failures > failures, 20_000);
  };
  const limitIs = (maxW: number) =>
    waitFor(`a limit of ${maxW} W`, async () => (await inverter.pvLimitW()) === maxW, 20_000);
  const post = (start: Date, limitsKw: readonly number[], randomizeStart?: string) =>
    openadr.send('POST', '/events', {
      programID,
      targets: [assetId],
      intervalPeriod: { start: start.toISOString(), duration: 'PT1M', ...(randomizeStart ? { randomizeStart } : {}) },
      intervals: limitsKw.map((kw, id) => ({ id, payloads: [{ type: 'EXPORT_CAPACITY_LIMIT', values: [kw] }] })),
    });
  /** Five limits of a minute each, 1 to 5 MW, of which the first is in force. */
  const fiveMinutes = async (): Promise<void> => {
    await post(new Date(Date.now() - 20_000), [1_000, 2_000, 3_000, 4_000, 5_000]);
    await limitIs(1 * MW);
  };

  it.each([
    ['frozen', () => vtn.freeze(), () => vtn.thaw()],
    ['killed', () => vtn.kill(), () => vtn.start()],
    ['cut off', () => cable.cut(), () => cable.mend()],
  ] as const)(
    '%s during five one-minute limits: all five are followed, then the subscription; then it resumes (ALL-23)',
    async (_manner, silence, restore) => {
      await fiveMinutes();
      await modeIs('CONNECTED');
      await silenced(silence);
      for (const mw of [2, 3, 4, 5]) {
        hours.pass(MINUTE_MS);
        await limitIs(mw * MW);
      }
      await modeIs('ISLAND_CACHED');
      hours.pass(MINUTE_MS);
      await limitIs(SUBSCRIPTION_W);
      await modeIs('ISLAND_DEFAULT');
      await restore();
      await post(new Date(Date.now() - 1_000), [500]);
      await limitIs(0.5 * MW);
      await modeIs('CONNECTED');
    },
    60_000,
  );

  it('comes back from a power cut on the persisted subscription, not on the cached limits (ALL-30)', async () => {
    await fiveMinutes();
    vtn.freeze();
    await agent.stop();
    await boot('boot-2');
    await limitIs(SUBSCRIPTION_W);
    await modeIs('INIT');
    vtn.thaw();
    await modeIs('CONNECTED');
    await limitIs(1 * MW);
  }, 60_000);

  it('goes on with the cached schedule when only its process was restarted', async () => {
    await fiveMinutes();
    vtn.freeze();
    await agent.stop();
    hours.pass(MINUTE_MS);
    await boot('boot-1');
    await limitIs(2 * MW);
    await modeIs('ISLAND_CACHED');
  }, 60_000);

  it('begins at a random time that is drawn once and outlives a restart; contiguous intervals move together (ALL-22)', async () => {
    await agent.stop();
    // Drawn is the latest start: two minutes after the one that is written.
    await boot('boot-1', 0.999_999);
    await limitIs(SUBSCRIPTION_W);
    await post(new Date(Date.now() - 30_000), [1_000, 2_000], 'PT2M');
    await waitFor('the event beside the two of the subscription', async () => (await status()).schedule.entries === 4);
    await silenced(() => vtn.freeze());
    hours.pass(MINUTE_MS);
    await agent.stop();
    await boot('boot-1', 0);
    await limitIs(SUBSCRIPTION_W);
    hours.pass(MINUTE_MS);
    await limitIs(1 * MW);
    hours.pass(MINUTE_MS);
    await limitIs(2 * MW);
  }, 60_000);
});
