import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absoluteIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';
import { computedLimits } from '../../../vtn/domain/limits.ts';
import { toIntervals } from '../../../vtn/translation/intervals.ts';
import { dayEvent, eventContent, limitsSpans, subscriptionEvent } from '../../../vtn/translation/translate.ts';
import type { SlotLimits } from '../../../vtn/translation/translate.ts';

const at = (text: string) => Date.parse(text);
const row = (start: string | number, values: Partial<SlotLimits>): SlotLimits => ({
  startMs: typeof start === 'number' ? start : at(start),
  powerChargeW: null,
  powerDischargeW: null,
  energyLowWh: null,
  energyHighWh: null,
  tradingLocked: null,
  ...values,
});
const asset = { id: 'DE_50HZ_WU_1', type: 'BESS', sinceMs: at('2026-06-01T00:00Z') };
const contentOf = (rows: SlotLimits[]) => {
  const wanted = dayEvent('limits', asset.id, '2026-07-01', limitsSpans(rows).spans);
  return wanted && eventContent(wanted, 'program-1');
};
const importExport = (imports: number, exports: number) => [
  { type: 'IMPORT_CAPACITY_LIMIT', values: [imports] },
  { type: 'EXPORT_CAPACITY_LIMIT', values: [exports] },
];

describe('the limits event', () => {
  it('carries the most restrictive limits as magnitudes in kW (example 1)', () => {
    const content = contentOf([
      row('2026-07-01T12:00Z', { powerChargeW: -10e6, powerDischargeW: 10e6 }),
      row('2026-07-01T12:00Z', { powerChargeW: -4e6 }),
      row('2026-07-01T12:00Z', { powerDischargeW: 6.5e6 }),
    ]);
    expect(content).toMatchObject({
      programID: 'program-1',
      eventName: 'limits/DE_50HZ_WU_1/2026-07-01',
      priority: 0,
      targets: ['DE_50HZ_WU_1'],
      intervalPeriod: { start: '2026-07-01T12:00:00Z', duration: 'PT15M' },
      intervals: [
        {
          id: 0,
          intervalPeriod: { start: '2026-07-01T12:00:00Z', duration: 'PT15M' },
          payloads: importExport(4000, 6500),
        },
      ],
    });
    expect(content?.payloadDescriptors).toContainEqual({
      objectType: 'EVENT_PAYLOAD_DESCRIPTOR',
      payloadType: 'IMPORT_CAPACITY_LIMIT',
      units: 'KW',
    });
  });

  it('joins slots that touch and say the same, and leaves silence between those that do not (example 2)', () => {
    const band = { powerChargeW: -4e6, powerDischargeW: 6.5e6 };
    const content = contentOf([
      row('2026-07-01T13:00Z', band),
      row('2026-07-01T12:00Z', band),
      row('2026-07-01T12:15Z', band),
      row('2026-07-01T12:30Z', { ...band, powerChargeW: 0 }),
    ]);
    expect(content?.intervals?.map((i) => [i.id, i.intervalPeriod, i.payloads])).toEqual([
      [0, { start: '2026-07-01T12:00:00Z', duration: 'PT30M' }, importExport(4000, 6500)],
      [1, { start: '2026-07-01T12:30:00Z', duration: 'PT15M' }, importExport(0, 6500)],
      [2, { start: '2026-07-01T13:00:00Z', duration: 'PT15M' }, importExport(4000, 6500)],
    ]);
  });

  it('says the energy band in kWh', () => {
    const content = contentOf([row('2026-07-01T12:00Z', { energyLowWh: 2.5e6, energyHighWh: 20e6 })]);
    expect(content?.intervals?.[0]?.payloads).toEqual([
      { type: 'STORAGE_ENERGY_MIN', values: [2500] },
      { type: 'STORAGE_ENERGY_MAX', values: [20000] },
    ]);
    expect(content?.payloadDescriptors).toContainEqual(
      expect.objectContaining({ payloadType: 'STORAGE_ENERGY_MIN', units: 'KWH' }),
    );
  });

  it('does not exist for a trading lock alone, which is information for traders', () => {
    expect(contentOf([row('2026-07-01T12:00Z', { tradingLocked: true })])).toBeUndefined();
  });

  it('publishes an infeasible band as computed and names its slots', () => {
    const { spans, infeasible } = limitsSpans([
      row('2026-07-01T12:00Z', { energyLowWh: 5e6 }),
      row('2026-07-01T12:00Z', { energyHighWh: 4e6 }),
    ]);
    expect(infeasible).toEqual([at('2026-07-01T12:00Z')]);
    expect(spans[0]?.payloads.map((p) => p.values[0])).toEqual([5000, 4000]);
  });

  it('writes charging that is forbidden as 0, not as minus 0', () => {
    const content = contentOf([row('2026-07-01T12:00Z', { powerChargeW: -0, powerDischargeW: 0 })]);
    expect(JSON.stringify(content?.intervals?.[0]?.payloads)).toBe(JSON.stringify(importExport(0, 0)));
    expect(Object.is(content?.intervals?.[0]?.payloads[0]?.values[0], 0)).toBe(true);
  });

  it('says of each slot, when it is read back, exactly what was computed for it', () => {
    const power = fc.option(
      fc.integer({ min: 0, max: 3 }).map((mw) => mw * 500_000),
      { nil: null },
    );
    const rows = fc.array(
      fc.record({
        slot: fc.integer({ min: 0, max: 99 }),
        charge: power,
        discharge: power,
        low: power,
      }),
      { maxLength: 120 },
    );
    const dayMs = at('2026-10-24T22:00Z');
    fc.assert(
      fc.property(rows, (generated) => {
        const limits = generated.map((g) =>
          row(dayMs + g.slot * SLOT_MS, {
            powerChargeW: g.charge === null ? null : -g.charge,
            powerDischargeW: g.discharge,
            energyLowWh: g.low,
          }),
        );
        const intervals = absoluteIntervals({ intervals: toIntervals(limitsSpans(limits).spans) }, { nowMs: dayMs });
        for (let slotMs = dayMs; slotMs < dayMs + 100 * SLOT_MS; slotMs += SLOT_MS) {
          const computed = computedLimits(limits.filter((l) => l.startMs === slotMs));
          const covering = intervals.filter((i) => i.startMs <= slotMs && slotMs + SLOT_MS <= i.endMs);
          const read = new Map(covering.flatMap((i) => i.payloads.map((p) => [p.type, p.values[0]])));
          expect(covering.length).toBeLessThanOrEqual(1);
          expect(read.get('IMPORT_CAPACITY_LIMIT')).toBe(
            computed.powerChargeW === null ? undefined : Math.abs(computed.powerChargeW) / 1000,
          );
          expect(read.get('EXPORT_CAPACITY_LIMIT')).toBe(
            computed.powerDischargeW === null ? undefined : computed.powerDischargeW / 1000,
          );
          expect(read.get('STORAGE_ENERGY_MIN')).toBe(
            computed.energyLowWh === null ? undefined : computed.energyLowWh / 1000,
          );
        }
        const neighbours = intervals.slice(1).map((next, i) => [intervals[i], next] as const);
        for (const [one, next] of neighbours) {
          expect(one?.endMs).toBeLessThanOrEqual(next.startMs);
          if (one?.endMs === next.startMs) expect(one.payloads).not.toEqual(next.payloads);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the subscription event', () => {
  const nowMs = at('2026-07-01T12:00Z');
  const contentFor = (type: string, versions: Parameters<typeof subscriptionEvent>[1]) =>
    eventContent(subscriptionEvent({ ...asset, type }, versions, nowMs), 'program-2');

  it('gives the connection both ways from valid_from without end', () => {
    const content = contentFor('BESS', [
      { validFromMs: at('2026-01-01T00:00Z'), validToMs: null, gridConnectionMaxPowerW: 20e6 },
    ]);
    expect(content).toMatchObject({ eventName: 'subscription/DE_50HZ_WU_1', targets: ['DE_50HZ_WU_1'] });
    expect(content.priority).toBeUndefined();
    expect(content.intervals).toEqual([
      {
        id: 0,
        intervalPeriod: { start: '2026-01-01T00:00:00Z', duration: 'P9999Y' },
        payloads: [
          { type: 'IMPORT_CAPACITY_SUBSCRIPTION', values: [20000] },
          { type: 'EXPORT_CAPACITY_SUBSCRIPTION', values: [20000] },
        ],
      },
    ]);
  });

  it('lets PV take nothing from the grid', () => {
    const content = contentFor('PV', [{ validFromMs: nowMs, validToMs: null, gridConnectionMaxPowerW: 8e6 }]);
    expect(content.intervals?.[0]?.payloads).toContainEqual({ type: 'IMPORT_CAPACITY_SUBSCRIPTION', values: [0] });
  });

  it('follows one version with the next and leaves out those that are over', () => {
    const content = contentFor('BESS', [
      { validFromMs: at('2026-08-01T00:00Z'), validToMs: null, gridConnectionMaxPowerW: 10e6 },
      { validFromMs: at('2026-07-01T00:00Z'), validToMs: at('2026-08-01T00:00Z'), gridConnectionMaxPowerW: 20e6 },
      { validFromMs: at('2026-01-01T00:00Z'), validToMs: at('2026-07-01T00:00Z'), gridConnectionMaxPowerW: 30e6 },
    ]);
    expect(content.intervals?.map((i) => [i.intervalPeriod, i.payloads[0]?.values])).toEqual([
      [{ start: '2026-07-01T00:00:00Z', duration: 'PT744H' }, [20000]],
      [{ start: '2026-08-01T00:00:00Z', duration: 'P9999Y' }, [10000]],
    ]);
  });

  it('asks for reports without end, even when no capacity is known', () => {
    const content = contentFor('BESS', []);
    expect(content.intervals).toEqual([]);
    expect(content.intervalPeriod).toEqual({ start: '2026-06-01T00:00:00Z', duration: 'P9999Y' });
    expect(content.reportDescriptors?.map((d) => d.payloadType)).toEqual([
      'STORAGE_CHARGE_LEVEL',
      'STORAGE_USABLE_CAPACITY',
      'DEMAND',
      'USAGE',
      'OPERATING_STATE',
      'SETPOINT',
    ]);
    expect(content.reportDescriptors?.every((d) => d.repeat === -1)).toBe(true);
    expect(content.reportDescriptors?.find((d) => d.payloadType === 'DEMAND')?.readingType).toBe('MEAN');
  });
});
