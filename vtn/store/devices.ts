import type { Selectable } from 'kysely';
import type { Page } from './assets.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

export type DeviceRow = Selectable<Database['devices']>;

export async function insertDevice(db: Db, row: DeviceRow): Promise<void> {
  await db.insertInto('devices').values(row).execute();
}

export async function deviceById(db: Db, id: string): Promise<DeviceRow | undefined> {
  return db.selectFrom('devices').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The device that is linked to an asset: at most one. */
export async function deviceOfAsset(db: Db, assetId: string): Promise<DeviceRow | undefined> {
  return db.selectFrom('devices').selectAll().where('asset_id', '=', assetId).executeTakeFirst();
}

export interface DeviceFilter {
  location_id?: string;
  asset_id?: string;
  type?: string;
}

/** By creation, then id. */
export async function listDevices(db: Db, filter: DeviceFilter, page: Page): Promise<DeviceRow[]> {
  let query = db.selectFrom('devices').selectAll();
  for (const column of ['location_id', 'asset_id', 'type'] as const) {
    const value = filter[column];
    if (value !== undefined) query = query.where(column, '=', value);
  }
  return query.orderBy('created_ms').orderBy('id').limit(page.limit).offset(page.offset).execute();
}

export async function updateDevice(db: Db, { id, ...row }: DeviceRow): Promise<void> {
  await db.updateTable('devices').set(row).where('id', '=', id).execute();
}

/** Deletes the device with its schedules. */
export async function deleteDevice(db: Db, id: string): Promise<void> {
  await db.deleteFrom('devices').where('id', '=', id).execute();
}
