import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '@openadr-gateway/shared/retry.ts';

describe('backoffMs', () => {
  const ceiling = () => 1 - Number.EPSILON;

  it('doubles the ceiling with each failure, up to the maximum', () => {
    expect([0, 1, 2, 3].map((n) => backoffMs(n, ceiling))).toEqual([999, 1999, 3999, 7999]);
    expect([8, 9, 100, 5000].map((n) => backoffMs(n, ceiling))).toEqual([255_999, 299_999, 299_999, 299_999]);
    expect(backoffMs(3, ceiling, { baseMs: 10, maxMs: 50 })).toBe(49);
  });

  it('spreads the waits evenly from nothing to the ceiling', () => {
    expect([0, 0.25, 0.5].map((r) => backoffMs(0, () => r, { baseMs: 100 }))).toEqual([0, 25, 50]);
  });

  it('is always a whole number of milliseconds within bounds', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: -1, max: 10_000 }), random, (attempt, r) => {
        const ms = backoffMs(attempt, () => r);
        expect(Number.isInteger(ms) && ms >= 0 && ms < 300_000).toBe(true);
      }),
    );
  });
});
