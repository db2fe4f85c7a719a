import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { formatMw } from '@openadr-gateway/shared/units.ts';
import { listDeadLetters, listDispatches } from '../../store/dispatches.ts';
import type { DeadLetterRow, DispatchRow } from '../../store/dispatches.ts';
import type { OperationsDeps } from './deps.ts';
import { assetIdsOf, mwhOrNull, mwOrNull, pageOf } from './fields.ts';
import type { Handle } from './index.ts';
import { readRange } from './periods.ts';

/** The history of dispatch commands. It is read-only: commands come in over MQTT. */
export function dispatchOperations({ store }: OperationsDeps): Record<string, Handle> {
  return {
    listDispatches: async ({ query }) => {
      const page = pageOf(query);
      const deliveryDay = query['delivery_day'] as string | undefined;
      const filter = { ...readRange(query, 'from', 'to'), assetIds: assetIdsOf(query), deliveryDay };
      const rows = await store.read((db) => listDispatches(db, filter, page));
      return { status: 200, body: { dispatches: rows.map(dispatchAnswer), ...page } };
    },
    listDispatchDeadLetters: async ({ query }) => {
      const page = pageOf(query);
      const reasons = query['reasons'] as string[] | undefined;
      const rows = await store.read((db) => listDeadLetters(db, reasons, page));
      return { status: 200, body: { dead_letters: rows.map(deadLetterAnswer), ...page } };
    },
  };
}

function dispatchAnswer(row: DispatchRow) {
  return {
    source: row.source,
    event_id: row.event_id,
    published_at: formatDateTime(row.published_ms),
    asset_id: row.asset_id,
    dispatch_time: formatDateTime(row.dispatch_ms),
    delivery_period_start: formatDateTime(row.period_start_ms),
    delivery_day: row.delivery_day,
    target_power: formatMw(row.target_power_w),
    nominal_power: mwOrNull(row.nominal_power_w),
    power_imbalance: mwOrNull(row.power_imbalance_w),
    soc_imbalance: mwhOrNull(row.soc_imbalance_wh),
    outcome: row.outcome,
    received_at: formatDateTime(row.received_ms),
  };
}

function deadLetterAnswer(row: DeadLetterRow) {
  return {
    id: row.seq,
    topic: row.topic,
    reason: row.reason,
    detail: row.detail,
    payload: row.payload,
    encoding: row.encoding,
    size_bytes: row.size_bytes,
    received_at: formatDateTime(row.received_ms),
  };
}
