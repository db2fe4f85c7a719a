import { beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { DeviceError } from '../../ven-agent/bridges/device.ts';
import type { Device, DeviceReading } from '../../ven-agent/bridges/device.ts';
import { meterView, seen } from '../../ven-agent/picture.ts';
import { DeviceUnit } from '../../ven-agent/unit.ts';
import { bess, NOON } from './builders.ts';

const TICK_MS = 1000;
const log = createLog({ name: 't', level: 'silent' });
const clock = new ManualClock(NOON);

/** A device that answers with that. */
async function unitThatReads(reading: Partial<DeviceReading>): Promise<DeviceUnit> {
  const device: Device = {
    resourceName: 'BESS_1',
    open: async () => bess,
    read: async () => ({ readAtMs: clock.nowMs(), ...reading }),
    write: async () => ({ kind: 'unchanged' }),
    close: async () => undefined,
  };
  const unit = new DeviceUnit(device, { clock, random: () => 0, log, onOpened: () => undefined });
  await unit.poll();
  return unit;
}

beforeEach(() => clock.set(NOON));

describe('what is known of a device', () => {
  it('is what it says', async () => {
    const unit = await unitThatReads({ powerW: -3, socFraction: 0.5, capacityWh: 9, state: 'NORMAL' });
    expect(seen(unit, NOON, TICK_MS)).toEqual({
      ...{ capabilities: bess, reachable: true, ready: true, obeys: true, stale: false },
      ...{ powerW: -3, socFraction: 0.5, capacityWh: 9 },
    });
  });

  it.each([
    ['no number', { powerW: NaN, socFraction: NaN, capacityWh: NaN }],
    ['beyond all measure', { powerW: 1e300, socFraction: 7, capacityWh: Infinity }],
    ['a multiple of the nameplate', { powerW: -31_000_000, socFraction: 1.01, capacityWh: 0 }],
    ['below zero', { powerW: -Infinity, socFraction: -0.1, capacityWh: -5 }],
  ])('is nothing where a figure is %s', async (_what, reading) => {
    const { powerW, socFraction, capacityWh } = seen(await unitThatReads(reading), NOON, TICK_MS);
    expect([powerW, socFraction, capacityWh]).toEqual([undefined, undefined, undefined]);
  });

  it('is nothing when it is older than three ticks, except what it holds', async () => {
    const unit = await unitThatReads({ powerW: 1, socFraction: 0.5, capacityWh: 9 });
    expect(seen(unit, NOON + 3 * TICK_MS, TICK_MS)).toMatchObject({ stale: false, powerW: 1 });
    const late = seen(unit, NOON + 3 * TICK_MS + 1, TICK_MS);
    expect([late.stale, late.powerW, late.socFraction, late.capacityWh]).toEqual([true, undefined, undefined, 9]);
  });

  it('is nothing when it is from the future: the clock was set back, and nobody knows how old it is', async () => {
    const unit = await unitThatReads({ powerW: 1 });
    expect(seen(unit, NOON - 60_000, TICK_MS)).toMatchObject({ stale: true, powerW: undefined });
  });

  it.each(['LOCAL', 'FAULT'] as const)('says that a device in state %s does not obey', async (state) => {
    expect(seen(await unitThatReads({ powerW: 1, state }), NOON, TICK_MS).obeys).toBe(false);
  });
});

describe('what the grid meter says', () => {
  it('is its power, or nothing to be relied on when that is no number, old, or there is no meter', async () => {
    const meter = await unitThatReads({ powerW: -5 });
    expect(meterView(meter, NOON, TICK_MS)).toEqual({ kind: 'seen', powerW: -5 });
    expect(meterView(meter, NOON + 4 * TICK_MS, TICK_MS)).toEqual({ kind: 'blind' });
    expect(meterView(await unitThatReads({ powerW: NaN }), NOON, TICK_MS)).toEqual({ kind: 'blind' });
    expect(meterView(await unitThatReads({}), NOON, TICK_MS)).toEqual({ kind: 'blind' });
    expect(meterView(undefined, NOON, TICK_MS)).toEqual({ kind: 'absent' });
  });

  it('is nothing as soon as it fails, however young its last word is', async () => {
    const reading = { powerW: -5 };
    const meter = await unitThatReads(reading);
    Object.defineProperty(reading, 'powerW', {
      get: () => {
        throw new DeviceError('TIMEOUT', 'no answer');
      },
      enumerable: true,
    });
    await meter.poll();
    expect(meterView(meter, NOON, TICK_MS)).toEqual({ kind: 'blind' });
  });
});
