import type { Insertable, Selectable } from 'kysely';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** A key that signs tokens; `private_jwk` is the JSON of the private JWK, `token_ttl_ms` the longest life of what it signed. */
export type SigningKeyRow = Selectable<Database['signing_keys']>;

/** Newest first. */
export async function listSigningKeys(db: Db): Promise<SigningKeyRow[]> {
  return db.selectFrom('signing_keys').selectAll().orderBy('created_ms', 'desc').orderBy('kid').execute();
}

export async function insertSigningKey(db: Db, row: Insertable<Database['signing_keys']>): Promise<void> {
  await db.insertInto('signing_keys').values(row).execute();
}

/** Notes that every key may sign tokens that live so long. A key that has signed longer ones keeps what it has. */
export async function raiseTokenTtl(db: Db, ttlMs: number): Promise<void> {
  await db.updateTable('signing_keys').set({ token_ttl_ms: ttlMs }).where('token_ttl_ms', '<', ttlMs).execute();
}

/** @returns false when there is no such key */
export async function deleteSigningKey(db: Db, kid: string): Promise<boolean> {
  const result = await db.deleteFrom('signing_keys').where('kid', '=', kid).executeTakeFirst();
  return result.numDeletedRows === 1n;
}
