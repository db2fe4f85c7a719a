import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { Agent } from '../../ven-agent/agent.ts';
import { createDevice } from '../../ven-agent/bridges/registry.ts';
import { EventCache } from '../../ven-agent/client/event-cache.ts';
import { configSchema, deviceConfigOf } from '../../ven-agent/config.ts';
import { openAgentDatabase } from '../../ven-agent/database.ts';
import type { AgentDatabase } from '../../ven-agent/database.ts';
import { ReportOutbox } from '../../ven-agent/reporting/outbox.ts';
import { Reporter } from '../../ven-agent/reporting/reporter.ts';
import { startSimulatedSite } from '../../ven-agent/simulate/site.ts';
import type { SimulatedSite } from '../../ven-agent/simulate/site.ts';
import { DeviceUnit } from '../../ven-agent/unit.ts';
import { event, NOON, payload } from './builders.ts';

const MW = 1_000_000;
const LIMIT_W = 6 * MW;
const TICK_MS = 1_000;
/** Full power of a simulated device within that time. */
const RAMP_MS = 200;
/** How often the meter is looked at. */
const LOOK_MS = 20;
/** Registers count in steps of 1 kW, and there are three of them. */
const RESOLUTION_W = 3_000;

/** MW at a second of the test. */
type Course = (seconds: number) => number;

/** `from`, and `to` from that second on. */
const step =
  (from: number, to: number, atSecond: number): Course =>
  (second) =>
    second < atSecond ? from : to;

/** From one level to the other between these seconds. */
const ramp =
  (from: number, to: number, [begin, end]: readonly [number, number]): Course =>
  (second) =>
    from + (to - from) * Math.min(1, Math.max(0, (second - begin) / (end - begin)));

describe('an export limit of the site under changing load, closed loop at the meter (GEN-13)', () => {
  const log = createLog({ name: 't', level: 'silent' });
  const siteLimit = event([payload('EXPORT_CAPACITY_LIMIT', LIMIT_W / 1000)], { targets: ['SITE_1'] });
  let clock: ManualClock;
  let db: AgentDatabase;
  let site: SimulatedSite;
  let cache: EventCache;
  let agent: Agent;
  let load: Course;
  let sun: Course;

  beforeEach(async () => {
    clock = new ManualClock(NOON);
    [load, sun] = [() => 1, () => 8];
    const seconds = () => (clock.nowMs() - NOON) / 1000;
    site = await startSimulatedSite({
      host: '127.0.0.1',
      clock,
      log,
      plants: [
        { id: 'BESS_1', kind: 'BESS', localProgram: () => 4 * MW },
        { id: 'PV_1', kind: 'PV', irradiance: () => sun(seconds()) / 10 },
        { id: 'METER', kind: 'METER', load: () => load(seconds()) * MW },
      ],
    });
    const config = configSchema.parse({
      vtn: { url: 'http://vtn.example', clientId: 'c', clientSecret: 's' },
      site: { id: 'SITE_1' },
      dataDir: 'unused',
      tick: { intervalMs: TICK_MS },
      devices: site.assets.map(({ id, kind, url }) => ({ resourceName: id, kind, driver: 'sunspec', url })),
    });
    db = openAgentDatabase(':memory:');
    const deps = { clock, random: () => 0.5, log };
    cache = new EventCache({ ...deps, db, bootId: 'boot-1' });
    const outbox = new ReportOutbox(db);
    const reporter = new Reporter({
      cache,
      outbox,
      onQueued: () => undefined,
      log,
      periodMs: 3_600_000,
      tickMs: TICK_MS,
    });
    const units = config.devices.map(
      (entry) => new DeviceUnit(createDevice(deviceConfigOf(entry), deps), { ...deps, onOpened: () => undefined }),
    );
    const watch = { status: { polls: 1, failures: 0, lastFullReadMs: NOON } };
    agent = new Agent({ config, units, cache, watch, reporter, clock, log, dryRun: false });
    cache.replaceAll([siteLimit]);
  });
  afterEach(async () => {
    await agent.stop();
    await site.stop();
    db.close();
  });

  /** Lets the site run for so long, and says how far and for how long in one piece it exported more than it may. */
  async function run(seconds: number): Promise<{ overW: number; overMs: number; lastW: number }> {
    const seen = { overW: 0, overMs: 0, lastW: 0 };
    let pieceMs = 0;
    for (let tick = 0; tick < seconds; tick += 1) {
      await agent.tickSoon();
      for (let ms = 0; ms < TICK_MS; ms += LOOK_MS) {
        clock.advance(LOOK_MS);
        seen.lastW = site.plant('METER').powerW;
        const overW = seen.lastW - LIMIT_W;
        pieceMs = overW > RESOLUTION_W ? pieceMs + LOOK_MS : 0;
        seen.overW = Math.max(seen.overW, overW);
        seen.overMs = Math.max(seen.overMs, pieceMs);
      }
    }
    return seen;
  }

  it.each([
    ['right after a tick', 10.02],
    ['right before one', 10.98],
  ])(
    'is held one tick and the devices’ own ramp after a load of 6 MW was lost %s; until then no more than that load is too much',
    async (_when, atSecond) => {
      load = step(8, 2, atSecond);
      await run(9);
      const { overW, overMs, lastW } = await run(20);
      expect(overW).toBeGreaterThan(0);
      expect(overW).toBeLessThanOrEqual(6 * MW);
      expect(overMs).toBeLessThanOrEqual(TICK_MS + RAMP_MS);
      expect(lastW).toBeGreaterThan(0.95 * LIMIT_W);
    },
  );

  it('is missed by no more than what a load that fades loses in that time', async () => {
    load = ramp(9, 0, [10, 30]);
    await run(9);
    const { overW, lastW } = await run(31);
    expect(overW).toBeLessThanOrEqual((9 * MW * (TICK_MS + RAMP_MS)) / 20_000 + RESOLUTION_W);
    expect(lastW).toBeGreaterThan(0.95 * LIMIT_W);
  });

  it.each([
    ['all at once', step(1, 10, 10.02)],
    ['by and by', ramp(0, 10, [10, 30])],
    ['and goes, again and again', (second: number) => 5 + 5 * Math.sin(second)],
  ])('is not missed at all when the sun comes out %s: PV holds its share as a limit', async (_manner, course) => {
    [load, sun] = [() => 0, course];
    await run(9);
    expect((await run(31)).overW).toBeLessThanOrEqual(RESOLUTION_W);
  });

  it('is held at every swing of a load that comes and goes, with sun and clouds', async () => {
    load = (second) => (second % 7 < 3.5 ? 8 : 1);
    sun = (second) => 5 + 5 * Math.sin(second);
    await run(9);
    const { overW, overMs } = await run(60);
    expect(overW).toBeLessThanOrEqual(7 * MW);
    expect(overMs).toBeLessThanOrEqual(TICK_MS + RAMP_MS);
  });

  it('gives PV that would keep its limit no more than cap and load, whatever the battery takes', async () => {
    const setpoint = event([payload('DISPATCH_SETPOINT', -6_000)]);
    cache.replaceAll([siteLimit, setpoint]);
    agent.scheduleChanged();
    load = step(9, 1, 9.5);
    await run(10);
    expect(site.plant('PV_1').powerW).toBe(8 * MW);
    await run(1);
    expect(site.plant('PV_1').powerW).toBeLessThan(2 * MW);
    await run(3);
    expect(site.plant('PV_1').powerW).toBeGreaterThan(6.9 * MW);
    expect(site.plant('PV_1').powerW).toBeLessThanOrEqual(7 * MW);
    expect((await run(10)).overW).toBeLessThanOrEqual(RESOLUTION_W);
  });

  it('leaves room that comes back to whom it was taken from, within three averaging times', async () => {
    const period = { start: '2026-06-01T12:00:00Z', duration: 'PT1H' };
    const setpoint = event([payload('DISPATCH_SETPOINT', -12_000)], { intervalPeriod: period });
    cache.replaceAll([siteLimit, setpoint]);
    agent.scheduleChanged();
    load = (second) => (second < 10 || second > 20 ? 9 : 1);
    sun = () => 1;
    await run(9);
    expect(site.plant('BESS_1').powerW).toBe(12 * MW);
    await run(11);
    expect(site.plant('BESS_1').powerW).toBeLessThanOrEqual(6 * MW);
    const { overW } = await run(15);
    expect(overW).toBeLessThanOrEqual(RESOLUTION_W);
    expect(site.plant('BESS_1').powerW).toBeGreaterThan(0.95 * 12 * MW);
  });
});
