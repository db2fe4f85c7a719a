import type { Selectable } from 'kysely';
import type { Lifecycle } from '../domain/lifecycle.ts';
import { chunked } from './chunks.ts';
import { kept } from './kept.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

export type AssetRow = Selectable<Database['assets']>;

export interface AssetFilter {
  type?: string;
  region?: string;
  lifecycle?: string;
  delivery_area?: string;
  provider?: string;
}

export interface Page {
  limit: number;
  offset: number;
}

export async function insertAsset(db: Db, row: AssetRow): Promise<void> {
  await db.insertInto('assets').values(row).execute();
}

export async function assetById(db: Db, id: string): Promise<AssetRow | undefined> {
  return db.selectFrom('assets').selectAll().where('id', '=', id).executeTakeFirst();
}

const byIds = kept((db, ids: readonly string[]) => db.selectFrom('assets').selectAll().where('id', 'in', ids));

/** The assets with these ids, in no order; ids that are not known are left out. */
export async function assetsByIds(db: Db, ids: readonly string[]): Promise<AssetRow[]> {
  const found: AssetRow[] = [];
  for (const some of chunked([...new Set(ids)])) {
    found.push(...(await byIds(db, some)).rows);
  }
  return found;
}

/** Those of the ids that no asset has, in the order given, each once. */
export async function unknownAssets(db: Db, ids: readonly string[]): Promise<string[]> {
  const known = new Set((await assetsByIds(db, ids)).map((asset) => asset.id));
  return [...new Set(ids)].filter((id) => !known.has(id));
}

/** By creation, then id. */
export async function listAssets(db: Db, filter: AssetFilter, page: Page): Promise<AssetRow[]> {
  let query = db.selectFrom('assets').selectAll();
  for (const column of ['type', 'region', 'lifecycle', 'delivery_area', 'provider'] as const) {
    const value = filter[column];
    if (value !== undefined) query = query.where(column, '=', value);
  }
  return query.orderBy('created_ms').orderBy('id').limit(page.limit).offset(page.offset).execute();
}

export type AssetPatch = Partial<Pick<AssetRow, 'name' | 'type' | 'provider' | 'go_live_date'>>;

export async function updateAsset(
  db: Db,
  id: string,
  patch: AssetPatch & { lifecycle?: Lifecycle },
  nowMs: number,
): Promise<void> {
  await db
    .updateTable('assets')
    .set({ ...patch, updated_ms: nowMs })
    .where('id', '=', id)
    .execute();
}

/** Deletes the asset with its limits, specs, snapshots and statuses. An inverter that serves it forbids that. */
export async function deleteAsset(db: Db, id: string): Promise<void> {
  await db.deleteFrom('assets').where('id', '=', id).execute();
}

/** Ids of all assets with limits on one of these delivery days, in order. One look at an index per asset, not one per row. */
export async function assetsWithLimits(db: Db, days: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('assets')
    .select('id')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('period_limits')
          .select('start_ms')
          .where('delivery_day', 'in', [...days])
          .whereRef('asset_id', '=', 'assets.id'),
      ),
    )
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/** Ids of all assets with a subscription event: those that have specs, and those of enrolled sites; in order. */
export async function assetsWithSubscription(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('specs')
    .select('asset_id')
    .union(
      db
        .selectFrom('inverter_assets')
        .innerJoin('inverters', 'inverters.id', 'inverter_assets.inverter_id')
        .innerJoin('gateways', 'gateways.site_id', 'inverters.site_id')
        .select('inverter_assets.asset_id'),
    )
    .orderBy('asset_id')
    .execute();
  return rows.map((row) => row.asset_id);
}
