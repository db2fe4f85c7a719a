import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absoluteIntervals, eventEndMs } from '@openadr-gateway/shared/openadr/intervals.ts';
import type { AbsoluteInterval, EventTimes } from '@openadr-gateway/shared/openadr/intervals.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { formatDurationMs } from '@openadr-gateway/shared/time/duration.ts';

const MINUTE_MS = 60_000;
const NOON = Date.parse('2026-06-01T12:00:00Z');

/** One interval as it is drawn: own start (minutes after noon) and length, `undefined` for the event's, and its values. */
interface Drawn {
  start: number | undefined;
  minutes: number | undefined;
  values: number[];
}
interface DrawnEvent {
  minutes: number;
  intervals: Drawn[];
  /** event.duration in minutes. */
  total: number | undefined;
  isNow: boolean;
}

const minutes = fc.integer({ min: 1, max: 500 });
const drawnEvent: fc.Arbitrary<DrawnEvent> = fc.record({
  minutes,
  intervals: fc.array(
    fc.record({
      start: fc.option(fc.integer({ min: 0, max: 2_000 }), { nil: undefined, freq: 4 }),
      minutes: fc.option(minutes, { nil: undefined }),
      values: fc.array(fc.integer(), { minLength: 1, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  total: fc.option(fc.integer({ min: 1, max: 3_000 }), { nil: undefined }),
  isNow: fc.boolean(),
});

function eventOf({ minutes: length, intervals, total, isNow }: DrawnEvent, shiftMs = 0): EventTimes {
  const timeOf = (ms: number) => formatDateTime(ms + shiftMs);
  return {
    createdDateTime: timeOf(NOON),
    intervalPeriod: {
      start: isNow ? '0001-01-01T00:00:00Z' : timeOf(NOON),
      duration: formatDurationMs(length * MINUTE_MS),
    },
    ...(total === undefined ? {} : { duration: formatDurationMs(total * MINUTE_MS) }),
    intervals: intervals.map((one, id) => ({
      id,
      intervalPeriod: {
        ...(one.start === undefined ? {} : { start: timeOf(NOON + one.start * MINUTE_MS) }),
        ...(one.minutes === undefined ? {} : { duration: formatDurationMs(one.minutes * MINUTE_MS) }),
      },
      payloads: [{ type: 'PRICE', values: one.values }],
    })),
  };
}

const laidOut = (drawn: DrawnEvent, shiftMs = 0) =>
  absoluteIntervals(eventOf(drawn, shiftMs), { nowMs: NOON + shiftMs, untilMs: Infinity });
const lengthOf = (laid: readonly AbsoluteInterval[]) => laid.reduce((sum, one) => sum + one.endMs - one.startMs, 0);

describe('the intervals of any event', () => {
  it('begin before they end, and none begins before the event or ends after it', () => {
    fc.assert(
      fc.property(drawnEvent, (drawn) => {
        const laid = laidOut(drawn);
        const endMs = eventEndMs(eventOf(drawn), NOON);
        for (const one of laid) {
          expect(one.endMs).toBeGreaterThanOrEqual(one.startMs);
          expect(one.endMs).toBeLessThanOrEqual(endMs);
          expect(one.startMs).toBeGreaterThanOrEqual(NOON);
        }
        if (drawn.total === undefined) expect(Math.max(...laid.map((one) => one.endMs))).toBe(endMs);
      }),
    );
  });

  it('are as long as they say, in their order, when the event has no duration of its own', () => {
    fc.assert(
      fc.property(drawnEvent, (event) => {
        const drawn = { ...event, total: undefined };
        const laid = laidOut(drawn);
        const asked = drawn.intervals.reduce((sum, one) => sum + (one.minutes ?? drawn.minutes), 0);
        expect(lengthOf(laid)).toBe(asked * MINUTE_MS);
        expect(laid.map((one) => one.id)).toEqual(drawn.intervals.flatMap((one, id) => one.values.map(() => id)));
        expect(laid.map((one) => one.payloads[0]?.values)).toEqual(
          drawn.intervals.flatMap((one) => one.values.map((value) => [value])),
        );
      }),
    );
  });

  it('start where they say, or where the one before ends', () => {
    fc.assert(
      fc.property(drawnEvent, (event) => {
        const drawn = {
          ...event,
          total: undefined,
          intervals: event.intervals.map((one) => ({ ...one, values: [1] })),
        };
        const laid = laidOut(drawn);
        let cursor = NOON;
        drawn.intervals.forEach((one, i) => {
          const startMs = one.start === undefined ? cursor : NOON + one.start * MINUTE_MS;
          cursor = startMs + (one.minutes ?? drawn.minutes) * MINUTE_MS;
          expect([laid[i]?.startMs, laid[i]?.endMs]).toEqual([startMs, cursor]);
        });
      }),
    );
  });

  it('move with the event: an hour later everything is an hour later', () => {
    fc.assert(
      fc.property(drawnEvent, fc.integer({ min: -100_000, max: 100_000 }), (drawn, by) => {
        const shiftMs = by * MINUTE_MS;
        const moved = laidOut(drawn).map((one) => ({
          ...one,
          startMs: one.startMs + shiftMs,
          endMs: one.endMs + shiftMs,
        }));
        expect(laidOut(drawn, shiftMs)).toEqual(moved);
      }),
    );
  });

  it('tell the same when "now" is written out', () => {
    fc.assert(
      fc.property(drawnEvent, (drawn) => {
        expect(laidOut({ ...drawn, isNow: true })).toEqual(laidOut({ ...drawn, isNow: false }));
        expect(eventEndMs(eventOf({ ...drawn, isNow: true }), NOON)).toBe(
          eventEndMs(eventOf({ ...drawn, isNow: false }), NOON),
        );
      }),
    );
  });

  it('leave the event as it is', () => {
    fc.assert(
      fc.property(drawnEvent, (drawn) => {
        const event = eventOf(drawn);
        const before = structuredClone(event);
        absoluteIntervals(event, { nowMs: NOON });
        eventEndMs(event, NOON);
        expect(event).toEqual(before);
      }),
    );
  });

  it('that never ends go on, whatever follows is left out', () => {
    fc.assert(
      fc.property(drawnEvent, fc.nat(), (drawn, which) => {
        const event = eventOf({
          ...drawn,
          total: undefined,
          intervals: drawn.intervals.map((one) => ({ ...one, start: undefined, values: [1] })),
        });
        const endless = which % drawn.intervals.length;
        const intervals = (event.intervals ?? []).map((one, i) =>
          i === endless ? { ...one, intervalPeriod: { duration: 'P9999Y' } } : one,
        );
        const laid = absoluteIntervals({ ...event, intervals }, { nowMs: NOON });
        expect(laid.map((one) => one.id)).toEqual(intervals.slice(0, endless + 1).map((one) => one.id));
        expect(laid.at(-1)?.endMs).toBe(Infinity);
        expect(eventEndMs({ ...event, intervals }, NOON)).toBe(Infinity);
      }),
    );
  });
});
