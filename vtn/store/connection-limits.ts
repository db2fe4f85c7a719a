import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Page } from './assets.ts';
import { chunked } from './chunks.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** What the connection of a site to the grid, or an inverter, may carry from start to end. */
export type ConnectionLimitRow = Selectable<Database['site_limits']>;

/** Whose limits: those of sites by site id, those of inverters by inverter id. Both tables have the same columns. */
export type ConnectionTable = 'site_limits' | 'inverter_limits';

/** The longest periods, so that whatever holds at an instant is found near it. */
export const MAX_CONNECTION_DAYS: Readonly<Record<ConnectionTable, number>> = { site_limits: 31, inverter_limits: 7 };

const OWNERS = { site_limits: 'sites', inverter_limits: 'inverters' } as const;
const DAY_MS = 86_400_000;
/** Kysely types one table at a time; with equal columns one stands for both. */
const asOne = (table: ConnectionTable) => table as 'site_limits';

/** Adds rows; where (subject, start) exists, both limits and the end are overwritten. One key must not come twice. */
export async function putConnectionLimits(
  db: Db,
  table: ConnectionTable,
  rows: readonly ConnectionLimitRow[],
): Promise<void> {
  for (const some of chunked(rows)) {
    await db
      .insertInto(asOne(table))
      .values(some)
      .onConflict((conflict) =>
        conflict.columns(['subject_id', 'start_ms']).doUpdateSet((eb) => ({
          end_ms: eb.ref('excluded.end_ms'),
          max_import_w: eb.ref('excluded.max_import_w'),
          max_export_w: eb.ref('excluded.max_export_w'),
          updated_ms: eb.ref('excluded.updated_ms'),
        })),
      )
      .execute();
  }
}

interface Period {
  startMs: number;
  endMs: number;
}

/** The rows of some subjects that hold at some time in the period. */
export async function connectionLimitsWithin(
  db: Db,
  table: ConnectionTable,
  ids: readonly string[],
  { startMs, endMs }: Period,
): Promise<ConnectionLimitRow[]> {
  const rows: ConnectionLimitRow[] = [];
  for (const some of chunked(ids)) {
    const found = await db
      .selectFrom(asOne(table))
      .selectAll()
      .where('subject_id', 'in', some)
      .where('start_ms', '>', startMs - MAX_CONNECTION_DAYS[table] * DAY_MS)
      .where('start_ms', '<', endMs)
      .where('end_ms', '>', startMs)
      .orderBy('subject_id')
      .orderBy('start_ms')
      .execute();
    rows.push(...found);
  }
  return rows;
}

/** Ids of all subjects with rows that hold at some time in the period, in order. */
export async function connectionsWithLimits(
  db: Db,
  table: ConnectionTable,
  { startMs, endMs }: Period,
): Promise<string[]> {
  const rows = await db
    .selectFrom(OWNERS[table])
    .select('id')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom(asOne(table))
          .select('start_ms')
          .where('subject_id', '=', eb.ref('id'))
          .where('start_ms', '>', startMs - MAX_CONNECTION_DAYS[table] * DAY_MS)
          .where('start_ms', '<', endMs)
          .where('end_ms', '>', startMs),
      ),
    )
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/** The latest end of a subject's rows that start in `[fromMs, toMs]`; undefined where there are none. */
export async function latestConnectionEnd(
  db: Db,
  table: ConnectionTable,
  id: string,
  fromMs: number,
  toMs: number,
): Promise<number | undefined> {
  const found = await db
    .selectFrom(asOne(table))
    .select(sql<number | null>`max(end_ms)`.as('end_ms'))
    .where('subject_id', '=', id)
    .where('start_ms', '>=', fromMs)
    .where('start_ms', '<=', toMs)
    .executeTakeFirst();
  return found?.end_ms ?? undefined;
}

/** A page of a subject's rows that start in `[startMs, endMs)`, by start. */
export async function listConnectionLimits(
  db: Db,
  table: ConnectionTable,
  id: string,
  { startMs, endMs }: Period,
  page: Page,
): Promise<ConnectionLimitRow[]> {
  return db
    .selectFrom(asOne(table))
    .selectAll()
    .where('subject_id', '=', id)
    .where('start_ms', '>=', startMs)
    .where('start_ms', '<', endMs)
    .orderBy('start_ms')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}
