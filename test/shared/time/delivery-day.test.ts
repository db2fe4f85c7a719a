import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { addDays, deliveryDayBounds, deliveryDayOf, timeZoneOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import { SLOT_MS, slotsBetween } from '@openadr-gateway/shared/time/slot.ts';

const REGIONS: Region[] = ['DE', 'PL'];
const at = (text: string) => Date.parse(text);

/** The last Sunday of a month (3 or 10), when clocks change at 01:00 UTC. */
function clockChange(year: number, month: number): string {
  const lastDay = new Date(Date.UTC(year, month, 0));
  return new Date(Date.UTC(year, month, 0 - lastDay.getUTCDay())).toISOString().slice(0, 10);
}

describe('delivery days', () => {
  it('start at local midnight', () => {
    expect(deliveryDayBounds('2026-01-15', 'DE')).toEqual({
      startMs: at('2026-01-14T23:00:00Z'),
      endMs: at('2026-01-15T23:00:00Z'),
    });
    expect(deliveryDayBounds('2026-07-15', 'PL').startMs).toBe(at('2026-07-14T22:00:00Z'));
    expect([timeZoneOf('DE'), timeZoneOf('PL')]).toEqual(['Europe/Berlin', 'Europe/Warsaw']);
  });

  it('belong to the local date of a slot, not to its date in UTC', () => {
    expect(deliveryDayOf(at('2026-10-24T21:45:00Z'), 'DE')).toBe('2026-10-24');
    expect(deliveryDayOf(at('2026-10-24T22:00:00Z'), 'DE')).toBe('2026-10-25');
    expect(deliveryDayOf(at('2026-10-25T22:45:00Z'), 'DE')).toBe('2026-10-25');
    expect(deliveryDayOf(at('2026-10-25T23:00:00Z'), 'DE')).toBe('2026-10-26');
  });

  it.each(REGIONS)(
    'have 92 slots in spring, 100 in autumn and 96 on every other day of 2024 to 2030 in %s',
    (region) => {
      for (let day = '2024-01-01'; day < '2031-01-01'; day = addDays(day, 1)) {
        const { startMs, endMs } = deliveryDayBounds(day, region);
        const year = Number(day.slice(0, 4));
        const slots = day === clockChange(year, 3) ? 92 : day === clockChange(year, 10) ? 100 : 96;
        expect([day, (endMs - startMs) / SLOT_MS]).toEqual([day, slots]);
        expect(deliveryDayBounds(addDays(day, 1), region).startMs).toBe(endMs);
        expect([deliveryDayOf(startMs, region), deliveryDayOf(endMs - 1, region)]).toEqual([day, day]);
      }
    },
  );

  it('have no holes: every slot of a day is of that day, and agrees with the calendar of the time zone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2556 }), fc.constantFrom(...REGIONS), (n, region) => {
        const day = addDays('2024-01-01', n);
        const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timeZoneOf(region) });
        const { startMs, endMs } = deliveryDayBounds(day, region);
        for (const slot of slotsBetween(startMs, endMs)) {
          expect(deliveryDayOf(slot, region)).toBe(day);
          expect(format.format(slot)).toBe(day);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are answered from memory: 100,000 slots take no longer than a moment', () => {
    const startMs = at('2026-01-01T00:00:00Z');
    const before = performance.now();
    for (let i = 0; i < 100_000; i++) deliveryDayOf(startMs + (i % 2_000) * SLOT_MS, 'DE');
    // 100,000 questions to Intl would take several seconds.
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it('count across months, years and leap days', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
  });

  it.each(['2026-02-30', '2026-1-1', '2026-01-01T00:00:00Z', 'today', ''])('refuse "%s", which is no date', (day) => {
    expect(() => deliveryDayBounds(day, 'DE')).toThrow(RangeError);
    expect(() => addDays(day, 1)).toThrow(RangeError);
  });
});
