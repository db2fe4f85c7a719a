import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';
import { energyBands, fixedPower, limitsOf, storedWh, targetOf } from '../../../vtn/scheduling/bounds.ts';
import { loadHighs } from '../../../vtn/scheduling/highs.ts';
import { toSchedule } from '../../../vtn/scheduling/schedule.ts';
import { solveSchedule } from '../../../vtn/scheduling/solve.ts';
import type { Conflict, DeviceModel, ScheduleProblem, SlotModel } from '../../../vtn/scheduling/types.ts';

const highs = await loadHighs();

/** 4 kW both ways, 8 kWh, half full, without losses. */
export const device = (more: Partial<DeviceModel> = {}): DeviceModel => ({
  capacityWh: 8_000,
  maxChargeW: 4_000,
  maxDischargeW: 4_000,
  chargeEfficiency: 1,
  dischargeEfficiency: 1,
  energyWh: 4_000,
  minimumWh: 0,
  ...more,
});

/** Slots of 15 minutes from 1970 on with these import prices per MWh; energy that is fed in earns `export` times as much. */
export const slots = (prices: readonly number[], exported = 0, more: Partial<SlotModel> = {}): SlotModel[] =>
  prices.map((price, i) => ({
    startMs: i * SLOT_MS,
    endMs: (i + 1) * SLOT_MS,
    importMilliPerMwh: Math.round(price * 1000),
    exportMilliPerMwh: Math.round(price * exported * 1000),
    price: 'known',
    ...more,
  }));

/** Powers in W and the schedule. Throws when there is none. */
export function solved(problem: ScheduleProblem) {
  const outcome = solveSchedule(highs, problem);
  if (outcome.kind === 'infeasible') throw new Error(`infeasible: ${JSON.stringify(outcome.conflicts)}`);
  return { powersW: outcome.powersW, ...toSchedule(problem, outcome.powersW) };
}

/** Why there is no schedule; empty when there is one. */
export function conflicts(problem: ScheduleProblem): Conflict[] {
  const outcome = solveSchedule(highs, problem);
  return outcome.kind === 'infeasible' ? outcome.conflicts : [];
}

/** Everything that powers break, give or take what rounding to whole W does. */
export function faults(problem: ScheduleProblem, powersW: readonly number[]): string[] {
  const { device: model, slots: steps } = problem;
  const told: string[] = [];
  const bands = energyBands(problem);
  const target = targetOf(problem);
  let energyWh = model.energyWh;
  steps.forEach((slot, i) => {
    const powerW = powersW[i] ?? NaN;
    const { chargeW, dischargeW } = limitsOf(model, slot);
    const fixedW = fixedPower(model, slot);
    if (!(powerW <= chargeW + 1 && powerW >= -dischargeW - 1)) told.push(`${i}: ${powerW} W is beyond its limits`);
    if (powerW > (slot.importHeadroomW ?? Infinity) + 1 || -powerW > (slot.exportHeadroomW ?? Infinity) + 1)
      told.push(`${i}: ${powerW} W is beyond the connection`);
    if (fixedW !== undefined && Math.abs(powerW - fixedW) > 1) told.push(`${i}: ${powerW} W instead of ${fixedW} W`);
    energyWh += storedWh(model, powerW, (slot.endMs - slot.startMs) / 3_600_000);
    const slackWh = i + 1;
    const band = bands[i];
    if (band && (energyWh < band.lowWh - slackWh || energyWh > band.highWh + slackWh))
      told.push(`${i}: ${energyWh} Wh is outside ${band.lowWh} to ${band.highWh}`);
    if (target?.slot === i && energyWh < target.energyWh - slackWh) told.push(`${i}: ${energyWh} Wh misses the target`);
  });
  return told;
}

/** The least cost in millionths of the currency, of all schedules whose powers are whole steps; undefined when there is none. */
export function bruteForce(problem: ScheduleProblem, stepW: number): number | undefined {
  const { device: model, slots: steps } = problem;
  let best: number | undefined;
  const walk = (powers: number[]): void => {
    if (powers.length === steps.length) {
      if (faults(problem, powers).length > 0) return;
      const { costMicros } = toSchedule(problem, powers);
      best = Math.min(best ?? Infinity, costMicros);
      return;
    }
    for (let powerW = -model.maxDischargeW; powerW <= model.maxChargeW; powerW += stepW) walk([...powers, powerW + 0]);
  };
  walk([]);
  return best;
}
