import { energyBands, fixedPower, hoursOf, limitsOf, storedWh, targetOf } from './bounds.ts';
import { ProgramBuilder } from './linear-program.ts';
import type { LinearProgram, Term } from './linear-program.ts';
import type { Constraint, ScheduleProblem, SlotModel } from './types.ts';

export interface ProgramOptions {
  /** Slots in which charging and discharging at once is ruled out by a binary. */
  exclusive: ReadonlySet<number>;
  /** Instead of costs, the sum of what constraints have to give way is minimised. */
  elastic?: boolean;
}

/** How far a constraint gives way in a slot: a column of the program. */
export interface Slack {
  column: number;
  constraint: Constraint;
  slot: number;
  /** From the column's value to energy, Wh. */
  toWh: number;
  /** A level of stored energy; those of several slots are not added up. */
  isLevel: boolean;
}

/** The linear program of a schedule, and where in its columns what is found. */
export interface ScheduleProgram {
  program: LinearProgram;
  charge: number[];
  discharge: number[];
  slacks: Slack[];
  /** W of one unit of power. */
  unitW: number;
}

/** The higher, the later a constraint gives way: what others have asked for goes before what the device was told. */
const RELUCTANCE: Readonly<Record<Constraint, number>> = {
  period_limits: 1,
  site_limits: 1e2,
  reservations: 1e4,
  dispatches: 1e4,
  minimum_state_of_charge: 1e5,
  target_state_of_charge: 1e6,
};

/**
 * Slots in which it could pay to charge and discharge at once, which no device can: where importing a unit of energy and
 * exporting what is left of it earns money.
 */
export function lossPays({ device, slots }: ScheduleProblem): Set<number> {
  const roundTrip = device.chargeEfficiency * device.dischargeEfficiency;
  return new Set(slots.flatMap((s, i) => (s.importMilliPerMwh < roundTrip * s.exportMilliPerMwh ? [i] : [])));
}

/**
 * A schedule as a linear program: for each slot a charging power c ≥ 0, a discharging power d ≥ 0 and the energy e that it has
 * gained when it ends, `e = e₋₁ + h·(ηc·c − d/ηd)`; the cost is Σ h·(import·c − export·d). Powers are in units of the device's
 * largest power and energies in hours of it, so that a wallbox and a power plant look the same to the solver's tolerances.
 * What is stored must lie within the capacity when the schedule starts.
 */
export function scheduleProgram(problem: ScheduleProblem, options: ProgramOptions): ScheduleProgram {
  const draft = new Draft(problem, options);
  const powers = problem.slots.map((slot, i) => addPowers(draft, slot, i));
  const energies = addEnergies(draft, powers);
  const target = targetOf(problem);
  if (target) {
    const gain: [number, number] = [target.energyWh - problem.device.energyWh, Infinity];
    draft.soft('target_state_of_charge', target.slot, gain, [[energies[target.slot] ?? 0, 1]]);
  }
  return {
    program: draft.builder.build(),
    charge: powers.map(({ c }) => c),
    discharge: powers.map(({ d }) => d),
    slacks: draft.slacks,
    unitW: draft.unitW,
  };
}

/** A program in the making. */
class Draft {
  readonly builder = new ProgramBuilder();
  readonly slacks: Slack[] = [];
  readonly problem: ScheduleProblem;
  readonly unitW: number;
  readonly elastic: boolean;
  readonly exclusive: ReadonlySet<number>;

  constructor(problem: ScheduleProblem, { exclusive, elastic = false }: ProgramOptions) {
    this.problem = problem;
    this.unitW = Math.max(problem.device.maxChargeW, problem.device.maxDischargeW, 1);
    this.elastic = elastic;
    this.exclusive = exclusive;
  }

  /**
   * `low ≤ terms ≤ high`, in W or Wh; when elastic, with a price on not keeping to it.
   *
   * @param hours for a power, how long it flows; left out for a level of energy
   */
  soft(constraint: Constraint, slot: number, [low, high]: readonly [number, number], terms: Term[], hours?: number) {
    const row = (more: Term[]) => this.builder.row(low / this.unitW, high / this.unitW, [...terms, ...more]);
    if (!this.elastic) return row([]);
    const slack = (sign: 1 | -1): Term => {
      const column = this.builder.column(0, Infinity, RELUCTANCE[constraint] * (hours ?? 1));
      this.slacks.push({ column, constraint, slot, toWh: (hours ?? 1) * this.unitW, isLevel: hours === undefined });
      return [column, sign];
    };
    row([...(low === -Infinity ? [] : [slack(1)]), ...(high === Infinity ? [] : [slack(-1)])]);
  }
}

/** The columns of a slot's powers, and everything that holds for them. */
function addPowers(draft: Draft, slot: SlotModel, i: number): { c: number; d: number } {
  const { builder, elastic, unitW } = draft;
  const { device } = draft.problem;
  const bounds = limitsOf(device, slot);
  const most = elastic ? { chargeW: device.maxChargeW, dischargeW: device.maxDischargeW } : bounds;
  const fixedW = fixedPower(device, slot);
  const hours = hoursOf(slot);
  const cost = (milliPerMwh: number) => (elastic ? 0 : (milliPerMwh / 1000) * hours);
  const [isDischarge, isCharge] = [fixedW !== undefined && fixedW < 0, fixedW !== undefined && fixedW >= 0];
  const c = builder.column(0, isDischarge ? 0 : most.chargeW / unitW, cost(slot.importMilliPerMwh));
  const d = builder.column(0, isCharge ? 0 : most.dischargeW / unitW, cost(-slot.exportMilliPerMwh));
  const net: Term[] = [
    [c, 1],
    [d, -1],
  ];
  if (elastic) {
    draft.soft('period_limits', i, [-Infinity, bounds.chargeW], [[c, 1]], hours);
    draft.soft('period_limits', i, [-Infinity, bounds.dischargeW], [[d, 1]], hours);
  }
  if (slot.fixed && fixedW !== undefined) draft.soft(slot.fixed.by, i, [fixedW, fixedW], net, hours);
  const { exportHeadroomW = Infinity, importHeadroomW = Infinity } = slot;
  if (exportHeadroomW < Infinity || importHeadroomW < Infinity)
    draft.soft('site_limits', i, [-exportHeadroomW, importHeadroomW], net, hours);
  if (draft.exclusive.has(i)) {
    const isCharging = builder.column(0, 1, 0, true);
    builder.row(-Infinity, 0, [
      [c, 1],
      [isCharging, -most.chargeW / unitW],
    ]);
    builder.row(-Infinity, most.dischargeW / unitW, [
      [d, 1],
      [isCharging, most.dischargeW / unitW],
    ]);
  }
  return { c, d };
}

/** The columns of the energies gained at the slots' ends, within what is wanted there. */
function addEnergies(draft: Draft, powers: readonly { c: number; d: number }[]): number[] {
  const { builder, problem, unitW } = draft;
  const { device, slots } = problem;
  const { energyWh, capacityWh } = device;
  const bands = energyBands(problem);
  // Bounds that nothing can reach only blur the numbers.
  const reachWh = (powerW: number) =>
    slots.reduce((sum, slot) => sum + Math.abs(storedWh(device, powerW, hoursOf(slot))), 1);
  const low = -Math.min(energyWh, reachWh(-device.maxDischargeW)) / unitW;
  const high = Math.min(capacityWh - energyWh, reachWh(device.maxChargeW)) / unitW;
  const columns: number[] = [];
  slots.forEach((slot, i) => {
    const e = builder.column(low, high);
    const { c, d } = powers[i] ?? { c: 0, d: 0 };
    const before = columns.at(-1);
    builder.row(0, 0, [
      [e, 1],
      ...(before === undefined ? [] : ([[before, -1]] as Term[])),
      [c, -hoursOf(slot) * device.chargeEfficiency],
      [d, hoursOf(slot) / device.dischargeEfficiency],
    ]);
    const band = bands[i];
    if (band && band.lowWh > 0) draft.soft(band.lowBy, i, [band.lowWh - energyWh, Infinity], [[e, 1]]);
    if (band && band.highWh < capacityWh) draft.soft('period_limits', i, [-Infinity, band.highWh - energyWh], [[e, 1]]);
    columns.push(e);
  });
  return columns;
}
