import type { Quantity } from '@openadr-gateway/shared/units.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import { listForecasts, putForecasts } from '../../store/forecasts.ts';
import type { ForecastRow } from '../../store/forecasts.ts';
import { regionsOf } from './assets.ts';
import type { OperationsDeps } from './deps.ts';
import { assetIdsOf, decimalText, Faults, mwOrNull, pageOf, stamps } from './fields.ts';
import type { Handle } from './index.ts';
import { readPeriod, readRange } from './periods.ts';

interface ForecastIn {
  asset_id: string;
  start_time: string;
  end_time: string;
  generation?: Quantity | null;
  consumption?: Quantity | null;
  import_from_grid_fee?: number | string | null;
}

const MAX_DAYS = 1;

export function forecastOperations({ store, clock }: OperationsDeps): Record<string, Handle> {
  return {
    putForecasts: async ({ body }) => {
      const sent = (body as { forecasts: ForecastIn[] }).forecasts;
      const read = readForecasts(sent, clock.nowMs());
      const assetIds = [...new Set(sent.map((entry) => entry.asset_id))];
      await store.write(async ({ db }) => {
        const regions = await regionsOf(db, assetIds);
        const rows = read.map((row) => {
          const delivery_day = deliveryDayOf(row.start_ms, regions.get(row.asset_id) ?? 'DE');
          return { ...row, delivery_day };
        });
        await putForecasts(db, rows);
      });
      return { status: 204 };
    },
    listForecasts: async ({ query }) => {
      const page = pageOf(query);
      const filter = { ...readRange(query, 'from', 'to'), assetIds: assetIdsOf(query) };
      const rows = await store.read((db) => listForecasts(db, filter, page));
      return { status: 200, body: { ...page, forecasts: rows.map(forecastAnswer) } };
    },
  };
}

/** Of several entries with one key the last counts. @throws ApiError 422 naming everything that is wrong. */
function readForecasts(sent: readonly ForecastIn[], nowMs: number): Omit<ForecastRow, 'delivery_day'>[] {
  const faults = new Faults();
  const rows = sent.map((entry, i) => {
    const loc = ['body', 'forecasts', i];
    const { startMs, endMs } = readPeriod(faults, loc, entry, MAX_DAYS);
    return {
      asset_id: entry.asset_id,
      start_ms: startMs,
      end_ms: endMs,
      generation_w: faults.magnitude([...loc, 'generation'], entry.generation, 'power'),
      consumption_w: faults.magnitude([...loc, 'consumption'], entry.consumption, 'power'),
      import_from_grid_fee: decimalText(entry.import_from_grid_fee),
      created_ms: nowMs,
      updated_ms: nowMs,
    };
  });
  faults.throwIfAny();
  return [...new Map(rows.map((row) => [`${row.asset_id} ${row.start_ms}`, row])).values()];
}

function forecastAnswer(row: ForecastRow) {
  return {
    asset_id: row.asset_id,
    start_time: formatDateTime(row.start_ms),
    end_time: formatDateTime(row.end_ms),
    delivery_day: row.delivery_day,
    generation: mwOrNull(row.generation_w),
    consumption: mwOrNull(row.consumption_w),
    import_from_grid_fee: row.import_from_grid_fee,
    ...stamps(row),
  };
}
