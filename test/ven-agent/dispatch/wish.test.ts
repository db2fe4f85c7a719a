import { describe, expect, it } from 'vitest';
import { wishedW } from '../../../ven-agent/dispatch/wish.ts';
import type { EnergyLevel } from '../../../ven-agent/scheduler/effects.ts';
import { MINUTE, NOON } from '../builders.ts';
import { MW } from './support.ts';

const HOUR = 60 * MINUTE;
const named = { eventId: 'e', eventName: 'schedule/BESS_1' };

function wish(level: EnergyLevel, socFraction: number, endMs = NOON + HOUR, nowMs = NOON): number | undefined {
  return wishedW({ kind: 'chargeState', level, endMs, ...named }, { nowMs, socFraction, capacityWh: 20 * MW });
}

describe('a charge state as a set-point', () => {
  const eight: EnergyLevel = { unit: 'Wh', energyWh: 8 * MW };

  it('is reached at the interval’s end at the lowest power that does', () => {
    expect(wish(eight, 0.2)).toBe(-4 * MW);
    expect(wish(eight, 0.2, NOON + HOUR / 2)).toBe(-8 * MW);
    expect(wish({ unit: 'fraction', socFraction: 0.4 }, 0.2)).toBe(-4 * MW);
  });

  it('discharges down to a target that is below', () => {
    expect(wish(eight, 0.6)).toBe(4 * MW);
  });

  it('stands still when it is reached', () => {
    expect(wish(eight, 0.4)).toBe(0);
    expect(wish(eight, 0.3995)).toBe(0);
  });

  it('is reached in spite of losses that nobody knows', () => {
    let stored = 4 * MW;
    let highestW = 0;
    for (let second = 0; second < 3600; second += 1) {
      const powerW = wish(eight, stored / (20 * MW), NOON + HOUR, NOON + second * 1000) ?? 0;
      highestW = Math.max(highestW, -powerW);
      stored += (-powerW * 0.9) / 3600;
    }
    expect(Math.abs(stored - 8 * MW)).toBeLessThan(0.003 * 20 * MW);
    expect(highestW).toBeLessThan(6.5 * MW);
  });

  it('makes no jolts of a coarse reading shortly before the end', () => {
    expect(wish(eight, 0.398, NOON + 1000)).toBeCloseTo(-2.4 * MW, -3);
  });

  it('is approached as if an hour were left where it has no end, and is not more than full', () => {
    expect(wish(eight, 0.2, Infinity)).toBe(-4 * MW);
    expect(wish({ unit: 'Wh', energyWh: 90 * MW }, 0.5)).toBe(-10 * MW);
  });

  it('is nothing where nobody knows how full the storage is', () => {
    const setpoint = { kind: 'chargeState', level: eight, endMs: NOON, ...named } as const;
    expect(wishedW(setpoint, { nowMs: NOON, capacityWh: MW })).toBeUndefined();
    expect(wishedW(setpoint, { nowMs: NOON, socFraction: 0.5 })).toBeUndefined();
  });
});
