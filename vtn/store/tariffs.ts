import type { Selectable } from 'kysely';
import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';
import type { Page } from './assets.ts';
import { chunked } from './chunks.ts';
import { kept } from './kept.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** A tariff with the targets of its events; none: for everybody. */
export interface TariffRow extends Omit<Selectable<Database['tariffs']>, 'targets'> {
  targets: string[];
}

/** What a tariff says about one slot. */
export type TariffPriceRow = Selectable<Database['tariff_prices']>;

/** What a tariff says about one slot, in thousandths of its currency per MWh; null says nothing. */
export interface PriceSlot {
  startMs: number;
  endMs: number;
  /** Of energy from the grid, without the fee for the grid. */
  importMilli: number | null;
  /** Of energy into the grid. */
  exportMilli: number | null;
  /** For energy from the grid. */
  gridFeeMilli: number | null;
  /** Expected, not settled. */
  isForecast: boolean;
}

interface Period {
  startMs: number;
  endMs: number;
}

export async function insertTariff(db: Db, row: TariffRow): Promise<void> {
  await db
    .insertInto('tariffs')
    .values({ ...row, targets: JSON.stringify(row.targets) })
    .execute();
}

export async function tariffById(db: Db, id: string): Promise<TariffRow | undefined> {
  return (await tariffsByIds(db, [id]))[0];
}

/** The tariffs with these ids, in no order; ids that are not known are left out. */
export async function tariffsByIds(db: Db, ids: readonly string[]): Promise<TariffRow[]> {
  const found: TariffRow[] = [];
  for (const some of chunked(ids)) {
    found.push(...(await db.selectFrom('tariffs').selectAll().where('id', 'in', some).execute()).map(read));
  }
  return found;
}

/** By creation, then id. */
export async function listTariffs(db: Db, filter: { region?: string | undefined }, page: Page): Promise<TariffRow[]> {
  let query = db.selectFrom('tariffs').selectAll();
  if (filter.region !== undefined) query = query.where('region', '=', filter.region);
  const rows = await query.orderBy('created_ms').orderBy('id').limit(page.limit).offset(page.offset).execute();
  return rows.map(read);
}

export async function updateTariff(
  db: Db,
  id: string,
  { name, targets }: { name?: string | undefined; targets?: readonly string[] | undefined },
  nowMs: number,
): Promise<void> {
  const patch = {
    ...(name === undefined ? {} : { name }),
    ...(targets === undefined ? {} : { targets: JSON.stringify(targets) }),
  };
  await db
    .updateTable('tariffs')
    .set({ ...patch, updated_ms: nowMs })
    .where('id', '=', id)
    .execute();
}

/** Deletes the tariff with its prices. */
export async function deleteTariff(db: Db, id: string): Promise<void> {
  await db.deleteFrom('tariffs').where('id', '=', id).execute();
}

const upsert = kept((db, rows: readonly TariffPriceRow[]) =>
  db
    .insertInto('tariff_prices')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['tariff_id', 'start_ms']).doUpdateSet((eb) => ({
        import_milli: eb.ref('excluded.import_milli'),
        export_milli: eb.ref('excluded.export_milli'),
        grid_fee_milli: eb.ref('excluded.grid_fee_milli'),
        is_forecast: eb.ref('excluded.is_forecast'),
        updated_ms: eb.ref('excluded.updated_ms'),
      })),
    ),
);

/** Adds rows; where the key exists every value is overwritten and created_ms stays. One key must not come twice. */
export async function putPrices(db: Db, rows: readonly TariffPriceRow[]): Promise<void> {
  for (const some of chunked(rows)) await upsert(db, some);
}

/** A page of a tariff's slots that start in `[startMs, endMs)`, by start. */
export async function listPrices(db: Db, id: string, period: Period, page: Page): Promise<TariffPriceRow[]> {
  return within(db, [id], period).limit(page.limit).offset(page.offset).execute();
}

/** The slots of a tariff that start in `[startMs, endMs)`, by start; those about which nothing is said are left out. */
export async function priceSlots(db: Db, id: string, period: Period): Promise<PriceSlot[]> {
  return (await pricesOf(db, [id], period)).get(id) ?? [];
}

/** The same for some tariffs, by their ids. */
export async function pricesOf(db: Db, ids: readonly string[], period: Period): Promise<Map<string, PriceSlot[]>> {
  const found = new Map(ids.map((id) => [id, [] as PriceSlot[]]));
  for (const some of chunked(ids)) {
    for (const row of await within(db, some, period).execute()) found.get(row.tariff_id)?.push(toSlot(row));
  }
  return found;
}

/** Ids of all tariffs with prices of the period, in order. */
export async function tariffsWithPrices(db: Db, { startMs, endMs }: Period): Promise<string[]> {
  const rows = await db
    .selectFrom('tariff_prices')
    .select('tariff_id')
    .distinct()
    .where('start_ms', '>=', startMs)
    .where('start_ms', '<', endMs)
    .orderBy('tariff_id')
    .execute();
  return rows.map((row) => row.tariff_id);
}

function within(db: Db, ids: readonly string[], { startMs, endMs }: Period) {
  return db
    .selectFrom('tariff_prices')
    .selectAll()
    .where('tariff_id', 'in', [...ids])
    .where('start_ms', '>=', startMs)
    .where('start_ms', '<', endMs)
    .orderBy('tariff_id')
    .orderBy('start_ms');
}

const read = (row: Selectable<Database['tariffs']>): TariffRow => ({
  ...row,
  targets: JSON.parse(row.targets) as string[],
});

const toSlot = (row: TariffPriceRow): PriceSlot => ({
  startMs: row.start_ms,
  endMs: row.start_ms + SLOT_MS,
  importMilli: row.import_milli,
  exportMilli: row.export_milli,
  gridFeeMilli: row.grid_fee_milli,
  isForecast: row.is_forecast === 1,
});
