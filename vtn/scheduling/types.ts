/**
 * What a state-of-charge schedule is made from and what comes out. Powers are measured at the connection; where a power has a
 * sign, consumption is positive, as in the schedules' API and in OpenADR.
 */

/** A battery, an EV charger with its car, a heat store. */
export interface DeviceModel {
  capacityWh: number;
  maxChargeW: number;
  maxDischargeW: number;
  /** Share of what is drawn that is stored; above 0, at most 1. */
  chargeEfficiency: number;
  /** Share of what leaves the storage that is delivered; above 0, at most 1. */
  dischargeEfficiency: number;
  /** Stored when the schedule starts. */
  energyWh: number;
  /** Not to fall below; where the storage starts below it, it is filled as fast as can be. */
  minimumWh: number;
  /** To be stored at `byMs`; without a time at the end of the schedule. */
  target?: { energyWh: number; byMs?: number };
}

/** One step of a schedule: at most a slot of the 15-minute grid, cut by start, deadline and end. */
export interface SlotModel {
  startMs: number;
  endMs: number;
  /** Thousandths of the currency per MWh, with the grid fee. */
  importMilliPerMwh: number;
  exportMilliPerMwh: number;
  /** How the price is known. */
  price: 'known' | 'forecast' | 'missing';
  /** What the period limits leave; undefined where nothing is said. */
  maxChargeW?: number;
  maxDischargeW?: number;
  energyLowWh?: number;
  energyHighWh?: number;
  /** What the point of connection has left for this device, ≥ 0. */
  importHeadroomW?: number;
  exportHeadroomW?: number;
  /** The power that a reservation or dispatch has settled, and which of them. */
  fixed?: { powerW: number; by: 'reservations' | 'dispatches' };
}

export interface ScheduleProblem {
  device: DeviceModel;
  /** Ascending, without gaps; at least one. */
  slots: readonly SlotModel[];
}

/** What may stand in the way of a schedule. */
export type Constraint =
  | 'target_state_of_charge'
  | 'minimum_state_of_charge'
  | 'period_limits'
  | 'site_limits'
  | 'reservations'
  | 'dispatches';

/** A constraint that would have to give way, where, and by how much energy. */
export interface Conflict {
  constraint: Constraint;
  fromMs: number;
  toMs: number;
  byWh: number;
}

/** The power of each slot in whole W, consumption positive; or why there is no schedule. */
export type Outcome = { kind: 'optimal'; powersW: number[] } | { kind: 'infeasible'; conflicts: Conflict[] };
