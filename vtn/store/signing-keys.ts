import type { Selectable } from 'kysely';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** A key that signs tokens; `private_jwk` is the JSON of the private JWK. */
export type SigningKeyRow = Selectable<Database['signing_keys']>;

/** Newest first: that one signs, all of them verify. */
export async function listSigningKeys(db: Db): Promise<SigningKeyRow[]> {
  return db.selectFrom('signing_keys').selectAll().orderBy('created_ms', 'desc').orderBy('kid').execute();
}

export async function insertSigningKey(db: Db, row: SigningKeyRow): Promise<void> {
  await db.insertInto('signing_keys').values(row).execute();
}

/** @returns false when there is no such key */
export async function deleteSigningKey(db: Db, kid: string): Promise<boolean> {
  const result = await db.deleteFrom('signing_keys').where('kid', '=', kid).executeTakeFirst();
  return result.numDeletedRows === 1n;
}
