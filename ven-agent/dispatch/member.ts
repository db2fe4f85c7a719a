import type { DeviceCapabilities } from '../bridges/device.ts';
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
  const { facts, state, capabilities, range, keptFor, wish } = candidate;
  const { name, powerW, settings } = facts;
  const keeps = capabilities?.kind === 'PV' && !capabilities.safeReversion;
  const base = { name, measuredW: powerW, leastW: 0, keeps, ...disobedience(state, powerW) };
  const isUnderstood = facts.ready && facts.obeys && powerW !== undefined;
  if (capabilities === undefined || !isUnderstood || !canBeTold(capabilities)) {
    const nothing = { nearLowW: 0, nearHighW: 0, upperW: 0, lowerW: 0 };
    return { ...base, kind: 'fixed', ...worstOf(candidate), ...nothing, ordered: false, free: false };
  }
  const edges = { lowW: range.low.powerW, highW: range.high.powerW };
  const steered = capabilities.kind === 'BESS' && capabilities.canSetPower;
  if (!steered) {
    const wantedW = Math.max(HEADROOM * capabilities.maxDischargeW, (state.reachW ?? 0) - (powerW ?? 0));
    const headroomW = Math.min(wantedW, bandW);
    const leastW = Math.min(leastOutputW(capabilities, settings), edges.highW);
    const upperW = powerW === undefined ? edges.highW : clamp(powerW + headroomW, leastW, edges.highW);
    const lowerW = powerW === undefined ? edges.lowW : Math.min(powerW, edges.highW);
    const near = { nearLowW: leastW, nearHighW: upperW };
    return { ...base, ...edges, ...near, kind: 'limited', leastW, upperW, lowerW, ordered: false, free: true };
  }
  const letGo = settings.whenNoSetpoint === 'release' && keptFor === undefined && state.holding?.kind !== 'needed';
  const free = wish === undefined && letGo;
  const near = nearEdges(candidate, elapsedSeconds);
  const wishW = clamp(wish?.powerW ?? 0, near.nearLowW, near.nearHighW);
  const [lowerW, upperW] = free ? reachOf(candidate) : [wishW, wishW];
  return {
    ...base,
    ...edges,
    ...near,
    kind: 'steered',
    upperW: clamp(upperW, edges.lowW, edges.highW),
    lowerW: clamp(lowerW, edges.lowW, edges.highW),
    ordered: wish !== undefined,
    free,
  };
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

function clamp(powerW: number, lowW: number, highW: number): number {
  return Math.min(Math.max(powerW, lowW), highW);
}
