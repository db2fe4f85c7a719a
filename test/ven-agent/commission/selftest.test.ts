import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import type { Device, Limit } from '../../../ven-agent/bridges/device.ts';
import { MasterPool } from '../../../ven-agent/bridges/modbus/pool.ts';
import { createDevice } from '../../../ven-agent/bridges/registry.ts';
import { selftest } from '../../../ven-agent/commission/selftest.ts';
import { startSimulatedSite } from '../../../ven-agent/simulate/site.ts';
import type { SimulatedSite } from '../../../ven-agent/simulate/site.ts';

const UNLIMITED: Limit = { kind: 'unlimited' };

describe('selftest', () => {
  let clock: ManualClock;
  let site: SimulatedSite;
  let devices: Record<'BESS' | 'PV', Device>;
  beforeEach(async () => {
    clock = new ManualClock('2026-06-21T10:00:00Z');
    const log = pino({ level: 'silent' });
    site = await startSimulatedSite({
      ...{ host: '127.0.0.1', clock, log },
      plants: [
        { id: 'BESS', kind: 'BESS' },
        { id: 'PV', kind: 'PV' },
      ],
    });
    const pool = new MasterPool();
    const deviceOf = (index: number, kind: 'BESS' | 'PV') => {
      const { url = '', unitId = 1 } = site.assets[index] ?? {};
      const config = { resourceName: kind, kind, driver: 'sunspec', url, unitId, timeoutMs: 500 } as const;
      return createDevice(config, { clock, pool, random: () => 0, log });
    };
    devices = { BESS: deviceOf(0, 'BESS'), PV: deviceOf(1, 'PV') };
  });
  afterEach(async () => {
    for (const device of Object.values(devices)) await device.close();
    await site.stop();
  });

  const wait = async (ms: number): Promise<void> => clock.advance(ms);

  it('reverted: a device of model 704 goes to its programmed value, and the standing limit holds in the end', async () => {
    const standing: Limit = { kind: 'limited', maxW: 10_000_000 };
    const result = await selftest(devices.BESS, { wait, leaseSeconds: 30, standing });
    expect(result.outcome).toBe('reverted');
    expect(result.detail).toBe('after 30 s without a refresh: a limit of 8000000 W, a set-point of 0 W, as programmed');
    const { outputLimit, setpointW } = await devices.BESS.read();
    expect([outputLimit, setpointW]).toEqual([standing, undefined]);
  });

  it('tells less mild values apart under a low standing limit, and none under one that is next to nothing', async () => {
    const low: Limit = { kind: 'limited', maxW: 2_000_000 };
    const result = await selftest(devices.BESS, { wait, leaseSeconds: 30, standing: low });
    expect(result).toMatchObject({ outcome: 'reverted', detail: expect.stringContaining('1000000 W') as string });
    const none: Limit = { kind: 'limited', maxW: 0 };
    await expect(selftest(devices.BESS, { wait, leaseSeconds: 30, standing: none })).rejects.toThrow('too little');
  });

  it('wrong value: the limit reverts, but the battery is let go instead of brought to a stand', async () => {
    const meddling = async (ms: number): Promise<void> => {
      await devices.BESS.write({
        ...{ outputLimit: { kind: 'limited', maxW: 18_000_000 }, setpointW: 400_000, leaseSeconds: 30 },
        fallback: { outputLimit: { kind: 'limited', maxW: 16_000_000 } },
      });
      await wait(ms);
    };
    const result = await selftest(devices.BESS, { wait: meddling, leaseSeconds: 30, standing: UNLIMITED });
    const detail = 'after 30 s without a refresh: no set-point, expected a set-point of 0 W';
    expect(result).toEqual({ outcome: 'wrong value', detail });
  });

  it('reverted: a device of model 123 releases its limit, which is all that it can do', async () => {
    const result = await selftest(devices.PV, { wait, leaseSeconds: 30, standing: UNLIMITED });
    expect(result).toMatchObject({ outcome: 'reverted', detail: expect.stringContaining('no limit') as string });
  });

  it('is refused where a device could only release its limit although a standing one must hold', async () => {
    const standing: Limit = { kind: 'limited', maxW: 5_000_000 };
    await expect(selftest(devices.PV, { wait, leaseSeconds: 30, standing })).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
    });
  });

  it('still held: the limit outlives its lease', async () => {
    const forgetful = async (): Promise<void> => undefined;
    const result = await selftest(devices.BESS, { wait: forgetful, leaseSeconds: 30, standing: UNLIMITED });
    expect(result).toMatchObject({ outcome: 'still held', detail: expect.stringContaining('18000000 W') as string });
  });

  it('wrong value: the device went elsewhere', async () => {
    const meddling = async (ms: number): Promise<void> => {
      await wait(ms);
      await devices.BESS.write({ outputLimit: { kind: 'limited', maxW: 2_000_000 }, leaseSeconds: 600 });
    };
    const result = await selftest(devices.BESS, { wait: meddling, leaseSeconds: 30, standing: UNLIMITED });
    expect(result).toMatchObject({ outcome: 'wrong value', detail: expect.stringContaining('2000000 W') as string });
  });

  it('never applied: what was written is not in force', async () => {
    const deaf: Device = {
      resourceName: 'BESS',
      open: () => devices.BESS.open(),
      read: () => devices.BESS.read(),
      close: () => devices.BESS.close(),
      write: async () => ({ kind: 'rejected', reason: 'the device is under local control' }),
    };
    const result = await selftest(deaf, { wait, leaseSeconds: 30, standing: UNLIMITED });
    expect(result).toEqual({ outcome: 'never applied', detail: 'refused: the device is under local control' });
  });
});
