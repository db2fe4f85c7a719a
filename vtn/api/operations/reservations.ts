import type { Quantity } from '@openadr-gateway/shared/units.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import { daysOf, publishDays } from '../../publisher.ts';
import { latestReservationEnd, listReservations, putReservations } from '../../store/reservations.ts';
import type { ReservationRow } from '../../store/reservations.ts';
import { regionsOf } from './assets.ts';
import type { OperationsDeps } from './deps.ts';
import { assetIdsOf, Faults, mwhOrNull, mwOrNull, pageOf, stamps } from './fields.ts';
import type { Handle } from './index.ts';
import { readPeriod, readRange } from './periods.ts';

interface ReservationIn {
  asset_id: string;
  start_time: string;
  end_time: string;
  market: string;
  source: string;
  power: Quantity;
  energy_change?: Quantity | null;
  energy_buffer_low?: Quantity | null;
  energy_buffer_high?: Quantity | null;
}

const MAX_DAYS = 1;

export function reservationOperations({ store, ...deps }: OperationsDeps): Record<string, Handle> {
  return {
    putReservations: async ({ body }) => {
      const sent = (body as { reservations: ReservationIn[] }).reservations;
      const read = readReservations(sent, deps.clock.nowMs());
      const assetIds = [...new Set(sent.map((entry) => entry.asset_id))];
      await store.write(async (tx) => {
        const regions = await regionsOf(tx.db, assetIds);
        const rows = read.map((row) => ({
          ...row,
          delivery_day: deliveryDayOf(row.start_ms, regions.get(row.asset_id) ?? 'DE'),
        }));
        const [firstMs, lastMs] = extent(rows.map((row) => row.start_ms));
        // A period that is made shorter leaves slots on which nothing is said any more: they count as touched.
        const before = await latestReservationEnd(tx.db, assetIds, firstMs, lastMs);
        await putReservations(tx.db, rows);
        const endMs = Math.max(before ?? -Infinity, extent(rows.map((row) => row.end_ms))[1]);
        const days = new Set([...new Set(regions.values())].flatMap((r) => daysOf(r, firstMs, endMs, deps)));
        await publishDays(tx, 'reservations', assetIds, [...days], deps);
      });
      return { status: 204 };
    },
    listReservations: async ({ query }) => {
      const page = pageOf(query);
      const { markets, sources } = query as { markets?: string[]; sources?: string[] };
      const filter = { ...readRange(query, 'from', 'to'), assetIds: assetIdsOf(query), markets, sources };
      const rows = await store.read((db) => listReservations(db, filter, page));
      return { status: 200, body: { ...page, reservations: rows.map(reservationAnswer) } };
    },
  };
}

/** Of several entries with one key the last counts. @throws ApiError 422 naming everything that is wrong. */
function readReservations(sent: readonly ReservationIn[], nowMs: number): Omit<ReservationRow, 'delivery_day'>[] {
  const faults = new Faults();
  const rows = sent.map((entry, i) => {
    const loc = ['body', 'reservations', i];
    const { startMs, endMs } = readPeriod(faults, loc, entry, MAX_DAYS);
    return {
      asset_id: entry.asset_id,
      start_ms: startMs,
      end_ms: endMs,
      market: entry.market,
      source: entry.source,
      power_w: faults.quantity([...loc, 'power'], entry.power, 'power'),
      energy_change_wh: faults.quantity([...loc, 'energy_change'], entry.energy_change, 'energy'),
      energy_buffer_low_wh: faults.magnitude([...loc, 'energy_buffer_low'], entry.energy_buffer_low, 'energy'),
      energy_buffer_high_wh: faults.magnitude([...loc, 'energy_buffer_high'], entry.energy_buffer_high, 'energy'),
      created_ms: nowMs,
      updated_ms: nowMs,
    };
  });
  faults.throwIfAny();
  const keyOf = (row: (typeof rows)[number]) => JSON.stringify([row.asset_id, row.start_ms, row.market, row.source]);
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

const extent = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

function reservationAnswer(row: ReservationRow) {
  return {
    asset_id: row.asset_id,
    start_time: formatDateTime(row.start_ms),
    end_time: formatDateTime(row.end_ms),
    delivery_day: row.delivery_day,
    market: row.market,
    source: row.source,
    power: mwOrNull(row.power_w),
    energy_change: mwhOrNull(row.energy_change_wh),
    energy_buffer_low: mwhOrNull(row.energy_buffer_low_wh),
    energy_buffer_high: mwhOrNull(row.energy_buffer_high_wh),
    ...stamps(row),
  };
}
