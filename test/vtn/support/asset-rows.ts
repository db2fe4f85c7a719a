import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { deliveryDayBounds } from '@openadr-gateway/shared/time/delivery-day.ts';
import { slotsBetween } from '@openadr-gateway/shared/time/slot.ts';
import { insertAsset } from '@openadr-gateway/vtn/store/assets.ts';
import type { AssetRow } from '@openadr-gateway/vtn/store/assets.ts';
import { upsertPeriodLimits } from '@openadr-gateway/vtn/store/period-limits.ts';
import type { PeriodLimitRow } from '@openadr-gateway/vtn/store/period-limits.ts';
import type { Store } from '@openadr-gateway/vtn/store/store.ts';

/** Writes an asset and limits of it past the API, so that they have no events yet. */
export async function seedAsset(
  store: Store,
  id: string,
  region: Region,
  limits: readonly PeriodLimitRow[],
): Promise<void> {
  await store.write(async ({ db }) => {
    await insertAsset(db, assetRow(id, region));
    await upsertPeriodLimits(db, limits);
  });
}

/** A limit on every slot of a delivery day; the one of its hours when told so, of the whole day otherwise. */
export function limitRows(asset_id: string, region: Region, delivery_day: string, hourly = false): PeriodLimitRow[] {
  const { startMs, endMs } = deliveryDayBounds(delivery_day, region);
  return slotsBetween(startMs, endMs).map((start_ms, n) => ({
    asset_id,
    start_ms,
    source: 'OPERATIONS',
    delivery_day,
    power_charge_w: -4_000_000,
    power_discharge_w: 1_000_000 + (hourly ? Math.floor(n / 4) : 0),
    energy_low_wh: null,
    energy_high_wh: null,
    trading_locked: null,
    created_ms: startMs,
    updated_ms: startMs,
  }));
}

function assetRow(id: string, region: Region): AssetRow {
  return {
    id,
    code: 'SEED',
    name: id,
    type: 'BESS',
    region,
    delivery_area: region === 'DE' ? '50HZ' : 'PSE',
    lifecycle: 'LIVE',
    provider: 'ASSET_SIMULATOR',
    go_live_date: null,
    created_ms: 0,
    updated_ms: 0,
  };
}
