import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absoluteIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import { deliveryDayBounds } from '@openadr-gateway/shared/time/delivery-day.ts';
import { SLOT_MS, slotsBetween } from '@openadr-gateway/shared/time/slot.ts';
import { toIntervals } from '../../../vtn/translation/intervals.ts';
import { connectionSpans } from '../../../vtn/translation/translate.ts';

describe('the limits of a connection', () => {
  it('say of each slot, when they are read back, the most restrictive of the periods that cover it, and nothing of others', () => {
    const bounds = deliveryDayBounds('2026-10-25', 'PL');
    const power = fc.option(fc.integer({ min: 0, max: 4 }), { nil: null });
    const rows = fc.array(
      fc.record({
        slot: fc.integer({ min: -20, max: 110 }),
        length: fc.integer({ min: 1, max: 40 }),
        imports: power,
        exports: power,
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(rows, (generated) => {
        const limits = generated.map((g) => ({
          startMs: bounds.startMs + g.slot * SLOT_MS,
          endMs: bounds.startMs + (g.slot + g.length) * SLOT_MS,
          maxImportW: g.imports === null ? null : g.imports * 500_000,
          maxExportW: g.exports === null ? null : g.exports * 500_000,
        }));
        const read = absoluteIntervals(
          { intervals: toIntervals(connectionSpans(limits, bounds)) },
          { nowMs: bounds.startMs },
        );
        expect(read.every((i) => i.startMs >= bounds.startMs && i.endMs <= bounds.endMs)).toBe(true);
        for (const slotMs of slotsBetween(bounds.startMs, bounds.endMs)) {
          const on = limits.filter((l) => l.startMs <= slotMs && slotMs < l.endMs);
          const covering = read.filter((i) => i.startMs <= slotMs && slotMs < i.endMs);
          const values = new Map(covering.flatMap((i) => i.payloads.map((p) => [p.type, p.values[0]])));
          const least = (all: (number | null)[]) => {
            const kw = all.flatMap((w) => (w === null ? [] : [w / 1000]));
            return kw.length > 0 ? Math.min(...kw) : undefined;
          };
          expect(covering.length).toBeLessThanOrEqual(1);
          expect(values.get('IMPORT_CAPACITY_LIMIT')).toBe(least(on.map((l) => l.maxImportW)));
          expect(values.get('EXPORT_CAPACITY_LIMIT')).toBe(least(on.map((l) => l.maxExportW)));
        }
      }),
      { numRuns: 100 },
    );
  });
});
