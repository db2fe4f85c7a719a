import { sql } from 'kysely';
import type { RawBuilder, Selectable } from 'kysely';
import type { Page } from './assets.ts';
import { chunked } from './chunks.ts';
import { kept } from './kept.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

export type StateSnapshotRow = Selectable<Database['state_snapshots']>;

/** Adds rows; where (asset_id, effective_ms) exists, everything but created_ms is overwritten. One key must not come twice. */
export async function putStateSnapshots(db: Db, rows: readonly StateSnapshotRow[]): Promise<void> {
  for (const some of chunked(rows)) {
    await db
      .insertInto('state_snapshots')
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['asset_id', 'effective_ms']).doUpdateSet((eb) => ({
          stored_energy_wh: eb.ref('excluded.stored_energy_wh'),
          charged_energy_wh: eb.ref('excluded.charged_energy_wh'),
          discharged_energy_wh: eb.ref('excluded.discharged_energy_wh'),
          reading_quality: eb.ref('excluded.reading_quality'),
          updated_ms: eb.ref('excluded.updated_ms'),
        })),
      )
      .execute();
  }
}

const merge = kept((db, rows: readonly StateSnapshotRow[]) =>
  db
    .insertInto('state_snapshots')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['asset_id', 'effective_ms'])
        .doUpdateSet((eb) => ({
          stored_energy_wh: merged('stored_energy_wh'),
          charged_energy_wh: merged('charged_energy_wh'),
          discharged_energy_wh: merged('discharged_energy_wh'),
          reading_quality: eb.ref('excluded.reading_quality'),
          updated_ms: eb.ref('excluded.updated_ms'),
        }))
        .where(
          sql<boolean>`excluded.reading_quality <> state_snapshots.reading_quality
            or ${merged('stored_energy_wh')} is distinct from state_snapshots.stored_energy_wh
            or ${merged('charged_energy_wh')} is distinct from state_snapshots.charged_energy_wh
            or ${merged('discharged_energy_wh')} is distinct from state_snapshots.discharged_energy_wh`,
        ),
    ),
);

/**
 * Adds what reports say. What a later report about the same instant leaves open stays as it is, unless it says that the data
 * is MISSING; one that says nothing new changes nothing, not even updated_ms. One key must not come twice.
 */
export async function mergeStateSnapshots(db: Db, rows: readonly StateSnapshotRow[]): Promise<void> {
  for (const some of chunked(rows)) await merge(db, some);
}

function merged(column: 'stored_energy_wh' | 'charged_energy_wh' | 'discharged_energy_wh'): RawBuilder<number | null> {
  const [reported, stored] = [sql.ref(`excluded.${column}`), sql.ref(`state_snapshots.${column}`)];
  return sql`case when excluded.reading_quality = 'MISSING' then null else coalesce(${reported}, ${stored}) end`;
}

/** The rows with these keys, in no order. */
export async function stateSnapshotsByKeys(
  db: Db,
  keys: readonly { asset_id: string; effective_ms: number }[],
): Promise<StateSnapshotRow[]> {
  const rows: StateSnapshotRow[] = [];
  for (const some of chunked(keys, 2)) {
    rows.push(
      ...(await db
        .selectFrom('state_snapshots')
        .selectAll()
        .where((eb) =>
          eb(
            eb.refTuple('asset_id', 'effective_ms'),
            'in',
            some.map((key) => eb.tuple(key.asset_id, key.effective_ms)),
          ),
        )
        .execute()),
    );
  }
  return rows;
}

/** The newest snapshot of each asset, by asset. */
export async function latestStateSnapshots(
  db: Db,
  assetIds: readonly string[],
  page: Page,
): Promise<StateSnapshotRow[]> {
  return db
    .selectFrom('state_snapshots')
    .selectAll()
    .where('asset_id', 'in', [...assetIds])
    .where('effective_ms', '=', (eb) =>
      eb
        .selectFrom('state_snapshots as newer')
        .select(sql<number>`max(newer.effective_ms)`.as('newest'))
        .whereRef('newer.asset_id', '=', 'state_snapshots.asset_id'),
    )
    .orderBy('asset_id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

export interface SnapshotRange {
  asset_ids: readonly string[];
  /** `[from_ms, to_ms)`; without a start from the first one on. */
  from_ms?: number;
  to_ms: number;
}

/** The snapshots of a range, by instant, then asset. */
export async function listStateSnapshots(db: Db, range: SnapshotRange, page: Page): Promise<StateSnapshotRow[]> {
  return inRange(db, range)
    .selectAll()
    .orderBy('effective_ms')
    .orderBy('asset_id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

/** Sums over the whole range, whatever the page; `null` where no snapshot says anything. */
export async function totalEnergies(
  db: Db,
  range: SnapshotRange,
): Promise<{ charged_wh: number | null; discharged_wh: number | null }> {
  const sums = await inRange(db, range)
    .select((eb) => [
      eb.fn.sum<number | null>('charged_energy_wh').as('charged_wh'),
      eb.fn.sum<number | null>('discharged_energy_wh').as('discharged_wh'),
    ])
    .executeTakeFirst();
  return { charged_wh: sums?.charged_wh ?? null, discharged_wh: sums?.discharged_wh ?? null };
}

function inRange(db: Db, range: SnapshotRange) {
  const query = db
    .selectFrom('state_snapshots')
    .where('asset_id', 'in', [...range.asset_ids])
    .where('effective_ms', '<', range.to_ms);
  return range.from_ms === undefined ? query : query.where('effective_ms', '>=', range.from_ms);
}
