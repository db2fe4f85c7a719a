import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { LimitValues } from '../domain/limits.ts';
import type { Page } from './assets.ts';
import { chunked } from './chunks.ts';
import { kept } from './kept.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** What one source says about one slot of one asset. */
export type PeriodLimitRow = Selectable<Database['period_limits']>;

const upsert = kept((db, rows: readonly PeriodLimitRow[]) =>
  db
    .insertInto('period_limits')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['asset_id', 'start_ms', 'source']).doUpdateSet((eb) => ({
        // Not delivery_day: the key settles it, and writing it would write the index anew.
        power_charge_w: eb.fn.coalesce('excluded.power_charge_w', 'period_limits.power_charge_w'),
        power_discharge_w: eb.fn.coalesce('excluded.power_discharge_w', 'period_limits.power_discharge_w'),
        energy_low_wh: eb.fn.coalesce('excluded.energy_low_wh', 'period_limits.energy_low_wh'),
        energy_high_wh: eb.fn.coalesce('excluded.energy_high_wh', 'period_limits.energy_high_wh'),
        trading_locked: eb.fn.coalesce('excluded.trading_locked', 'period_limits.trading_locked'),
        updated_ms: eb.ref('excluded.updated_ms'),
      })),
    ),
);

/**
 * Adds rows. Where (asset_id, start_ms, source) exists, values that are not null overwrite and null keeps what is there;
 * created_ms stays. One key must not come twice.
 */
export async function upsertPeriodLimits(db: Db, rows: readonly PeriodLimitRow[]): Promise<void> {
  for (const some of chunked(rows)) await upsert(db, some);
}

/** Takes back one source's constraints on slots in `[startMs, endMs)`. Locks stay; rows that say nothing more go. */
export async function clearPeriodLimits(
  db: Db,
  which: { assetId: string; source: string; startMs: number; endMs: number },
  nowMs: number,
): Promise<void> {
  await db
    .deleteFrom('period_limits')
    .where('asset_id', '=', which.assetId)
    .where('source', '=', which.source)
    .where('start_ms', '>=', which.startMs)
    .where('start_ms', '<', which.endMs)
    .where((eb) => eb.or([eb('trading_locked', 'is', null), eb('trading_locked', '=', 0)]))
    .execute();
  await db
    .updateTable('period_limits')
    .set({
      power_charge_w: null,
      power_discharge_w: null,
      energy_low_wh: null,
      energy_high_wh: null,
      updated_ms: nowMs,
    })
    .where('asset_id', '=', which.assetId)
    .where('source', '=', which.source)
    .where('start_ms', '>=', which.startMs)
    .where('start_ms', '<', which.endMs)
    .execute();
}

/** Without what is asked for: to read texts costs more than to compare them. */
const ofDay = kept((db, assetId: string, day: string) =>
  db
    .selectFrom('period_limits')
    .select(['start_ms', 'source', 'created_ms', 'updated_ms'])
    .select(['power_charge_w', 'power_discharge_w', 'energy_low_wh', 'energy_high_wh', 'trading_locked'])
    .where('delivery_day', '=', day)
    .where('asset_id', '=', assetId)
    .orderBy('start_ms')
    .orderBy('source'),
);

/** All rows of some assets on some delivery days, each day's by slot. */
export async function periodLimitsOf(
  db: Db,
  assetIds: readonly string[],
  days: readonly string[],
): Promise<PeriodLimitRow[]> {
  const rows: PeriodLimitRow[] = [];
  for (const asset_id of assetIds) {
    for (const delivery_day of days) {
      for (const row of (await ofDay(db, asset_id, delivery_day)).rows) rows.push({ ...row, asset_id, delivery_day });
    }
  }
  return rows;
}

/** What a row says, as the rules take it. */
export function limitValuesOf(row: PeriodLimitRow): LimitValues {
  return {
    powerChargeW: row.power_charge_w,
    powerDischargeW: row.power_discharge_w,
    energyLowWh: row.energy_low_wh,
    energyHighWh: row.energy_high_wh,
    tradingLocked: row.trading_locked === null ? null : row.trading_locked === 1,
  };
}

/** What one source says about one asset on the slots that start in `[startMs, endMs)`, in order. */
export async function periodLimitsOfSource(
  db: Db,
  which: { assetId: string; source: string; startMs: number; endMs: number },
): Promise<PeriodLimitRow[]> {
  return db
    .selectFrom('period_limits')
    .selectAll()
    .where('asset_id', '=', which.assetId)
    .where('source', '=', which.source)
    .where('start_ms', '>=', which.startMs)
    .where('start_ms', '<', which.endMs)
    .orderBy('start_ms')
    .execute();
}

export interface PeriodLimitFilter {
  asset_ids: readonly string[];
  /** Slots that start in `[from_ms, to_ms)`. */
  from_ms: number;
  to_ms: number;
  /** Only slots on which one of these sources says something; of those all rows are returned. */
  sources?: readonly string[];
}

/** A page of slots, by (asset_id, start_ms); of each slot every source's row, by source. */
export async function listPeriodLimits(db: Db, filter: PeriodLimitFilter, page: Page): Promise<PeriodLimitRow[]> {
  const { sources } = filter;
  return db
    .with('slots', (cte) => {
      let slots = cte
        .selectFrom('period_limits')
        .select(['asset_id', 'start_ms'])
        .where('asset_id', 'in', [...filter.asset_ids])
        .where('start_ms', '>=', filter.from_ms)
        .where('start_ms', '<', filter.to_ms);
      if (sources) slots = slots.where('source', 'in', [...sources]);
      return slots
        .groupBy(['asset_id', 'start_ms'])
        .orderBy('asset_id')
        .orderBy('start_ms')
        .limit(page.limit)
        .offset(page.offset);
    })
    .selectFrom('slots')
    .innerJoin('period_limits', (join) =>
      join
        .onRef('period_limits.asset_id', '=', 'slots.asset_id')
        .onRef('period_limits.start_ms', '=', 'slots.start_ms'),
    )
    .selectAll('period_limits')
    .orderBy(sql.ref('period_limits.asset_id'))
    .orderBy(sql.ref('period_limits.start_ms'))
    .orderBy(sql.ref('period_limits.source'))
    .execute();
}
