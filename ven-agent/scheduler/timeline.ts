import type { Event, ValuesMap } from '@openadr-gateway/shared/openadr/objects.ts';
import type { AbsoluteInterval } from '@openadr-gateway/shared/openadr/intervals.ts';
import { absoluteIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import { readEffect } from './effects.ts';
import type { Effect } from './effects.ts';
import { scopeOf } from './subjects.ts';
import type { Scope, TargetBook } from './subjects.ts';

/** An event as the cache keeps it. */
export interface CachedEvent {
  event: Event;
  /** When it was first seen in this version, ms; for starts of "now". */
  receivedMs: number;
  /** Drawn once per event, -1..1: its part of `randomizeStart` (User Guide, "randomizeStart"). */
  startDraw: number;
}

/** One thing that holds for one resource from `startMs` up to, not including, `endMs`. */
export interface Entry {
  resourceName: string;
  scope: Scope;
  effect: Effect;
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
  /** Events or payloads that were left out because they make no sense; the others stand. */
  faults: readonly EventFault[];
  /** What was read, but perhaps not meant so: a limit below zero, an order that binds no device here. */
  warnings: readonly EventFault[];
  /** Payload types that this agent does not act on, and how often each occurred. */
  ignored: Readonly<Record<string, number>>;
}

/**
 * The schedule of every resource, from the complete list of events.
 *
 * ```text
 * event A (limit 4 MW)   |--------------|
 * event B (limit 0)              |-----------------|
 * entries of PV-1        |---A----------|
 *                                |-------B---------|     both hold where they overlap: the envelope decides
 * ```
 *
 * Events that repeat are rolled out for two days only: build anew from time to time.
 *
 * @param nowMs UTC, ms since the epoch
 */
export function buildTimeline(cached: readonly CachedEvent[], book: TargetBook, nowMs: number): Timeline {
  const entries: Entry[] = [];
  const faults: EventFault[] = [];
  const warnings: EventFault[] = [];
  const ignored: Record<string, number> = {};
  for (const item of cached) {
    const { id, eventName } = item.event;
    const fault = (list: EventFault[], reason: string): void => {
      if (list.some((said) => said.eventId === id && said.reason === reason)) return;
      list.push({ eventId: id, eventName: eventName ?? id, reason });
    };
    // One malformed event never voids the rest, nor one malformed interval its event.
    try {
      const onMalformed = (error: RangeError): void => fault(faults, error.message);
      const options = { nowMs, receivedMs: item.receivedMs, onMalformed };
      for (const interval of absoluteIntervals(item.event, options)) {
        for (const payload of interval.payloads) {
          const outcome = readEffect(payload, unitOf(item.event, payload));
          if (outcome.kind === 'ignored') ignored[payload.type] = (ignored[payload.type] ?? 0) + 1;
          else if (outcome.kind === 'fault') fault(faults, `interval ${interval.id}: ${outcome.reason}`);
          else {
            const found = entriesOf(outcome.effect, interval, item, book);
            entries.push(...found);
            if (found.length === 0) fault(warnings, nobodyFor(outcome.effect, item.event));
            if (outcome.warning !== undefined) fault(warnings, `interval ${interval.id}: ${outcome.warning}`);
          }
        }
      }
    } catch (error) {
      fault(faults, error instanceof Error ? error.message : String(error));
    }
  }
  return { entries, faults, warnings, ignored };
}

/** An order that binds nothing here is worth a word: the configuration may lack a device, or a device its inverter. */
function nobodyFor({ kind }: Effect, { targets }: Event): string {
  const whom = (targets ?? []).join(', ');
  return kind === 'setpoint' && whom === ''
    ? 'a set-point for everybody is not shared out: it must name a resource'
    : `${kind} for ${whom}: no device here takes it by that name (resourceName, inverterId)`;
}

function unitOf(event: Event, payload: ValuesMap): string | undefined {
  return event.payloadDescriptors?.find((d) => d.payloadType === payload.type)?.units ?? undefined;
}

function entriesOf(effect: Effect, interval: AbsoluteInterval, item: CachedEvent, book: TargetBook): Entry[] {
  const { event, startDraw } = item;
  // One draw per event: contiguous intervals shift together.
  const shiftMs = Math.round(startDraw * (interval.randomizeStartMs ?? 0));
  const found: Entry[] = [];
  for (const resourceName of book.resourceKeys.keys()) {
    const scope = scopeOf(event.targets ?? [], resourceName, book);
    if (scope === undefined) continue;
    // A set-point of a whole site would have to be shared out among its resources: only one that names a resource counts.
    if (effect.kind === 'setpoint' && scope === 'site' && book.resourceKeys.size > 1) continue;
    found.push({
      resourceName,
      scope,
      effect,
      startMs: interval.startMs + shiftMs,
      endMs: interval.endMs + shiftMs,
      eventId: event.id,
      eventName: event.eventName ?? event.id,
      priority: event.priority ?? Infinity,
      createdMs: Date.parse(event.createdDateTime),
    });
  }
  return found;
}

/** When the last order (limit or set-point, not subscription) ends; `undefined` when there is none. */
export function scheduleEndMs(timeline: Timeline): number | undefined {
  const ends = timeline.entries.filter((e) => !isStanding(e.effect)).map((e) => e.endMs);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** Standing arrangements hold when the VTN is silent; orders lapse (User Guide 8.10.1). */
export function isStanding(effect: Effect): boolean {
  return effect.kind === 'subscription' || effect.kind === 'reservation';
}
