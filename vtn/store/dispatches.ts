import { sql } from 'kysely';
import type { Insertable, Selectable } from 'kysely';
import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';
import type { DispatchOutcome } from '../domain/dispatches.ts';
import type { Page } from './assets.ts';
import { kept } from './kept.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** A dispatch command as it was received, and what became of it. */
export type DispatchRow = Selectable<Database['dispatches']> & { outcome: DispatchOutcome };
export type DeadLetterRow = Selectable<Database['dispatch_dead_letters']>;
export type NewDeadLetter = Insertable<Database['dispatch_dead_letters']>;

const byEventId = kept((db, eventId: string) =>
  db.selectFrom('dispatches').select('event_id').where('event_id', '=', eventId),
);

/** Whether the command with this id is in the history. */
export async function isKnownDispatch(db: Db, eventId: string): Promise<boolean> {
  return (await byEventId(db, eventId)).rows.length > 0;
}

const newest = kept((db, assetId: string, periodStartMs: number) =>
  db
    .selectFrom('dispatches')
    .select('published_ms')
    .where('asset_id', '=', assetId)
    .where('period_start_ms', '=', periodStartMs)
    .orderBy('published_ms', 'desc')
    .limit(1),
);

/** When the newest command for a delivery period of an asset was published; undefined when there is none. */
export async function newestPublishedMs(db: Db, assetId: string, periodStartMs: number): Promise<number | undefined> {
  return (await newest(db, assetId, periodStartMs)).rows[0]?.published_ms;
}

const insertion = kept((db, row: DispatchRow) => db.insertInto('dispatches').values(row));

/** Adds a command to the history; nothing in it is ever changed. */
export async function insertDispatch(db: Db, row: DispatchRow): Promise<void> {
  await insertion(db, row);
}

/** The newest command that was applied for each delivery period of an asset that ends or takes effect within the period. */
export async function dispatchesWithin(
  db: Db,
  assetId: string,
  { startMs, endMs }: { startMs: number; endMs: number },
): Promise<DispatchRow[]> {
  const rows = await db
    .selectFrom('dispatches')
    .selectAll()
    .where('asset_id', '=', assetId)
    .where('period_start_ms', '>', startMs - SLOT_MS)
    .where('dispatch_ms', '<', endMs)
    .where('outcome', '=', 'APPLIED')
    .orderBy('period_start_ms')
    .orderBy('published_ms')
    .orderBy('received_ms')
    .execute();
  return [...new Map(rows.map((row) => [row.period_start_ms, row as DispatchRow])).values()];
}

export interface DispatchFilter {
  assetIds: readonly string[];
  /** Commands that take effect in `[startMs, endMs)`. */
  startMs: number;
  endMs: number;
  deliveryDay?: string | undefined;
}

/** A page of commands by asset, then when they take effect, then as they were published. */
export async function listDispatches(db: Db, filter: DispatchFilter, page: Page): Promise<DispatchRow[]> {
  let query = db
    .selectFrom('dispatches')
    .selectAll()
    .where('asset_id', 'in', [...filter.assetIds])
    .where('dispatch_ms', '>=', filter.startMs)
    .where('dispatch_ms', '<', filter.endMs);
  if (filter.deliveryDay !== undefined) query = query.where('delivery_day', '=', filter.deliveryDay);
  const rows = await query
    .orderBy('asset_id')
    .orderBy('dispatch_ms')
    .orderBy('published_ms')
    .orderBy('event_id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return rows as DispatchRow[];
}

/** So many of the newest are kept: a sender gone wild does not fill the disk. */
export const MAX_DEAD_LETTERS = 10_000;

/** Puts a message that is no dispatch command aside, and forgets the oldest beyond the bound. */
export async function insertDeadLetter(db: Db, row: NewDeadLetter): Promise<void> {
  const { seq } = await db.insertInto('dispatch_dead_letters').values(row).returning('seq').executeTakeFirstOrThrow();
  await db
    .deleteFrom('dispatch_dead_letters')
    .where('seq', '<=', sql<number>`${seq - MAX_DEAD_LETTERS}`)
    .execute();
}

/** A page of what was put aside, the newest first. */
export async function listDeadLetters(
  db: Db,
  reasons: readonly string[] | undefined,
  page: Page,
): Promise<DeadLetterRow[]> {
  let query = db.selectFrom('dispatch_dead_letters').selectAll();
  if (reasons) query = query.where('reason', 'in', [...reasons]);
  return query.orderBy('seq', 'desc').limit(page.limit).offset(page.offset).execute();
}
