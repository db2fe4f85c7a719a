import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import { SLOT_MS, slotsBetween } from '@openadr-gateway/shared/time/slot.ts';
import { countSlots, expandWindows } from '../../../vtn/domain/windows.ts';

const at = (text: string) => Date.parse(text);
const DAY_MS = 86_400_000;

describe('the windows of an entry', () => {
  it('are two for the recurrent limit of example 6, and one of 32 hours without recurrent', () => {
    const entry = { startMs: at('2026-10-24T22:00Z'), endMs: at('2026-10-26T06:00Z') };
    expect(expandWindows({ ...entry, recurrent: true })).toEqual([
      { startMs: at('2026-10-24T22:00Z'), endMs: at('2026-10-25T06:00Z') },
      { startMs: at('2026-10-25T22:00Z'), endMs: at('2026-10-26T06:00Z') },
    ]);
    expect(expandWindows({ ...entry, recurrent: false })).toEqual([entry]);
    expect(countSlots({ ...entry, recurrent: false })).toBe(32 * 4);
    const firstNight = slotsBetween(at('2026-10-24T22:00Z'), at('2026-10-25T06:00Z'));
    expect(new Set(firstNight.map((ms) => deliveryDayOf(ms, 'DE')))).toEqual(new Set(['2026-10-25']));
  });

  it('repeat a window within the day on every day from the first to the last', () => {
    const windows = expandWindows({
      startMs: at('2026-03-01T08:00Z'),
      endMs: at('2026-03-04T10:00Z'),
      recurrent: true,
    });
    expect(windows.map((w) => w.startMs)).toEqual([1, 2, 3, 4].map((d) => at(`2026-03-0${d}T08:00Z`)));
    expect(windows.every((w) => w.endMs - w.startMs === 2 * 3_600_000)).toBe(true);
  });

  it('are whole days where start and end have the same time of day', () => {
    const windows = expandWindows({
      startMs: at('2026-03-01T08:00Z'),
      endMs: at('2026-03-03T08:00Z'),
      recurrent: true,
    });
    expect(windows.map((w) => w.endMs - w.startMs)).toEqual([DAY_MS, DAY_MS]);
  });

  it('never leave the entry, keep their times of day, and number as many slots as were counted', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 96 * 31 }), fc.boolean(), (start, slots, recurrent) => {
        const entry = { startMs: start * SLOT_MS, endMs: (start + slots) * SLOT_MS, recurrent };
        const windows = expandWindows(entry);
        expect(windows[0]?.startMs).toBe(entry.startMs);
        expect(windows.at(-1)?.endMs).toBe(entry.endMs);
        for (const w of windows) {
          if (recurrent) expect(w.endMs - w.startMs).toBeLessThanOrEqual(DAY_MS);
          expect((w.startMs - entry.startMs) % DAY_MS).toBe(0);
          expect((entry.endMs - w.endMs) % DAY_MS).toBe(0);
        }
        expect(windows.reduce((sum, w) => sum + (w.endMs - w.startMs) / SLOT_MS, 0)).toBe(countSlots(entry));
      }),
    );
  });
});
