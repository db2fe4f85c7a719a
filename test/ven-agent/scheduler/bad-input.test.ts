import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { envelopeAt } from '../../../ven-agent/scheduler/envelope.ts';
import { buildTimeline } from '../../../ven-agent/scheduler/timeline.ts';
import { book, cached, event, NOON, payload } from '../builders.ts';

const good = event([payload('EXPORT_CAPACITY_LIMIT', 4)], { eventName: 'good' });
const bess = { kind: 'resource', name: 'BESS_1' } as const;

/** Anything at all, or something that looks as if it were meant. */
const value = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(NaN, Infinity, -1, 1e300, -1e300, '', 'P1D', '2026-06-01T12:00:00Z', [], {}, [null], ['BESS_1']),
);
const types = ['EXPORT_CAPACITY_LIMIT', 'DISPATCH_SETPOINT', 'STORAGE_BUFFER_LOW', 'SIMPLE', 'CHARGE_STATE_SETPOINT'];
const oddPayload = fc.oneof(
  value,
  fc.record({
    type: fc.oneof(value, fc.constantFrom(...types, '__proto__')),
    values: fc.oneof(value, fc.array(value)),
  }),
);
const oddInterval = fc.oneof(value, fc.record({ id: value, payloads: fc.oneof(value, fc.array(oddPayload)) }));
const oddEvent = fc.record(
  {
    ...{ id: value, eventName: value, createdDateTime: value, priority: value, targets: value, duration: value },
    intervalPeriod: fc.oneof(value, fc.record({ start: value, duration: value, randomizeStart: value })),
    intervals: fc.oneof(value, fc.array(oddInterval)),
    payloadDescriptors: value,
  },
  { requiredKeys: [] },
);

describe('whatever the VTN sends', () => {
  it('is read without an error, gives sane bounds only, and leaves every other event as it is', () => {
    fc.assert(
      fc.property(oddEvent, (fields) => {
        const odd = { ...event([payload('EXPORT_CAPACITY_LIMIT', 4)]), ...fields } as Event;
        const timeline = buildTimeline([cached(odd), cached(good)], book, NOON);
        expect(timeline.entries.filter((e) => e.eventName === 'good')).toHaveLength(1);
        const { importCap, exportCap, setpoint } = envelopeAt(timeline, bess, NOON, {}, 'CONNECTED');
        for (const { limit } of [importCap, exportCap]) {
          if (limit.kind === 'limited') expect(limit.maxW >= 0 && Number.isSafeInteger(limit.maxW)).toBe(true);
        }
        if (setpoint?.kind === 'power') expect(Number.isSafeInteger(setpoint.powerW)).toBe(true);
        expect(exportCap).toMatchObject({ limit: { kind: 'limited' } });
      }),
      { numRuns: 3000 },
    );
  });

  it('is skipped interval by interval, payload by payload, and said once with its event', () => {
    const odd = event([], {
      eventName: 'odd',
      intervals: [1, 2, 3].map((id) => ({
        id,
        payloads: [payload('EXPORT_CAPACITY_LIMIT', 'none'), payload('IMPORT_CAPACITY_LIMIT', id)],
      })),
    });
    const { entries, faults } = buildTimeline([cached(odd)], book, NOON);
    expect(entries.map((e) => e.effect)).toMatchObject([{ maxW: 1000 }, { maxW: 2000 }, { maxW: 3000 }]);
    expect(faults).toHaveLength(3);
    const twice = event([payload('DISPATCH_SETPOINT', 'x'), payload('DISPATCH_SETPOINT', 'x')]);
    expect(buildTimeline([cached(twice)], book, NOON).faults).toHaveLength(1);
  });

  it('counts unknown payload types by their name, whatever it is', () => {
    const odd = event([payload('__proto__', 1), payload('X_OTHER', 1), { type: 'X_OTHER', values: [] }]);
    const { ignored } = buildTimeline([cached(odd)], book, NOON);
    expect(Object.entries(ignored)).toEqual([
      ['__proto__', 1],
      ['X_OTHER', 2],
    ]);
  });

  it('takes a priority that is no number for none, and a name that is no text for the id', () => {
    const odd = event([payload('DISPATCH_SETPOINT', 1)], {
      priority: 'high' as never,
      eventName: {} as never,
      id: 'e',
    });
    expect(buildTimeline([cached(odd)], book, NOON).entries).toMatchObject([{ priority: Infinity, eventName: 'e' }]);
  });
});
