import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { addDays, deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import { SqliteStore } from '@openadr-gateway/vtn/store/sqlite.ts';
import { limitRows, seedAsset } from '../vtn/support/asset-rows.ts';

/** The next delivery day. */
export const tomorrow = (): string => addDays(deliveryDayOf(systemClock.nowMs(), 'DE'), 1);

/** Adds assets with limits on every slot of the next delivery day, which change every hour, and no events. @returns their ids */
export async function seedAssets(path: string, count: number): Promise<string[]> {
  const store = new SqliteStore({ path, clock: systemClock });
  await store.start();
  const ids = Array.from({ length: count }, (_, n) => `DE_50HZ_BENCH_${n + 1}`);
  const day = tomorrow();
  for (const id of ids) await seedAsset(store, id, 'DE', limitRows(id, 'DE', day, true));
  await store.stop();
  return ids;
}
