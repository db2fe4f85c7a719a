import { describe, expect, it } from 'vitest';
import { computedLimits, isInfeasible } from '../../../vtn/domain/limits.ts';
import type { LimitValues } from '../../../vtn/domain/limits.ts';

const limits = (values: Partial<LimitValues>): LimitValues => ({
  powerChargeW: null,
  powerDischargeW: null,
  energyLowWh: null,
  energyHighWh: null,
  tradingLocked: null,
  ...values,
});

describe('computed limits', () => {
  it('are the most restrictive of what the sources say (example 1)', () => {
    const computed = computedLimits([
      limits({ powerChargeW: -10e6, powerDischargeW: 10e6 }),
      limits({ powerChargeW: -4e6 }),
      limits({ powerDischargeW: 6.5e6 }),
    ]);
    expect(computed).toEqual(limits({ powerChargeW: -4e6, powerDischargeW: 6.5e6 }));
  });

  it('take the largest lower and the smallest upper bound of the energy band', () => {
    const computed = computedLimits([
      limits({ energyLowWh: 1, energyHighWh: 9 }),
      limits({ energyLowWh: 3, energyHighWh: 12 }),
    ]);
    expect(computed).toMatchObject({ energyLowWh: 3, energyHighWh: 9 });
  });

  it('count 0 as an order and null as silence', () => {
    expect(computedLimits([limits({ powerChargeW: 0 }), limits({ powerChargeW: -5 })]).powerChargeW).toBe(0);
    expect(computedLimits([limits({}), limits({ powerChargeW: -5 })]).powerChargeW).toBe(-5);
  });

  it('are null where no source says anything', () => {
    expect(computedLimits([limits({}), limits({})])).toEqual(limits({}));
    expect(computedLimits([])).toEqual(limits({}));
  });

  it('lock trading when any source does, and unlock it when one says so and none locks', () => {
    expect(computedLimits([limits({ tradingLocked: false }), limits({ tradingLocked: true })]).tradingLocked).toBe(
      true,
    );
    expect(computedLimits([limits({ tradingLocked: false }), limits({})]).tradingLocked).toBe(false);
  });

  it('say when the energy band cannot be met', () => {
    expect(isInfeasible(limits({ energyLowWh: 5, energyHighWh: 4 }))).toBe(true);
    expect(isInfeasible(limits({ energyLowWh: 5, energyHighWh: 5 }))).toBe(false);
    expect(isInfeasible(limits({ energyLowWh: 5 }))).toBe(false);
  });
});
