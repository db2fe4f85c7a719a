import type { RestState } from './rest.ts';
import { assumedBudget, siteBudget } from './rest.ts';
import type { Budget } from './rest.ts';
import { leftBehindW, memberOf } from './member.ts';
import type { SiteState } from './memory.ts';
import { becauseOf, capW, isCapped } from './range.ts';
import type { Because, Range } from './range.ts';
import { share } from './share.ts';
import type { Share } from './plan.ts';
import type { Candidate, SharedCap, SiteFacts } from './site.ts';

export interface SharedOutcome {
  rest: RestState;
  granted: Map<string, Share>;
  /** What PV falls back to when nobody watches the cap any more, W; present for every device under a shared cap. */
  fallbackW: Map<string, number>;
}

/** Steps towards a looser edge that are smaller than this part of the nameplate are not worth a write. */
const DEAD_BAND = 0.005;

/** Narrows the ranges of the candidates to what the caps of inverters and the site leave to each, inverters first. */
export function sharedCaps(
  facts: SiteFacts,
  candidates: ReadonlyMap<string, Candidate>,
  before: SiteState,
): SharedOutcome {
  const outcome: SharedOutcome = { rest: {}, granted: new Map(), fallbackW: new Map() };
  for (const cap of facts.shared) {
    const limits = { importW: capW(cap.caps.importCap), exportW: capW(cap.caps.exportCap) };
    const members = cap.members.flatMap((name) => candidates.get(name) ?? []);
    const { budget, rest } = budgetOf(cap, limits, members, facts, before);
    if (rest !== undefined) outcome.rest = rest;
    if (isCapped(cap.caps)) narrowAll(cap, members, budget, facts, before, outcome.granted);
    noteFallbacks(cap, members, facts, outcome.fallbackW);
  }
  return outcome;
}

/** What the cap leaves to each of its members. */
function narrowAll(
  cap: SharedCap,
  members: readonly Candidate[],
  budget: Budget,
  facts: SiteFacts,
  before: SiteState,
  granted: Map<string, Share>,
): void {
  const bandW = Math.max(0, budget.highW - budget.lowW);
  const shares = share(
    members.map((member) => memberOf(member, bandW, facts.elapsedSeconds)),
    budget,
  );
  const meterBlind = cap.kind === 'site' && facts.meter.kind === 'blind';
  const because = {
    low: sharedBecause(becauseOf(cap.caps.importCap), cap.of, meterBlind),
    high: sharedBecause(becauseOf(cap.caps.exportCap), cap.of, meterBlind),
  };
  for (const candidate of members) {
    const next = shares.get(candidate.facts.name);
    if (next === undefined) continue;
    const key = `${cap.of}/${candidate.facts.name}`;
    const kept = steady(before.granted.get(key), next, candidate);
    granted.set(key, kept);
    candidate.range = narrowed(candidate.range, kept, because);
  }
}

function budgetOf(
  cap: SharedCap,
  limits: { importW: number; exportW: number },
  members: readonly Candidate[],
  facts: SiteFacts,
  before: SiteState,
): { budget: Budget; rest?: RestState } {
  if (cap.kind === 'group') return { budget: unwatchedBudget(cap, limits, facts) };
  const known = members.filter((member) => member.facts.powerW !== undefined);
  const devices = {
    powerW: known.reduce((sum, member) => sum + (member.facts.powerW ?? 0), 0),
    seen: known.map((member) => member.facts.name).join(),
  };
  const { budget, state } = siteBudget(limits, facts.meter, devices, facts.rest, before.rest, facts.elapsedSeconds);
  return { budget, rest: state };
}

/** What the caps leave when nobody looks: the devices of an inverter are all that there is behind it. */
export function unwatchedBudget(
  { kind }: SharedCap,
  limits: { importW: number; exportW: number },
  { meter, rest }: SiteFacts,
): Budget {
  if (kind === 'site') return assumedBudget(limits, meter, rest);
  return { lowW: -limits.importW, highW: limits.exportW, seesAll: false };
}

/**
 * Without anybody watching, batteries stand still, PV that cannot revert keeps its limit, and the other PV shares what is left
 * beside it of the stricter of order and standing cap.
 */
function noteFallbacks(
  cap: SharedCap,
  members: readonly Candidate[],
  facts: SiteFacts,
  fallbackW: Map<string, number>,
): void {
  const strictest = (which: 'importCap' | 'exportCap'): number =>
    Math.min(capW(cap.caps[which]), capW(cap.standing[which]));
  const limits = { importW: strictest('importCap'), exportW: strictest('exportCap') };
  if (limits.importW === Infinity && limits.exportW === Infinity) return;
  let leftW = unwatchedBudget(cap, limits, facts).highW;
  const give = ({ facts: { name } }: Candidate, wantedW: number, takenW: number): void => {
    const partW = Math.min(Math.max(0, leftW), wantedW);
    if (leftW !== Infinity) leftW -= Math.max(partW, takenW);
    fallbackW.set(name, Math.min(partW, fallbackW.get(name) ?? Infinity));
  };
  const reverts = ({ facts: { ready }, capabilities }: Candidate): boolean =>
    ready && (capabilities?.kind === 'BESS' || capabilities?.safeReversion === true);
  for (const member of members.filter((one) => !reverts(one))) {
    const keptW = leftBehindW(member);
    give(member, keptW, keptW);
  }
  for (const member of members.filter(reverts)) {
    give(member, member.capabilities?.kind === 'BESS' ? 0 : Math.max(0, member.own.high.powerW), 0);
  }
}

/** Keeps to what was granted before where that is only a little tighter. */
function steady(before: Share | undefined, next: Share, { capabilities, range }: Candidate): Share {
  if (before === undefined || capabilities === undefined) return next;
  const bandW = DEAD_BAND * Math.max(capabilities.maxDischargeW, capabilities.maxChargeW);
  const isNear = (looserW: number): boolean => looserW >= 0 && looserW < bandW;
  const keepsHigh = next.highW < range.high.powerW && isNear(next.highW - before.highW) && before.highW >= next.lowW;
  const highW = keepsHigh ? before.highW : next.highW;
  const keepsLow = next.lowW > range.low.powerW && isNear(before.lowW - next.lowW) && before.lowW <= highW;
  return { lowW: keepsLow ? before.lowW : next.lowW, highW };
}

function narrowed(range: Range, { lowW, highW }: Share, because: { low: Because; high: Because }): Range {
  const low = lowW > range.low.powerW ? { powerW: lowW, because: because.low } : range.low;
  const high = highW < range.high.powerW ? { powerW: highW, because: because.high } : range.high;
  return { low, high };
}

function sharedBecause(because: Because, of: string, meterBlind: boolean): Because {
  return meterBlind ? { ...because, of, meterBlind } : { ...because, of };
}
