import type { Period, Sample } from './snapshot.ts';

export interface Flow {
  /** + discharge; undefined when no power was seen. */
  meanPowerW: number | undefined;
  chargedWh: number | undefined;
  dischargedWh: number | undefined;
  /** Part of the period between samples that are close enough together, 0..1. */
  seenFraction: number;
}

const MS_PER_HOUR = 3_600_000;

/**
 * What flowed in a period. Energies are differences of the device's counters where it has them: they miss nothing. A
 * counter that went back was reset or has wrapped, and then, as without counters, the energy is the integral of power,
 * each sample holding until the next:
 *
 * ```text
 * power  ┌────┐         the gap after the third sample is longer than maxGap:
 *     ───┘    └───      not seen, and left out of mean and energy
 *        s1   s2  s3        s4
 * ```
 */
export function integrate(period: Period, samples: readonly Sample[], maxGapMs: number): Flow {
  let seenMs = 0;
  let poweredMs = 0;
  let outWh = 0;
  let inWh = 0;
  samples.forEach((sample, index) => {
    const nextMs = samples[index + 1]?.atMs ?? sample.atMs;
    if (nextMs - sample.atMs > maxGapMs) return;
    const heldMs = Math.min(nextMs, period.endMs) - Math.max(sample.atMs, period.startMs);
    if (heldMs <= 0) return;
    seenMs += heldMs;
    if (sample.powerW === undefined) return;
    poweredMs += heldMs;
    const energyWh = (sample.powerW * heldMs) / MS_PER_HOUR;
    if (energyWh > 0) outWh += energyWh;
    else inWh -= energyWh;
  });
  const powerSeen = poweredMs > 0;
  return {
    meanPowerW: powerSeen ? ((outWh - inWh) * MS_PER_HOUR) / poweredMs : undefined,
    chargedWh: counted(period, samples, 'chargedTotalWh') ?? (powerSeen ? inWh : undefined),
    dischargedWh: counted(period, samples, 'dischargedTotalWh') ?? (powerSeen ? outWh : undefined),
    seenFraction: Math.min(1, seenMs / (period.endMs - period.startMs)),
  };
}

/** The counter's growth from the first sample of the period to the first one after it, so that periods tile. */
function counted(
  period: Period,
  samples: readonly Sample[],
  counter: 'chargedTotalWh' | 'dischargedTotalWh',
): number | undefined {
  const counting = samples.filter((s) => s.atMs >= period.startMs && s[counter] !== undefined);
  const from = counting[0]?.[counter];
  const after = counting.findIndex((s) => s.atMs >= period.endMs);
  const to = (after === -1 ? counting.at(-1) : counting[after])?.[counter];
  if (counting.length < 2 || from === undefined || to === undefined || to < from) return undefined;
  return to - from;
}
