import type { Logger } from 'pino';
import { keptOutboxAfter } from '../../store/outbox.ts';
import type { Change, Db } from '../../store/store.ts';
import { changesOf, targetsOfPrograms } from '../resolve.ts';
import { programsToResolve } from '../routing.ts';
import type { FeedEntry } from './routing.ts';
import { message, namedEvent } from './stream.ts';

export interface FeedPage {
  changes: { seq: number; change: Change }[];
  programTargets: (programId: string) => readonly string[] | undefined;
  /** The last row that was read; undefined when there was none. */
  last: number | undefined;
  /** There was nothing behind these rows. */
  isLast: boolean;
}

/** The changes that the feed tells of, after a row. Who may see them is decided by the targets that programs have now. */
export async function readFeed(db: Db, afterSeq: number, limit: number, log: Logger): Promise<FeedPage> {
  const rows = await keptOutboxAfter(db, afterSeq, limit);
  const changes = changesOf(rows, log).flatMap(({ row: { seq }, change }) => (change ? [{ seq, change }] : []));
  const ids = [...new Set(changes.flatMap(({ change }) => programsToResolve(change)))];
  const programs = await targetsOfPrograms(db, ids);
  return {
    changes,
    programTargets: (id) => programs.get(id),
    last: rows.at(-1)?.seq,
    isLast: rows.length < limit,
  };
}

export const READ_AGAIN = 'what you may see has changed: read GET /events again';

/** What is written for the entries of one row; readers who see the same get the same bytes. */
export function chunksOf(seq: number): (entry: FeedEntry) => Buffer {
  const reset = (): Buffer => Buffer.from(namedEvent('reset', { reason: READ_AGAIN }, seq));
  const made = new Map<object, { operation: string; chunk: Buffer }[]>();
  return (entry) => {
    if (entry === 'reset') return reset();
    const known = made.get(entry.object) ?? [];
    const found = known.find(({ operation }) => operation === entry.operation);
    if (found) return found.chunk;
    const chunk = Buffer.from(message(seq, JSON.stringify(entry)));
    made.set(entry.object, [...known, { operation: entry.operation, chunk }]);
    return chunk;
  };
}
