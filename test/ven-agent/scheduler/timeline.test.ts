import { describe, expect, it } from 'vitest';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { targetBook } from '../../../ven-agent/scheduler/subjects.ts';
import { buildTimeline } from '../../../ven-agent/scheduler/timeline.ts';
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
        bound: { kind: 'resource', name: 'BESS_1' },
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

  it('takes even an absurd limit below zero as zero, and skips one above all measure', () => {
    expect(build(event([payload('EXPORT_CAPACITY_LIMIT', -1e300)])).entries[0]?.effect).toMatchObject({ maxW: 0 });
    const timeline = build(event([payload('EXPORT_CAPACITY_LIMIT', 1e300), payload('DISPATCH_SETPOINT', -1e300)]));
    expect(timeline.entries).toEqual([]);
    expect(timeline.faults.map((f) => f.reason)).toEqual([
      expect.stringContaining('1e+300 KW is beyond all measure'),
      expect.stringContaining('-1e+300 KW is beyond all measure'),
    ]);
  });

  it('lays a limit of the site on the site, not on each device: they share it', () => {
    const limits = build(event([payload('EXPORT_CAPACITY_LIMIT', 9)], { targets: ['SITE_1'] }));
    expect(limits.entries.map((e) => e.bound)).toEqual([{ kind: 'site', name: 'SITE_1' }]);
  });

  it('gives a set-point of the site to nobody, unless there is a single device', () => {
    const setpoint = event([payload('DISPATCH_SETPOINT', 9)], { targets: ['SITE_1'] });
    expect(build(setpoint)).toMatchObject({
      entries: [],
      warnings: [{ reason: expect.stringContaining('setpoint for SITE_1') }],
    });
    const alone = targetBook({ id: 'SITE_1' }, [{ resourceName: 'BESS_1' }], undefined);
    expect(buildTimeline([cached(setpoint)], alone, NOON).entries.map((e) => e.bound.name)).toEqual(['BESS_1']);
  });

  it('lays bounds of energy for the site on each device', () => {
    const band = build(event([payload('STORAGE_ENERGY_MIN', 9)], { targets: ['SITE_1'] }));
    expect(band.entries.map((e) => e.bound.name)).toEqual(['BESS_1', 'PV_1']);
  });

  it('reads a charge state in KWH, or in PERCENT where the event says so', () => {
    const percent = [
      { objectType: 'EVENT_PAYLOAD_DESCRIPTOR' as const, payloadType: 'CHARGE_STATE_SETPOINT', units: 'PERCENT' },
    ];
    const level = (value: number, payloadDescriptors?: typeof percent) =>
      build(event([payload('CHARGE_STATE_SETPOINT', value)], payloadDescriptors && { payloadDescriptors })).entries[0]
        ?.effect;
    expect(level(8000)).toEqual({ kind: 'chargeState', level: { unit: 'Wh', energyWh: 8_000_000 } });
    expect(level(80, percent)).toEqual({ kind: 'chargeState', level: { unit: 'fraction', socFraction: 0.8 } });
    expect(level(101, percent)).toBeUndefined();
    expect(level(-1)).toBeUndefined();
  });

  it('gives the levels of SIMPLE the meaning that the configuration has for them, for each device and the site', () => {
    const configured = targetBook(
      { id: 'SITE_1', simple: { 2: { importMaxW: 5000 } } },
      [{ resourceName: 'BESS_1', simple: { 2: { importMaxW: 0, exportMaxW: 7000 } } }, { resourceName: 'PV_1' }],
      undefined,
    );
    const simple = (level: number, targets: string[] = []) =>
      buildTimeline([cached(event([payload('SIMPLE', level)], { targets }))], configured, NOON);
    expect(simple(2).entries.map((e) => [e.bound.name, e.effect])).toEqual([
      ['SITE_1', { kind: 'limit', direction: 'import', maxW: 5000 }],
      ['BESS_1', { kind: 'limit', direction: 'import', maxW: 0 }],
      ['BESS_1', { kind: 'limit', direction: 'export', maxW: 7000 }],
    ]);
    expect(simple(0)).toMatchObject({ entries: [], warnings: [], faults: [] });
    expect(simple(1).warnings[0]?.reason).toContain('SIMPLE 1: the configuration gives this level no meaning');
    expect(simple(2, ['PV_1']).warnings).toHaveLength(1);
    expect(simple(1.5).faults[0]?.reason).toContain('expected 0, 1, 2 or 3');
  });

  it('says nothing in a gap between intervals', () => {
    const intervals = [
      { id: 0, payloads: [payload('EXPORT_CAPACITY_LIMIT', 0)] },
      {
        id: 1,
        intervalPeriod: { start: '2026-06-01T14:00:00Z', duration: 'PT1H' },
        payloads: [payload('EXPORT_CAPACITY_LIMIT', 2)],
      },
    ];
    const spans = build(event([], { intervals })).entries.map((e) => [e.startMs - NOON, e.endMs - NOON]);
    expect(spans).toEqual([
      [0, 60 * MINUTE],
      [120 * MINUTE, 180 * MINUTE],
    ]);
  });

  it('makes entries of their own of the repetitions of a loop', () => {
    const looped = build(event([payload('EXPORT_CAPACITY_LIMIT', 2)], { duration: 'PT3H' }));
    expect(looped.entries.map((e) => (e.startMs - NOON) / MINUTE)).toEqual([0, 60, 120]);
  });

  it('says which orders bind no device here', () => {
    const enrolled = targetBook({ id: 'SITE_1' }, [{ resourceName: 'BESS_1' }], {
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
    expect(build(subscription).ordersEndMs).toBeUndefined();
    expect(build(subscription, event([payload('EXPORT_CAPACITY_LIMIT', 9)])).ordersEndMs).toBe(NOON + 60 * MINUTE);
  });
});
