import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absoluteIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import { deliveryDayBounds } from '@openadr-gateway/shared/time/delivery-day.ts';
import { SLOT_MS, slotsBetween } from '@openadr-gateway/shared/time/slot.ts';
import { isCapacityProduct } from '../../../vtn/domain/markets.ts';
import { toIntervals } from '../../../vtn/translation/intervals.ts';
import { dayEvent, eventContent, reservationSpans } from '../../../vtn/translation/translate.ts';
import type { Position } from '../../../vtn/translation/translate.ts';

const at = (text: string) => Date.parse(text);
const day = deliveryDayBounds('2026-07-01', 'DE');
const position = (market: string, powerW: number | null, more: Partial<Position> = {}): Position => ({
  startMs: at('2026-07-01T12:00Z'),
  endMs: at('2026-07-01T12:15Z'),
  market,
  source: 'OPTIMISATION',
  powerW,
  bufferLowWh: null,
  bufferHighWh: null,
  isCapacityProduct: isCapacityProduct(market),
  ...more,
});
const intervalsOf = (...positions: Position[]) =>
  toIntervals(reservationSpans(positions, day)).map((i) => [
    i.intervalPeriod?.start?.slice(11, 16),
    i.intervalPeriod?.duration,
    Object.fromEntries(i.payloads.map((p) => [p.type, p.values[0]])),
  ]);

describe('the reservations event', () => {
  it('sums up energy markets as a set-point and keeps capacity products apart (example 4)', () => {
    expect(intervalsOf(position('DAA', 5e6), position('IDC', -1.5e6), position('FCR', 2e6))).toEqual([
      ['12:00', 'PT15M', { DISPATCH_SETPOINT: -3500, CAPACITY_PRODUCT: 2000 }],
    ]);
  });

  it('has priority 3, the asset as its target, and units', () => {
    const wanted = dayEvent('reservations', 'A_1', '2026-07-01', reservationSpans([position('DAA', 5e6)], day));
    expect(wanted && eventContent(wanted, 'program-3')).toMatchObject({
      programID: 'program-3',
      eventName: 'reservations/A_1/2026-07-01',
      priority: 3,
      targets: ['A_1'],
      payloadDescriptors: [
        { payloadType: 'DISPATCH_SETPOINT', units: 'KW' },
        { payloadType: 'STORAGE_BUFFER_LOW', units: 'KWH' },
        { payloadType: 'STORAGE_BUFFER_HIGH', units: 'KWH' },
        { payloadType: 'CAPACITY_PRODUCT', units: 'KW' },
      ],
    });
  });

  it('sums up buffers of all markets; magnitudes of capacity products do not cancel each other', () => {
    const buffers = { bufferLowWh: 250_000, bufferHighWh: 500_000 };
    expect(
      intervalsOf(position('AFRR_POS', 2e6, buffers), position('afrr_neg', -1e6, buffers), position('DAA', 0)),
    ).toEqual([
      [
        '12:00',
        'PT15M',
        { DISPATCH_SETPOINT: 0, STORAGE_BUFFER_LOW: 500, STORAGE_BUFFER_HIGH: 1000, CAPACITY_PRODUCT: 3000 },
      ],
    ]);
  });

  it('says no set-point where only capacity is reserved, and 0, not minus 0, where 0 is', () => {
    expect(intervalsOf(position('FCR', 2e6))).toEqual([['12:00', 'PT15M', { CAPACITY_PRODUCT: 2000 }]]);
    const [zero] = reservationSpans([position('DAA', 0)], day);
    expect(Object.is(zero?.payloads[0]?.values[0], 0)).toBe(true);
  });

  it('of two periods of one market and source follows the one that starts later', () => {
    const hour = position('DAA', 4e6, { endMs: at('2026-07-01T13:00Z') });
    const quarter = position('DAA', 1e6, { startMs: at('2026-07-01T12:15Z'), endMs: at('2026-07-01T12:30Z') });
    expect(intervalsOf(quarter, hour)).toEqual([
      ['12:00', 'PT15M', { DISPATCH_SETPOINT: -4000 }],
      ['12:15', 'PT15M', { DISPATCH_SETPOINT: -1000 }],
      ['12:30', 'PT30M', { DISPATCH_SETPOINT: -4000 }],
    ]);
    expect(intervalsOf(hour, { ...quarter, source: 'EXTERNAL' })[1]).toEqual([
      '12:15',
      'PT15M',
      { DISPATCH_SETPOINT: -5000 },
    ]);
  });

  it('takes of a period over local midnight what lies within the day', () => {
    const night = position('DAA', 1e6, { startMs: at('2026-06-30T21:30Z'), endMs: at('2026-06-30T22:30Z') });
    expect(intervalsOf(night)).toEqual([['22:00', 'PT30M', { DISPATCH_SETPOINT: -1000 }]]);
  });

  it('knows capacity products by configured names, whatever their case; a star at the end stands for anything', () => {
    expect(['FCR', 'fcr_d', 'AFRR_NEG', 'MFRR'].every((market) => isCapacityProduct(market))).toBe(true);
    expect(['DAA', 'XFCR', 'IDC'].some((market) => isCapacityProduct(market))).toBe(false);
    expect([isCapacityProduct('FCR_D', ['FCR']), isCapacityProduct('fcr', ['FCR'])]).toEqual([false, true]);
  });

  it('says of each slot, when it is read back, the sums over that slot, on days of 92, 96 and 100 slots in both markets', () => {
    const days = ['2026-03-29', '2026-07-01', '2026-10-25'].flatMap((name) =>
      (['DE', 'PL'] as const).map((region) => deliveryDayBounds(name, region)),
    );
    const rows = fc.array(
      fc.record({
        slot: fc.integer({ min: -8, max: 104 }),
        market: fc.constantFrom('DAA', 'IDC', 'FCR'),
        source: fc.constantFrom('OPTIMISATION', 'EXTERNAL'),
        power: fc.integer({ min: -5, max: 5 }),
        low: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
      }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...days), rows, (bounds, generated) => {
        const keys = new Map(generated.map((g) => [`${g.slot} ${g.market} ${g.source}`, g]));
        const positions = [...keys.values()].map((g) => {
          const startMs = bounds.startMs + g.slot * SLOT_MS;
          const said = { startMs, endMs: startMs + SLOT_MS, source: g.source };
          return position(g.market, g.power * 500_000, { ...said, bufferLowWh: g.low === null ? null : g.low * 1000 });
        });
        const spans = reservationSpans(positions, bounds);
        expect(reservationSpans([...positions].reverse(), bounds)).toEqual(spans);
        const read = absoluteIntervals({ intervals: toIntervals(spans) }, { nowMs: bounds.startMs });
        for (const slotMs of slotsBetween(bounds.startMs, bounds.endMs)) {
          const on = positions.filter((p) => p.startMs === slotMs);
          const covering = read.filter((i) => i.startMs <= slotMs && slotMs < i.endMs);
          expect(covering.length).toBe(on.length > 0 ? 1 : 0);
          const values = new Map(covering.flatMap((i) => i.payloads.map((p) => [p.type, p.values[0]])));
          const energy = on.filter((p) => p.market !== 'FCR').map((p) => (p.powerW ?? 0) / 1000);
          const sum = energy.reduce((a, b) => a + b, 0);
          expect(values.get('DISPATCH_SETPOINT')).toBe(energy.length > 0 ? 0 - sum : undefined);
          const buffers = on.flatMap((p) => (p.bufferLowWh === null ? [] : [p.bufferLowWh / 1000]));
          expect(values.get('STORAGE_BUFFER_LOW')).toBe(
            buffers.length > 0 ? buffers.reduce((a, b) => a + b, 0) : undefined,
          );
        }
        expect(read.every((i) => i.startMs >= bounds.startMs && i.endMs <= bounds.endMs)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
