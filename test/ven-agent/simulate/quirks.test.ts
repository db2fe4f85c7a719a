import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import type { Device } from '../../../ven-agent/bridges/device.ts';
import { MasterPool } from '../../../ven-agent/bridges/modbus/pool.ts';
import { createDevice } from '../../../ven-agent/bridges/registry.ts';
import { readCommand } from '../../../ven-agent/simulate/command.ts';
import { startSimulatedSite } from '../../../ven-agent/simulate/site.ts';
import type { PlantOptions, SimulatedSite } from '../../../ven-agent/simulate/site.ts';

const MW = 1_000_000;
const log = pino({ level: 'silent' });
const limited = (mw: number) => ({ outputLimit: { kind: 'limited' as const, maxW: mw * MW }, leaseSeconds: 600 });

describe('a simulated site', () => {
  const clock = new ManualClock('2026-06-21T10:00:00Z');
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  async function serve(...plants: PlantOptions[]): Promise<{ site: SimulatedSite; devices: Device[] }> {
    const site = await startSimulatedSite({ host: '127.0.0.1', clock, log, plants });
    cleanUp.push(() => site.stop());
    const pool = new MasterPool();
    const devices = site.assets.map(({ id, kind, url, unitId }) => {
      const config = { resourceName: id, kind, driver: 'sunspec', url, unitId, timeoutMs: 1_000 } as const;
      const device = createDevice(config, { clock, pool, random: () => 0, log });
      cleanUp.push(() => device.close());
      return device;
    });
    return { site, devices };
  }

  it('has a meter that sees what the plants give less what the load takes, and counts both directions', async () => {
    const { site, devices } = await serve({ id: 'PV', kind: 'PV' }, { id: 'METER', kind: 'METER', load: () => 3 * MW });
    const meter = devices[1]!;
    await meter.open();
    const first = await meter.read();
    expect(first.powerW).toBe(5 * MW);
    clock.advance(3_600_000);
    site.setLoad(10 * MW);
    const second = await meter.read();
    expect(second.powerW).toBe(-2 * MW);
    expect(second.dischargedTotalWh! - first.dischargedTotalWh!).toBe(5 * MW);
    clock.advance(1_800_000);
    const third = await meter.read();
    expect([
      third.chargedTotalWh! - second.chargedTotalWh!,
      third.dischargedTotalWh! - second.dischargedTotalWh!,
    ]).toEqual([1 * MW, 0]);
  });

  it.each([['no-end-marker'], ['short-common']] as const)('%s: the map is walked all the same', async (quirk) => {
    const { devices } = await serve(
      { id: 'PV', kind: 'PV', quirks: [quirk] },
      { id: 'BESS', kind: 'BESS', quirks: [quirk] },
    );
    for (const device of devices) {
      await device.open();
      expect(await device.write(limited(4))).toMatchObject({ kind: 'applied' });
      expect((await device.read()).outputLimit).toEqual(limited(4).outputLimit);
    }
  });

  it.each([
    ['limit-needs-toggle', 'Fronius', 5],
    // Whoever does not know of it believes a register that the inverter does not heed.
    ['limit-needs-toggle', 'Somebody', 7],
    ['single-writes', 'KOSTAL', 5],
    ['single-writes', 'Somebody', 5],
  ] as const)('%s of %s: a second limit is in force at %s MW', async (quirk, manufacturer, mw) => {
    const { site, devices } = await serve({ id: 'PV', kind: 'PV', quirks: [quirk], manufacturer });
    const device = devices[0]!;
    await device.open();
    await device.write(limited(7));
    await device.write(limited(5));
    clock.advance(2_000);
    expect(site.plant('PV').powerW).toBe(mw * MW);
  });

  it('standby-at-zero: a limit of 0 % stops the inverter for a minute longer than it holds', async () => {
    const { site, devices } = await serve({ id: 'PV', kind: 'PV', quirks: ['standby-at-zero'] });
    const device = devices[0]!;
    await device.open();
    await device.write(limited(0));
    clock.advance(2_000);
    expect(site.plant('PV').powerW).toBe(0);
    await device.write(limited(5));
    clock.advance(50_000);
    expect(site.plant('PV').powerW).toBe(0);
    clock.advance(15_000);
    expect(site.plant('PV').powerW).toBe(5 * MW);
  });

  it('sleeps-at-night: answers nobody while there is no sun, and wakes up by itself', async () => {
    let sun = 0;
    const { devices } = await serve({ id: 'PV', kind: 'PV', quirks: ['sleeps-at-night'], irradiance: () => sun });
    const device = devices[0]!;
    await vi.waitFor(() => expect(device.open()).rejects.toMatchObject({ code: 'UNREACHABLE' }), 5_000);
    sun = 0.5;
    clock.advance(60_000);
    await vi.waitFor(async () => {
      clock.advance(60_000);
      await device.open();
    }, 5_000);
    expect((await device.read()).powerW).toBe(5 * MW);
  });

  it.each([
    ['{"loadW": 5000000}', { loadW: 5_000_000 }],
    ['{"id": "A", "fault": {"kind": "stall", "delayMs": 3000}}', { id: 'A', fault: { kind: 'stall', delayMs: 3000 } }],
    ['{"id": "A", "fault": {"kind": "drop"}}', { id: 'A', fault: { kind: 'drop' } }],
  ])('is told %s while it runs', (line, command) => {
    expect(readCommand(line)).toEqual(command);
  });

  it.each(['', 'load 5', '{}', '{"loadW": "5"}', '{"id": "A", "fault": {"kind": "fire"}}', '[]'])(
    'refuses the command %j with what was expected',
    (line) => {
      expect(() => readCommand(line)).toThrow(/^expected /);
    },
  );
});
