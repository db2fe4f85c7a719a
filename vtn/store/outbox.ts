import type { Selectable } from 'kysely';
import { chunked } from './chunks.ts';
import { kept } from './kept.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** A committed change that is not yet announced. `body` and `previous` are JSON texts; `previous` is set for UPDATE. */
export type OutboxRow = Selectable<Database['outbox']>;

const after = kept((db, seq: number, limit: number) =>
  db.selectFrom('outbox').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit),
);
const deletion = kept((db, seqs: readonly number[]) => db.deleteFrom('outbox').where('seq', 'in', seqs));

/** Rows after `seq` (0: from the beginning) in the order of their commits. */
export async function outboxAfter(db: Db, seq: number, limit: number): Promise<OutboxRow[]> {
  return (await after(db, seq, limit)).rows;
}

const clearing = kept((db) => db.deleteFrom('outbox'));

/** Forgets all rows: nobody has to hear of them. */
export async function clearOutbox(db: Db): Promise<void> {
  await clearing(db);
}

/** Forgets rows that were announced. */
export async function deleteOutbox(db: Db, seqs: readonly number[]): Promise<void> {
  for (const some of chunked(seqs)) await deletion(db, some);
}
