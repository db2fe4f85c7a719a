import { describe, expect, it } from 'vitest';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import type { CommunicationMode } from '../../../ven-agent/scheduler/communication.ts';
import { envelopeAt } from '../../../ven-agent/scheduler/envelope.ts';
import type { DefaultLimits } from '../../../ven-agent/scheduler/envelope.ts';
import { buildTimeline } from '../../../ven-agent/scheduler/timeline.ts';
import { book, cached, event, MINUTE, NOON, payload } from '../builders.ts';

const forever = { start: '2026-01-01T00:00:00Z', duration: 'P9999Y' };
const subscription = (kw: number) =>
  event([payload('EXPORT_CAPACITY_SUBSCRIPTION', kw)], { intervalPeriod: forever, eventName: 'subscription/BESS_1' });
const limit = (kw: number, fields: Partial<Event> = {}) => event([payload('EXPORT_CAPACITY_LIMIT', kw)], fields);

function envelope(
  events: Event[],
  options: { atMs?: number; mode?: CommunicationMode; defaults?: DefaultLimits } = {},
) {
  const { atMs = NOON, mode = 'CONNECTED', defaults = {} } = options;
  return envelopeAt(
    buildTimeline(
      events.map((e) => cached(e)),
      book,
      NOON,
    ),
    { kind: 'resource', name: 'BESS_1' },
    atMs,
    defaults,
    mode,
  );
}

const faultOf = (broken: Event) => buildTimeline([cached(broken)], book, NOON).faults[0]?.reason;

describe('the envelope of a resource', () => {
  it('is without limit when nobody sets one', () => {
    expect(envelope([])).toEqual({
      importCap: { limit: { kind: 'unlimited' }, source: { kind: 'none' } },
      exportCap: { limit: { kind: 'unlimited' }, source: { kind: 'none' } },
    });
  });

  it('takes the most restrictive active limit, whatever its priority', () => {
    const { exportCap } = envelope([limit(4, { priority: 9, eventName: 'strict' }), limit(8, { priority: 0 })]);
    expect(exportCap).toMatchObject({
      limit: { kind: 'limited', maxW: 4000 },
      source: { kind: 'event', eventName: 'strict' },
    });
  });

  it('counts an interval from its start up to, not including, its end', () => {
    const at = (atMs: number) => envelope([limit(4)], { atMs }).exportCap.limit.kind;
    expect([at(NOON - 1), at(NOON), at(NOON + 60 * MINUTE - 1), at(NOON + 60 * MINUTE)]).toEqual([
      'unlimited',
      'limited',
      'limited',
      'unlimited',
    ]);
  });

  it('falls back to the subscription, with the active reservation on top', () => {
    expect(envelope([subscription(10)]).exportCap).toMatchObject({
      limit: { maxW: 10_000 },
      source: { kind: 'subscription', eventName: 'subscription/BESS_1' },
    });
    const reserved = event([payload('EXPORT_CAPACITY_RESERVATION', 3)]);
    expect(envelope([subscription(10), reserved]).exportCap.limit).toEqual({ kind: 'limited', maxW: 13_000 });
  });

  it('lets an active limit beat the subscription, even one that is looser', () => {
    expect(envelope([subscription(10), limit(12)]).exportCap.limit).toEqual({ kind: 'limited', maxW: 12_000 });
  });

  it('falls back to the configured default of each direction by itself', () => {
    const { importCap, exportCap } = envelope([limit(4)], { defaults: { importMaxW: 7, exportMaxW: 8 } });
    expect(importCap).toEqual({ limit: { kind: 'limited', maxW: 7 }, source: { kind: 'configuration' } });
    expect(exportCap.limit).toEqual({ kind: 'limited', maxW: 4000 });
  });

  it('keeps subscriptions and defaults but no orders in INIT and ISLAND_DEFAULT', () => {
    const events = [limit(1), subscription(10), event([payload('DISPATCH_SETPOINT', 1)])];
    for (const mode of ['INIT', 'ISLAND_DEFAULT'] as const) {
      const { exportCap, setpoint } = envelope(events, { mode });
      expect(exportCap.limit).toEqual({ kind: 'limited', maxW: 10_000 });
      expect(setpoint).toBeUndefined();
    }
    expect(envelope(events, { mode: 'ISLAND_CACHED' }).exportCap.limit).toEqual({ kind: 'limited', maxW: 1000 });
  });

  it('follows the set-point of the lowest priority number; unset is last', () => {
    const setpoint = (kw: number, fields: Partial<Event>) => event([payload('DISPATCH_SETPOINT', kw)], fields);
    const events = [setpoint(1, {}), setpoint(2, { priority: 2 }), setpoint(3, { priority: 1 })];
    expect(envelope(events).setpoint).toMatchObject({ kind: 'power', powerW: -3000 });
  });

  it('follows the set-point created later among equal priorities, then the lower id', () => {
    const setpoint = (kw: number, fields: Partial<Event>) =>
      event([payload('DISPATCH_SETPOINT', kw)], { priority: 1, ...fields });
    const late = '2026-06-01T06:00:00Z';
    expect(envelope([setpoint(1, {}), setpoint(2, { createdDateTime: late })]).setpoint).toMatchObject({
      powerW: -2000,
    });
    expect(envelope([setpoint(1, { id: 'b' }), setpoint(2, { id: 'a' })]).setpoint).toMatchObject({ powerW: -2000 });
  });

  it('takes set-points in turn as they begin and end', () => {
    const during = { intervalPeriod: { start: '2026-06-01T12:20:00Z', duration: 'PT20M' }, priority: 1 };
    const events = [
      event([payload('DISPATCH_SETPOINT', 1)], { priority: 3 }),
      event([payload('DISPATCH_SETPOINT', 5)], during),
    ];
    const at = (minute: number) => envelope(events, { atMs: NOON + minute * MINUTE }).setpoint;
    expect([at(19), at(20), at(39), at(40)]).toMatchObject([-1000, -5000, -5000, -1000].map((powerW) => ({ powerW })));
    expect(at(60)).toBeUndefined();
  });

  it('ranks a charge state among the set-points; the power rules where one event states both', () => {
    const target = payload('CHARGE_STATE_SETPOINT', 8);
    const setpoint = payload('DISPATCH_SETPOINT', 1);
    expect(envelope([event([target, setpoint])]).setpoint).toMatchObject({ kind: 'power', powerW: -1000 });
    const events = [event([setpoint], { priority: 3 }), event([target], { priority: 2, eventName: 'schedule/BESS_1' })];
    expect(envelope(events).setpoint).toMatchObject({
      kind: 'chargeState',
      level: { unit: 'Wh', energyWh: 8000 },
      endMs: NOON + 60 * MINUTE,
      eventName: 'schedule/BESS_1',
    });
  });

  it('keeps the largest buffer of each side', () => {
    const buffer = (low: number, high: number) =>
      event([payload('STORAGE_BUFFER_LOW', low), payload('STORAGE_BUFFER_HIGH', high)]);
    expect(envelope([buffer(1, 9), buffer(2, 3)])).toMatchObject({ bufferLowWh: 2000, bufferHighWh: 9000 });
    expect(faultOf(event([payload('STORAGE_BUFFER_LOW', -1)]))).toContain('below zero');
  });

  it('narrows the energy band to the highest floor and the lowest ceiling', () => {
    const band = (min: number, max: number) =>
      event([payload('STORAGE_ENERGY_MIN', min), payload('STORAGE_ENERGY_MAX', max)]);
    expect(envelope([band(1, 9), band(2, 10)])).toMatchObject({ energyMinWh: 2000, energyMaxWh: 9000 });
  });
});
