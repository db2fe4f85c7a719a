import type { Selectable } from 'kysely';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** A plant of a customer's account; its name is unique there. At most one plant is linked to an asset. */
export type PlantRow = Selectable<Database['plants']>;

export async function insertPlant(db: Db, row: PlantRow): Promise<void> {
  await db.insertInto('plants').values(row).execute();
}

export async function updatePlant(db: Db, { id, created_ms: _, ...values }: PlantRow): Promise<void> {
  await db.updateTable('plants').set(values).where('id', '=', id).execute();
}

export async function deletePlant(db: Db, id: string): Promise<void> {
  await db.deleteFrom('plants').where('id', '=', id).execute();
}

export async function plantByName(db: Db, account: string, name: string): Promise<PlantRow | undefined> {
  return db.selectFrom('plants').selectAll().where('account', '=', account).where('name', '=', name).executeTakeFirst();
}

export async function plantById(db: Db, id: string): Promise<PlantRow | undefined> {
  return db.selectFrom('plants').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Whoever's it is. */
export async function plantOfAsset(db: Db, assetId: string): Promise<PlantRow | undefined> {
  return db.selectFrom('plants').selectAll().where('asset_id', '=', assetId).executeTakeFirst();
}

/** An account's plants by name. */
export async function listPlants(db: Db, account: string): Promise<PlantRow[]> {
  return db.selectFrom('plants').selectAll().where('account', '=', account).orderBy('name').execute();
}
