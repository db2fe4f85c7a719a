import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedIds } from '@openadr-gateway/shared/ids.ts';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { absoluteIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';
import type { Change } from '../../../vtn/store/store.ts';
import { keepPast, reconcile } from '../../../vtn/translation/reconcile.ts';
import { mergeSlots } from '../../../vtn/translation/intervals.ts';
import type { Span } from '../../../vtn/translation/intervals.ts';
import { dayEvent } from '../../../vtn/translation/translate.ts';
import type { WantedEvent } from '../../../vtn/translation/translate.ts';

const nowMs = Date.parse('2026-07-01T12:00Z');
const ids = countedIds('event');
const context = { programId: 'program-1', nowMs, newId: () => ids.next() };
const limit = (kw: number) => [{ type: 'IMPORT_CAPACITY_LIMIT', values: [kw] }];
const spansOf = (slots: Record<number, number>) =>
  mergeSlots(Object.entries(slots).map(([n, kw]) => ({ startMs: nowMs + Number(n) * SLOT_MS, payloads: limit(kw) })));
const wantedOf = (slots: Record<number, number>, day = '2026-07-01') => {
  const event = dayEvent('limits', 'A_1', day, spansOf(slots));
  return event ? [event] : [];
};
/** What is stored after the changes. */
const after = (stored: readonly Event[], changes: readonly Change[]): Event[] => {
  const events = new Map(stored.map((event) => [event.id, event]));
  for (const { operation, object } of changes) {
    if (operation === 'DELETE') events.delete(object.id);
    else events.set(object.id, object as Event);
  }
  return [...events.values()];
};

describe('reconcile', () => {
  it('creates what is missing, with the metadata of an object', () => {
    const [change] = reconcile(wantedOf({ 0: 4000 }), [], context);
    expect(change).toMatchObject({
      operation: 'CREATE',
      object: {
        objectType: 'EVENT',
        programID: 'program-1',
        createdDateTime: '2026-07-01T12:00:00Z',
        modificationDateTime: '2026-07-01T12:00:00Z',
      },
    });
  });

  it('is silent about the same content, whatever the order of keys and the nulls (example 8)', () => {
    const stored = after([], reconcile(wantedOf({ 0: 4000, 2: 1 }), [], context));
    expect(reconcile(wantedOf({ 0: 4000, 2: 1 }), stored, context)).toEqual([]);
    const shuffled = stored.map(
      (event) => Object.fromEntries(Object.entries({ ...event, duration: null }).reverse()) as Event,
    );
    expect(reconcile(wantedOf({ 0: 4000, 2: 1 }), shuffled, { ...context, nowMs: nowMs + 1 })).toEqual([]);
  });

  it('makes one update of the same event when the content differs (example 3)', () => {
    const stored = after([], reconcile(wantedOf({ 0: 4000 }), [], context));
    const changes = reconcile(wantedOf({ 0: 10_000 }), stored, { ...context, nowMs: nowMs + 1000 });
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      operation: 'UPDATE',
      previous: stored[0],
      object: {
        id: stored[0]?.id,
        createdDateTime: '2026-07-01T12:00:00Z',
        modificationDateTime: '2026-07-01T12:00:01Z',
        intervals: [{ payloads: limit(10_000) }],
      },
    });
  });

  it('deletes what nobody wants any more', () => {
    const stored = after([], reconcile(wantedOf({ 0: 4000 }), [], context));
    expect(reconcile([], stored, context)).toEqual([{ operation: 'DELETE', object: stored[0] }]);
  });

  it('keeps the oldest of two events with one name, which would contradict each other', () => {
    const [one] = after([], reconcile(wantedOf({ 0: 4000 }), [], context));
    const two = { ...one, id: 'second' } as Event;
    const changes = reconcile(wantedOf({ 0: 4000 }), [one as Event, two], context);
    expect(changes).toEqual([{ operation: 'DELETE', object: two }]);
  });

  it('changes nothing the second time, changes each event at most once, and reaches what is wanted', () => {
    const slots = fc.dictionary(fc.integer({ min: 0, max: 20 }).map(String), fc.integer({ min: 0, max: 2 }), {
      maxKeys: 20,
    });
    const days = fc.array(slots, { minLength: 3, maxLength: 3 });
    const all = (generated: Record<number, number>[]): WantedEvent[] =>
      generated.flatMap((one, n) => wantedOf(one, `2026-07-0${n + 1}`));
    fc.assert(
      fc.property(days, days, (before, wanted) => {
        const stored = after([], reconcile(all(before), [], context));
        const changes = reconcile(all(wanted), stored, context);
        expect(new Set(changes.map((c) => c.object.id)).size).toBe(changes.length);
        const result = after(stored, changes);
        expect(result.map((event) => event.eventName).sort()).toEqual(
          all(wanted)
            .map((w) => w.eventName)
            .sort(),
        );
        expect(reconcile(all(wanted), result, context)).toEqual([]);
      }),
    );
  });
});

describe('the past of an event', () => {
  const cut = nowMs;
  const dayMs = nowMs - 40 * SLOT_MS;
  const storedWith = (slots: Record<number, number>) => after([], reconcile(wantedOf(slots), [], context))[0];
  const valueAt = (spans: readonly Span[], slot: number) =>
    spans.find((s) => s.startMs <= nowMs + slot * SLOT_MS && nowMs + slot * SLOT_MS < s.endMs)?.payloads[0]?.values[0];

  it('stays as it was, and the present becomes what is wanted', () => {
    const spans = keepPast(
      spansOf({ [-2]: 9, [-1]: 9, 0: 9, 1: 9 }),
      storedWith({ [-3]: 1, [-2]: 1, [-1]: 1, 0: 1, 1: 1 }),
      dayMs,
      cut,
    );
    expect([-3, -2, -1, 0, 1].map((slot) => valueAt(spans, slot))).toEqual([1, 1, 1, 9, 9]);
    expect(spans).toHaveLength(2);
  });

  it('is not made up where nothing was announced', () => {
    expect(keepPast(spansOf({ [-2]: 9, [-1]: 9, 0: 9 }), undefined, dayMs, cut)).toEqual(spansOf({ 0: 9 }));
  });

  it('is taken from the day alone, whatever somebody made of the event', () => {
    const stored = storedWith({ [-1]: 1 }) as Event;
    const interval = (start: string, duration: string, kw: number | string) => ({
      id: 0,
      intervalPeriod: { start, duration },
      payloads: [{ type: 'IMPORT_CAPACITY_LIMIT', values: [kw] }],
    });
    const tampered = {
      ...stored,
      intervals: [
        interval('0000-01-01T00:00:00+14:00', 'PT1H', 5),
        interval('0001-01-01T00:00:00Z', 'P9999Y', 7),
        interval('2026-07-01T11:45:00Z', 'PT15M', 9),
      ],
    };
    const kept = keepPast(spansOf({ 0: 2 }), tampered, dayMs, cut);
    expect(kept.every((span) => span.startMs >= dayMs)).toBe(true);
    expect(valueAt(kept, 0)).toBe(2);
  });

  it('of a day still to come is none', () => {
    expect(keepPast(spansOf({ 4: 1 }), storedWith({ 4: 9, 5: 9 }), nowMs + SLOT_MS, cut)).toEqual(spansOf({ 4: 1 }));
  });

  it('joins the present where both say the same', () => {
    const spans = keepPast(spansOf({ 0: 1, 1: 1 }), storedWith({ [-1]: 1, 0: 1 }), dayMs, cut);
    expect(spans).toEqual(spansOf({ [-1]: 1, 0: 1, 1: 1 }));
  });

  it('is read back from the event slot by slot, however often it is retranslated', () => {
    const slots = fc.dictionary(fc.integer({ min: -10, max: 10 }).map(String), fc.integer({ min: 0, max: 2 }), {
      maxKeys: 20,
    });
    fc.assert(
      fc.property(slots, slots, (old, fresh) => {
        const stored = storedWith(old);
        const kept = keepPast(spansOf(fresh), stored, dayMs, cut);
        for (let slot = -10; slot <= 10; slot++) expect(valueAt(kept, slot)).toBe((slot < 0 ? old : fresh)[slot]);
        const event = dayEvent('limits', 'A_1', '2026-07-01', kept);
        const again = event && after([], reconcile([event], [], context))[0];
        expect(keepPast(spansOf(fresh), again, dayMs, cut)).toEqual(kept);
        if (again)
          expect(absoluteIntervals(again, { nowMs }).map(({ startMs }) => startMs)).toEqual(kept.map((s) => s.startMs));
      }),
    );
  });
});
