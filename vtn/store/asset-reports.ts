import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import { SILENT_PERIODS } from '../domain/asset-status.ts';
import { chunked } from './chunks.ts';
import type { Database } from './schema.ts';
import { kept } from './kept.ts';
import type { Db } from './store.ts';

/** When an asset was last heard of, and when silence begins. */
export type AssetReportRow = Selectable<Database['asset_reports']>;

const upsert = kept((db, rows: readonly AssetReportRow[]) =>
  db
    .insertInto('asset_reports')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('asset_id').doUpdateSet((eb) => ({
        last_ms: eb.ref('excluded.last_ms'),
        period_ms: eb.ref('excluded.period_ms'),
        silent_from_ms: eb.ref('excluded.silent_from_ms'),
      })),
    ),
);

/** Notes that these assets have reported. One asset must not come twice. */
export async function heardOf(
  db: Db,
  assets: readonly { assetId: string; periodMs: number }[],
  nowMs: number,
): Promise<void> {
  const rows = assets.map(({ assetId, periodMs }) => ({
    asset_id: assetId,
    last_ms: nowMs,
    period_ms: periodMs,
    silent_from_ms: nowMs + SILENT_PERIODS * periodMs,
  }));
  for (const some of chunked(rows)) await upsert(db, some);
}

/** Assets whose silence has begun and was not yet said, at most `limit`, the longest silent first. */
export async function fallenSilent(db: Db, nowMs: number, limit: number): Promise<AssetReportRow[]> {
  return db
    .selectFrom('asset_reports')
    .selectAll()
    .where('silent_from_ms', '<=', nowMs)
    .orderBy('silent_from_ms')
    .orderBy('asset_id')
    .limit(limit)
    .execute();
}

/** Their silence has been said; it is not said again before they report. */
export async function silenceSaid(db: Db, assetIds: readonly string[]): Promise<void> {
  for (const some of chunked(assetIds)) {
    await db.updateTable('asset_reports').set({ silent_from_ms: null }).where('asset_id', 'in', some).execute();
  }
}

/** Nobody could report while the gateway was down: silence that would have begun by now is counted anew from now on. */
export async function excuseSilence(db: Db, nowMs: number): Promise<void> {
  await db
    .updateTable('asset_reports')
    .set({ silent_from_ms: sql<number>`${nowMs} + ${SILENT_PERIODS} * ${sql.ref('period_ms')}` })
    .where('silent_from_ms', '<=', nowMs)
    .execute();
}
