import type { Limit } from '../bridges/device.ts';
import type { CommunicationMode } from './communication.ts';
import { ordersHold } from './communication.ts';
import type { Direction } from './effects.ts';
import type { Entry, Timeline } from './timeline.ts';

/** What the site's configuration says where the VTN says nothing. */
export interface DefaultLimits {
  importMaxW?: number | undefined;
  exportMaxW?: number | undefined;
}

export type CapSource =
  | { kind: 'event'; eventId: string; eventName: string }
  | { kind: 'subscription'; eventId: string; eventName: string }
  | { kind: 'configuration' }
  | { kind: 'none' };

export interface Cap {
  limit: Limit;
  source: CapSource;
}

export interface Setpoint {
  /** + discharge or generation. */
  powerW: number;
  endMs: number;
  eventId: string;
  eventName: string;
}

/** Everything that holds for one resource at one instant. */
export interface Envelope {
  /** Bound of charging or consumption. */
  importCap: Cap;
  /** Bound of discharging or generation. */
  exportCap: Cap;
  setpoint?: Setpoint;
  /** Energy that must stay in the storage, Wh. */
  energyMinWh?: number | undefined;
  energyMaxWh?: number | undefined;
}

/**
 * The envelope of one resource at `tMs`.
 *
 * Each direction by itself: the most restrictive active limit, whatever its priority; without one the subscription plus
 * the active reservation; without that the configured default; without that no limit. Limits of the site bound each of
 * its resources as well: more than is asked, never less. Of the set-points the lowest priority number rules; among
 * equals the later created, then the id. The energy band is the narrowest one.
 */
export function envelopeAt(
  timeline: Timeline,
  resourceName: string,
  tMs: number,
  defaults: DefaultLimits,
  mode: CommunicationMode,
): Envelope {
  const standing = timeline.entries.filter((e) => e.resourceName === resourceName && e.startMs <= tMs && tMs < e.endMs);
  const orders = ordersHold(mode) ? standing : [];
  const envelope: Envelope = {
    importCap: capOf('import', standing, orders, defaults.importMaxW),
    exportCap: capOf('export', standing, orders, defaults.exportMaxW),
  };
  const setpoint = rulingSetpoint(orders);
  if (setpoint !== undefined) envelope.setpoint = setpoint;
  const minWh = extreme(orders, 'energyMin', Math.max);
  const maxWh = extreme(orders, 'energyMax', Math.min);
  if (minWh !== undefined) envelope.energyMinWh = minWh;
  if (maxWh !== undefined) envelope.energyMaxWh = maxWh;
  return envelope;
}

/** The envelope that holds when nobody gives orders: subscription, else configuration (User Guide 8.10.1). */
export function standingEnvelope(
  timeline: Timeline,
  resourceName: string,
  tMs: number,
  defaults: DefaultLimits,
): Envelope {
  return envelopeAt(timeline, resourceName, tMs, defaults, 'ISLAND_DEFAULT');
}

function capOf(
  direction: Direction,
  standing: readonly Entry[],
  orders: readonly Entry[],
  defaultMaxW: number | undefined,
): Cap {
  const limit = strictest(orders, 'limit', direction);
  if (limit !== undefined)
    return { limit: { kind: 'limited', maxW: limit.maxW }, source: sourceOf('event', limit.entry) };
  const subscription = strictest(standing, 'subscription', direction);
  if (subscription !== undefined) {
    const reservedW = strictest(standing, 'reservation', direction)?.maxW ?? 0;
    const maxW = subscription.maxW + reservedW;
    return { limit: { kind: 'limited', maxW }, source: sourceOf('subscription', subscription.entry) };
  }
  if (defaultMaxW !== undefined) {
    return { limit: { kind: 'limited', maxW: defaultMaxW }, source: { kind: 'configuration' } };
  }
  return { limit: { kind: 'unlimited' }, source: { kind: 'none' } };
}

function strictest(
  entries: readonly Entry[],
  kind: 'limit' | 'subscription' | 'reservation',
  direction: Direction,
): { maxW: number; entry: Entry } | undefined {
  let found: { maxW: number; entry: Entry } | undefined;
  for (const entry of entries) {
    const { effect } = entry;
    if (effect.kind !== kind || effect.direction !== direction) continue;
    if (found === undefined || effect.maxW < found.maxW) found = { maxW: effect.maxW, entry };
  }
  return found;
}

function sourceOf(kind: 'event' | 'subscription', entry: Entry): CapSource {
  return { kind, eventId: entry.eventId, eventName: entry.eventName };
}

function rulingSetpoint(orders: readonly Entry[]): Setpoint | undefined {
  let best: { entry: Entry; powerW: number } | undefined;
  for (const entry of orders) {
    if (entry.effect.kind !== 'setpoint') continue;
    if (best === undefined || rulesOver(entry, best.entry)) best = { entry, powerW: entry.effect.powerW };
  }
  if (best === undefined) return undefined;
  const { endMs, eventId, eventName } = best.entry;
  return { powerW: best.powerW, endMs, eventId, eventName };
}

function rulesOver(a: Entry, b: Entry): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority;
  if (a.createdMs !== b.createdMs) return a.createdMs > b.createdMs;
  return a.eventId < b.eventId;
}

function extreme(
  orders: readonly Entry[],
  kind: 'energyMin' | 'energyMax',
  pick: (...values: number[]) => number,
): number | undefined {
  const values = orders.flatMap((e) => (e.effect.kind === kind ? [e.effect.energyWh] : []));
  return values.length === 0 ? undefined : pick(...values);
}
