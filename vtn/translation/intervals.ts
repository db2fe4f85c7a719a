import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { formatDurationMs } from '@openadr-gateway/shared/time/duration.ts';
import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';
import type { Interval, IntervalPeriod, ValuesMap } from '@openadr-gateway/shared/openadr/objects.ts';

/** Payloads that hold from start to end, half-open, in milliseconds since 1970; `endMs` may be `Infinity`. */
export interface Span {
  startMs: number;
  endMs: number;
  payloads: ValuesMap[];
}

/** The payloads of one 15-minute slot. */
export interface SlotPayloads {
  startMs: number;
  payloads: ValuesMap[];
}

/**
 * Slots to spans: slots that touch and say the same are one; a missing slot ends a span and says nothing; a slot
 * without payloads is a missing one. Slots come in any order.
 *
 * ```text
 *  12:00 12:15 12:30 12:45 13:00        12:00        12:30       13:00
 *  | −4  | −4  |  0  |     | −4  |  →   |    −4      |  0  |     | −4  |
 * ```
 */
export function mergeSlots(slots: readonly SlotPayloads[]): Span[] {
  const spans = slots.map(({ startMs, payloads }) => ({ startMs, endMs: startMs + SLOT_MS, payloads }));
  return mergeSpans(spans.sort((a, b) => a.startMs - b.startMs));
}

/** Joins ascending spans that touch and say the same; drops those that say nothing or are empty. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: (Span & { text: string })[] = [];
  for (const span of spans) {
    if (span.payloads.length === 0 || span.endMs <= span.startMs) continue;
    const text = JSON.stringify(span.payloads);
    const last = merged.at(-1);
    if (last && last.endMs === span.startMs && last.text === text) last.endMs = span.endMs;
    else merged.push({ ...span, text });
  }
  return merged.map(({ startMs, endMs, payloads }) => ({ startMs, endMs, payloads }));
}

/** The part of the spans before an instant. */
export function spansBefore(spans: readonly Span[], cutMs: number): Span[] {
  return spans.flatMap((s) =>
    s.startMs < cutMs ? [{ startMs: s.startMs, endMs: Math.min(s.endMs, cutMs), payloads: s.payloads }] : [],
  );
}

/** The part of the spans from an instant on. */
export function spansFrom(spans: readonly Span[], cutMs: number): Span[] {
  return spans.flatMap((s) => (s.endMs > cutMs ? [{ ...s, startMs: Math.max(s.startMs, cutMs) }] : []));
}

/** Spans as an event carries them: each interval has its own start and duration, ids are 0 … n−1. */
export function toIntervals(spans: readonly Span[]): Interval[] {
  return spans.map((span, id) => ({
    id,
    intervalPeriod: { start: formatDateTime(span.startMs), duration: formatDurationMs(span.endMs - span.startMs) },
    payloads: span.payloads,
  }));
}

/** The event's own period: the first start and the grid. */
export function gridPeriod(spans: readonly Span[]): IntervalPeriod | undefined {
  const first = spans[0];
  return first && { start: formatDateTime(first.startMs), duration: formatDurationMs(SLOT_MS) };
}
