import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MasterPool } from '../../ven-agent/bridges/modbus/pool.ts';
import { ModbusTcpServer } from '../../ven-agent/bridges/modbus/server.ts';
import { createDevice } from '../../ven-agent/bridges/registry.ts';
import { PvPlant } from '../../ven-agent/simulate/pv.ts';
import { DeviceUnit } from '../../ven-agent/unit.ts';

const log = pino({ level: 'silent' });
let clock: ManualClock;
let server: ModbusTcpServer;
let port: number;
const cleanUp: (() => Promise<void>)[] = [];

beforeEach(async () => {
  clock = new ManualClock('2026-01-15T10:00:00Z');
  port = 0;
  await plugIn();
});

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
  await server.stop();
});

async function plugIn(): Promise<void> {
  const units = new Map([[1, new PvPlant({ id: 'PV', kind: 'PV' }, clock)]]);
  server = new ModbusTcpServer({ host: '127.0.0.1', port, units });
  ({ port } = await server.start());
}

function unitWith(random: () => number): DeviceUnit {
  const config = {
    resourceName: 'PV',
    kind: 'PV' as const,
    driver: 'sunspec' as const,
    url: `tcp://127.0.0.1:${port}`,
    unitId: 1,
  };
  const device = createDevice(config, { clock, random, log, pool: new MasterPool() });
  const unit = new DeviceUnit(device, { clock, random, log, onOpened: () => undefined });
  cleanUp.push(() => unit.close());
  return unit;
}

/** Polls once a second; @returns the seconds in which something was tried */
async function pollFor(unit: DeviceUnit, seconds: number): Promise<number> {
  let tries = 0;
  for (let second = 0; second < seconds; second += 1) {
    clock.advance(1_000);
    const before = unit.status.readErrors;
    await unit.poll();
    if (unit.status.readErrors > before) tries += 1;
  }
  return tries;
}

async function secondsToRecover(unit: DeviceUnit): Promise<number> {
  for (let second = 1; second <= 120; second += 1) {
    await pollFor(unit, 1);
    if (unit.status.reachable) return second;
  }
  return Infinity;
}

describe('a device that was away for long', () => {
  it('is served again within 30 s of its return, whenever that is', async () => {
    // The longest waits that there can be, of the device and of its line.
    const unit = unitWith(() => 0.999_999);
    for (const awaySeconds of [600, 603, 607, 611, 617, 622, 628]) {
      await server.stop();
      await pollFor(unit, awaySeconds);
      expect(unit.status.reachable).toBe(false);
      await plugIn();
      expect(await secondsToRecover(unit)).toBeLessThanOrEqual(30);
    }
  });

  it('is not hammered meanwhile', async () => {
    const unit = unitWith(() => 0.5);
    await server.stop();
    expect(await pollFor(unit, 3_600)).toBeLessThanOrEqual(3_600 / 10 + 5);
    await plugIn();
  });

  it('counts what happened on its line, whoever kept it up', async () => {
    const unit = unitWith(() => 0);
    await unit.poll();
    const before = unit.device.traffic;
    await server.stop();
    await pollFor(unit, 3);
    await plugIn();
    await pollFor(unit, 2);
    expect(unit.device.traffic?.requests).toBeGreaterThan(before?.requests ?? Infinity);
    expect(unit.device.traffic).toMatchObject({ reconnects: 1, timeouts: 0 });
  });

  it('is tried at once when the clock was set back', async () => {
    const unit = unitWith(() => 0.999_999);
    await server.stop();
    await pollFor(unit, 600);
    await plugIn();
    clock.advance(-3_600_000);
    await unit.poll();
    expect(unit.status.reachable).toBe(true);
  });
});
