import type { Highs, Model } from 'highs';
import { fixedPower, hoursOf, limitsOf, targetOf } from './bounds.ts';
import { lossPays, scheduleProgram } from './problem.ts';
import type { ScheduleProgram } from './problem.ts';
import type { Conflict, Constraint, DeviceModel, Outcome, ScheduleProblem, SlotModel } from './types.ts';

/** Model statuses of HiGHS: an optimum was found; there is none because nothing is feasible; a limit came first. */
const OPTIMAL = 7;
const INFEASIBLE = [8, 9];
const LIMITED = [13, 16];
/** Of `primal_solution_status`. */
const FEASIBLE = 2;

/** In units of the device's power: smaller is numerical noise. */
const NOISE = 1e-6;
/**
 * Programs of this size take presolve ten times as long as they take the simplex method. A hundred nodes prove what a day with
 * hours of negative prices asks for; days without any other prices are then within half a percent of the best, which to prove
 * would take minutes.
 */
const OPTIONS = {
  output_flag: false,
  presolve: 'off',
  mip_rel_gap: 0,
  mip_abs_gap: NOISE,
  mip_max_nodes: 100,
  time_limit: 5,
};
/** How much the cost may rise for less movement, as a share: what the solver's tolerance leaves open anyway. */
const SAME_COST = 1e-9;

/**
 * The cheapest schedule; of several equally cheap ones that which moves the least energy, and that early. Linear where that is
 * enough: binaries come in only for slots in which charging and discharging at once pays.
 *
 * @throws Error when the solver finds no answer in its time
 */
export function solveSchedule(highs: Highs, problem: ScheduleProblem): Outcome {
  const { slots } = problem;
  const beyond = beyondReach(problem);
  if (beyond) return { kind: 'infeasible', conflicts: [beyond] };
  let solved = solveExclusively(highs, problem, (model, built) => refine(model, built, slots));
  if (!solved) {
    const eased = easedSchedule(highs, problem);
    if (eased.conflicts.length > 0) return { kind: 'infeasible', conflicts: eased.conflicts };
    // Only the solver's tolerance stood in the way, as with a storage of a watt-hour: nothing has to give way.
    ({ solved } = eased);
  }
  const { built, values } = solved;
  const powersW = slots.map((slot, i) => {
    const power = (values[built.charge[i] ?? 0] ?? 0) - (values[built.discharge[i] ?? 0] ?? 0);
    const powerW = fixedPower(problem.device, slot) ?? allowed(problem.device, slot, Math.round(power * built.unitW));
    // Never -0.
    return powerW + 0;
  });
  return { kind: 'optimal', powersW };
}

/** The solver keeps to bounds give or take its tolerance. */
function allowed(device: DeviceModel, slot: SlotModel, powerW: number): number {
  const { chargeW, dischargeW } = limitsOf(device, slot);
  const most = Math.min(chargeW, slot.importHeadroomW ?? Infinity);
  const least = 0 - Math.min(dischargeW, slot.exportHeadroomW ?? Infinity);
  return Math.max(least, Math.min(most, powerW));
}

/** A target that is beyond the device itself, whatever else gives way. */
function beyondReach(problem: ScheduleProblem): Conflict | undefined {
  const { slot = -1, beyondWh = 0 } = targetOf(problem) ?? {};
  const at = problem.slots[slot];
  if (!at || beyondWh === 0) return undefined;
  return { constraint: 'target_state_of_charge', fromMs: at.startMs, toMs: at.endMs, byWh: beyondWh };
}

interface Solved {
  built: ScheduleProgram;
  values: ArrayLike<number>;
}

/** Solves, and solves again with binaries where both directions were used at once. Undefined when nothing is feasible. */
function solveExclusively(
  highs: Highs,
  problem: ScheduleProblem,
  then: (model: Model, built: ScheduleProgram) => ArrayLike<number>,
  elastic = false,
): Solved | undefined {
  const exclusive = elastic ? new Set<number>() : lossPays(problem);
  for (;;) {
    const built = scheduleProgram(problem, { exclusive, elastic });
    const values = highs.withModel(built.program, (model): ArrayLike<number> | undefined => {
      model.options.set(OPTIONS);
      return run(model) ? then(model, built) : undefined;
    });
    if (!values) return undefined;
    const both = problem.slots.flatMap((_, i) => (usesBoth(built, values, i) && !exclusive.has(i) ? [i] : []));
    if (both.length === 0) return { built, values };
    for (const slot of both) exclusive.add(slot);
  }
}

function usesBoth({ charge, discharge }: ScheduleProgram, values: ArrayLike<number>, slot: number): boolean {
  return Math.min(values[charge[slot] ?? 0] ?? 0, values[discharge[slot] ?? 0] ?? 0) > NOISE;
}

/** @returns whether there is a schedule; false when nothing is feasible */
function run(model: Model): boolean {
  const { modelStatus } = model.run();
  if (modelStatus === OPTIMAL) return true;
  if (INFEASIBLE.includes(modelStatus)) return false;
  if (LIMITED.includes(modelStatus) && model.info.get('primal_solution_status') === FEASIBLE) return true;
  throw new Error(`the solver ended with status ${modelStatus}`);
}

/** Among the optima: least energy moved, and early. What was found stays where that fails. */
function refine(model: Model, { program, charge, discharge }: ScheduleProgram, slots: readonly SlotModel[]) {
  const found = model.getSolution().colValue;
  const best = model.getObjectiveValue();
  const all = { kind: 'range', from: 0, to: program.numCols - 1 } as const;
  const priced = program.colCost.flatMap((cost, column) => (cost === 0 ? [] : [column]));
  const values = priced.map((column) => program.colCost[column] ?? 0);
  model.addRow(-Infinity, best + SAME_COST * (1 + Math.abs(best)), { indices: priced, values });
  const moved = program.colCost.map(() => 0);
  slots.forEach((slot, i) => {
    const weight = hoursOf(slot) * (1 + i / slots.length);
    for (const column of [charge[i], discharge[i]]) if (column !== undefined) moved[column] = weight;
  });
  model.changeColsCost(all, moved);
  const settled = (bounds: readonly number[]) =>
    bounds.map((bound, column) => (program.integrality[column] === 1 ? Math.round(found[column] ?? 0) : bound));
  if (program.integrality.includes(1)) {
    model.clearIntegrality();
    model.changeColsBounds(all, settled(program.colLower), settled(program.colUpper));
  }
  return model.run().modelStatus === OPTIMAL ? model.getSolution().colValue : found;
}

/** What is possible when constraints give way, and which had to, the most telling ones: see `RELUCTANCE`. */
function easedSchedule(highs: Highs, problem: ScheduleProblem): { solved: Solved; conflicts: Conflict[] } {
  const solved = solveExclusively(highs, problem, (model) => model.getSolution().colValue, true);
  if (!solved) throw new Error('the schedule is infeasible whatever gives way');
  const given = solved.built.slacks.map((slack) => ({ ...slack, value: solved.values[slack.column] ?? 0 }));
  // Where all that is missing is hardly more than noise, it is the largest part of it.
  const least = Math.min(NOISE, Math.max(...given.map(({ value }) => value)));
  const conflicts = new Map<Constraint, Conflict>();
  for (const { value, constraint, slot, toWh, isLevel } of given) {
    if (value === 0 || value < least) continue;
    const { startMs, endMs } = problem.slots[slot] as SlotModel;
    const known = conflicts.get(constraint);
    const wh = value * toWh;
    conflicts.set(constraint, {
      constraint,
      fromMs: Math.min(known?.fromMs ?? startMs, startMs),
      toMs: Math.max(known?.toMs ?? endMs, endMs),
      byWh: isLevel ? Math.max(known?.byWh ?? 0, wh) : (known?.byWh ?? 0) + wh,
    });
  }
  return { solved, conflicts: [...conflicts.values()] };
}
