import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceilToSlot, floorToSlot, isOnGrid, SLOT_MS, slotsBetween } from '@openadr-gateway/shared/time/slot.ts';

const at = (text: string) => Date.parse(text);
/** Instants of the years 1900 to 2100. */
const instant = fc.integer({ min: -2_208_988_800_000, max: 4_102_444_800_000 });

describe('the 15-minute grid', () => {
  it('starts a slot at every quarter of an hour in UTC', () => {
    expect(isOnGrid(at('2026-01-01T12:15:00Z'))).toBe(true);
    expect(isOnGrid(at('2026-01-01T12:10:00Z'))).toBe(false);
    expect(isOnGrid(at('2026-01-01T12:15:00.001Z'))).toBe(false);
    expect(isOnGrid(at('1969-12-31T23:45:00Z'))).toBe(true);
  });

  it('floors and ceils to it', () => {
    expect(floorToSlot(at('2026-01-01T12:14:59.999Z'))).toBe(at('2026-01-01T12:00:00Z'));
    expect(ceilToSlot(at('2026-01-01T12:00:00.001Z'))).toBe(at('2026-01-01T12:15:00Z'));
    expect(floorToSlot(-1)).toBe(-SLOT_MS);
    expect(Object.is(ceilToSlot(-1), 0)).toBe(true);
  });

  it('brackets every instant by two neighbouring slots, or hits one', () => {
    fc.assert(
      fc.property(instant, (ms) => {
        const [floor, ceil] = [floorToSlot(ms), ceilToSlot(ms)];
        expect(isOnGrid(floor) && isOnGrid(ceil) && floor <= ms && ms <= ceil).toBe(true);
        expect(ceil - floor).toBe(isOnGrid(ms) ? 0 : SLOT_MS);
      }),
    );
  });
});

describe('slotsBetween', () => {
  it('lists every slot that an unavailability from 08:10 to 09:05 overlaps', () => {
    const slots = slotsBetween(at('2026-01-01T08:10:00Z'), at('2026-01-01T09:05:00Z'));
    expect(slots.map((ms) => new Date(ms).toISOString().slice(11, 16))).toEqual([
      '08:00',
      '08:15',
      '08:30',
      '08:45',
      '09:00',
    ]);
  });

  it('is half-open: a period that ends on the grid does not touch the slot that starts there', () => {
    const start = at('2026-01-01T08:00:00Z');
    expect(slotsBetween(start, start + SLOT_MS)).toEqual([start]);
    expect(slotsBetween(start, start)).toEqual([]);
    expect(slotsBetween(start, start - 1)).toEqual([]);
  });

  it('covers the period without holes, and nothing beyond the slots it lies in', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 40 * SLOT_MS }), (startMs, lengthMs) => {
        const slots = slotsBetween(startMs, startMs + lengthMs);
        expect(slots[0]).toBe(floorToSlot(startMs));
        expect((slots.at(-1) ?? NaN) + SLOT_MS).toBe(ceilToSlot(startMs + lengthMs));
        slots.slice(1).forEach((ms, i) => expect(ms - (slots[i] ?? NaN)).toBe(SLOT_MS));
      }),
    );
  });

  it('refuses a period without end', () => {
    expect(() => slotsBetween(0, Infinity)).toThrow(RangeError);
    expect(() => slotsBetween(NaN, 0)).toThrow(RangeError);
  });
});
