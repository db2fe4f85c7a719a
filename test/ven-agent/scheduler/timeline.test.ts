import { describe, expect, it } from 'vitest';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { targetBook } from '../../../ven-agent/scheduler/subjects.ts';
import { buildTimeline, scheduleEndMs } from '../../../ven-agent/scheduler/timeline.ts';
import { book, cached, event, MINUTE, NOON, payload } from '../builders.ts';

const build = (...events: Event[]) =>
  buildTimeline(
    events.map((e) => cached(e)),
    book,
    NOON,
  );

describe('the timeline', () => {
  it('lays a limit in kW over the interval, in W', () => {
    expect(build(event([payload('EXPORT_CAPACITY_LIMIT', 6500)])).entries).toMatchObject([
      {
        resourceName: 'BESS_1',
        effect: { kind: 'limit', direction: 'export', maxW: 6_500_000 },
        startMs: NOON,
        endMs: NOON + 60 * MINUTE,
      },
    ]);
  });

  it('turns a set-point round: consumption-positive outside, discharge-positive inside', () => {
    expect(build(event([payload('DISPATCH_SETPOINT', -3500)])).entries[0]?.effect).toEqual({
      kind: 'setpoint',
      powerW: 3_500_000,
    });
    expect(build(event([payload('DISPATCH_SETPOINT', 0)])).entries[0]?.effect).toEqual({ kind: 'setpoint', powerW: 0 });
  });

  it('keeps a limit of 0 as a limit', () => {
    expect(build(event([payload('IMPORT_CAPACITY_LIMIT', 0)])).entries[0]?.effect).toMatchObject({ maxW: 0 });
  });

  it('takes a limit below zero as zero and says so', () => {
    const timeline = build(event([payload('EXPORT_CAPACITY_LIMIT', -5)], { eventName: 'odd' }));
    expect(timeline.entries[0]?.effect).toMatchObject({ maxW: 0 });
    expect(timeline.warnings).toMatchObject([{ eventName: 'odd', reason: expect.stringContaining('below zero') }]);
  });

  it('skips a limit that is no number, says so, and keeps the rest of the event', () => {
    const timeline = build(event([payload('EXPORT_CAPACITY_LIMIT', 'lots'), payload('IMPORT_CAPACITY_LIMIT', 4)]));
    expect(timeline.entries.map((e) => e.effect)).toEqual([{ kind: 'limit', direction: 'import', maxW: 4000 }]);
    expect(timeline.faults[0]?.reason).toContain('expected a finite number, got "lots"');
  });

  it('skips a limit in a unit that it does not know', () => {
    const timeline = build(
      event([payload('EXPORT_CAPACITY_LIMIT', 5)], {
        payloadDescriptors: [
          { objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: 'EXPORT_CAPACITY_LIMIT', units: 'AMPS' },
        ],
      }),
    );
    expect(timeline.entries).toEqual([]);
    expect(timeline.faults[0]?.reason).toContain('expected KW, got AMPS');
  });

  it('is not voided by one malformed event', () => {
    const broken = event([payload('EXPORT_CAPACITY_LIMIT', 1)], { intervalPeriod: { start: 'tomorrow' } });
    const hopeless = event([], { intervals: [{ id: 0, payloads: null }] as never });
    const timeline = build(broken, hopeless, event([payload('EXPORT_CAPACITY_LIMIT', 2)]));
    expect(timeline.entries.map((e) => e.effect)).toMatchObject([{ maxW: 2000 }]);
    expect(new Set(timeline.faults.map((f) => f.eventId))).toEqual(new Set([broken.id, hopeless.id]));
  });

  it('counts payload types that it does not act on', () => {
    const timeline = build(event([payload('PRICE', 0.2), payload('X_PRIVATE', 1)]), event([payload('PRICE', 0.3)]));
    expect(timeline.ignored).toEqual({ PRICE: 2, X_PRIVATE: 1 });
    expect(timeline.entries).toEqual([]);
  });

  it('binds every resource with a limit of the site, but not with a set-point of the site', () => {
    const limits = build(event([payload('EXPORT_CAPACITY_LIMIT', 9)], { targets: ['SITE_1'] }));
    expect(limits.entries.map((e) => e.resourceName)).toEqual(['BESS_1', 'PV_1']);
    const setpoints = build(event([payload('DISPATCH_SETPOINT', 9)], { targets: ['SITE_1'] }));
    expect(setpoints.entries).toEqual([]);
    expect(setpoints.warnings[0]?.reason).toContain('setpoint for SITE_1');
  });

  it('says which orders bind no device here', () => {
    const enrolled = targetBook('SITE_1', [{ resourceName: 'BESS_1' }], {
      venId: 'v',
      venName: 'n',
      venTargets: [],
      resources: [{ resourceName: 'INV_9', targets: ['INV_9'] }],
    });
    const limit = cached(event([payload('EXPORT_CAPACITY_LIMIT', 9)], { targets: ['INV_9'], eventName: 'inverter' }));
    expect(buildTimeline([limit], enrolled, NOON)).toMatchObject({
      entries: [],
      warnings: [{ eventName: 'inverter', reason: expect.stringContaining('limit for INV_9: no device here') }],
    });
  });

  it('shifts all intervals of an event by its one draw of randomizeStart', () => {
    const shifted = buildTimeline(
      [
        cached(
          event([], {
            intervalPeriod: { start: '2026-06-01T12:00:00Z', duration: 'PT15M', randomizeStart: 'PT10M' },
            intervals: [
              { id: 0, payloads: [payload('EXPORT_CAPACITY_LIMIT', 1)] },
              { id: 1, payloads: [payload('EXPORT_CAPACITY_LIMIT', 2)] },
            ],
          }),
          { startDraw: -0.5 },
        ),
      ],
      book,
      NOON,
    );
    expect(shifted.entries.map((e) => [e.startMs - NOON, e.endMs - NOON])).toEqual([
      [-5 * MINUTE, 10 * MINUTE],
      [10 * MINUTE, 25 * MINUTE],
    ]);
  });

  it('is exhausted when its last order ends, whatever subscriptions stand', () => {
    const subscription = event([payload('EXPORT_CAPACITY_SUBSCRIPTION', 9)], {
      intervalPeriod: { start: '2026-01-01T00:00:00Z', duration: 'P9999Y' },
    });
    expect(scheduleEndMs(build(subscription))).toBeUndefined();
    expect(scheduleEndMs(build(subscription, event([payload('EXPORT_CAPACITY_LIMIT', 9)])))).toBe(NOON + 60 * MINUTE);
  });
});
