import type { Selectable } from 'kysely';
import type { Page } from './assets.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

export type LocationRow = Selectable<Database['locations']>;

export async function insertLocation(db: Db, row: LocationRow): Promise<void> {
  await db.insertInto('locations').values(row).execute();
}

export async function locationById(db: Db, id: string): Promise<LocationRow | undefined> {
  return db.selectFrom('locations').selectAll().where('id', '=', id).executeTakeFirst();
}

/** By creation, then id. */
export async function listLocations(db: Db, filter: { site_id?: string }, page: Page): Promise<LocationRow[]> {
  let query = db.selectFrom('locations').selectAll();
  if (filter.site_id !== undefined) query = query.where('site_id', '=', filter.site_id);
  return query.orderBy('created_ms').orderBy('id').limit(page.limit).offset(page.offset).execute();
}

export async function updateLocation(db: Db, { id, ...row }: LocationRow): Promise<void> {
  await db.updateTable('locations').set(row).where('id', '=', id).execute();
}

/** Deletes a location without devices. */
export async function deleteLocation(db: Db, id: string): Promise<void> {
  await db.deleteFrom('locations').where('id', '=', id).execute();
}
