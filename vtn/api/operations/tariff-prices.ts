import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { SLOT_MS, slotsBetween } from '@openadr-gateway/shared/time/slot.ts';
import { formatPricePerMwh } from '@openadr-gateway/shared/units.ts';
import type { Quantity } from '@openadr-gateway/shared/units.ts';
import { publishDays } from '../../publisher.ts';
import { listPrices, putPrices } from '../../store/tariffs.ts';
import type { TariffPriceRow, TariffRow } from '../../store/tariffs.ts';
import type { OperationsDeps } from './deps.ts';
import { Faults, pageOf, stamps } from './fields.ts';
import type { Handle } from './index.ts';
import { checkSlotCount, readPeriod, readRange } from './periods.ts';
import { requireTariff } from './tariffs.ts';

interface PriceIn {
  start_time: string;
  end_time: string;
  import_price?: Quantity | null;
  export_price?: Quantity | null;
  grid_fee?: Quantity | null;
  is_forecast?: boolean;
}

const MAX_DAYS = 31;

/** `/tariffs/{tariff_id}/prices`: slot by slot; they become events at once. */
export function tariffPriceOperations({ store, ...deps }: OperationsDeps): Record<string, Handle> {
  return {
    putTariffPrices: async ({ params, body }) => {
      const tariff = await store.read((db) => requireTariff(db, params));
      const rows = readPrices((body as { prices: PriceIn[] }).prices, tariff, deps.clock.nowMs());
      await store.write(async (tx) => {
        const { id, region } = await requireTariff(tx.db, params);
        await putPrices(tx.db, rows);
        const days = new Set(rows.map((row) => deliveryDayOf(row.start_ms, region as Region)));
        await publishDays(tx, 'prices', [id], [...days], deps);
      });
      return { status: 204 };
    },
    listTariffPrices: async ({ params, query }) => {
      const page = pageOf(query);
      const range = readRange(query, 'from', 'to', MAX_DAYS);
      const prices = await store.read(async (db) => {
        const tariff = await requireTariff(db, params);
        return (await listPrices(db, tariff.id, range, page)).map((row) => priceAnswer(row, tariff));
      });
      return { status: 200, body: { ...page, prices } };
    },
  };
}

/** One row for each slot; of several entries for one slot the last counts. @throws ApiError 422 naming everything that is wrong. */
function readPrices(sent: readonly PriceIn[], { id, currency }: TariffRow, nowMs: number): TariffPriceRow[] {
  const faults = new Faults();
  const price = (loc: (string | number)[], input: Quantity | null | undefined): number | null => {
    const milli = faults.quantity(loc, input, 'price');
    if (milli !== null && input?.unit !== `${currency}/MWh`) {
      faults.add([...loc, 'unit'], 'currency', `expected ${currency}/MWh, the currency of the tariff`, input?.unit);
    }
    return milli;
  };
  const entries = sent.map((entry, i) => {
    const loc = ['body', 'prices', i];
    const period = readPeriod(faults, loc, entry, MAX_DAYS);
    const values = {
      import_milli: price([...loc, 'import_price'], entry.import_price),
      export_milli: price([...loc, 'export_price'], entry.export_price),
      grid_fee_milli: price([...loc, 'grid_fee'], entry.grid_fee),
      is_forecast: entry.is_forecast === true ? 1 : 0,
    };
    return { ...period, values };
  });
  faults.throwIfAny();
  const slots = entries.reduce((sum, { startMs, endMs }) => sum + (endMs - startMs) / SLOT_MS, 0);
  checkSlotCount(faults, ['body', 'prices'], slots);
  const rows = new Map<number, TariffPriceRow>();
  for (const { startMs, endMs, values } of entries) {
    for (const start_ms of slotsBetween(startMs, endMs)) {
      rows.set(start_ms, { tariff_id: id, start_ms, ...values, created_ms: nowMs, updated_ms: nowMs });
    }
  }
  return [...rows.values()];
}

function priceAnswer(row: TariffPriceRow, { region, currency }: TariffRow) {
  const price = (milli: number | null) =>
    milli === null ? null : { amount: formatPricePerMwh(milli), unit: `${currency}/MWh` };
  return {
    start_time: formatDateTime(row.start_ms),
    end_time: formatDateTime(row.start_ms + SLOT_MS),
    delivery_day: deliveryDayOf(row.start_ms, region as Region),
    import_price: price(row.import_milli),
    export_price: price(row.export_milli),
    grid_fee: price(row.grid_fee_milli),
    is_forecast: row.is_forecast === 1,
    ...stamps(row),
  };
}
