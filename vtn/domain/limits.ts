/**
 * What one source says about one slot, or all of them together. Signs as in the operations API: + discharge. `null`
 * says nothing; it is never 0, which is an order.
 */
export interface LimitValues {
  /** W, ≤ 0: the most that may be charged. */
  powerChargeW: number | null;
  /** W, ≥ 0: the most that may be discharged. */
  powerDischargeW: number | null;
  /** Wh: stored energy must not fall below it. */
  energyLowWh: number | null;
  /** Wh: stored energy must not rise above it. */
  energyHighWh: number | null;
  tradingLocked: boolean | null;
}

/**
 * The most restrictive of what several sources say: the largest power_charge and energy_low, the smallest
 * power_discharge and energy_high, locked if any says so. A source that says nothing takes no part.
 */
export function computedLimits(sources: readonly LimitValues[]): LimitValues {
  return {
    powerChargeW: best(sources, 'powerChargeW', Math.max),
    powerDischargeW: best(sources, 'powerDischargeW', Math.min),
    energyLowWh: best(sources, 'energyLowWh', Math.max),
    energyHighWh: best(sources, 'energyHighWh', Math.min),
    tradingLocked: sources.some((s) => s.tradingLocked === true)
      ? true
      : sources.some((s) => s.tradingLocked === false)
        ? false
        : null,
  };
}

/** Whether no stored energy can satisfy the band. It is published as it is, and said aloud. */
export function isInfeasible(limits: LimitValues): boolean {
  return limits.energyLowWh !== null && limits.energyHighWh !== null && limits.energyLowWh > limits.energyHighWh;
}

function best(
  sources: readonly LimitValues[],
  key: Exclude<keyof LimitValues, 'tradingLocked'>,
  pick: (a: number, b: number) => number,
): number | null {
  return sources.reduce<number | null>((kept, source) => {
    const value = source[key];
    if (value === null) return kept;
    return kept === null ? value : pick(kept, value);
  }, null);
}
