import type { DeviceCapabilities, DeviceCommand, Limit } from '../bridges/device.ts';
import type { Cap } from '../scheduler/envelope.ts';
import { capW, within } from './range.ts';
import type { Because, Constraint, Range } from './range.ts';

/** What a device does while nobody gives it a set-point: it decides by itself, or it stands still. */
export type WithoutSetpoint = 'release' | 'idle';

/**
 * Why, and until when at most, the agent holds a device that decides for itself: it charged when it may not, for which
 * devices have no register; or it was needed to keep the cap of an inverter or the site.
 */
export interface Holding {
  kind: 'charging' | 'needed';
  untilMs: number;
}

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
  /** The cap for which it stands still although it is to be released: nobody else could keep it, were the agent to die. */
  keptFor?: Because | undefined;
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
  if (holding === undefined || (holding.kind === 'needed' && !sharesCap)) return undefined;
  return nowMs < holding.untilMs && holding.untilMs <= nowMs + HOLD_MS[holding.kind] ? holding : undefined;
}

/** Charging above the cap by less than this part of the nameplate is measurement noise. */
const CHARGE_TOLERANCE = 0.005;
/** A full battery that was never let go again could not discharge: now and then it is seen what it wants. */
const HOLD_MS = { charging: 15 * 60_000, needed: 60_000 } as const;

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
function outputLimitOf({ own, range, exportCap, capabilities, wish, ...input }: ArbiterInput): Limit {
  const steered = capabilities.kind === 'BESS' && capabilities.canSetPower;
  const kept = steered && (wish !== undefined || standsStill(input));
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
  if (standsStill(input)) {
    const setpointW = held(0, { reason: 'idle' });
    if (input.keptFor !== undefined) why.push({ point, ...input.keptFor });
    return { setpointW };
  }
  if (range.high.powerW < 0 || range.low.powerW > 0) {
    return { setpointW: held(0, { reason: 'idle' }), holding: { kind: 'needed', untilMs: nowMs + HOLD_MS.needed } };
  }
  // There is no register for a charge limit. So the device is left alone until it is seen to charge over what it may, or
  // cannot be seen at all, and is then held there.
  const chargeW = -range.low.powerW;
  const toleranceW = CHARGE_TOLERANCE * capabilities.maxChargeW;
  const overCap = input.measuredPowerW === undefined || -input.measuredPowerW > chargeW + toleranceW;
  const heldBefore = holding?.kind === 'charging' ? holding : undefined;
  if (chargeW < capabilities.maxChargeW && (overCap || heldBefore !== undefined)) {
    why.push({ point, reason: 'charging-over-cap' }, { point, ...range.low.because });
    const since = heldBefore ?? { kind: 'charging', untilMs: nowMs + HOLD_MS.charging };
    return { setpointW: range.low.powerW, holding: since };
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
  const still = capabilities.canSetPower && capabilities.kind === 'BESS' && (capped || standsStill(input));
  if (strict.kind === 'unlimited' && !still) return undefined;
  return still ? { outputLimit: strict, setpointW: 0 } : { outputLimit: strict };
}

/** What a battery does without a set-point. */
export function standsStill({ whenNoSetpoint, keptFor }: Pick<ArbiterInput, 'whenNoSetpoint' | 'keptFor'>): boolean {
  return whenNoSetpoint === 'idle' || keptFor !== undefined;
}

function magnitude(limit: Limit): number {
  return limit.kind === 'unlimited' ? Infinity : limit.maxW;
}
