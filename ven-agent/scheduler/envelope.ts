import type { Limit } from '../bridges/device.ts';
import type { CommunicationMode } from './communication.ts';
import { ordersHold } from './communication.ts';
import type { Direction, EnergyLevel } from './effects.ts';
import type { Bound } from './subjects.ts';
import { entriesFor } from './timeline.ts';
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

/** Bounds of both directions: of one device, of an inverter, or of the site at its meter. */
export interface Caps {
  /** Bound of charging or consumption. */
  importCap: Cap;
  /** Bound of discharging or generation. */
  exportCap: Cap;
}

/** What to run at (+ discharge or generation), or how full to be at `endMs`. */
export type Setpoint = { endMs: number; eventId: string; eventName: string } & (
  { kind: 'power'; powerW: number } | { kind: 'chargeState'; level: EnergyLevel }
);

/** Everything that holds for one resource at one instant. */
export interface Envelope extends Caps {
  setpoint?: Setpoint;
  /** Energy that must stay in the storage, Wh. */
  energyMinWh?: number;
  energyMaxWh?: number;
  /** Kept for a reservation, Wh: energy above the floor, room below the ceiling. */
  bufferLowWh?: number;
  bufferHighWh?: number;
}

/**
 * What holds for one resource, one inverter or the site at `tMs`.
 *
 * ```text
 * export cap              t1    t2    t3    t4    t5
 *   subscription 10 MW    |-----------------------------    priority  in force
 *   reservation  +3 MW    |     |-----|     .     .
 *   limit A       8 MW    |     |     |-----------|         9         t3..t4  8 MW
 *   limit B       4 MW    |     |     |     |-----------|   0         t4..    4 MW: the most restrictive
 *   cap                   10    13    8     4     4..    10
 *
 * set-point
 *   X  2 MW, priority 3   |-----------------------|
 *   Y  5 MW, priority 1   |     |-----|                     X, then Y, then X again; unset priority is last;
 *   follows               X     Y     X                     equal ones: the later created, then the lower id
 * ```
 *
 * Each direction by itself: the most restrictive active limit, whatever its priority; without one the subscription plus
 * the active reservation; without that the configured default; without that no limit. Of the set-points of power and of
 * charge state the lowest priority number rules; where one event states both, the power does. The energy band is the
 * narrowest one, and so are the buffers.
 */
export function envelopeAt(
  timeline: Timeline,
  bound: Bound,
  tMs: number,
  defaults: DefaultLimits,
  mode: CommunicationMode,
): Envelope {
  const standing = entriesFor(timeline, bound).filter((e) => e.startMs <= tMs && tMs < e.endMs);
  const orders = ordersHold(mode) ? standing : [];
  const envelope: Envelope = {
    importCap: capOf('import', standing, orders, defaults.importMaxW),
    exportCap: capOf('export', standing, orders, defaults.exportMaxW),
  };
  const setpoint = rulingSetpoint(orders);
  if (setpoint !== undefined) envelope.setpoint = setpoint;
  const bands = {
    energyMinWh: extreme(orders, 'energyMin', Math.max),
    energyMaxWh: extreme(orders, 'energyMax', Math.min),
    bufferLowWh: extreme(orders, 'bufferLow', Math.max),
    bufferHighWh: extreme(orders, 'bufferHigh', Math.max),
  };
  for (const [name, energyWh] of Object.entries(bands)) {
    if (energyWh !== undefined) envelope[name as keyof typeof bands] = energyWh;
  }
  return envelope;
}

/** The envelope that holds when nobody gives orders: subscription, else configuration (User Guide 8.10.1). */
export function standingEnvelope(timeline: Timeline, bound: Bound, tMs: number, defaults: DefaultLimits): Envelope {
  return envelopeAt(timeline, bound, tMs, defaults, 'ISLAND_DEFAULT');
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
  let best: { entry: Entry; setpoint: Setpoint } | undefined;
  for (const entry of orders) {
    const setpoint = setpointOf(entry);
    if (setpoint !== undefined && (best === undefined || rulesOver(entry, best.entry))) best = { entry, setpoint };
  }
  return best?.setpoint;
}

function setpointOf({ effect, endMs, eventId, eventName }: Entry): Setpoint | undefined {
  if (effect.kind === 'setpoint') return { kind: 'power', powerW: effect.powerW, endMs, eventId, eventName };
  if (effect.kind === 'chargeState') return { kind: 'chargeState', level: effect.level, endMs, eventId, eventName };
  return undefined;
}

function rulesOver(a: Entry, b: Entry): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority;
  if (a.createdMs !== b.createdMs) return a.createdMs > b.createdMs;
  if (a.eventId !== b.eventId) return a.eventId < b.eventId;
  return a.effect.kind === 'setpoint' && b.effect.kind === 'chargeState';
}

function extreme(
  orders: readonly Entry[],
  kind: 'energyMin' | 'energyMax' | 'bufferLow' | 'bufferHigh',
  pick: (...values: number[]) => number,
): number | undefined {
  const values = orders.flatMap((e) => (e.effect.kind === kind ? [e.effect.energyWh] : []));
  return values.length === 0 ? undefined : pick(...values);
}
