import type { ExpressionBuilder, Selectable } from 'kysely';
import { kept } from './kept.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/**
 * The outbox is a log of the committed changes. Each notification channel reads it at its own pace and notes how far it has come;
 * a row goes when every channel has passed it and it is older than the time for which the log is kept.
 */

/** A committed change. `body` and `previous` are JSON texts; `previous` is set for UPDATE. */
export type OutboxRow = Selectable<Database['outbox']>;

/**
 * What is worth keeping for readers of the event feed who come back: changes of events, and of what decides who sees them.
 * Reports are many, and are of no use then.
 */
const isKept = (eb: ExpressionBuilder<Database, 'outbox'>) =>
  eb('object_type', 'in', ['EVENT', 'PROGRAM', 'VEN', 'RESOURCE']);

/** The counter that holds the last row that was forgotten. */
const FORGOTTEN = 'outbox: forgotten';

const after = kept((db, seq: number, limit: number) =>
  db.selectFrom('outbox').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit),
);
const last = kept((db) => db.selectFrom('outbox').select('seq').orderBy('seq', 'desc').limit(1));
const cursor = kept((db, channel: string) =>
  db.selectFrom('outbox_cursors').select('seq').where('channel', '=', channel),
);
const slowest = kept((db) => db.selectFrom('outbox_cursors').select('seq').orderBy('seq').limit(1));
const firstKept = kept((db, sinceMs: number) =>
  db
    .selectFrom('outbox')
    .select('seq')
    .where('created_ms', '>=', sinceMs)
    .orderBy('created_ms')
    .orderBy('seq')
    .limit(1),
);
const deletion = kept((db, seq: number) => db.deleteFrom('outbox').where('seq', '<=', seq));
const deletionOfOthers = kept((db, from: number, to: number) =>
  db
    .deleteFrom('outbox')
    .where('seq', '>', from)
    .where('seq', '<=', to)
    .where((eb) => eb.not(isKept(eb))),
);
const keptAfter = kept((db, seq: number, limit: number) =>
  db
    .selectFrom('outbox')
    .selectAll()
    .where('seq', '>', seq)
    .where((eb) => isKept(eb))
    .orderBy('seq')
    .limit(limit),
);
const forgotten = kept((db) => db.selectFrom('counters').select('value').where('name', '=', FORGOTTEN));
const noteForgotten = kept((db, value: number) =>
  db
    .insertInto('counters')
    .values({ name: FORGOTTEN, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value })),
);
const advancing = kept((db, channel: string, seq: number) =>
  db
    .insertInto('outbox_cursors')
    .values({ channel, seq })
    .onConflict((conflict) => conflict.column('channel').doUpdateSet({ seq })),
);

/** Rows after `seq` (0: from the beginning) in the order of their commits. */
export async function outboxAfter(db: Db, seq: number, limit: number): Promise<OutboxRow[]> {
  return (await after(db, seq, limit)).rows;
}

/** The same without what is not kept for those who come back. */
export async function keptOutboxAfter(db: Db, seq: number, limit: number): Promise<OutboxRow[]> {
  return (await keptAfter(db, seq, limit)).rows;
}

/** The last row that was forgotten, and the newest; what is not kept for those who come back does not count as forgotten. */
export async function outboxBounds(db: Db): Promise<{ forgotten: number; newest: number }> {
  const floor = (await forgotten(db)).rows[0]?.value ?? 0;
  return { forgotten: floor, newest: Math.max(floor, await lastOfOutbox(db)) };
}

/** The newest row; 0 when there is none. */
export async function lastOfOutbox(db: Db): Promise<number> {
  return (await last(db)).rows[0]?.seq ?? 0;
}

/** How many rows a channel has not passed, give or take those of writes that were undone. Does not count them. */
export async function backlogOf(db: Db, channel: string): Promise<number> {
  const oldest = (await after(db, 0, 1)).rows[0]?.seq;
  if (oldest === undefined) return 0;
  return Math.max(0, (await lastOfOutbox(db)) - Math.max(await cursorOf(db, channel), oldest - 1));
}

/** The backlog of every channel. */
export async function backlogs(db: Db): Promise<{ channel: string; waiting: number }[]> {
  const channels = await db.selectFrom('outbox_cursors').select('channel').orderBy('channel').execute();
  const found: { channel: string; waiting: number }[] = [];
  for (const { channel } of channels) found.push({ channel, waiting: await backlogOf(db, channel) });
  return found;
}

/** How far a channel has come; 0 for one that has not begun. */
export async function cursorOf(db: Db, channel: string): Promise<number> {
  return (await cursor(db, channel)).rows[0]?.seq ?? 0;
}

/** Notes how far a channel has come. */
export async function advanceCursor(db: Db, channel: string, seq: number): Promise<void> {
  await advancing(db, channel, seq);
}

/**
 * Makes these the channels that read the outbox: nothing waits any more for those that were switched off. A channel that is new
 * begins where the furthest of the others is, so that what is only kept for a while is not announced as news.
 */
export async function openChannels(db: Db, channels: readonly string[]): Promise<void> {
  const known = await db.selectFrom('outbox_cursors').selectAll().execute();
  const furthest = Math.max(0, ...known.map(({ seq }) => seq));
  const gone = known.map(({ channel }) => channel).filter((channel) => !channels.includes(channel));
  if (gone.length > 0) await db.deleteFrom('outbox_cursors').where('channel', 'in', gone).execute();
  for (const channel of channels) {
    if (!known.some((one) => one.channel === channel)) await advanceCursor(db, channel, furthest);
  }
}

/** Most rows that are forgotten in one write, for which others queue. */
const MAX_TRIMMED = 5_000;

/** How far all channels have come. */
export async function passedByAll(db: Db): Promise<number> {
  return (await slowest(db)).rows[0]?.seq ?? 0;
}

/**
 * Forgets what every channel has passed and was committed before `keptSinceMs`; Infinity: all that they have passed. Of what is
 * younger, what nobody comes back for goes too.
 *
 * @param seen how far all channels had come when this was done the last time
 */
export async function trimOutbox(db: Db, keptSinceMs: number, seen = 0): Promise<void> {
  const oldest = (await after(db, 0, 1)).rows[0]?.seq;
  if (oldest === undefined) return;
  const passed = await passedByAll(db);
  const kept = keptSinceMs === Infinity ? undefined : (await firstKept(db, keptSinceMs)).rows[0]?.seq;
  const upTo = Math.min(passed, (kept ?? Infinity) - 1, oldest + MAX_TRIMMED);
  const { numAffectedRows = 0n } = await deletion(db, upTo);
  if (numAffectedRows > 0n) await noteForgotten(db, upTo);
  const from = Math.max(seen, upTo);
  if (from < passed) await deletionOfOthers(db, from, Math.min(passed, from + MAX_TRIMMED));
}
