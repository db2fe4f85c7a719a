import type { Selectable } from 'kysely';
import type { ScheduleEntry } from '../scheduling/schedule.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

export interface ScheduleRow extends Omit<Selectable<Database['schedules']>, 'entries'> {
  entries: ScheduleEntry[];
}

/** Schedules that are over are kept for so long. */
const KEPT_MS = 31 * 86_400_000;

/** Adds a schedule, which holds for its device from now on, and forgets those of the device that were over long ago. */
export async function putSchedule(db: Db, row: ScheduleRow): Promise<void> {
  await db
    .deleteFrom('schedules')
    .where('device_id', '=', row.device_id)
    .where('end_ms', '<', row.created_ms - KEPT_MS)
    .execute();
  await db
    .insertInto('schedules')
    .values({ ...row, entries: JSON.stringify(row.entries) })
    .execute();
  await db.updateTable('devices').set({ schedule_id: row.id }).where('id', '=', row.device_id).execute();
}

/** The schedules that hold for the live devices of a site and are not over, but for one device. */
export async function schedulesOfSite(
  db: Db,
  siteId: string,
  { exceptDeviceId, nowMs }: { exceptDeviceId: string; nowMs: number },
): Promise<(ScheduleRow & { asset_id: string | null })[]> {
  const rows = await db
    .selectFrom('locations')
    .innerJoin('devices', 'devices.location_id', 'locations.id')
    .innerJoin('schedules', 'schedules.id', 'devices.schedule_id')
    .selectAll('schedules')
    .select('devices.asset_id')
    .where('locations.site_id', '=', siteId)
    .where('devices.id', '<>', exceptDeviceId)
    .where('devices.live_mode', '=', 1)
    .where('schedules.end_ms', '>', nowMs)
    .execute();
  return rows.map(({ asset_id, ...row }) => ({ ...read(row), asset_id }));
}

const read = (row: Selectable<Database['schedules']>): ScheduleRow => ({
  ...row,
  entries: JSON.parse(row.entries) as ScheduleEntry[],
});
