import type { DeviceCommand } from '../../../ven-agent/bridges/device.ts';
import { initialSiteState } from '../../../ven-agent/dispatch/memory.ts';
import type { SiteState } from '../../../ven-agent/dispatch/memory.ts';
import { decideSite } from '../../../ven-agent/dispatch/site.ts';
import type { DeviceDecision, DeviceFacts, SharedCap, SiteFacts } from '../../../ven-agent/dispatch/site.ts';
import type { Cap, Caps, Setpoint } from '../../../ven-agent/scheduler/envelope.ts';
import { bess, NOON, pv } from '../builders.ts';

export const MW = 1_000_000;

export const free: Cap = { limit: { kind: 'unlimited' }, source: { kind: 'none' } };
export const unbound: Caps = { importCap: free, exportCap: free };

export function cap(maxW: number, eventName = 'limits/BESS_1'): Cap {
  return { limit: { kind: 'limited', maxW }, source: { kind: 'event', eventId: 'e', eventName } };
}

export function power(powerW: number): Setpoint {
  return { kind: 'power', powerW, endMs: NOON + 3_600_000, eventId: 's', eventName: 'dispatch/BESS_1' };
}

const settings: DeviceFacts['settings'] = { whenNoSetpoint: 'release', dropsOutAtZero: false };

/** A battery of 10 MW and 20 MWh, half full, that does nothing. */
export function battery(fields: Partial<DeviceFacts> = {}): DeviceFacts {
  return {
    name: 'BESS_1',
    settings,
    envelope: unbound,
    standing: unbound,
    capabilities: bess,
    ...{ reachable: true, ready: true, obeys: true, stale: false },
    ...{ powerW: 0, socFraction: 0.5, capacityWh: 20 * MW },
    ...fields,
  };
}

/** PV of 5 MW. */
export function solar(fields: Partial<DeviceFacts> = {}): DeviceFacts {
  return { ...battery(), name: 'PV_1', capabilities: pv, socFraction: undefined, capacityWh: undefined, ...fields };
}

export function siteCap(caps: Partial<Caps>, members = ['BESS_1', 'PV_1'], fields: Partial<SharedCap> = {}): SharedCap {
  return { of: 'SITE_1', kind: 'site', members, caps: { ...unbound, ...caps }, standing: unbound, ...fields };
}

/** A site whose devices are all that there is. */
export function site(devices: readonly DeviceFacts[], fields: Partial<SiteFacts> = {}): SiteFacts {
  return {
    ...{ nowMs: NOON, elapsedSeconds: 1, leaseSeconds: 30, devices },
    ...{ shared: [], meter: { kind: 'absent' as const }, rest: {} },
    ...fields,
  };
}

/** What one device is told. */
export function decideOne(facts: DeviceFacts, state: SiteState = initialSiteState, nowMs = NOON) {
  const decided = decideSite(site([facts], { nowMs }), state);
  const decision = decided.decisions.get(facts.name);
  if (decision === undefined) throw new Error(`${facts.name} is told nothing`);
  return { ...decision, state: decided.state };
}

export function told(decisions: ReadonlyMap<string, DeviceDecision>, name: string): DeviceCommand {
  const decision = decisions.get(name);
  if (decision === undefined) throw new Error(`${name} is told nothing`);
  return decision.command;
}

/** The most that a command lets a device of 10 MW do. */
export function highestW({ setpointW, outputLimit }: DeviceCommand): number {
  const limitW = outputLimit.kind === 'limited' ? outputLimit.maxW : 10 * MW;
  return Math.min(setpointW ?? Infinity, limitW);
}
