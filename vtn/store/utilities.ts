import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { Page } from './assets.ts';
import { chunked } from './chunks.ts';
import { kept } from './kept.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

export type UtilityRow = Selectable<Database['utilities']>;

/** What can be changed of a utility. */
export type UtilityPatch = Partial<Omit<UtilityRow, 'id' | 'created_ms' | 'updated_ms'>>;

/** What nobody has said. */
export const UTILITY_DEFAULTS = {
  address: null,
  aptify_id: null,
  aptify_order_id: null,
  average_annual_household_income: null,
  average_annual_megawatt_hours: null,
  city: null,
  est_subscription_id: null,
  state: null,
  miles_of_line: null,
  line_length_overhead: null,
  line_length_underground: null,
  use_meters: 0,
  zip_code: null,
} as const satisfies UtilityPatch;

export interface UtilityOrder {
  column: 'est_is_active' | 'is_active' | 'name' | 'total_customers';
  isDescending: boolean;
}

export async function insertUtility(db: Db, row: UtilityRow): Promise<void> {
  await db.insertInto('utilities').values(row).execute();
}

/** A utility by its id as clients and links write it: a whole number without leading zeros. */
export async function utilityById(db: Db, id: string): Promise<UtilityRow | undefined> {
  if (!/^[1-9]\d{0,14}$/.test(id)) return undefined;
  return db.selectFrom('utilities').selectAll().where('id', '=', Number(id)).executeTakeFirst();
}

/** Is there such a utility, and is it deactivated? What nobody knows here cannot be deactivated. */
export async function isDeactivated(db: Db, id: string): Promise<boolean> {
  return (await utilityById(db, id))?.is_active === 0;
}

export async function updateUtility(db: Db, id: number, patch: UtilityPatch, nowMs: number): Promise<void> {
  await db
    .updateTable('utilities')
    .set({ ...patch, updated_ms: nowMs })
    .where('id', '=', id)
    .execute();
}

/** A page in the order asked for, names regardless of case, then by id; and how many there are in all. */
export async function listUtilities(
  db: Db,
  { aptifyId, order }: { aptifyId: number | undefined; order: readonly UtilityOrder[] },
  page: Page,
): Promise<{ rows: UtilityRow[]; count: number }> {
  let found = db.selectFrom('utilities');
  if (aptifyId !== undefined) found = found.where('aptify_id', '=', aptifyId);
  const { count } = await found.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  let query = found.selectAll();
  for (const { column, isDescending } of order) {
    const by = column === 'name' ? sql`lower(name)` : sql.ref(column);
    query = query.orderBy(by, isDescending ? 'desc' : 'asc');
  }
  return { rows: await query.orderBy('id').limit(page.limit).offset(page.offset).execute(), count };
}

/** The ids of the clients of some utilities that are not revoked, by utility, oldest first. */
export async function membersOf(db: Db, utilityIds: readonly string[]): Promise<Map<string, string[]>> {
  const members = new Map<string, string[]>();
  for (const some of chunked(utilityIds)) {
    const rows = await db
      .selectFrom('clients')
      .select(['id', 'utility_id'])
      .where('utility_id', 'in', some)
      .where('revoked_ms', 'is', null)
      .orderBy('created_ms')
      .orderBy('id')
      .execute();
    for (const { id, utility_id } of rows) {
      const known = members.get(utility_id ?? '');
      if (known) known.push(id);
      else members.set(utility_id ?? '', [id]);
    }
  }
  return members;
}

const deactivated = kept((db) => db.selectFrom('utilities').select('id').where('is_active', '=', 0));

/** The ids of all utilities that are deactivated. Looked for every half a second. */
export async function deactivatedUtilities(db: Db): Promise<string[]> {
  return (await deactivated(db)).rows.map((row) => String(row.id));
}
