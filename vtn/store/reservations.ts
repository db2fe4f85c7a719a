import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Page } from './assets.ts';
import { chunked } from './chunks.ts';
import { kept } from './kept.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** The net position of one asset on one market by one source, from start to end. */
export type ReservationRow = Selectable<Database['reservations']>;

/** The longest period of a row, so that whatever holds at an instant is found near it. */
export const MAX_RESERVATION_MS = 86_400_000;

const upsert = kept((db, rows: readonly ReservationRow[]) =>
  db
    .insertInto('reservations')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['asset_id', 'start_ms', 'market', 'source']).doUpdateSet((eb) => ({
        end_ms: eb.ref('excluded.end_ms'),
        delivery_day: eb.ref('excluded.delivery_day'),
        power_w: eb.ref('excluded.power_w'),
        energy_change_wh: eb.ref('excluded.energy_change_wh'),
        energy_buffer_low_wh: eb.ref('excluded.energy_buffer_low_wh'),
        energy_buffer_high_wh: eb.ref('excluded.energy_buffer_high_wh'),
        updated_ms: eb.ref('excluded.updated_ms'),
      })),
    ),
);

/** Adds rows; where the key exists every value is overwritten and created_ms stays. One key must not come twice. */
export async function putReservations(db: Db, rows: readonly ReservationRow[]): Promise<void> {
  for (const some of chunked(rows)) await upsert(db, some);
}

const within = kept((db, assetIds: readonly string[], earliestMs: number, startMs: number, endMs: number) =>
  db
    .selectFrom('reservations')
    .selectAll()
    .where('asset_id', 'in', assetIds)
    .where('start_ms', '>', earliestMs)
    .where('start_ms', '<', endMs)
    .where('end_ms', '>', startMs)
    .orderBy('asset_id')
    .orderBy('start_ms'),
);

/** The rows of some assets that hold at some time in `[startMs, endMs)`. */
export async function reservationsWithin(
  db: Db,
  assetIds: readonly string[],
  { startMs, endMs }: { startMs: number; endMs: number },
): Promise<ReservationRow[]> {
  const rows: ReservationRow[] = [];
  for (const some of chunked(assetIds)) {
    rows.push(...(await within(db, some, startMs - MAX_RESERVATION_MS, startMs, endMs)).rows);
  }
  return rows;
}

/** Ids of all assets with rows that hold at some time in `[startMs, endMs)`, in order. */
export async function assetsWithReservations(
  db: Db,
  { startMs, endMs }: { startMs: number; endMs: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('assets')
    .select('id')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('reservations')
          .select('start_ms')
          .whereRef('asset_id', '=', 'assets.id')
          .where('start_ms', '>', startMs - MAX_RESERVATION_MS)
          .where('start_ms', '<', endMs)
          .where('end_ms', '>', startMs),
      ),
    )
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/** The latest end of the rows of some assets that start in `[fromMs, toMs]`; undefined where there are none. */
export async function latestReservationEnd(
  db: Db,
  assetIds: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<number | undefined> {
  let latest: number | undefined;
  for (const some of chunked(assetIds)) {
    const found = await db
      .selectFrom('reservations')
      .select(sql<number | null>`max(end_ms)`.as('end_ms'))
      .where('asset_id', 'in', some)
      .where('start_ms', '>=', fromMs)
      .where('start_ms', '<=', toMs)
      .executeTakeFirst();
    const endMs = found?.end_ms ?? undefined;
    if (endMs !== undefined) latest = Math.max(latest ?? endMs, endMs);
  }
  return latest;
}

export interface ReservationFilter {
  assetIds: readonly string[];
  /** Rows that start in `[startMs, endMs)`. */
  startMs: number;
  endMs: number;
  markets?: readonly string[] | undefined;
  sources?: readonly string[] | undefined;
}

/** A page of rows by (asset_id, start_ms, market, source). */
export async function listReservations(db: Db, filter: ReservationFilter, page: Page): Promise<ReservationRow[]> {
  let query = db
    .selectFrom('reservations')
    .selectAll()
    .where('asset_id', 'in', [...filter.assetIds])
    .where('start_ms', '>=', filter.startMs)
    .where('start_ms', '<', filter.endMs);
  if (filter.markets) query = query.where('market', 'in', [...filter.markets]);
  if (filter.sources) query = query.where('source', 'in', [...filter.sources]);
  return query
    .orderBy('asset_id')
    .orderBy('start_ms')
    .orderBy('market')
    .orderBy('source')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}
