import type { Selectable } from 'kysely';
import type { Page } from './assets.ts';
import { chunked } from './chunks.ts';
import { kept } from './kept.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** The longest period of a row, so that whatever holds at an instant is found near it. */
const MAX_FORECAST_MS = 86_400_000;

/** What an asset is expected to produce and use from start to end. */
export type ForecastRow = Selectable<Database['forecasts']>;

const upsert = kept((db, rows: readonly ForecastRow[]) =>
  db
    .insertInto('forecasts')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['asset_id', 'start_ms']).doUpdateSet((eb) => ({
        end_ms: eb.ref('excluded.end_ms'),
        delivery_day: eb.ref('excluded.delivery_day'),
        generation_w: eb.ref('excluded.generation_w'),
        consumption_w: eb.ref('excluded.consumption_w'),
        import_from_grid_fee: eb.ref('excluded.import_from_grid_fee'),
        updated_ms: eb.ref('excluded.updated_ms'),
      })),
    ),
);

/** Adds rows; where the key exists every value is overwritten and created_ms stays. One key must not come twice. */
export async function putForecasts(db: Db, rows: readonly ForecastRow[]): Promise<void> {
  for (const some of chunked(rows)) await upsert(db, some);
}

/** A page of the rows that start in `[startMs, endMs)`, by (asset_id, start_ms). */
export async function listForecasts(
  db: Db,
  filter: { assetIds: readonly string[]; startMs: number; endMs: number },
  page: Page,
): Promise<ForecastRow[]> {
  return db
    .selectFrom('forecasts')
    .selectAll()
    .where('asset_id', 'in', [...filter.assetIds])
    .where('start_ms', '>=', filter.startMs)
    .where('start_ms', '<', filter.endMs)
    .orderBy('asset_id')
    .orderBy('start_ms')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

/** The rows of some assets that hold at some time in the period, by asset, then start. */
export async function forecastsWithin(
  db: Db,
  assetIds: readonly string[],
  { startMs, endMs }: { startMs: number; endMs: number },
): Promise<ForecastRow[]> {
  const rows: ForecastRow[] = [];
  for (const some of chunked(assetIds)) {
    const found = await db
      .selectFrom('forecasts')
      .selectAll()
      .where('asset_id', 'in', some)
      .where('start_ms', '>', startMs - MAX_FORECAST_MS)
      .where('start_ms', '<', endMs)
      .where('end_ms', '>', startMs)
      .orderBy('asset_id')
      .orderBy('start_ms')
      .execute();
    rows.push(...found);
  }
  return rows;
}
