import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDuration,
  durationMs,
  formatDurationMs,
  isInfinite,
  parseDuration,
} from '@openadr-gateway/shared/time/duration.ts';

const at = (text: string) => Date.parse(text);
const after = (start: string, duration: string) => {
  const ms = addDuration(at(start), parseDuration(duration));
  return Number.isFinite(ms) ? new Date(ms).toISOString() : ms;
};

describe('parseDuration', () => {
  it('reads each field, and the sign', () => {
    const zero = { sign: 1, years: 0, months: 0, weeks: 0, days: 0, hours: 0, minutes: 0, seconds: 0 };
    expect(parseDuration('P1Y2M3DT4H5M6.5S')).toEqual({
      sign: 1,
      years: 1,
      months: 2,
      weeks: 0,
      days: 3,
      hours: 4,
      minutes: 5,
      seconds: 6.5,
    });
    expect(parseDuration('P2W')).toEqual({ ...zero, weeks: 2 });
    expect(parseDuration('-PT15M')).toEqual({ ...zero, sign: -1, minutes: 15 });
    expect(parseDuration('PT0S')).toEqual(zero);
  });

  it.each(['', 'P', 'PT', '1H', 'PT1', 'P1H', 'PT-1H', '+PT1H', 'pt1h', 'PT1,5S', 'P1W2D', ' PT1H', 'PT1H '])(
    'refuses "%s"',
    (text) => {
      expect(() => parseDuration(text)).toThrow(RangeError);
    },
  );
});

describe('addDuration', () => {
  it('adds exact parts exactly, in UTC', () => {
    expect(after('2026-03-28T23:00:00Z', 'P1D')).toBe('2026-03-29T23:00:00.000Z');
    expect(after('2026-01-01T00:00:00Z', 'P1W')).toBe('2026-01-08T00:00:00.000Z');
    expect(after('2026-01-01T00:00:00Z', 'PT0.25S')).toBe('2026-01-01T00:00:00.250Z');
    expect(after('2026-01-01T00:00:00Z', '-PT1H')).toBe('2025-12-31T23:00:00.000Z');
  });

  it('counts months and years by the calendar and stays within the month', () => {
    expect(after('2026-01-31T12:00:00Z', 'P1M')).toBe('2026-02-28T12:00:00.000Z');
    expect(after('2024-02-29T00:00:00Z', 'P1Y')).toBe('2025-02-28T00:00:00.000Z');
    expect(after('2026-03-31T00:00:00Z', '-P1M')).toBe('2026-02-28T00:00:00.000Z');
    expect(after('2026-12-15T00:00:00Z', 'P1M')).toBe('2027-01-15T00:00:00.000Z');
  });

  it('never ends with P9999Y, nor where no date can follow', () => {
    expect(after('2026-01-01T00:00:00Z', 'P9999Y')).toBe(Infinity);
    expect(after('2026-01-01T00:00:00Z', '-P9999Y')).toBe(-Infinity);
    expect(after('2026-01-01T00:00:00Z', 'PT99999999999999999999H')).toBe(Infinity);
    expect(after('2026-01-01T00:00:00Z', 'P9998Y9999999999M')).toBe(Infinity);
    expect(addDuration(Infinity, parseDuration('PT1H'))).toBe(Infinity);
  });

  it('comes back with the same duration backwards, as long as it is exact', () => {
    const exact = fc.integer({ min: 0, max: 10_000_000_000 });
    fc.assert(
      fc.property(exact, exact, (ms, length) => {
        const d = parseDuration(formatDurationMs(length));
        expect(addDuration(addDuration(ms, d), { ...d, sign: -1 })).toBe(ms);
      }),
    );
  });
});

describe('isInfinite', () => {
  it('knows P9999Y, and only forwards', () => {
    expect(['P9999Y', 'P9998Y', '-P9999Y', 'PT0S'].map(isInfinite)).toEqual([true, false, false, false]);
    expect(() => isInfinite('for ever')).toThrow(RangeError);
  });
});

describe('durations in milliseconds', () => {
  it('write hours, minutes and seconds', () => {
    expect([0, 900_000, 1_800_000, 86_400_000, 5_400_000, 500, -900_000, Infinity].map(formatDurationMs)).toEqual([
      'PT0S',
      'PT15M',
      'PT30M',
      'PT24H',
      'PT1H30M',
      'PT0.5S',
      '-PT15M',
      'P9999Y',
    ]);
    expect(() => formatDurationMs(NaN)).toThrow(RangeError);
  });

  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (ms) => {
        expect(durationMs(parseDuration(formatDurationMs(ms)))).toBe(ms);
      }),
    );
  });

  it('do not exist for years and months', () => {
    expect(() => durationMs(parseDuration('P1M'))).toThrow(RangeError);
    expect(() => durationMs(parseDuration('P1Y'))).toThrow(RangeError);
    expect(durationMs(parseDuration('P1W'))).toBe(604_800_000);
  });
});
