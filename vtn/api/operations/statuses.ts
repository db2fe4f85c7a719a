import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import type { StatusReason } from '../../domain/asset-status.ts';
import { latestStatuses, listStatuses } from '../../store/asset-statuses.ts';
import type { AssetStatusRow } from '../../store/asset-statuses.ts';
import { assetsByIds } from '../../store/assets.ts';
import type { AssetRow } from '../../store/assets.ts';
import { requireAsset } from './assets.ts';
import type { OperationsDeps } from './deps.ts';
import { assetIdsOf, Faults, pageOf } from './fields.ts';
import type { Handle } from './index.ts';

export function statusOperations({ store }: OperationsDeps): Record<string, Handle> {
  return {
    getAssetStatus: async ({ params }) => {
      const body = await store.read(async (db) => {
        const asset = await requireAsset(db, params['asset_id'] ?? '');
        const [latest] = await latestStatuses(db, [asset.id]);
        return latest ? statusAnswer(latest) : unheardOf(asset);
      });
      return { status: 200, body };
    },
    listAssetStatuses: async ({ query }) => {
      const page = pageOf(query);
      const assetIds = assetIdsOf(query);
      const statuses = query['status'] as string[] | undefined;
      const range = readRange(query);
      const answers = await store.read(async (db) => {
        if (query['latest'] !== true) {
          return (await listStatuses(db, { ...range, assetIds, statuses }, page)).map(statusAnswer);
        }
        const latest = new Map((await latestStatuses(db, assetIds, range)).map((row) => [row.asset_id, row]));
        const isBounded = range.fromMs !== undefined || range.toMs !== undefined;
        return (await assetsByIds(db, assetIds))
          .sort((a, b) => (a.id < b.id ? -1 : 1))
          .flatMap((asset) => {
            const row = latest.get(asset.id);
            if (row) return [statusAnswer(row)];
            return isBounded ? [] : [unheardOf(asset)];
          })
          .filter(({ status }) => statuses === undefined || statuses.includes(status))
          .slice(page.offset, page.offset + page.limit);
      });
      return { status: 200, body: { ...page, statuses: answers } };
    },
  };
}

/** @throws ApiError 422 when neither `latest` nor a bound is given, and for bounds in the wrong order. */
function readRange(query: Readonly<Record<string, unknown>>): { fromMs?: number; toMs?: number } {
  const faults = new Faults();
  const { from, to } = query as { from?: string; to?: string };
  if (query['latest'] !== true && from === undefined && to === undefined) {
    faults.add(['query'], 'missing', 'expected latest=true, or from and to, or both');
  }
  const range = {
    ...(from === undefined ? {} : { fromMs: faults.instant(['query', 'from'], from) }),
    ...(to === undefined ? {} : { toMs: faults.instant(['query', 'to'], to) }),
  };
  if (range.fromMs !== undefined && range.toMs !== undefined && range.toMs < range.fromMs) {
    faults.add(['query', 'to'], 'end_before_start', 'expected a time not before from', to);
  }
  faults.throwIfAny();
  return range;
}

function statusAnswer(row: AssetStatusRow) {
  const reasons = (JSON.parse(row.reasons) as StatusReason[]).map(({ category, detail, source, attributes }) => {
    // When a state was observed is what this entry's own time says; it is kept for comparing only.
    const { observed_ms: _observed, ...shown } = attributes;
    return { category, detail, source, attributes: shown };
  });
  return {
    asset_id: row.asset_id,
    status: row.status,
    effective_at: formatDateTime(row.effective_ms),
    reasons,
    created_at: formatDateTime(row.created_ms),
  };
}

/** What is said of an asset before its first entry: UNKNOWN since it exists. */
function unheardOf(asset: AssetRow) {
  const since = formatDateTime(asset.created_ms);
  return { asset_id: asset.id, status: 'UNKNOWN', effective_at: since, reasons: [], created_at: since };
}
