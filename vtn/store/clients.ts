import type { Insertable, Selectable } from 'kysely';
import { chunked } from './chunks.ts';
import { kept } from './kept.ts';
import { paged, type Page } from './lists.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** An OAuth client as it is stored: the secret as a hash only. */
export type ClientRow = Selectable<Database['clients']>;

export interface ClientFilter extends Page {
  role?: string | undefined;
  account?: string | undefined;
  utilityId?: string | undefined;
  /** Revoked clients too. */
  revoked?: boolean | undefined;
}

/** Revoked clients are found too: look at `revoked_ms`. */
export async function clientById(db: Db, id: string): Promise<ClientRow | undefined> {
  return db.selectFrom('clients').selectAll().where('id', '=', id).executeTakeFirst();
}

const revokedOf = kept((db, ids: readonly string[]) =>
  db.selectFrom('clients').select('id').where('id', 'in', ids).where('revoked_ms', 'is not', null),
);

/** Those of the clients that are revoked. */
export async function revokedAmong(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const revoked = new Set<string>();
  for (const some of chunked(ids)) for (const { id } of (await revokedOf(db, some)).rows) revoked.add(id);
  return revoked;
}

/** @throws ApiError 409 when the id exists */
export async function insertClient(db: Db, row: Insertable<Database['clients']>): Promise<void> {
  await db.insertInto('clients').values(row).execute();
}

/** Clients, oldest first. */
export async function listClients(db: Db, filter: ClientFilter = {}): Promise<ClientRow[]> {
  let query = db.selectFrom('clients').selectAll().orderBy('created_ms').orderBy('id');
  if (filter.role !== undefined) query = query.where('role', '=', filter.role);
  if (filter.account !== undefined) query = query.where('account', '=', filter.account);
  if (filter.utilityId !== undefined) query = query.where('utility_id', '=', filter.utilityId);
  if (filter.revoked !== true) query = query.where('revoked_ms', 'is', null);
  return paged(query, filter).execute();
}

/** @returns false when there is no such client, or it was revoked before */
export async function revokeClient(db: Db, id: string, nowMs: number): Promise<boolean> {
  const result = await db
    .updateTable('clients')
    .set({ revoked_ms: nowMs })
    .where('id', '=', id)
    .where('revoked_ms', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Gives a client that is not revoked another secret. @returns false when there is none */
export async function updateClientSecret(db: Db, id: string, secretHash: string): Promise<boolean> {
  const result = await db
    .updateTable('clients')
    .set({ secret_hash: secretHash })
    .where('id', '=', id)
    .where('revoked_ms', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
