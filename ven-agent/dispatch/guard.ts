import type { DeviceCapabilities, DeviceCommand } from '../bridges/device.ts';

export type GuardReason = 'nameplate' | 'energy-floor' | 'energy-ceiling' | 'ramp' | 'stale-reading';

/** What the device itself and its state of charge allow, before any order. Magnitudes, W. */
export interface Bounds {
  chargeW: number;
  dischargeW: number;
  /** Set where something other than the nameplate binds. */
  chargeReason?: GuardReason;
  dischargeReason?: GuardReason;
}

/** What must survive from tick to tick, so that a value near a threshold does not make the device flap. */
export interface GuardState {
  dischargeStopped: boolean;
  chargeStopped: boolean;
}

export const initialGuardState: GuardState = { dischargeStopped: false, chargeStopped: false };

export interface EnergyFacts {
  capabilities: DeviceCapabilities;
  /** 0..1; undefined: unknown, and then what was decided last stands. */
  socFraction?: number | undefined;
  capacityWh?: number | undefined;
  /** Configured floor and ceiling, 0..1. */
  socMin?: number | undefined;
  socMax?: number | undefined;
  /** What the schedule adds to them. */
  energyMinWh?: number | undefined;
  energyMaxWh?: number | undefined;
}

/** Part of the capacity by which the energy must come back inside before the direction is allowed again. */
const HYSTERESIS = 0.01;

/**
 * The bounds of nameplate, state-of-charge floor and ceiling and the scheduled energy band: at or under the floor no
 * discharge, at or over the ceiling no charge, each until the energy is back inside by 1 % of the capacity.
 */
export function boundsOf(facts: EnergyFacts, state: GuardState): { bounds: Bounds; state: GuardState } {
  const { capabilities } = facts;
  const next = energyStops(facts, state);
  const bounds: Bounds = { chargeW: capabilities.maxChargeW, dischargeW: capabilities.maxDischargeW };
  if (next.chargeStopped)
    Object.assign(bounds, { chargeW: 0, chargeReason: 'energy-ceiling' } satisfies Partial<Bounds>);
  if (next.dischargeStopped) {
    Object.assign(bounds, { dischargeW: 0, dischargeReason: 'energy-floor' } satisfies Partial<Bounds>);
  }
  return { bounds, state: next };
}

function energyStops(facts: EnergyFacts, state: GuardState): GuardState {
  const capacityWh = facts.capacityWh ?? facts.capabilities.capacityWh;
  if (facts.capabilities.kind !== 'BESS' || capacityWh === undefined) return initialGuardState;
  const floorWh = Math.max(...present((facts.socMin ?? NaN) * capacityWh, facts.energyMinWh));
  const ceilingWh = Math.min(...present((facts.socMax ?? NaN) * capacityWh, facts.energyMaxWh));
  if (facts.socFraction === undefined) {
    // Unknown is not full and not empty: the last decision stands for as long as its band does.
    return {
      dischargeStopped: state.dischargeStopped && Number.isFinite(floorWh),
      chargeStopped: state.chargeStopped && Number.isFinite(ceilingWh),
    };
  }
  const energyWh = facts.socFraction * capacityWh;
  const marginWh = HYSTERESIS * capacityWh;
  return {
    dischargeStopped: energyWh <= floorWh || (state.dischargeStopped && energyWh < floorWh + marginWh),
    chargeStopped: energyWh >= ceilingWh || (state.chargeStopped && energyWh > ceilingWh - marginWh),
  };
}

function present(...values: (number | undefined)[]): number[] {
  return values.filter((v): v is number => v !== undefined && !Number.isNaN(v));
}

export interface LastGateFacts {
  /** Bound of charging after limits, nameplate and energy band, W. */
  chargeW: number;
  /** Bound of discharging, likewise. */
  dischargeW: number;
  /** What the agent last had applied; undefined before its first command. */
  previousSetpointW?: number | undefined;
  /** The reading is older than three ticks: nothing may be increased. */
  stale: boolean;
  /** Largest step away from zero per second, W; undefined: no ramp. */
  rampUpWPerSecond?: number | undefined;
  elapsedSeconds: number;
}

/**
 * The last gate before hardware: whatever was decided before, the set-point stays inside its bounds and the output
 * limit, is a finite number, and steps away from zero no faster than its ramp. A step towards zero is immediate.
 */
export function guard(
  command: DeviceCommand,
  facts: LastGateFacts,
): { command: DeviceCommand; reasons: GuardReason[] } {
  const { setpointW, ...rest } = command;
  if (setpointW === undefined || Number.isNaN(setpointW)) return { command: rest, reasons: [] };
  const reasons: GuardReason[] = [];
  const outputW = rest.outputLimit.kind === 'limited' ? rest.outputLimit.maxW : Infinity;
  const highestW = Math.min(facts.dischargeW, outputW);
  let safeW = Math.min(Math.max(setpointW, -facts.chargeW), highestW);
  if (safeW !== setpointW) reasons.push('nameplate');
  const step = largestStep(safeW, facts);
  if (step !== undefined && Math.abs(safeW) > step.fromW + step.byW) {
    safeW = Math.sign(safeW) * (step.fromW + step.byW);
    reasons.push(facts.stale ? 'stale-reading' : 'ramp');
  }
  return { command: { ...rest, setpointW: Math.round(safeW) || 0 }, reasons };
}

/** From which magnitude and by how much the set-point may grow; undefined: freely. */
function largestStep(wantedW: number, facts: LastGateFacts): { fromW: number; byW: number } | undefined {
  const previousW = facts.previousSetpointW ?? 0;
  // The other side of zero starts from zero.
  const fromW = Math.sign(previousW) === Math.sign(wantedW) ? Math.abs(previousW) : 0;
  if (facts.stale) return { fromW, byW: 0 };
  if (facts.rampUpWPerSecond === undefined) return undefined;
  return { fromW, byW: facts.rampUpWPerSecond * Math.max(0, facts.elapsedSeconds) };
}
