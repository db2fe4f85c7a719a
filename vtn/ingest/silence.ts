import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { afterSilence } from '../domain/asset-status.ts';
import { excuseSilence, fallenSilent, silenceSaid } from '../store/asset-reports.ts';
import { appendStatuses, latestEntries, statusRow } from '../store/asset-statuses.ts';
import type { Store } from '../store/store.ts';

interface SilenceDeps {
  store: Store;
  clock: Clock;
}

/** Assets that are marked in one transaction, so that others can write in between. */
const CHUNK = 500;

/** Appends OFFLINE to the history of every asset that has not reported for three report periods. @returns how many. */
export async function noticeSilence({ store, clock }: SilenceDeps): Promise<number> {
  const nowMs = clock.nowMs();
  let count = 0;
  for (;;) {
    // Read first: the store is written only when somebody has fallen silent.
    if ((await store.read((db) => fallenSilent(db, nowMs, 1))).length === 0) return count;
    count += await store.write(async ({ db }) => {
      const silent = await fallenSilent(db, nowMs, CHUNK);
      const ids = silent.map((row) => row.asset_id);
      const before = await latestEntries(db, ids);
      const entries = silent.map(({ asset_id, last_ms, period_ms }) => {
        const entry = afterSilence(before.get(asset_id), { lastReportMs: last_ms, periodMs: period_ms });
        return statusRow(asset_id, entry, nowMs);
      });
      await appendStatuses(db, entries);
      await silenceSaid(db, ids);
      return silent.length;
    });
  }
}

/** To be called at the start: what was silent while the gateway itself was down gets its three periods again. */
export async function forgiveDowntime({ store, clock }: SilenceDeps): Promise<void> {
  await store.write(({ db }) => excuseSilence(db, clock.nowMs()));
}
