import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Page } from './assets.ts';
import { chunked } from './chunks.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

export type SpecRow = Selectable<Database['specs']>;
/** The key, and whichever columns a request sets. */
export type SpecValues = Omit<SpecRow, 'asset_id' | 'valid_from_ms' | 'created_ms' | 'updated_ms'>;

export interface SpecFilter {
  asset_ids: readonly string[];
  latest: boolean;
  /** Bounds of valid_from, inclusive. */
  from_ms?: number;
  to_ms?: number;
}

/** All versions of some assets, oldest first. */
export async function specsOf(db: Db, assetIds: readonly string[]): Promise<SpecRow[]> {
  const rows: SpecRow[] = [];
  for (const some of chunked([...new Set(assetIds)])) {
    const query = db.selectFrom('specs').selectAll().where('asset_id', 'in', some);
    rows.push(...(await query.orderBy('asset_id').orderBy('valid_from_ms').execute()));
  }
  return rows;
}

export async function insertSpec(db: Db, row: SpecRow): Promise<void> {
  await db.insertInto('specs').values(row).execute();
}

export async function updateSpec(
  db: Db,
  key: { assetId: string; validFromMs: number },
  values: Partial<SpecValues>,
  nowMs: number,
): Promise<void> {
  await db
    .updateTable('specs')
    .set({ ...values, updated_ms: nowMs })
    .where('asset_id', '=', key.assetId)
    .where('valid_from_ms', '=', key.validFromMs)
    .execute();
}

/** By asset, newest version first. `latest`: the newest version of each asset within the bounds. */
export async function listSpecs(db: Db, filter: SpecFilter, page: Page): Promise<SpecRow[]> {
  let query = db
    .selectFrom('specs')
    .selectAll()
    .where('asset_id', 'in', [...filter.asset_ids]);
  const { from_ms: fromMs, to_ms: toMs } = filter;
  if (fromMs !== undefined) query = query.where('valid_from_ms', '>=', fromMs);
  if (toMs !== undefined) query = query.where('valid_from_ms', '<=', toMs);
  if (filter.latest) {
    query = query.where('valid_from_ms', '=', (eb) => {
      let newest = eb
        .selectFrom('specs as newer')
        .select(sql<number>`max(newer.valid_from_ms)`.as('newest'))
        .whereRef('newer.asset_id', '=', 'specs.asset_id');
      if (fromMs !== undefined) newest = newest.where('newer.valid_from_ms', '>=', fromMs);
      if (toMs !== undefined) newest = newest.where('newer.valid_from_ms', '<=', toMs);
      return newest;
    });
  }
  return query.orderBy('asset_id').orderBy('valid_from_ms', 'desc').limit(page.limit).offset(page.offset).execute();
}
