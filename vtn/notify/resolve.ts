import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Notification, Operation, Program, StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import type { OutboxRow } from '../store/outbox.ts';
import type { Change, Db } from '../store/store.ts';
import { vensHolding } from '../store/targets.ts';
import { messagesFor, programsToResolve, targetsToResolve, type Audience } from './routing.ts';

/** One row of the outbox and what it makes the VTN say; nobody may have to hear it. */
export interface Announcement {
  seq: number;
  messages: { topic: string; payload: string }[];
  /** The OAuth client that has lost its ven by this change: what it listens to as that ven is no longer its business. */
  bereft?: string;
  /** The OAuth client that has got a ven by it. */
  endowed?: string;
}

/** A row and the change that it says; without one when it cannot be read. */
export interface ReadRow {
  row: OutboxRow;
  change?: Change;
}

/** The changes that the rows say. */
export function changesOf(rows: readonly OutboxRow[], log: Logger): ReadRow[] {
  return rows.map((row) => {
    try {
      return { row, change: changeOf(row) };
    } catch (error) {
      // Written by us in the transaction of the change, so this is a damaged database; it must not silence all that follows.
      log.error({ err: error, seq: row.seq }, 'an outbox row cannot be read and is skipped');
      return { row };
    }
  });
}

/**
 * The rows' messages. Who is entitled is looked up once for all of them, as it is now: a ven that lost a target meanwhile is told
 * nothing more.
 */
export async function messagesOf(db: Db, rows: readonly OutboxRow[], log: Logger): Promise<Announcement[]> {
  const read = changesOf(rows, log);
  const audience = await audienceOf(
    db,
    read.flatMap(({ change }) => change ?? []),
  );
  const write = writer();
  return read.map(({ row: { seq }, change }) => {
    if (!change) return { seq, messages: [] };
    const messages = messagesFor(change, audience);
    const bereft = bereftBy(change);
    const endowed = endowedBy(change);
    return {
      seq,
      messages: messages.map(({ topic, notification }) => ({ topic, payload: write(notification) })),
      ...(bereft === undefined ? {} : { bereft }),
      ...(endowed === undefined ? {} : { endowed }),
    };
  });
}

/** Whose ven was deleted, or given to another client. */
function bereftBy({ operation, object, previous }: Change): string | undefined {
  if (object.objectType !== 'VEN') return undefined;
  if (operation === 'DELETE') return object.clientID;
  const before = previous?.objectType === 'VEN' ? previous.clientID : object.clientID;
  return before === object.clientID ? undefined : before;
}

/** Whose ven was made, or taken from another client. */
function endowedBy({ operation, object, previous }: Change): string | undefined {
  if (object.objectType !== 'VEN' || operation === 'DELETE') return undefined;
  const before = previous?.objectType === 'VEN' ? previous.clientID : undefined;
  return before === object.clientID ? undefined : object.clientID;
}

function changeOf(row: OutboxRow): Change {
  return {
    operation: row.operation as Operation,
    object: JSON.parse(row.body) as StoredObject,
    ...(row.previous === null ? {} : { previous: JSON.parse(row.previous) as StoredObject }),
  };
}

/** Who has to be known for these changes. */
export async function audienceOf(db: Db, changes: readonly Change[]): Promise<Audience> {
  const programs = await targetsOfPrograms(db, [...new Set(changes.flatMap(programsToResolve))]);
  const programTargets = (id: string) => programs.get(id);
  const targets = [...new Set(changes.flatMap((change) => targetsToResolve(change, programTargets)))];
  const vens = targets.length === 0 ? [] : await vensHolding(db, targets);
  return { vens, programTargets };
}

/**
 * The programs' targets as they are now. A program that was deleted together with its events is no longer there; its own DELETE
 * row, which follows theirs in the outbox, tells.
 */
export async function targetsOfPrograms(db: Db, ids: readonly string[]): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  if (ids.length === 0) return found;
  const note = (rows: readonly { id: string; body: string }[]) => {
    for (const { id, body } of rows) found.set(id, (JSON.parse(body) as Program).targets ?? []);
  };
  note(await db.selectFrom('programs').select(['id', 'body']).where('id', 'in', ids).execute());
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length === 0) return found;
  note(
    await db
      .selectFrom('outbox')
      .select(['object_id as id', 'body'])
      // Literally as in the index of deleted programs, which is not found otherwise.
      .where('operation', '=', sql.lit('DELETE'))
      .where('object_type', '=', sql.lit('PROGRAM'))
      .where('object_id', 'in', missing)
      .execute(),
  );
  return found;
}

/** Notifications as JSON; the same notification for many vens is written once. */
function writer(): (notification: Notification) => string {
  const written = new WeakMap<object, { operation: string; text: string }>();
  return (notification) => {
    const known = written.get(notification.object);
    if (known?.operation === notification.operation) return known.text;
    const text = JSON.stringify(notification);
    written.set(notification.object, { operation: notification.operation, text });
    return text;
  };
}
