import { deliveryDayOf, addDays } from '@openadr-gateway/shared/time/delivery-day.ts';
import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { SLOT_MS, floorToSlot } from '@openadr-gateway/shared/time/slot.ts';
import { kwhToWh, kwToW, parseQuantity } from '@openadr-gateway/shared/units.ts';
import { deliveryPeriodEndMs } from '../domain/dispatches.ts';
import type { LimitValues } from '../domain/limits.ts';
import type { Window } from '../domain/windows.ts';
import { toPosition } from '../publish/kinds.ts';
import { assetById } from '../store/assets.ts';
import { connectionLimitsWithin } from '../store/connection-limits.ts';
import type { DeviceRow } from '../store/devices.ts';
import { dispatchesWithin } from '../store/dispatches.ts';
import { forecastsWithin } from '../store/forecasts.ts';
import type { ForecastRow } from '../store/forecasts.ts';
import { inverterLinks, invertersOfSites } from '../store/inverters.ts';
import type { LocationRow } from '../store/locations.ts';
import { periodLimitsOf } from '../store/period-limits.ts';
import { reservationsWithin } from '../store/reservations.ts';
import { schedulesOfSite } from '../store/schedules.ts';
import type { Db } from '../store/store.ts';
import { priceSlots } from '../store/tariffs.ts';
import type { PriceSlot } from '../store/tariffs.ts';
import { reservationSpans } from '../translation/translate.ts';
import type { FixedPower, Surroundings } from './slots.ts';

type Timed<T> = T & Window;

const NOTHING: LimitValues = {
  powerChargeW: null,
  powerDischargeW: null,
  energyLowWh: null,
  energyHighWh: null,
  tradingLocked: null,
};

/**
 * What a location's energy costs in the period, ascending: the tariff, and where that has no fee for the grid, the one that is
 * expected for the linked asset. Empty without a tariff.
 */
export async function pricesAt(
  db: Db,
  device: DeviceRow,
  location: LocationRow,
  { startMs, endMs }: Window,
): Promise<PriceSlot[]> {
  if (location.tariff_id === null) return [];
  const slots = await priceSlots(db, location.tariff_id, { startMs: floorToSlot(startMs), endMs });
  const expected = device.asset_id === null ? [] : await forecastsWithin(db, [device.asset_id], { startMs, endMs });
  const feeAt = (ms: number): number | null => {
    const fee = expected.find((row) => row.start_ms <= ms && ms < row.end_ms)?.import_from_grid_fee;
    return fee == null ? null : parseQuantity({ amount: fee, unit: 'EUR/MWh' }, 'price');
  };
  return slots.map((slot) => ({ ...slot, gridFeeMilli: slot.gridFeeMilli ?? feeAt(slot.startMs) }));
}

/** What holds at a device and at its point of connection in the period. */
export async function surroundingsOf(
  db: Db,
  device: DeviceRow,
  location: LocationRow,
  period: Window,
  { nowMs, capacityProducts }: { nowMs: number; capacityProducts?: readonly string[] },
): Promise<Omit<Surroundings, 'prices'>> {
  const assetId = device.asset_id;
  const links = assetId === null ? [] : await inverterLinks(db, [assetId]);
  const siteId = location.site_id ?? links[0]?.site_id;
  const limits = siteId === undefined ? [] : await connectionLimitsWithin(db, 'site_limits', [siteId], period);
  const settled =
    assetId === null ? { fixed: [], limits: [] } : await reserved(db, device, assetId, period, capacityProducts);
  return {
    limits: [
      ...(assetId === null ? [] : await periodLimits(db, assetId, period)),
      ...(await inverterLimits(
        db,
        links.map((link) => link.inverter_id),
        period,
      )),
      ...settled.limits,
    ],
    siteLimits: limits.map((row) => ({
      startMs: row.start_ms,
      endMs: row.end_ms,
      maxImportW: row.max_import_w,
      maxExportW: row.max_export_w,
    })),
    otherFlows: siteId === undefined || limits.length === 0 ? [] : await otherFlows(db, device, siteId, period, nowMs),
    fixed: [...(assetId === null ? [] : await dispatched(db, assetId, period)), ...settled.fixed],
  };
}

async function periodLimits(db: Db, assetId: string, { startMs, endMs }: Window): Promise<Timed<LimitValues>[]> {
  const region = (await assetById(db, assetId))?.region as Region;
  const days: string[] = [];
  for (let day = deliveryDayOf(startMs, region); day <= deliveryDayOf(endMs - 1, region); day = addDays(day, 1))
    days.push(day);
  return (await periodLimitsOf(db, [assetId], days)).map((row) => ({
    startMs: row.start_ms,
    endMs: row.start_ms + SLOT_MS,
    powerChargeW: row.power_charge_w,
    powerDischargeW: row.power_discharge_w,
    energyLowWh: row.energy_low_wh,
    energyHighWh: row.energy_high_wh,
    tradingLocked: null,
  }));
}

async function inverterLimits(db: Db, ids: readonly string[], period: Window): Promise<Timed<LimitValues>[]> {
  if (ids.length === 0) return [];
  return (await connectionLimitsWithin(db, 'inverter_limits', ids, period)).map((row) => ({
    ...NOTHING,
    startMs: row.start_ms,
    endMs: row.end_ms,
    powerChargeW: row.max_import_w === null ? null : 0 - row.max_import_w,
    powerDischargeW: row.max_export_w,
  }));
}

/** What is sold and bought settles the power; what is held ready for it narrows the bands. */
async function reserved(
  db: Db,
  device: DeviceRow,
  assetId: string,
  period: Window,
  products: readonly string[] | undefined,
): Promise<{ fixed: FixedPower[]; limits: Timed<LimitValues>[] }> {
  const rows = await reservationsWithin(db, [assetId], period);
  const spans = reservationSpans(
    rows.map((row) => toPosition(row, products)),
    { startMs: floorToSlot(period.startMs), endMs: period.endMs },
  );
  const fixed: FixedPower[] = [];
  const limits: Timed<LimitValues>[] = [];
  for (const { startMs, endMs, payloads } of spans) {
    const said = (type: string) => payloads.find((payload) => payload.type === type)?.values[0] as number | undefined;
    const [power, low, high] = [said('DISPATCH_SETPOINT'), said('STORAGE_BUFFER_LOW'), said('STORAGE_BUFFER_HIGH')];
    const readyW = kwToW(said('CAPACITY_PRODUCT') ?? 0);
    if (power !== undefined) fixed.push({ startMs, endMs, powerW: kwToW(power), by: 'reservations' });
    limits.push({
      ...NOTHING,
      startMs,
      endMs,
      energyLowWh: low === undefined ? null : kwhToWh(low),
      energyHighWh: high === undefined ? null : Math.max(0, device.capacity_wh - kwhToWh(high)),
      powerChargeW: readyW === 0 ? null : Math.min(0, readyW - device.max_charge_w),
      powerDischargeW: readyW === 0 ? null : Math.max(0, device.max_discharge_w - readyW),
    });
  }
  return { fixed, limits };
}

async function dispatched(db: Db, assetId: string, period: Window): Promise<FixedPower[]> {
  return (await dispatchesWithin(db, assetId, period)).map((row) => ({
    startMs: row.dispatch_ms,
    endMs: deliveryPeriodEndMs(row.period_start_ms),
    powerW: 0 - row.target_power_w,
    by: 'dispatches' as const,
  }));
}

/** The other devices' schedules, and what is expected of the site's assets that have none. */
async function otherFlows(
  db: Db,
  device: DeviceRow,
  siteId: string,
  period: Window,
  nowMs: number,
): Promise<Timed<{ powerW: number }>[]> {
  const schedules = await schedulesOfSite(db, siteId, { exceptDeviceId: device.id, nowMs });
  const planned = new Set([device.asset_id, ...schedules.map((schedule) => schedule.asset_id)]);
  const assetIds = (await invertersOfSites(db, [siteId])).flatMap((inverter) => inverter.asset_ids);
  const others = [...new Set(assetIds)].filter((id) => !planned.has(id));
  const expected = others.length === 0 ? [] : await forecastsWithin(db, others, period);
  return [
    ...schedules.flatMap((schedule) => schedule.entries),
    ...expected.map((row) => ({ startMs: row.start_ms, endMs: row.end_ms, powerW: consumption(row) })),
  ];
}

const consumption = (row: ForecastRow) => (row.consumption_w ?? 0) - (row.generation_w ?? 0);
