import type { Selectable } from 'kysely';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** What a customer said about the power of a plant in a period. */
export type UnavailabilityRow = Selectable<Database['unavailabilities']>;

/** With the name of its plant, which is how customers speak of it. */
export type NamedUnavailability = UnavailabilityRow & { plant_name: string };

export async function insertUnavailability(db: Db, row: UnavailabilityRow): Promise<void> {
  await db.insertInto('unavailabilities').values(row).execute();
}

export async function updateUnavailability(db: Db, { id, created_ms: _, ...values }: UnavailabilityRow): Promise<void> {
  await db.updateTable('unavailabilities').set(values).where('id', '=', id).execute();
}

export async function deleteUnavailability(db: Db, id: string): Promise<void> {
  await db.deleteFrom('unavailabilities').where('id', '=', id).execute();
}

/** Of this account; another's is as unknown as none. */
export async function unavailabilityById(
  db: Db,
  account: string,
  id: string,
): Promise<NamedUnavailability | undefined> {
  return named(db).where('plants.account', '=', account).where('unavailabilities.id', '=', id).executeTakeFirst();
}

/** An account's records, by start, then id. */
export async function listUnavailabilities(
  db: Db,
  filter: { account: string; plantName: string | undefined; limit: number | undefined; offset: number },
): Promise<NamedUnavailability[]> {
  let query = named(db).where('plants.account', '=', filter.account);
  if (filter.plantName !== undefined) query = query.where('plants.name', '=', filter.plantName);
  return (
    query
      .orderBy('unavailabilities.start_ms')
      .orderBy('unavailabilities.id')
      // SQLite knows no offset without a limit.
      .limit(filter.limit ?? Number.MAX_SAFE_INTEGER)
      .offset(filter.offset)
      .execute()
  );
}

/** The records of one plant that hold at some time in `[startMs, endMs)`. */
export async function unavailabilitiesWithin(
  db: Db,
  plantId: string,
  { startMs, endMs }: { startMs: number; endMs: number },
): Promise<UnavailabilityRow[]> {
  return db
    .selectFrom('unavailabilities')
    .selectAll()
    .where('plant_id', '=', plantId)
    .where('start_ms', '<', endMs)
    .where('end_ms', '>', startMs)
    .execute();
}

/** From the first start to the last end of a plant's records; undefined when there are none. */
export async function extentOfUnavailabilities(
  db: Db,
  plantId: string,
): Promise<{ startMs: number; endMs: number } | undefined> {
  const { startMs, endMs } = await db
    .selectFrom('unavailabilities')
    .select((eb) => [eb.fn.min('start_ms').as('startMs'), eb.fn.max('end_ms').as('endMs')])
    .where('plant_id', '=', plantId)
    .$castTo<{ startMs: number | null; endMs: number | null }>()
    .executeTakeFirstOrThrow();
  return startMs === null || endMs === null ? undefined : { startMs, endMs };
}

function named(db: Db) {
  return db
    .selectFrom('unavailabilities')
    .innerJoin('plants', 'plants.id', 'unavailabilities.plant_id')
    .selectAll('unavailabilities')
    .select('plants.name as plant_name');
}
