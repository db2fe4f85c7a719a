import type { Quantity } from '@openadr-gateway/shared/units.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { daysOf, publishDays } from '../../publisher.ts';
import {
  latestConnectionEnd,
  listConnectionLimits,
  MAX_CONNECTION_DAYS,
  putConnectionLimits,
} from '../../store/connection-limits.ts';
import type { ConnectionLimitRow, ConnectionTable } from '../../store/connection-limits.ts';
import type { Db } from '../../store/store.ts';
import type { Kind } from '../../translation/plan.ts';
import type { OperationsDeps } from './deps.ts';
import { Faults, mwOrNull, pageOf } from './fields.ts';
import type { Handle } from './index.ts';
import { requireInverter } from './inverters.ts';
import { readPeriod, readRange } from './periods.ts';
import { requireSite } from './sites.ts';

interface ConnectionLimitIn {
  start_time: string;
  end_time: string;
  max_import_from_grid?: Quantity | null;
  max_export_to_grid?: Quantity | null;
}

type Params = Readonly<Record<string, string>>;

/** What is limited, from the path. @throws ApiError 404 */
type Find = (db: Db, params: Params) => Promise<{ id: string; region: Region }>;

const findSite: Find = async (db, params) => {
  const { id, region } = await requireSite(db, params['site_id'] ?? '');
  return { id, region: region as Region };
};

const findInverter: Find = async (db, params) => {
  const { region } = await findSite(db, params);
  return { id: (await requireInverter(db, params)).id, region };
};

/** `/sites/{site_id}/limits` and `/sites/{site_id}/inverters/{inverter_id}/limits`. */
export function connectionLimitOperations(deps: OperationsDeps): Record<string, Handle> {
  const site = limitsOf('site_limits', 'poc-limits', findSite, deps);
  const inverter = limitsOf('inverter_limits', 'inverter-limits', findInverter, deps);
  return {
    putSiteLimits: site.put,
    listSiteLimits: site.list,
    putInverterLimits: inverter.put,
    listInverterLimits: inverter.list,
  };
}

function limitsOf(
  table: ConnectionTable,
  kind: Kind,
  find: Find,
  { store, ...deps }: OperationsDeps,
): { put: Handle; list: Handle } {
  const maxDays = MAX_CONNECTION_DAYS[table];
  return {
    put: async ({ params, body }) => {
      const read = readLimits((body as { limits: ConnectionLimitIn[] }).limits, maxDays, deps.clock.nowMs());
      await store.write(async (tx) => {
        const { id, region } = await find(tx.db, params);
        const starts = read.map((row) => row.start_ms);
        const [firstMs, lastMs] = [Math.min(...starts), Math.max(...starts)];
        // A period that is made shorter leaves slots on which nothing is said any more: they count as touched.
        const before = await latestConnectionEnd(tx.db, table, id, firstMs, lastMs);
        await putConnectionLimits(
          tx.db,
          table,
          read.map((row) => ({ subject_id: id, ...row })),
        );
        const endMs = Math.max(before ?? -Infinity, ...read.map((row) => row.end_ms));
        await publishDays(tx, kind, [id], daysOf(region, firstMs, endMs, deps), deps);
      });
      return { status: 204 };
    },
    list: async ({ params, query }) => {
      const page = pageOf(query);
      const range = readRange(query, 'from', 'to', maxDays);
      const rows = await store.read(async (db) => {
        const { id } = await find(db, params);
        return listConnectionLimits(db, table, id, range, page);
      });
      return { status: 200, body: { ...page, limits: rows.map(limitAnswer) } };
    },
  };
}

/** Of several entries with one start the last counts. @throws ApiError 422 naming everything that is wrong. */
function readLimits(
  sent: readonly ConnectionLimitIn[],
  maxDays: number,
  nowMs: number,
): Omit<ConnectionLimitRow, 'subject_id'>[] {
  const faults = new Faults();
  const rows = sent.map((entry, i) => {
    const loc = ['body', 'limits', i];
    const { startMs, endMs } = readPeriod(faults, loc, entry, maxDays);
    return {
      start_ms: startMs,
      end_ms: endMs,
      max_import_w: faults.magnitude([...loc, 'max_import_from_grid'], entry.max_import_from_grid, 'power'),
      max_export_w: faults.magnitude([...loc, 'max_export_to_grid'], entry.max_export_to_grid, 'power'),
      created_ms: nowMs,
      updated_ms: nowMs,
    };
  });
  faults.throwIfAny();
  return [...new Map(rows.map((row) => [row.start_ms, row])).values()];
}

function limitAnswer(row: ConnectionLimitRow) {
  return {
    start_time: formatDateTime(row.start_ms),
    end_time: formatDateTime(row.end_ms),
    max_import_from_grid: mwOrNull(row.max_import_w),
    max_export_to_grid: mwOrNull(row.max_export_w),
  };
}
