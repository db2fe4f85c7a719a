import type { Report } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { afterReport, afterState } from '../domain/asset-status.ts';
import { heardOf } from '../store/asset-reports.ts';
import { appendStatuses, latestEntries, statusRow } from '../store/asset-statuses.ts';
import { assetsOfClient } from '../store/gateways.ts';
import { mergeStateSnapshots } from '../store/state-snapshots.ts';
import type { StateSnapshotRow } from '../store/state-snapshots.ts';
import type { Db, Writer } from '../store/store.ts';
import { readReport } from './snapshots.ts';
import type { StateObservation } from './snapshots.ts';

export interface IngestDeps {
  clock: Clock;
  /** How often assets report whose reports do not tell. */
  reportPeriodMs?: number;
}

const DEFAULT_REPORT_PERIOD_MS = 900_000;
/** Whoever reports less often than daily is missed after three days all the same. */
const LONGEST_PERIOD_MS = 86_400_000;

/**
 * Makes state snapshots and status entries of a report that is being stored, in the same transaction. Resources that are
 * not assets of the reporting client yield nothing: that is no error, the report itself is stored all the same. The same
 * report once more changes nothing.
 */
export async function recordReport(tx: Writer, report: Report, deps: IngestDeps): Promise<void> {
  const names = report.resources.map((resource) => resource.resourceName);
  const own = new Set(await assetsOfClient(tx.db, report.clientID, names));
  if (own.size === 0) return;
  const { snapshots, states, periodsMs } = readReport(report);
  const nowMs = deps.clock.nowMs();
  const rows = snapshots
    .filter((snapshot) => own.has(snapshot.assetId))
    .map((snapshot) => ({
      asset_id: snapshot.assetId,
      effective_ms: snapshot.effectiveMs,
      stored_energy_wh: snapshot.storedEnergyWh,
      charged_energy_wh: snapshot.chargedEnergyWh,
      discharged_energy_wh: snapshot.dischargedEnergyWh,
      reading_quality: snapshot.readingQuality,
      created_ms: nowMs,
      updated_ms: nowMs,
    }));
  await mergeStateSnapshots(tx.db, lastOfEachKey(rows));
  const defaultMs = deps.reportPeriodMs ?? DEFAULT_REPORT_PERIOD_MS;
  const periodOf = (assetId: string) => Math.min(periodsMs.get(assetId) ?? defaultMs, LONGEST_PERIOD_MS);
  const heard = [...own].map((assetId) => ({ assetId, periodMs: periodOf(assetId) }));
  await heardOf(tx.db, heard, nowMs);
  await recordStates(tx.db, report, states, [...own], nowMs);
}

/** Appends an entry wherever the operating state is another than before, or an asset is heard of again. */
async function recordStates(
  db: Db,
  report: Report,
  states: readonly StateObservation[],
  assetIds: readonly string[],
  nowMs: number,
): Promise<void> {
  const latest = await latestEntries(db, assetIds);
  const sorted = [...states].sort((a, b) => a.effectiveMs - b.effectiveMs);
  const entries = assetIds.flatMap((assetId) => {
    const observed = sorted.filter((state) => state.assetId === assetId);
    if (observed.length === 0) {
      const entry = afterReport(latest.get(assetId), nowMs);
      return entry ? [statusRow(assetId, entry, nowMs)] : [];
    }
    return observed.flatMap(({ operatingState, effectiveMs }) => {
      const state = { operatingState, effectiveMs, source: report.clientName, reportId: report.id };
      const entry = afterState(latest.get(assetId), state);
      if (!entry) return [];
      latest.set(assetId, entry);
      return [statusRow(assetId, entry, nowMs)];
    });
  });
  await appendStatuses(db, entries);
}

/** A report may speak twice of the same instant; what it says last counts. */
function lastOfEachKey(rows: readonly StateSnapshotRow[]): StateSnapshotRow[] {
  return [...new Map(rows.map((row) => [`${row.asset_id} ${row.effective_ms}`, row])).values()];
}
