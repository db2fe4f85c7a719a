import type { DeviceCapabilities, DeviceCommand, Limit } from '../bridges/device.ts';
import type { Cap } from '../scheduler/envelope.ts';
import { capW, within } from './range.ts';
import type { Because, Constraint, Range } from './range.ts';

/** What a device does while nobody gives it a set-point: it decides by itself, or it stands still. */
export type WithoutSetpoint = 'release' | 'idle';

/**
 * Why the agent holds a device that nobody gave a set-point: it charged over its cap, for which devices have no register,
 * and is held at the cap until the cap is gone; or it was needed to keep the cap of an inverter or the site, and is let go
 * when it has not been needed for a minute.
 */
export type Holding = { kind: 'charging' } | { kind: 'needed'; untilMs: number };

export interface ArbiterInput {
  nowMs: number;
  /** Where the device may run after everything that binds it, and what of that is its own. */
  range: Range;
  own: Range;
  exportCap: Cap;
  /** The export cap that holds when nobody gives orders; the device reverts to it, or to the stricter one in force. */
  standingExportCap: Cap;
  /** What its inverter and site leave to it when nobody watches them; undefined: they are without cap. */
  sharedFallbackW?: number | undefined;
  capabilities: DeviceCapabilities;
  /** What a set-point asks for; undefined: there is none. */
  wish?: { powerW: number; eventName: string } | undefined;
  /** + discharge; undefined: unknown or too old to be believed. */
  measuredPowerW?: number | undefined;
  whenNoSetpoint: WithoutSetpoint;
  leaseSeconds: number;
  /** What of the last holding still counts. */
  holding?: Holding | undefined;
}

export interface Decision {
  command: DeviceCommand;
  why: Constraint[];
  holding?: Holding | undefined;
}

/**
 * What of a holding still counts at `nowMs`. One that would last for longer than it may is from before the clock was set
 * back; where no cap is shared any more, nobody is needed.
 */
export function stillHeld(holding: Holding | undefined, nowMs: number, sharesCap: boolean): Holding | undefined {
  if (holding?.kind !== 'needed') return holding;
  return sharesCap && nowMs < holding.untilMs && holding.untilMs <= nowMs + HOLD_MS ? holding : undefined;
}

/** Charging above the cap by less than this part of the nameplate is measurement noise. */
const CHARGE_TOLERANCE = 0.005;
const HOLD_MS = 60_000;

/**
 * One device, one instant: limits beat set-points; inside the limits the set-point is met as nearly as possible; what
 * binds is recorded. Nothing is refused: what cannot be followed is clamped.
 */
export function arbitrate(input: ArbiterInput): Decision {
  const { range, capabilities } = input;
  const why: Constraint[] = [];
  const outputLimit = outputLimitOf(input);
  if (magnitude(outputLimit) < capabilities.maxDischargeW) {
    const isShared = magnitude(outputLimit) === Math.max(0, range.high.powerW);
    why.push({ point: 'output', ...(isShared ? range : input.own).high.because });
  }
  const { setpointW, holding } = setpointFor(input, why);
  const command: DeviceCommand = { outputLimit, leaseSeconds: input.leaseSeconds };
  if (setpointW !== undefined) command.setpointW = setpointW;
  const fallback = fallbackOf(input, outputLimit);
  if (fallback !== undefined) command.fallback = fallback;
  return { command, why, holding };
}

/** A device that keeps to a set-point needs its own limit only: what it shares with others is in its set-point. */
function outputLimitOf({ own, range, exportCap, capabilities, wish, whenNoSetpoint }: ArbiterInput): Limit {
  const steered = capabilities.kind === 'BESS' && capabilities.canSetPower;
  const kept = steered && (wish !== undefined || whenNoSetpoint === 'idle');
  const highW = Math.max(0, kept ? own.high.powerW : range.high.powerW);
  // A cap at or above the nameplate is written, but limits nothing.
  return highW < capabilities.maxDischargeW ? { kind: 'limited', maxW: highW } : exportCap.limit;
}

function setpointFor(input: ArbiterInput, why: Constraint[]): { setpointW?: number; holding?: Holding } {
  const { nowMs, range, capabilities, wish, holding } = input;
  if (!capabilities.canSetPower) return {};
  const point = 'setpoint';
  const held = (wantedW: number, because: Because): number => {
    const setpointW = within(wantedW, range);
    why.push({ point, ...because });
    if (setpointW > wantedW) why.push({ point, ...range.low.because });
    if (setpointW < wantedW) why.push({ point, ...range.high.because });
    return setpointW;
  };
  if (wish !== undefined) return { setpointW: held(wish.powerW, { reason: 'dispatch', eventName: wish.eventName }) };
  if (input.whenNoSetpoint === 'idle') return { setpointW: held(0, { reason: 'idle' }) };
  if (range.high.powerW < 0 || range.low.powerW > 0) {
    return { setpointW: held(0, { reason: 'idle' }), holding: { kind: 'needed', untilMs: nowMs + HOLD_MS } };
  }
  // SunSpec 704 limits output only; there is no register for a charge limit. So the device is left alone until it is
  // seen to charge over its cap, or cannot be seen at all, and is then held at the cap for as long as there is one.
  const chargeW = -range.low.powerW;
  const toleranceW = CHARGE_TOLERANCE * capabilities.maxChargeW;
  const overCap = input.measuredPowerW === undefined || -input.measuredPowerW > chargeW + toleranceW;
  if (chargeW < capabilities.maxChargeW && (overCap || holding?.kind === 'charging')) {
    why.push({ point, reason: 'charging-over-cap' }, { point, ...range.low.because });
    return { setpointW: range.low.powerW, holding: { kind: 'charging' } };
  }
  if (holding?.kind === 'needed') return { setpointW: held(0, { reason: 'idle' }), holding };
  return {};
}

/**
 * Where the device goes when the agent falls silent: its standing limit, or the order in force where that is stricter, or
 * its part of what it shares. A set-point is never kept up by a silent agent: with a charge cap in force, or a cap shared
 * with others, the device stands still.
 */
function fallbackOf(input: ArbiterInput, outputLimit: Limit): DeviceCommand['fallback'] {
  const { own, capabilities, sharedFallbackW } = input;
  // A battery that was let go has no set-point whose timer could bring it to a stand: its limit has to.
  const maxW = Math.min(capW(input.standingExportCap), magnitude(outputLimit), sharedFallbackW ?? Infinity);
  const strict: Limit = maxW === Infinity ? { kind: 'unlimited' } : { kind: 'limited', maxW };
  const capped = -own.low.powerW < capabilities.maxChargeW || sharedFallbackW !== undefined;
  const still = capabilities.canSetPower && capabilities.kind === 'BESS' && (capped || input.whenNoSetpoint === 'idle');
  if (strict.kind === 'unlimited' && !still) return undefined;
  return still ? { outputLimit: strict, setpointW: 0 } : { outputLimit: strict };
}

function magnitude(limit: Limit): number {
  return limit.kind === 'unlimited' ? Infinity : limit.maxW;
}
