import type { Event, ValuesMap } from '@openadr-gateway/shared/openadr/objects.ts';
import type { AbsoluteInterval } from '@openadr-gateway/shared/openadr/intervals.ts';
import { absoluteIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import { readEffect } from './effects.ts';
import type { Effect } from './effects.ts';
import { placed } from './placement.ts';
import type { EntryEffect } from './placement.ts';
import { boundBy } from './subjects.ts';
import type { Bound, TargetBook } from './subjects.ts';

/** An event as the cache keeps it. */
export interface CachedEvent {
  event: Event;
  /** When it was first seen in this version, ms; for starts of "now". */
  receivedMs: number;
  /** Drawn once per event, -1..1: its part of `randomizeStart` (User Guide, "randomizeStart"). */
  startDraw: number;
}

/** One thing that holds from `startMs` up to, not including, `endMs`, for a resource, an inverter or the site. */
export interface Entry {
  bound: Bound;
  effect: EntryEffect;
  startMs: number;
  /** Infinity: for ever. */
  endMs: number;
  eventId: string;
  /** The event's name, or its id where it has none. */
  eventName: string;
  /** Infinity where the event states none: unset is last. */
  priority: number;
  createdMs: number;
}

export interface EventFault {
  eventId: string;
  eventName: string;
  reason: string;
}

export interface Timeline {
  entries: readonly Entry[];
  /** The same by whom they bind, see `entriesFor`. */
  byBound: ReadonlyMap<string, readonly Entry[]>;
  /** Events or payloads that were left out because they make no sense; the others stand. */
  faults: readonly EventFault[];
  /** What was read, but perhaps not meant so: a limit below zero, an order that binds no device here. */
  warnings: readonly EventFault[];
  /** Payload types that this agent does not act on, and how often each occurred. */
  ignored: Readonly<Record<string, number>>;
  /** When the last order (limit or set-point, not subscription) ends; undefined when there is none. */
  ordersEndMs?: number;
}

export const EMPTY_TIMELINE: Timeline = { entries: [], byBound: new Map(), faults: [], warnings: [], ignored: {} };

/**
 * The schedule of the site, from the complete list of events.
 *
 * ```text
 * event A (limit 4 MW)    |--------------|
 * event B (limit 0)               |-----------------|
 * entries of PV-1         |---A----------|
 *                                 |-------B---------|      overlap: both hold, the envelope decides
 *
 * event C (0 and 2)       |---0---|      |---2---|         a gap says nothing: neither 0 nor 2 goes on in it
 *
 * event D, loop of two    |-0-|-1-|-0-|-1-|-0-|            repetitions are entries of their own (event.duration)
 *
 * event E, randomizeStart |..............|                 one draw, kept with the event, moves all of its intervals:
 *   drawn +0.5 of PT10M        |----0----|----1----|       what was contiguous stays so
 *
 * event F for INV_1, which BESS-1 and PV-1 share           one entry of the inverter, not one of each device: the
 *                         |---F----------|                 devices share it; so with events of the site
 * ```
 *
 * Events that repeat are rolled out for two days only: build anew from time to time. Never throws.
 *
 * @param nowMs UTC, ms since the epoch
 */
export function buildTimeline(cached: readonly CachedEvent[], book: TargetBook, nowMs: number): Timeline {
  const entries: Entry[] = [];
  const faults: EventFault[] = [];
  const warnings: EventFault[] = [];
  // Types are whatever the VTN sends, "__proto__" among it.
  const ignored = Object.create(null) as Record<string, number>;
  for (const item of cached) {
    const { id } = item.event;
    const eventName = nameOf(item.event);
    const said = new Set<string>();
    const say = (list: EventFault[], reason: string): void => {
      if (said.has(reason)) return;
      said.add(reason);
      list.push({ eventId: id, eventName, reason });
    };
    // One malformed event never voids the rest, nor one malformed interval its event.
    try {
      const onMalformed = (error: RangeError): void => say(faults, error.message);
      const options = { nowMs, receivedMs: item.receivedMs, onMalformed };
      for (const interval of absoluteIntervals(item.event, options)) {
        for (const payload of interval.payloads) {
          const outcome = readEffect(payload, unitOf(item.event, payload));
          if (outcome.kind === 'ignored') ignored[payload.type] = (ignored[payload.type] ?? 0) + 1;
          else if (outcome.kind === 'fault') say(faults, `interval ${interval.id}: ${outcome.reason}`);
          else {
            const found = entriesOf(outcome.effect, interval, item, book);
            for (const entry of found) entries.push(entry);
            if (found.length === 0 && !isNormal(outcome.effect)) say(warnings, nobodyFor(outcome.effect, item.event));
            if (outcome.warning !== undefined) say(warnings, `interval ${interval.id}: ${outcome.warning}`);
          }
        }
      }
    } catch (error) {
      say(faults, error instanceof Error ? error.message : String(error));
    }
  }
  return { entries, byBound: indexed(entries), faults, warnings, ignored, ...ordersEnd(entries) };
}

/** What binds one resource, one inverter or the site. */
export function entriesFor({ byBound }: Timeline, bound: Bound): readonly Entry[] {
  return byBound.get(keyOf(bound)) ?? [];
}

/** Standing arrangements hold when the VTN is silent; orders lapse (User Guide 8.10.1). */
export function isStanding(effect: Effect): boolean {
  return effect.kind === 'subscription' || effect.kind === 'reservation';
}

function isNormal(effect: Effect): boolean {
  return effect.kind === 'simple' && effect.level === 0;
}

/** An order that binds nothing here is worth a word: the configuration may lack a device, or a device its inverter. */
function nobodyFor(effect: Effect, { targets }: Event): string {
  const whom = (targets ?? []).join(', ');
  if (effect.kind === 'simple') return `SIMPLE ${effect.level}: the configuration gives this level no meaning here`;
  return isSetpoint(effect) && whom === ''
    ? 'a set-point for everybody is not shared out: it must name a resource'
    : `${effect.kind} for ${whom}: no device here takes it by that name (resourceName, inverterId)`;
}

function unitOf(event: Event, payload: ValuesMap): string | undefined {
  return event.payloadDescriptors?.find((d) => d.payloadType === payload.type)?.units ?? undefined;
}

function nameOf({ eventName, id }: Event): string {
  return typeof eventName === 'string' ? eventName : id;
}

function isSetpoint({ kind }: Effect): boolean {
  return kind === 'setpoint' || kind === 'chargeState';
}

function entriesOf(effect: Effect, interval: AbsoluteInterval, item: CachedEvent, book: TargetBook): Entry[] {
  const { event, startDraw } = item;
  // One draw per event: contiguous intervals shift together.
  const shiftMs = Math.round(startDraw * (interval.randomizeStartMs ?? 0));
  return boundBy(event.targets ?? [], book)
    .flatMap((bound) => placed(effect, bound, book))
    .map(([bound, one]) => ({
      bound,
      effect: one,
      startMs: interval.startMs + shiftMs,
      endMs: interval.endMs + shiftMs,
      eventId: event.id,
      eventName: nameOf(event),
      priority: Number.isFinite(event.priority) ? Number(event.priority) : Infinity,
      createdMs: Date.parse(event.createdDateTime) || 0,
    }));
}

function keyOf({ kind, name }: Bound): string {
  return `${kind}/${name}`;
}

function indexed(entries: readonly Entry[]): Map<string, Entry[]> {
  const byBound = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = keyOf(entry.bound);
    const list = byBound.get(key);
    if (list === undefined) byBound.set(key, [entry]);
    else list.push(entry);
  }
  return byBound;
}

function ordersEnd(entries: readonly Entry[]): { ordersEndMs?: number } {
  let endMs = -Infinity;
  for (const entry of entries) if (!isStanding(entry.effect)) endMs = Math.max(endMs, entry.endMs);
  return endMs === -Infinity ? {} : { ordersEndMs: endMs };
}
