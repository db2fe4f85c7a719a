import { deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { availableBySlot, runsOf, touchedSlots } from '../domain/availability.ts';
import type { Window } from '../domain/windows.ts';
import { assetById } from '../store/assets.ts';
import { clearPeriodLimits, periodLimitsOfSource, upsertPeriodLimits } from '../store/period-limits.ts';
import type { PlantRow } from '../store/plants.ts';
import type { Writer } from '../store/store.ts';
import { unavailabilitiesWithin } from '../store/unavailabilities.ts';
import { daysOf, publishDays } from './days.ts';
import type { PublisherDeps } from './programs.ts';

/** The source of the period limits that customers' records make. */
const SOURCE = 'AVAILABILITY';

/**
 * Makes the AVAILABILITY period limits of a plant's asset, and so its events, what the plant's records say in some windows: ± the
 * available power, the smallest where records overlap, nothing where there are none. Runs inside the transaction that wrote the
 * records; rows that already say so stay as they are, and each event changes once. A plant without asset limits nothing.
 */
export async function publishAvailability(
  tx: Writer,
  plant: Pick<PlantRow, 'id' | 'asset_id'>,
  windows: readonly Window[],
  deps: PublisherDeps,
): Promise<void> {
  const asset = plant.asset_id === null ? undefined : await assetById(tx.db, plant.asset_id);
  if (!asset) return;
  for (const touched of windows.map(touchedSlots)) {
    const records = await unavailabilitiesWithin(tx.db, plant.id, touched);
    const availability = records.map((row) => ({
      startMs: row.start_ms,
      endMs: row.end_ms,
      availablePowerW: row.available_power_w,
    }));
    await writeLimits(tx, asset, availableBySlot(availability, touched), touched, deps.clock.nowMs());
  }
  await publishWindows(tx, asset, windows, deps);
}

/** Takes back all that the records of a plant said about an asset that is not the plant's any more. */
export async function withdrawAvailability(
  tx: Writer,
  assetId: string,
  window: Window,
  deps: PublisherDeps,
): Promise<void> {
  const asset = await assetById(tx.db, assetId);
  if (!asset) return;
  await writeLimits(tx, asset, new Map(), touchedSlots(window), deps.clock.nowMs());
  await publishWindows(tx, asset, [window], deps);
}

interface LimitedAsset {
  id: string;
  region: string;
}

async function publishWindows(
  tx: Writer,
  { id, region }: LimitedAsset,
  windows: readonly Window[],
  deps: PublisherDeps,
): Promise<void> {
  const days = windows
    .map(touchedSlots)
    .flatMap(({ startMs, endMs }) => daysOf(region as Region, startMs, endMs, deps));
  await publishDays(tx, 'limits', [id], days, deps);
}

async function writeLimits(
  tx: Writer,
  asset: LimitedAsset,
  available: ReadonlyMap<number, number>,
  window: Window,
  nowMs: number,
): Promise<void> {
  const region = asset.region as Region;
  const of = { assetId: asset.id, source: SOURCE };
  const rows = await periodLimitsOfSource(tx.db, { ...of, ...window });
  const stored = new Map(rows.map((row) => [row.start_ms, row]));
  const wanted = [...available].map(([startMs, availablePowerW]) => ({
    asset_id: asset.id,
    start_ms: startMs,
    source: SOURCE,
    delivery_day: deliveryDayOf(startMs, region),
    // Not -0, which is no number to store.
    power_charge_w: 0 - availablePowerW,
    power_discharge_w: availablePowerW,
    energy_low_wh: null,
    energy_high_wh: null,
    trading_locked: null,
    created_ms: nowMs,
    updated_ms: nowMs,
  }));
  const changed = wanted.filter((row) => {
    const before = stored.get(row.start_ms);
    return before?.power_charge_w !== row.power_charge_w || before.power_discharge_w !== row.power_discharge_w;
  });
  const gone = rows.map((row) => row.start_ms).filter((startMs) => !available.has(startMs));
  for (const run of runsOf(gone)) await clearPeriodLimits(tx.db, { ...of, ...run }, nowMs);
  await upsertPeriodLimits(tx.db, changed);
}
