import type { DeviceCapabilities, DeviceCommand, Limit } from '../bridges/device.ts';
import type { Cap, Envelope } from '../scheduler/envelope.ts';
import type { Bounds, GuardReason } from './guard.ts';

/** What a device does while nobody gives it a set-point: it decides by itself, or it stands still. */
export type WithoutSetpoint = 'release' | 'idle';

/** Which constraint binds, and since which order. "why limited" of the status page. */
export interface Constraint {
  point: 'output' | 'setpoint';
  reason: 'limit' | 'subscription' | 'configuration' | 'dispatch' | 'idle' | 'charging-over-cap' | GuardReason;
  /** The event that says so, where one does. */
  eventName?: string;
}

/** What must survive from tick to tick. */
export interface ArbiterState {
  /** The device charged over its cap with nobody's set-point: the agent holds it at the cap until the cap is gone. */
  takenOver: boolean;
}

export const initialArbiterState: ArbiterState = { takenOver: false };

export interface ArbiterInput {
  envelope: Envelope;
  /** What holds when nobody gives orders; the device reverts to it, or to the stricter order in force. */
  standing: Envelope;
  bounds: Bounds;
  capabilities: DeviceCapabilities;
  /** + discharge; undefined: unknown or too old to be believed. */
  measuredPowerW?: number | undefined;
  whenNoSetpoint: WithoutSetpoint;
  leaseSeconds: number;
  state: ArbiterState;
}

export interface Decision {
  command: DeviceCommand;
  /** The bounds of charging and discharging that were kept, W; the last gate checks them again. */
  chargeW: number;
  dischargeW: number;
  why: Constraint[];
  state: ArbiterState;
}

/** Charging above the cap by less than this part of the nameplate is measurement noise. */
const CHARGE_TOLERANCE = 0.005;

/**
 * One device, one instant: limits beat set-points; inside the limits the set-point is met as nearly as possible; what
 * binds is recorded. Nothing is refused: what cannot be followed is clamped.
 */
export function arbitrate(input: ArbiterInput): Decision {
  const { envelope, bounds, capabilities } = input;
  const why: Constraint[] = [];
  const chargeW = Math.min(magnitude(envelope.importCap.limit), bounds.chargeW);
  const dischargeW = Math.min(magnitude(envelope.exportCap.limit), bounds.dischargeW);

  let outputLimit = envelope.exportCap.limit;
  // A cap at or above the nameplate is written, but limits nothing.
  if (magnitude(outputLimit) < capabilities.maxDischargeW) why.push(ofCap('output', envelope.exportCap));
  if (bounds.dischargeReason !== undefined) {
    outputLimit = { kind: 'limited', maxW: dischargeW };
    why.push({ point: 'output', reason: bounds.dischargeReason });
  }

  const { setpointW, takenOver } = setpointFor(input, chargeW, dischargeW, why);
  // A device that takes no set-point, PV for one, meets it from above: its output is bounded by it.
  if (!capabilities.canSetPower && envelope.setpoint !== undefined && dischargeW > envelope.setpoint.powerW) {
    outputLimit = { kind: 'limited', maxW: Math.max(0, envelope.setpoint.powerW) };
    why.push({ point: 'output', reason: 'dispatch', eventName: envelope.setpoint.eventName });
  }

  const command: DeviceCommand = { outputLimit, leaseSeconds: input.leaseSeconds };
  if (setpointW !== undefined) command.setpointW = setpointW;
  const fallback = fallbackOf(input, outputLimit, chargeW);
  if (fallback !== undefined) command.fallback = fallback;
  return { command, chargeW, dischargeW, why, state: { takenOver } };
}

function setpointFor(
  input: ArbiterInput,
  chargeW: number,
  dischargeW: number,
  why: Constraint[],
): { setpointW?: number; takenOver: boolean } {
  const { envelope, bounds, capabilities, state } = input;
  if (!capabilities.canSetPower) return { takenOver: false };
  const wanted = envelope.setpoint;
  if (wanted !== undefined) {
    const setpointW = noMinusZero(Math.min(Math.max(wanted.powerW, -chargeW), dischargeW));
    why.push({ point: 'setpoint', reason: 'dispatch', eventName: wanted.eventName });
    if (setpointW > wanted.powerW) why.push(bindingCharge(envelope.importCap, bounds));
    if (setpointW < wanted.powerW) why.push(bindingDischarge(envelope.exportCap, bounds));
    return { setpointW, takenOver: false };
  }
  if (input.whenNoSetpoint === 'idle') {
    why.push({ point: 'setpoint', reason: 'idle' });
    return { setpointW: 0, takenOver: false };
  }
  // SunSpec 704 limits output only; there is no register for a charge limit. So the device is left alone until it is
  // seen to charge over its cap, or cannot be seen at all, and is then held at the cap for as long as there is one.
  const capped = chargeW < capabilities.maxChargeW;
  const toleranceW = CHARGE_TOLERANCE * capabilities.maxChargeW;
  const overCap = input.measuredPowerW === undefined || -input.measuredPowerW > chargeW + toleranceW;
  if (!capped || (!overCap && !state.takenOver)) return { takenOver: false };
  why.push({ point: 'setpoint', reason: 'charging-over-cap' }, bindingCharge(envelope.importCap, bounds));
  return { setpointW: noMinusZero(-chargeW), takenOver: true };
}

/**
 * Where the device goes when the agent falls silent: its standing limit, or the order in force where that is stricter.
 * A set-point is never kept up by a silent agent: with a charge cap in force the device stands still.
 */
function fallbackOf(input: ArbiterInput, outputLimit: Limit, chargeW: number): DeviceCommand['fallback'] {
  const standing = input.standing.exportCap.limit;
  const strict = magnitude(standing) < magnitude(outputLimit) ? standing : outputLimit;
  const capped = input.capabilities.canSetPower && chargeW < input.capabilities.maxChargeW;
  const still = capped || (input.capabilities.canSetPower && input.whenNoSetpoint === 'idle');
  if (strict.kind === 'unlimited' && !still) return undefined;
  return still ? { outputLimit: strict, setpointW: 0 } : { outputLimit: strict };
}

function magnitude(limit: Limit): number {
  return limit.kind === 'unlimited' ? Infinity : limit.maxW;
}

function noMinusZero(powerW: number): number {
  return powerW === 0 ? 0 : powerW;
}

function ofCap(point: Constraint['point'], cap: Cap): Constraint {
  switch (cap.source.kind) {
    case 'event':
      return { point, reason: 'limit', eventName: cap.source.eventName };
    case 'subscription':
      return { point, reason: 'subscription', eventName: cap.source.eventName };
    case 'configuration':
    case 'none':
      return { point, reason: 'configuration' };
  }
}

function bindingCharge(cap: Cap, bounds: Bounds): Constraint {
  const byGuard = bounds.chargeW < magnitude(cap.limit);
  return byGuard ? { point: 'setpoint', reason: bounds.chargeReason ?? 'nameplate' } : ofCap('setpoint', cap);
}

function bindingDischarge(cap: Cap, bounds: Bounds): Constraint {
  const byGuard = bounds.dischargeW < magnitude(cap.limit);
  return byGuard ? { point: 'setpoint', reason: bounds.dischargeReason ?? 'nameplate' } : ofCap('setpoint', cap);
}
