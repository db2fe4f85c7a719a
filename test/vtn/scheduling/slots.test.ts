import { describe, expect, it } from 'vitest';
import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';
import { toSchedule } from '../../../vtn/scheduling/schedule.ts';
import { scheduleEnd, toSlots } from '../../../vtn/scheduling/slots.ts';
import type { Surroundings } from '../../../vtn/scheduling/slots.ts';
import type { PriceSlot } from '../../../vtn/store/tariffs.ts';
import { device, slots } from './support.ts';

const price = (slot: number, importMilli: number | null, more: Partial<PriceSlot> = {}): PriceSlot => ({
  startMs: slot * SLOT_MS,
  endMs: (slot + 1) * SLOT_MS,
  importMilli,
  exportMilli: null,
  gridFeeMilli: null,
  isForecast: false,
  ...more,
});
const around = (more: Partial<Surroundings> = {}): Surroundings => ({
  prices: [price(0, 100_000, { endMs: 8 * SLOT_MS })],
  limits: [],
  siteLimits: [],
  otherFlows: [],
  fixed: [],
  ...more,
});
const said = { powerChargeW: null, powerDischargeW: null, energyLowWh: null, energyHighWh: null, tradingLocked: null };

describe('a schedule’s end', () => {
  it('is what was asked for, or earlier where the prices end, a week at most; without prices there is none', () => {
    const prices = [price(0, 1), price(1, 1, { endMs: 8 * SLOT_MS })];
    expect(scheduleEnd(SLOT_MS, prices, 3 * SLOT_MS)).toBe(4 * SLOT_MS);
    expect(scheduleEnd(SLOT_MS, prices, 24 * SLOT_MS)).toBe(8 * SLOT_MS);
    expect(scheduleEnd(SLOT_MS, prices)).toBe(8 * SLOT_MS);
    expect(scheduleEnd(8 * SLOT_MS, prices)).toBeUndefined();
    expect(scheduleEnd(0, [price(0, null)])).toBeUndefined();
    expect(scheduleEnd(0, [price(0, 1, { endMs: 9e12 })])).toBe(7 * 86_400_000);
  });
});

describe('the slots of a schedule', () => {
  it('are cut at the grid, at its ends and at the deadline', () => {
    const period = { startMs: 0.5 * SLOT_MS, endMs: 3.25 * SLOT_MS };
    const cut = toSlots(around(), period, 1.75 * SLOT_MS);
    expect(cut.map((s) => [s.startMs / SLOT_MS, s.endMs / SLOT_MS])).toEqual([
      [0.5, 1],
      [1, 1.75],
      [1.75, 2],
      [2, 3],
      [3, 3.25],
    ]);
  });

  it('have the price with the grid fee; a missing one is the one before it, or else the one after it, and is marked', () => {
    const prices = [
      price(1, 100_000, { gridFeeMilli: 20_000, exportMilli: 60_000 }),
      price(2, null, { exportMilli: 1 }),
      price(3, 50_000, { isForecast: true }),
    ];
    const period = { startMs: 0, endMs: 4 * SLOT_MS };
    const cut = toSlots(around({ prices }), period, undefined);
    expect(cut.map((s) => [s.importMilliPerMwh, s.exportMilliPerMwh, s.price])).toEqual([
      [120_000, 60_000, 'missing'],
      [120_000, 60_000, 'known'],
      [120_000, 60_000, 'missing'],
      [50_000, 0, 'forecast'],
    ]);
  });

  it('have the computed limits of all sources', () => {
    const at = { startMs: 0, endMs: SLOT_MS };
    const limits = [
      { ...said, ...at, powerChargeW: -3_000, powerDischargeW: 5_000 },
      { ...said, ...at, powerChargeW: -2_000, energyLowWh: 100 },
    ];
    const [first, second] = toSlots(around({ limits }), { startMs: 0, endMs: 2 * SLOT_MS }, undefined);
    expect(first).toMatchObject({ maxChargeW: 2_000, maxDischargeW: 5_000, energyLowWh: 100 });
    expect(second).not.toHaveProperty('maxChargeW');
  });

  it('have what others leave of the point of connection: never less than nothing', () => {
    const period = { startMs: 0, endMs: 3 * SLOT_MS };
    const siteLimits = [{ ...period, maxImportW: 10_000, maxExportW: null }];
    const otherFlows = [
      { startMs: 0, endMs: SLOT_MS, powerW: 4_000 },
      { startMs: 0, endMs: 2 * SLOT_MS, powerW: 11_000 },
      { startMs: 2 * SLOT_MS, endMs: 3 * SLOT_MS, powerW: -2_000 },
    ];
    const cut = toSlots(around({ siteLimits, otherFlows }), period, undefined);
    expect(cut.map((s) => [s.importHeadroomW, s.exportHeadroomW])).toEqual([
      [0, undefined],
      [0, undefined],
      [12_000, undefined],
    ]);
  });

  it('take the first settled power that covers them', () => {
    const fixed = [
      { startMs: 0, endMs: SLOT_MS, powerW: 1_000, by: 'dispatches' as const },
      { startMs: 0, endMs: 2 * SLOT_MS, powerW: 2_000, by: 'reservations' as const },
    ];
    const cut = toSlots(around({ fixed }), { startMs: 0, endMs: 3 * SLOT_MS }, undefined);
    expect(cut.map((s) => s.fixed?.powerW)).toEqual([1_000, 2_000, undefined]);
  });
});

describe('a schedule', () => {
  it('costs what is drawn at the import price less what is fed in at the export price, to the millionth', () => {
    const problem = { device: device(), slots: slots([100, 200, 50], 0.5) };
    const schedule = toSchedule(problem, [4_000, -2_000, 1]);
    // 1 kWh · 0.1 − 0.5 kWh · 0.1 + 0.25 Wh · 0.00005 per Wh = 0.0500125
    expect(schedule.costMicros).toBe(50_012);
    expect(schedule.netEnergyWh).toBe(500);
  });

  it('is the less certain the more of its prices are forecast or missing', () => {
    const [known, forecast, missing] = (['known', 'forecast', 'missing'] as const).map(
      (kind) => slots([100], 0, { price: kind })[0],
    );
    const confidence = (...steps: (typeof known)[]) =>
      toSchedule({ device: device(), slots: steps.flatMap((s) => (s ? [s] : [])) }, []).confidence;
    expect(confidence(known, known)).toBe(1);
    expect(confidence(known, forecast)).toBe(0.75);
    expect(confidence(known, known, missing)).toBe(0.667);
    expect(confidence(missing)).toBe(0);
  });
});
