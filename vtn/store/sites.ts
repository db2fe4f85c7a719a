import type { Selectable } from 'kysely';
import type { Page } from './assets.ts';
import { chunked } from './chunks.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

export type SiteRow = Selectable<Database['sites']>;

export interface SiteFilter {
  region?: string;
  delivery_area?: string;
  /** Sites with an inverter that serves this asset. */
  asset_id?: string;
}

export async function insertSite(db: Db, row: SiteRow): Promise<void> {
  await db.insertInto('sites').values(row).execute();
}

export async function siteById(db: Db, id: string): Promise<SiteRow | undefined> {
  return db.selectFrom('sites').selectAll().where('id', '=', id).executeTakeFirst();
}

/** By creation, then id. */
export async function listSites(db: Db, filter: SiteFilter, page: Page): Promise<SiteRow[]> {
  let query = db.selectFrom('sites').selectAll();
  if (filter.region !== undefined) query = query.where('region', '=', filter.region);
  if (filter.delivery_area !== undefined) query = query.where('delivery_area', '=', filter.delivery_area);
  if (filter.asset_id !== undefined) {
    const assetId = filter.asset_id;
    query = query.where('id', 'in', (eb) =>
      eb
        .selectFrom('inverters')
        .innerJoin('inverter_assets', 'inverter_assets.inverter_id', 'inverters.id')
        .select('inverters.site_id')
        .where('inverter_assets.asset_id', '=', assetId),
    );
  }
  return query.orderBy('created_ms').orderBy('id').limit(page.limit).offset(page.offset).execute();
}

export async function updateSite(
  db: Db,
  id: string,
  patch: Partial<Pick<SiteRow, 'name' | 'dispatch_mode'>>,
  nowMs: number,
): Promise<void> {
  await db
    .updateTable('sites')
    .set({ ...patch, updated_ms: nowMs })
    .where('id', '=', id)
    .execute();
}

/** Deletes the site with its inverters and its gateway's row. */
export async function deleteSite(db: Db, id: string): Promise<void> {
  await db.deleteFrom('sites').where('id', '=', id).execute();
}

/** Those of the site ids that exist, with their markets. */
export async function siteRegions(db: Db, ids: readonly string[]): Promise<{ id: string; region: string }[]> {
  const found: { id: string; region: string }[] = [];
  for (const some of chunked(ids)) {
    found.push(...(await db.selectFrom('sites').select(['id', 'region']).where('id', 'in', some).execute()));
  }
  return found;
}

/** Those of the inverter ids that exist, with the markets of their sites. */
export async function inverterRegions(db: Db, ids: readonly string[]): Promise<{ id: string; region: string }[]> {
  const found: { id: string; region: string }[] = [];
  for (const some of chunked(ids)) {
    const rows = await db
      .selectFrom('inverters')
      .innerJoin('sites', 'sites.id', 'inverters.site_id')
      .select(['inverters.id', 'sites.region'])
      .where('inverters.id', 'in', some)
      .execute();
    found.push(...rows);
  }
  return found;
}
