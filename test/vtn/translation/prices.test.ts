import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absoluteIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import { deliveryDayBounds } from '@openadr-gateway/shared/time/delivery-day.ts';
import { SLOT_MS, slotsBetween } from '@openadr-gateway/shared/time/slot.ts';
import { formatPricePerMwh } from '@openadr-gateway/shared/units.ts';
import { toIntervals } from '../../../vtn/translation/intervals.ts';
import { dayEvent, eventContent, priceSpans } from '../../../vtn/translation/translate.ts';
import type { SlotPrices } from '../../../vtn/translation/translate.ts';

const day = deliveryDayBounds('2026-07-01', 'DE');
const slot = (
  n: number,
  importMilli: number | null,
  exportMilli: number | null = null,
  gridFeeMilli: number | null = null,
): SlotPrices => ({ startMs: day.startMs + n * SLOT_MS, importMilli, exportMilli, gridFeeMilli });
const intervalsOf = (...rows: SlotPrices[]) =>
  toIntervals(priceSpans(rows, day)).map((i) => [
    i.intervalPeriod?.start?.slice(11, 16),
    i.intervalPeriod?.duration,
    Object.fromEntries(i.payloads.map((p) => [p.type, p.values[0]])),
  ]);

describe('the prices event', () => {
  it('says what a kWh costs with the fee for the grid, and what it earns without; no price is no payload', () => {
    expect(
      intervalsOf(
        slot(0, 87_654, 71_200, 12_500),
        slot(1, 87_654, 71_200, 12_500),
        slot(2, -1, null),
        slot(3, null, 0),
      ),
    ).toEqual([
      ['22:00', 'PT30M', { PRICE: 0.100154, EXPORT_PRICE: 0.0712 }],
      ['22:30', 'PT15M', { PRICE: -0.000001 }],
      ['22:45', 'PT15M', { EXPORT_PRICE: 0 }],
    ]);
  });

  it('says nothing of a price of which only the fee is known', () => {
    expect(intervalsOf(slot(0, null, null, 12_500))).toEqual([]);
  });

  it('is per KWH in the currency of the tariff, without priority, for everybody or for the targets of the tariff', () => {
    const spans = priceSpans([slot(0, 1)], day);
    const contentFor = (targets: string[]) => {
      const wanted = dayEvent('prices', 'tar_1', '2026-07-01', spans, { targets, currency: 'PLN' });
      return wanted && eventContent(wanted, 'program-4');
    };
    expect(contentFor([])).toMatchObject({
      eventName: 'prices/tar_1/2026-07-01',
      targets: [],
      payloadDescriptors: [
        { objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: 'PRICE', units: 'KWH', currency: 'PLN' },
        { objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: 'EXPORT_PRICE', units: 'KWH', currency: 'PLN' },
      ],
    });
    expect(contentFor([])).not.toHaveProperty('priority');
    expect(contentFor(['a', 'b'])?.targets).toEqual(['a', 'b']);
  });

  it('gives each slot its price when it is read back, digit for digit, on days of 92, 96 and 100 slots in both markets', () => {
    const days = ['2026-03-29', '2026-07-01', '2026-10-25'].flatMap((name) =>
      (['DE', 'PL'] as const).map((region) => deliveryDayBounds(name, region)),
    );
    const price = fc.option(fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -1e12, max: 1e12 })), {
      nil: null,
    });
    const generated = fc.uniqueArray(
      fc.record({ n: fc.integer({ min: -4, max: 103 }), importMilli: price, exportMilli: price, gridFeeMilli: price }),
      { maxLength: 100, selector: ({ n }) => n },
    );
    fc.assert(
      fc.property(fc.constantFrom(...days), generated, (bounds, prices) => {
        const rows = prices.map(({ n, ...values }) => ({ startMs: bounds.startMs + n * SLOT_MS, ...values }));
        // What is read is what came over the wire, as text.
        const sent = JSON.parse(JSON.stringify(toIntervals(priceSpans(rows, bounds)))) as ReturnType<
          typeof toIntervals
        >;
        const read = absoluteIntervals({ intervals: sent }, { nowMs: bounds.startMs });
        const bySlot = new Map(rows.map((row) => [row.startMs, row]));
        for (const slotMs of slotsBetween(bounds.startMs, bounds.endMs)) {
          const payloads = read.filter((i) => i.startMs <= slotMs && slotMs < i.endMs).flatMap((i) => i.payloads);
          const said = (type: string) => {
            const [value] = payloads.filter((p) => p.type === type).map((p) => p.values[0]);
            return value === undefined ? null : milliOf(Number(value));
          };
          const row = bySlot.get(slotMs);
          const cost = row && row.importMilli !== null ? row.importMilli + (row.gridFeeMilli ?? 0) : null;
          expect(said('PRICE')).toBe(cost === null ? null : formatPricePerMwh(cost));
          expect(said('EXPORT_PRICE')).toBe(row?.exportMilli == null ? null : formatPricePerMwh(row.exportMilli));
        }
        expect(read.every((i) => i.startMs >= bounds.startMs && i.endMs <= bounds.endMs)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

/** The digits of a price per kWh as a price per MWh: the point moves by three places. */
function milliOf(perKwh: number): string {
  const [whole = '', fraction = ''] = perKwh.toFixed(6).replace('-', '').split('.');
  expect(Number(`${whole}.${fraction}`)).toBe(Math.abs(perKwh));
  return formatPricePerMwh(Number(BigInt(`${whole}${fraction}`)) * (perKwh < 0 ? -1 : 1));
}
