import type { DeviceCapabilities, DeviceCommand } from '../bridges/device.ts';
import type { Caps, Envelope } from '../scheduler/envelope.ts';
import { arbitrate, stillHeld } from './arbiter.ts';
import type { WithoutSetpoint } from './arbiter.ts';
import { energyBounds } from './energy.ts';
import { guard } from './guard.ts';
import { notLetGo } from './let-go.ts';
import { initialDeviceState, noteTold } from './memory.ts';
import type { DeviceState, SiteState } from './memory.ts';
import { leastOutputW } from './member.ts';
import { isCapped, ownRange } from './range.ts';
import type { Because, Constraint, Range } from './range.ts';
import type { MeterView, RestLimits } from './rest.ts';
import { sharedCaps } from './shared-caps.ts';
import { wishedW } from './wish.ts';

/** What the configuration says about one device. */
export interface DeviceSettings {
  whenNoSetpoint: WithoutSetpoint;
  socMin?: number | undefined;
  socMax?: number | undefined;
  rampUpWPerSecond?: number | undefined;
  /** What is assumed of it before it could be asked. */
  ratedW?: number | undefined;
  /** It drops out below 1 % of its output. */
  dropsOutAtZero: boolean;
}

/** One device in the frozen picture of a tick. */
export interface DeviceFacts {
  name: string;
  settings: DeviceSettings;
  envelope: Envelope;
  standing: Caps;
  /** Undefined before it was first asked. */
  capabilities?: DeviceCapabilities | undefined;
  /** Does it answer? */
  reachable: boolean;
  /** Can it be told something in this tick? */
  ready: boolean;
  /** Somebody works it on site, or it is in fault: it answers, but does not do as it is told. */
  obeys: boolean;
  /** The last reading is too old to be believed; its values are then absent. */
  stale: boolean;
  powerW?: number | undefined;
  socFraction?: number | undefined;
  capacityWh?: number | undefined;
}

/** A cap that several devices share: of an inverter, or of the site (whose `of` is its id). */
export interface SharedCap {
  of: string;
  kind: 'group' | 'site';
  members: readonly string[];
  caps: Caps;
  standing: Caps;
}

export interface SiteFacts {
  nowMs: number;
  /** Since the last decision; a jump of the clock is not time. */
  elapsedSeconds: number;
  leaseSeconds: number;
  /** In the order of the configuration: the last gives way first. */
  devices: readonly DeviceFacts[];
  /** Inverters first, the site last. */
  shared: readonly SharedCap[];
  meter: MeterView;
  rest: RestLimits;
}

export interface DeviceDecision {
  command: DeviceCommand;
  why: Constraint[];
}

/** A device between the steps: what it may and would do. */
export interface Candidate {
  facts: DeviceFacts;
  state: DeviceState;
  capabilities: DeviceCapabilities | undefined;
  own: Range;
  range: Range;
  /** The cap for which it stands still without a set-point, though the configuration would let it decide for itself. */
  keptFor?: Because | undefined;
  wish?: { powerW: number; eventName: string } | undefined;
}

/**
 * One decision for the whole site, from a frozen picture of it: for each device its own range (caps, abilities, energy), then
 * what inverters and the site leave of it, then the command inside it, then the last gate. Devices that cannot be told
 * anything now get no decision; what they were told last is remembered as it was.
 */
export function decideSite(
  facts: SiteFacts,
  before: SiteState,
): { decisions: Map<string, DeviceDecision>; state: SiteState } {
  const kept = notLetGo(facts);
  const candidates = new Map(
    facts.devices.map((device) => [device.name, candidateOf(device, facts, before, kept.get(device.name))]),
  );
  const shared = sharedCaps(facts, candidates, before);
  const decisions = new Map<string, DeviceDecision>();
  const devices = new Map<string, DeviceState>();
  for (const [name, candidate] of candidates) {
    const { capabilities } = candidate;
    const decided =
      capabilities === undefined || !candidate.facts.ready
        ? undefined
        : decideDevice(candidate, capabilities, facts, shared.fallbackW.get(name));
    if (decided !== undefined) decisions.set(name, decided.decision);
    devices.set(name, decided?.state ?? candidate.state);
  }
  return { decisions, state: { devices, rest: shared.rest, granted: shared.granted } };
}

function candidateOf(
  facts: DeviceFacts,
  { nowMs, shared }: SiteFacts,
  before: SiteState,
  keptFor: Because | undefined,
): Candidate {
  const last = before.devices.get(facts.name) ?? initialDeviceState;
  const sharesCap = shared.some(({ caps, members }) => members.includes(facts.name) && isCapped(caps));
  const state = { ...last, holding: stillHeld(last.holding, nowMs, sharesCap) };
  const { capabilities, envelope, settings } = facts;
  if (capabilities === undefined) {
    const ratedW = settings.ratedW ?? Infinity;
    const because = { reason: 'nameplate' } as const;
    const range: Range = { low: { powerW: -ratedW, because }, high: { powerW: ratedW, because } };
    return { facts, state, capabilities, own: range, range, keptFor };
  }
  const energy = energyBounds({ nowMs, ...facts, ...settings, ...envelope, capabilities }, state.energy);
  const range = ownRange(envelope, energy.bounds, capabilities);
  const candidate: Candidate = {
    facts,
    state: { ...state, energy: energy.state },
    capabilities,
    own: range,
    range,
    keptFor,
  };
  const { setpoint } = envelope;
  if (setpoint === undefined || (setpoint.kind === 'chargeState' && capabilities.kind !== 'BESS')) return candidate;
  const capacityWh = facts.capacityWh ?? capabilities.capacityWh;
  // Who does not know how full it is stands still.
  const powerW = wishedW(setpoint, { nowMs, socFraction: facts.socFraction, capacityWh }) ?? 0;
  return { ...candidate, wish: { powerW, eventName: setpoint.eventName } };
}

function decideDevice(
  { facts, state, own, range, keptFor, wish }: Candidate,
  capabilities: DeviceCapabilities,
  site: SiteFacts,
  sharedFallbackW: number | undefined,
): { decision: DeviceDecision; state: DeviceState } {
  const { settings, stale } = facts;
  const decision = arbitrate({
    nowMs: site.nowMs,
    range,
    own,
    exportCap: facts.envelope.exportCap,
    standingExportCap: facts.standing.exportCap,
    sharedFallbackW,
    capabilities,
    wish,
    measuredPowerW: facts.powerW,
    whenNoSetpoint: settings.whenNoSetpoint,
    keptFor,
    leaseSeconds: site.leaseSeconds,
    holding: state.holding,
  });
  const { command, reasons } = guard(decision.command, {
    range,
    // One that decided for itself is taken over where it is.
    previousW: state.setpointW ?? facts.powerW,
    stale,
    rampUpWPerSecond: settings.rampUpWPerSecond,
    elapsedSeconds: site.elapsedSeconds,
    leastOutputW: leastOutputW(capabilities, settings),
  });
  return {
    decision: { command, why: [...decision.why, ...reasons] },
    state: noteTold(state, command, decision.holding, capabilities, facts.powerW, facts.obeys),
  };
}
