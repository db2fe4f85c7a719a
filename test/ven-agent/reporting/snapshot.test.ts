import { describe, expect, it } from 'vitest';
import { summarise } from '../../../ven-agent/reporting/snapshot.ts';
import type { Sample } from '../../../ven-agent/reporting/snapshot.ts';
import { NOON } from '../builders.ts';

const period = { startMs: NOON, endMs: NOON + 10_000 };

/** One sample a second from noon on, up to and including the one that closes the period. */
function every(second: (i: number) => Partial<Sample>, from = 0, to = 10): Sample[] {
  return Array.from({ length: to - from + 1 }, (_, n) => ({
    atMs: NOON + (from + n) * 1000,
    operatingState: 'RUNNING_NORMAL',
    ...second(from + n),
  }));
}

function values(samples: Sample[]): Record<string, unknown> {
  const [interval] = summarise('BESS_1', period, samples, 3000).intervals;
  return Object.fromEntries((interval?.payloads ?? []).map((p) => [p.type, p.values[0]]));
}

describe('a snapshot report', () => {
  it('has one interval with absolute start and duration', () => {
    const { resourceName, intervals } = summarise('BESS_1', period, [], 3000);
    expect(resourceName).toBe('BESS_1');
    expect(intervals).toMatchObject([{ id: 0, intervalPeriod: { start: '2026-06-01T12:00:00Z', duration: 'PT10S' } }]);
  });

  it('counts consumption as positive: a discharging battery has a negative demand', () => {
    expect(values(every(() => ({ powerW: 3_600_000, setpointW: 3_600_000 })))).toEqual({
      DEMAND: -3600,
      USAGE: -10,
      CHARGED_ENERGY: 0,
      DISCHARGED_ENERGY: 10,
      SETPOINT: -3600,
      OPERATING_STATE: 'RUNNING_NORMAL',
      DATA_QUALITY: 'OK',
    });
  });

  it('keeps what was charged apart from what was discharged', () => {
    const found = values(every((i) => ({ powerW: i < 5 ? 3_600_000 : -7_200_000 })));
    expect(found).toMatchObject({ CHARGED_ENERGY: 10, DISCHARGED_ENERGY: 5, USAGE: 5, DEMAND: 1800 });
  });

  it('takes energies from the counters where there are some', () => {
    const found = values(every((i) => ({ powerW: 0, chargedTotalWh: 100 * i, dischargedTotalWh: 7000 + 250 * i })));
    expect(found).toMatchObject({ CHARGED_ENERGY: 1, DISCHARGED_ENERGY: 2.5, DEMAND: 0 });
  });

  it('falls back to the integral of power when a counter went back', () => {
    const found = values(every((i) => ({ powerW: 3_600_000, dischargedTotalWh: i < 5 ? 90_000 + i : i })));
    expect(found).toMatchObject({ DISCHARGED_ENERGY: 10 });
  });

  it('gives state of charge and capacity as of the start of the interval', () => {
    const found = values(every((i) => ({ socFraction: 0.625 - i / 100, capacityWh: 20_000_000 })));
    expect(found).toMatchObject({ STORAGE_CHARGE_LEVEL: 0.625, STORAGE_USABLE_CAPACITY: 20_000 });
  });

  it('leaves out what was never seen, rather than calling it 0', () => {
    expect(values(every(() => ({})))).toEqual({ OPERATING_STATE: 'RUNNING_NORMAL', DATA_QUALITY: 'OK' });
  });

  it('is MISSING when nothing was seen', () => {
    expect(values([])).toEqual({ DATA_QUALITY: 'MISSING', OPERATING_STATE: 'ERROR' });
    expect(values(every(() => ({ powerW: 1 }), -3, -1))).toMatchObject({ DATA_QUALITY: 'MISSING' });
  });

  it('is ESTIMATED when much was not seen, and the mean is of what was', () => {
    const found = values(every(() => ({ powerW: 1_800_000 }), 0, 4));
    expect(found).toMatchObject({ DATA_QUALITY: 'ESTIMATED', DEMAND: -1800, DISCHARGED_ENERGY: 2 });
  });

  it('does not hold a power over a gap', () => {
    const gap = [...every(() => ({ powerW: 3_600_000 }), 0, 2), ...every(() => ({ powerW: 3_600_000 }), 8, 10)];
    expect(values(gap)).toMatchObject({ DATA_QUALITY: 'ESTIMATED', DISCHARGED_ENERGY: 4 });
  });

  it('never says minus zero', () => {
    const { DEMAND, SETPOINT } = values(every(() => ({ powerW: 0, setpointW: 0 })));
    expect([Object.is(DEMAND, 0), Object.is(SETPOINT, 0)]).toEqual([true, true]);
  });
});
