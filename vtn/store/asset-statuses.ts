import type { Insertable, Selectable } from 'kysely';
import type { AssetStatus, StatusEntry, StatusReason } from '../domain/asset-status.ts';
import type { Page } from './assets.ts';
import { chunked } from './chunks.ts';
import { kept } from './kept.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

export type AssetStatusRow = Selectable<Database['asset_statuses']>;
export type NewStatusRow = Insertable<Database['asset_statuses']>;

/** Entries with `effective_ms` in `[fromMs, toMs)`. */
export interface StatusRange {
  fromMs?: number | undefined;
  toMs?: number | undefined;
}

const latest = kept((db, assetIds: readonly string[], { fromMs, toMs }: StatusRange) =>
  db
    .selectFrom('asset_statuses')
    .selectAll()
    .where('asset_id', 'in', assetIds)
    .$if(fromMs !== undefined, (query) => query.where('effective_ms', '>=', fromMs ?? 0))
    .$if(toMs !== undefined, (query) => query.where('effective_ms', '<', toMs ?? 0))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('asset_statuses as later')
            .select('later.seq')
            .whereRef('later.asset_id', '=', 'asset_statuses.asset_id')
            .$if(toMs !== undefined, (query) => query.where('later.effective_ms', '<', toMs ?? 0))
            .where((on) =>
              on.or([
                on('later.effective_ms', '>', on.ref('asset_statuses.effective_ms')),
                on.and([
                  on('later.effective_ms', '=', on.ref('asset_statuses.effective_ms')),
                  on('later.seq', '>', on.ref('asset_statuses.seq')),
                ]),
              ]),
            ),
        ),
      ),
    ),
);

/** The latest entry (within a range) of each of some assets; assets without one are left out. */
export async function latestStatuses(
  db: Db,
  assetIds: readonly string[],
  { fromMs, toMs }: StatusRange = {},
): Promise<AssetStatusRow[]> {
  const range = { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) };
  const rows: AssetStatusRow[] = [];
  for (const some of chunked([...new Set(assetIds)])) rows.push(...(await latest(db, some, range)).rows);
  return rows;
}

/** Appends to the history; nothing in it is ever changed. */
export async function appendStatuses(db: Db, rows: readonly NewStatusRow[]): Promise<void> {
  for (const some of chunked(rows)) await db.insertInto('asset_statuses').values(some).execute();
}

/** The latest entry of each asset as the domain reads it. */
export async function latestEntries(db: Db, assetIds: readonly string[]): Promise<Map<string, StatusEntry>> {
  const rows = await latestStatuses(db, assetIds);
  return new Map(
    rows.map((row) => [
      row.asset_id,
      {
        status: row.status as AssetStatus,
        effectiveMs: row.effective_ms,
        reasons: JSON.parse(row.reasons) as StatusReason[],
      },
    ]),
  );
}

/** A row of what is to be appended. */
export function statusRow(assetId: string, entry: StatusEntry, nowMs: number): NewStatusRow {
  return {
    asset_id: assetId,
    status: entry.status,
    effective_ms: entry.effectiveMs,
    reasons: JSON.stringify(entry.reasons),
    created_ms: nowMs,
  };
}

/** A page of the history of some assets, by instant, then asset, then as it was appended. */
export async function listStatuses(
  db: Db,
  filter: StatusRange & { assetIds: readonly string[]; statuses?: readonly string[] | undefined },
  page: Page,
): Promise<AssetStatusRow[]> {
  let query = db
    .selectFrom('asset_statuses')
    .selectAll()
    .where('asset_id', 'in', [...filter.assetIds]);
  if (filter.fromMs !== undefined) query = query.where('effective_ms', '>=', filter.fromMs);
  if (filter.toMs !== undefined) query = query.where('effective_ms', '<', filter.toMs);
  if (filter.statuses) query = query.where('status', 'in', [...filter.statuses]);
  return query
    .orderBy('effective_ms')
    .orderBy('asset_id')
    .orderBy('seq')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}
