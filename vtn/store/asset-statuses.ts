import type { Insertable, Selectable } from 'kysely';
import { chunked } from './chunks.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

export type AssetStatusRow = Selectable<Database['asset_statuses']>;
export type NewStatusRow = Insertable<Database['asset_statuses']>;

/** The latest entry of each of some assets; assets without one are left out. */
export async function latestStatuses(db: Db, assetIds: readonly string[]): Promise<AssetStatusRow[]> {
  const rows: AssetStatusRow[] = [];
  for (const some of chunked([...new Set(assetIds)])) {
    rows.push(
      ...(await db
        .selectFrom('asset_statuses')
        .selectAll()
        .where('asset_id', 'in', some)
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('asset_statuses as later')
                .select('later.seq')
                .whereRef('later.asset_id', '=', 'asset_statuses.asset_id')
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
        )
        .execute()),
    );
  }
  return rows;
}

/** Appends to the history; nothing in it is ever changed. */
export async function appendStatuses(db: Db, rows: readonly NewStatusRow[]): Promise<void> {
  for (const some of chunked(rows)) await db.insertInto('asset_statuses').values(some).execute();
}
