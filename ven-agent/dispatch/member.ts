import type { DeviceCapabilities } from '../bridges/device.ts';
import { standsStill } from './arbiter.ts';
import { disobedience } from './memory.ts';
import type { Member } from './plan.ts';
import type { Candidate, DeviceSettings } from './site.ts';

/** Part of its nameplate that PV may rise within a tick when a battery has to make room for it. */
const HEADROOM = 0.02;
const LEAST_OUTPUT = 0.01;

/** What cannot be undercut where a device drops out at 0 %, W. */
export function leastOutputW({ maxDischargeW }: DeviceCapabilities, { dropsOutAtZero }: DeviceSettings): number {
  return dropsOutAtZero ? Math.ceil(LEAST_OUTPUT * maxDischargeW) : 0;
}

/**
 * A device as the one who shares sees it.
 *
 * @param elapsedSeconds what a ramp has had since the last command
 * @param bandW how far apart the caps are: PV is given no more headroom than fits between them
 */
export function memberOf(candidate: Candidate, bandW: number, elapsedSeconds: number): Member {
  const { facts, state, capabilities } = candidate;
  const { overW, underW } = disobedience(state, facts.powerW);
  const isUnderstood = facts.ready && facts.obeys && facts.powerW !== undefined;
  const isTold = capabilities !== undefined && isUnderstood && canBeTold(capabilities);
  const reach = !isTold
    ? fixedReach(candidate)
    : capabilities.kind === 'BESS' && capabilities.canSetPower
      ? steeredReach(candidate, elapsedSeconds)
      : limitedReach(candidate, capabilities, bandW);
  // Written out: this is the hot path, and spreading an object here makes the whole decision take twice as long.
  return {
    name: facts.name,
    measuredW: facts.powerW,
    keeps: capabilities?.kind === 'PV' && !capabilities.safeReversion,
    overW,
    underW,
    kind: reach.kind,
    lowW: reach.lowW,
    highW: reach.highW,
    nearLowW: reach.nearLowW,
    nearHighW: reach.nearHighW,
    upperW: reach.upperW,
    lowerW: reach.lowerW,
    leastW: reach.leastW,
    ordered: reach.ordered,
    free: reach.free,
  };
}

type Reach = Omit<Member, 'name' | 'measuredW' | 'keeps' | 'overW' | 'underW'>;

function fixedReach(candidate: Candidate): Reach {
  const { lowW, highW } = worstOf(candidate);
  const nothing = { nearLowW: 0, nearHighW: 0, upperW: 0, lowerW: 0, leastW: 0 };
  return { kind: 'fixed', lowW, highW, ...nothing, ordered: false, free: false };
}

function limitedReach({ facts, state, range }: Candidate, capabilities: DeviceCapabilities, bandW: number): Reach {
  const { powerW = 0, settings } = facts;
  const [lowW, highW] = [range.low.powerW, range.high.powerW];
  const wantedW = Math.max(HEADROOM * capabilities.maxDischargeW, (state.reachW ?? 0) - powerW);
  const headroomW = Math.min(wantedW, bandW);
  const leastW = Math.min(leastOutputW(capabilities, settings), highW);
  const upperW = clamp(powerW + headroomW, leastW, highW);
  const lowerW = Math.min(powerW, highW);
  const [nearLowW, nearHighW] = [leastW, upperW];
  return { kind: 'limited', lowW, highW, nearLowW, nearHighW, upperW, lowerW, leastW, ordered: false, free: true };
}

function steeredReach(candidate: Candidate, elapsedSeconds: number): Reach {
  const { facts, state, range, keptFor, wish } = candidate;
  const { whenNoSetpoint } = facts.settings;
  const free = wish === undefined && !standsStill({ whenNoSetpoint, keptFor }) && state.holding?.kind !== 'needed';
  const [lowW, highW] = [range.low.powerW, range.high.powerW];
  const { nearLowW, nearHighW } = nearEdges(candidate, elapsedSeconds);
  const wishW = clamp(wish?.powerW ?? 0, nearLowW, nearHighW);
  const [wantedLowW, wantedHighW] = free ? reachOf(candidate) : [wishW, wishW];
  const upperW = clamp(wantedHighW, lowW, highW);
  const lowerW = clamp(wantedLowW, lowW, highW);
  const ordered = wish !== undefined;
  return { kind: 'steered', lowW, highW, nearLowW, nearHighW, upperW, lowerW, leastW: 0, ordered, free };
}

/** What the ramp lets it be told in this tick: towards zero everything, away from zero a step. */
function nearEdges(
  { facts, state, range }: Candidate,
  elapsedSeconds: number,
): { nearLowW: number; nearHighW: number } {
  const { rampUpWPerSecond } = facts.settings;
  const stepW = rampUpWPerSecond === undefined ? Infinity : rampUpWPerSecond * elapsedSeconds;
  const fromW = state.setpointW ?? facts.powerW ?? 0;
  return {
    nearLowW: Math.max(range.low.powerW, Math.min(0, fromW) - stepW),
    nearHighW: Math.min(range.high.powerW, Math.max(0, fromW) + stepW),
  };
}

/**
 * What a battery that decides for itself is seen to want. Nobody relies on it: it may stop at any time. One that is held at
 * its charge cap wanted to charge more: it takes all that there is.
 */
function reachOf({ facts: { powerW = 0 }, state, range }: Candidate): [lowerW: number, upperW: number] {
  return [state.holding?.kind === 'charging' ? range.low.powerW : Math.min(0, powerW), Math.max(0, powerW)];
}

function canBeTold({ canSetPower, canLimitOutput }: DeviceCapabilities): boolean {
  return canSetPower || canLimitOutput;
}

/** The worst that a device may do that can be told nothing: what it was told, what it falls back to, or all that it can. */
function worstOf({ facts, state, capabilities, own }: Candidate): { lowW: number; highW: number } {
  const all =
    capabilities === undefined
      ? { lowW: own.low.powerW, highW: own.high.powerW }
      : { lowW: -capabilities.maxChargeW, highW: capabilities.maxDischargeW };
  const { mayHold } = state;
  if (mayHold === undefined || !facts.obeys) return all;
  if (facts.reachable) return { lowW: mayHold.lowW, highW: mayHold.highW };
  if (capabilities?.safeReversion !== true) return all;
  const { lowW, highW, fallbackLowW, fallbackHighW } = mayHold;
  return { lowW: Math.min(lowW, fallbackLowW), highW: Math.max(highW, fallbackHighW) };
}

/**
 * What a device that keeps its limit, or that can be told nothing now, may do when nobody gives orders any more, W: its
 * limit, or what its timer lets it do.
 */
export function leftBehindW(candidate: Candidate): number {
  const { facts, state, capabilities, range } = candidate;
  if (capabilities !== undefined && facts.ready) return Math.max(0, range.high.powerW);
  const timed = capabilities?.safeReversion === true && facts.obeys ? state.mayHold : undefined;
  return Math.max(0, timed?.fallbackHighW ?? worstOf(candidate).highW);
}

function clamp(powerW: number, lowW: number, highW: number): number {
  return Math.min(Math.max(powerW, lowW), highW);
}
