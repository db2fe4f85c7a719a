import type { Quantity } from '@openadr-gateway/shared/units.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';
import { computedLimits } from '../../domain/limits.ts';
import type { LimitValues } from '../../domain/limits.ts';
import { daysOf, publishDays } from '../../publisher.ts';
import { assetsByIds } from '../../store/assets.ts';
import { clearPeriodLimits, limitValuesOf, listPeriodLimits, upsertPeriodLimits } from '../../store/period-limits.ts';
import type { PeriodLimitRow } from '../../store/period-limits.ts';
import { requireAsset, unknownAssetIds } from './assets.ts';
import type { OperationsDeps } from './deps.ts';
import { assetIdsOf, mwhOrNull, mwOrNull, pageOf, stamps } from './fields.ts';
import type { Handle } from './index.ts';
import { expandEntries, readEntries } from './period-limit-entries.ts';
import type { PeriodLimitIn } from './period-limit-entries.ts';
import { readRange } from './periods.ts';

export function periodLimitOperations({ store, ...deps }: OperationsDeps): Record<string, Handle> {
  return {
    patchPeriodLimits: async ({ body }) => {
      const entries = readEntries((body as { limits: PeriodLimitIn[] }).limits);
      const assetIds = [...new Set(entries.map((entry) => entry.assetId))];
      await store.write(async (tx) => {
        const assets = new Map((await assetsByIds(tx.db, assetIds)).map((asset) => [asset.id, asset]));
        const unknown = assetIds.filter((id) => !assets.has(id));
        if (unknown.length > 0) throw unknownAssetIds(unknown);
        const rows = expandEntries(entries, assets, deps.clock.nowMs());
        await upsertPeriodLimits(tx.db, rows);
        await publishDays(tx, 'limits', assetIds, [...new Set(rows.map((row) => row.delivery_day))], deps);
      });
      return { status: 204 };
    },
    listPeriodLimits: async ({ query }) => {
      const { startMs, endMs } = readRange(query, 'from', 'to');
      const page = pageOf(query);
      const sources = query['sources'] as string[] | undefined;
      const filter = { asset_ids: assetIdsOf(query), from_ms: startMs, to_ms: endMs, ...(sources ? { sources } : {}) };
      const rows = await store.read((db) => listPeriodLimits(db, filter, page));
      return { status: 200, body: { ...page, limits: slotsOf(rows).map((slot) => slotAnswer(slot, sources)) } };
    },
    deletePeriodLimits: async ({ query }) => {
      const { startMs, endMs } = readRange(query, 'start_time', 'end_time');
      const { asset_id: assetId, source } = query as { asset_id: string; source: string };
      await store.write(async (tx) => {
        const asset = await requireAsset(tx.db, assetId);
        await clearPeriodLimits(tx.db, { assetId, source, startMs, endMs }, deps.clock.nowMs());
        const days = daysOf(asset.region as Region, startMs, endMs, deps);
        await publishDays(tx, 'limits', [assetId], days, deps);
      });
      return { status: 204 };
    },
  };
}

/** Rows in the order of slots, gathered by slot. */
function slotsOf(rows: readonly PeriodLimitRow[]): [PeriodLimitRow, ...PeriodLimitRow[]][] {
  const slots: [PeriodLimitRow, ...PeriodLimitRow[]][] = [];
  for (const row of rows) {
    const last = slots.at(-1);
    if (last && last[0].asset_id === row.asset_id && last[0].start_ms === row.start_ms) last.push(row);
    else slots.push([row]);
  }
  return slots;
}

function slotAnswer(rows: [PeriodLimitRow, ...PeriodLimitRow[]], sources: readonly string[] | undefined) {
  const [{ asset_id, start_ms, delivery_day }] = rows;
  return {
    asset_id,
    start_time: formatDateTime(start_ms),
    end_time: formatDateTime(start_ms + SLOT_MS),
    delivery_day,
    computed_limits: limitsAnswer(computedLimits(rows.map(limitValuesOf))),
    sources: rows
      .filter((row) => !sources || sources.includes(row.source))
      .map((row) => ({ source: row.source, ...limitsAnswer(limitValuesOf(row)), ...stamps(row) })),
  };
}

function limitsAnswer(limits: LimitValues): Record<string, Quantity | boolean | null> {
  return {
    power_charge: mwOrNull(limits.powerChargeW),
    power_discharge: mwOrNull(limits.powerDischargeW),
    energy_low: mwhOrNull(limits.energyLowWh),
    energy_high: mwhOrNull(limits.energyHighWh),
    trading_locked: limits.tradingLocked,
  };
}
