import { sql } from 'kysely';
import type { Kind } from '../translation/plan.ts';
import { kept } from './kept.ts';
import type { Db } from './store.ts';

const byAsset = kept((db, ids: readonly string[], nowMs: number) =>
  db.updateTable('devices').set({ stale_ms: nowMs }).where('asset_id', 'in', ids),
);

const byInverter = kept((db, ids: readonly string[], nowMs: number) =>
  db
    .updateTable('devices')
    .set({ stale_ms: nowMs })
    .where('asset_id', 'in', (eb) =>
      eb.selectFrom('inverter_assets').select('asset_id').where('inverter_id', 'in', ids),
    ),
);

const byPlace = (column: 'id' | 'site_id' | 'tariff_id') =>
  kept((db, ids: readonly string[], nowMs: number) =>
    db
      .updateTable('devices')
      .set({ stale_ms: nowMs })
      .where('location_id', 'in', (eb) => eb.selectFrom('locations').select('id').where(column, 'in', ids)),
  );

const bySite = byPlace('site_id');
const BY_SUBJECT: Readonly<Record<Kind, typeof byAsset>> = {
  limits: byAsset,
  reservations: byAsset,
  'poc-limits': bySite,
  'inverter-limits': byInverter,
  prices: byPlace('tariff_id'),
};
const byLocation = byPlace('id');

/** Says of the schedules that rest on what is known about these subjects that it has changed. */
export async function staleBySubjects(db: Db, kind: Kind, ids: readonly string[], nowMs: number): Promise<void> {
  await BY_SUBJECT[kind](db, ids, nowMs);
}

/** The same for all devices of a location. */
export async function staleByLocation(db: Db, id: string, nowMs: number): Promise<void> {
  await byLocation(db, [id], nowMs);
}

/** A live device whose schedule is to be made again, as far ahead as it was asked for. */
export interface StaleSchedule {
  device_id: string;
  /** Since when; null: nothing has changed, it is nearly over. */
  stale_ms: number | null;
  horizon_ms: number | null;
}

/**
 * Live devices whose schedule rests on what has changed, the longest-standing first, and those whose schedule is three quarters
 * over and did not end because the prices did.
 */
export async function staleSchedules(db: Db, nowMs: number, maxHorizonMs: number): Promise<StaleSchedule[]> {
  return db
    .selectFrom('devices')
    .innerJoin('schedules', 'schedules.id', 'devices.schedule_id')
    .select(['devices.id as device_id', 'devices.stale_ms', 'schedules.horizon_ms'])
    .where('devices.live_mode', '=', 1)
    .where((eb) =>
      eb.or([
        eb('devices.stale_ms', 'is not', null),
        sql<boolean>`schedules.end_ms - schedules.start_ms >= coalesce(schedules.horizon_ms, ${maxHorizonMs})
          and 4 * (schedules.end_ms - ${nowMs}) <= schedules.end_ms - schedules.start_ms`,
      ]),
    )
    .orderBy('devices.stale_ms')
    .orderBy('devices.id')
    .execute();
}

/** A device's schedule has been looked at as it was when it was stale since then; what has changed since keeps it stale. */
export async function freshen(db: Db, deviceId: string, staleMs: number | null): Promise<void> {
  if (staleMs === null) return;
  await db
    .updateTable('devices')
    .set({ stale_ms: null })
    .where('id', '=', deviceId)
    .where('stale_ms', '=', staleMs)
    .execute();
}
