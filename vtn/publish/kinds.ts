import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { isCapacityProduct } from '../domain/markets.ts';
import type { Window } from '../domain/windows.ts';
import { assetsByIds, assetsWithLimits } from '../store/assets.ts';
import { connectionLimitsWithin, connectionsWithLimits } from '../store/connection-limits.ts';
import type { ConnectionLimitRow, ConnectionTable } from '../store/connection-limits.ts';
import { limitValuesOf, periodLimitsOf } from '../store/period-limits.ts';
import type { PeriodLimitRow } from '../store/period-limits.ts';
import { assetsWithReservations, reservationsWithin } from '../store/reservations.ts';
import type { ReservationRow } from '../store/reservations.ts';
import { inverterRegions, siteRegions } from '../store/sites.ts';
import type { Db } from '../store/store.ts';
import { pricesOf, tariffsByIds, tariffsWithPrices } from '../store/tariffs.ts';
import type { TariffRow } from '../store/tariffs.ts';
import type { Span } from '../translation/intervals.ts';
import type { Kind } from '../translation/plan.ts';
import { connectionSpans, limitsSpans, priceSpans, reservationSpans } from '../translation/translate.ts';
import type { ConnectionLimit, Particulars, Position, SlotLimits } from '../translation/translate.ts';
import type { PublisherDeps } from './programs.ts';

/** What an event is about: an asset, a site, an inverter, a tariff. */
export interface Subject extends Particulars {
  id: string;
  region: Region;
}

/** Delivery days, and the time from the start of the first to the end of the last. */
export interface Days extends Window {
  names: readonly string[];
}

/** What is said about one subject on one delivery day. */
export type Said = (subject: string, day: string, bounds: Window) => { spans: Span[]; infeasible?: number[] };

/** Where the rows of one kind come from. */
export interface KindSource {
  /** Those of the ids that exist. */
  subjects(db: Db, ids: readonly string[]): Promise<Subject[]>;
  /** Ids of all subjects that have rows on these days, in order. */
  idsWithRows(db: Db, days: Days): Promise<string[]>;
  /** Reads the rows of some subjects on some days. */
  load(db: Db, ids: readonly string[], days: Days, deps: PublisherDeps): Promise<Said>;
}

const assets = async (db: Db, ids: readonly string[]): Promise<Subject[]> => inMarkets(await assetsByIds(db, ids));

const inMarkets = (rows: readonly { id: string; region: string }[]): Subject[] =>
  rows.map(({ id, region }) => ({ id, region: region as Region }));

const connections = (table: ConnectionTable, subjects: KindSource['subjects']): KindSource => ({
  subjects,
  idsWithRows: (db, days) => connectionsWithLimits(db, table, days),
  load: async (db, ids, days) => {
    const rows = gathered(await connectionLimitsWithin(db, table, ids, days), (row) => row.subject_id);
    return (subject, _day, bounds) => ({
      spans: connectionSpans((rows.get(subject) ?? []).map(toConnectionLimit), bounds),
    });
  },
});

/** To publish another kind, add it to `KINDS` of the translation and a row here. */
export const SOURCES: Readonly<Record<Kind, KindSource>> = {
  limits: {
    subjects: assets,
    idsWithRows: (db, days) => assetsWithLimits(db, days.names),
    load: async (db, ids, days) => {
      const rows = gathered(await periodLimitsOf(db, ids, days.names), (row) => `${row.asset_id} ${row.delivery_day}`);
      return (subject, day) => limitsSpans((rows.get(`${subject} ${day}`) ?? []).map(toSlotLimits));
    },
  },
  'poc-limits': connections('site_limits', async (db, ids) => inMarkets(await siteRegions(db, ids))),
  'inverter-limits': connections('inverter_limits', async (db, ids) => inMarkets(await inverterRegions(db, ids))),
  reservations: {
    subjects: assets,
    idsWithRows: assetsWithReservations,
    load: async (db, ids, days, { capacityProducts }) => {
      const rows = gathered(await reservationsWithin(db, ids, days), (row) => row.asset_id);
      return (subject, _day, bounds) => {
        const positions = (rows.get(subject) ?? []).map((row) => toPosition(row, capacityProducts));
        return { spans: reservationSpans(positions, bounds) };
      };
    },
  },
  prices: {
    subjects: async (db, ids) => (await tariffsByIds(db, ids)).map(toTariff),
    idsWithRows: tariffsWithPrices,
    load: async (db, ids, days) => {
      const rows = await pricesOf(db, ids, days);
      return (subject, _day, bounds) => ({ spans: priceSpans(rows.get(subject) ?? [], bounds) });
    },
  },
};

function gathered<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const byKey = new Map<string, Row[]>();
  for (const row of rows) {
    const some = byKey.get(keyOf(row));
    if (some) some.push(row);
    else byKey.set(keyOf(row), [row]);
  }
  return byKey;
}

function toSlotLimits(row: PeriodLimitRow): SlotLimits {
  return { startMs: row.start_ms, ...limitValuesOf(row) };
}

/** A reservation as the translation takes it. @param products see `PublisherDeps.capacityProducts` */
export function toPosition(row: ReservationRow, products: readonly string[] | undefined): Position {
  return {
    startMs: row.start_ms,
    endMs: row.end_ms,
    market: row.market,
    source: row.source,
    powerW: row.power_w,
    bufferLowWh: row.energy_buffer_low_wh,
    bufferHighWh: row.energy_buffer_high_wh,
    isCapacityProduct: isCapacityProduct(row.market, products),
  };
}

const toTariff = ({ id, region, currency, targets }: TariffRow): Subject => ({
  id,
  region: region as Region,
  currency,
  targets,
});

function toConnectionLimit(row: ConnectionLimitRow): ConnectionLimit {
  return {
    startMs: row.start_ms,
    endMs: row.end_ms,
    maxImportW: row.max_import_w,
    maxExportW: row.max_export_w,
  };
}
