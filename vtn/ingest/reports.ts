import type { Report } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { statusOf } from '../domain/asset-status.ts';
import { appendStatuses, latestStatuses } from '../store/asset-statuses.ts';
import type { NewStatusRow } from '../store/asset-statuses.ts';
import { assetsOfClient } from '../store/gateways.ts';
import { mergeStateSnapshots } from '../store/state-snapshots.ts';
import type { StateSnapshotRow } from '../store/state-snapshots.ts';
import type { Db, Writer } from '../store/store.ts';
import { readReport } from '../translation/snapshots.ts';
import type { StateObservation } from '../translation/snapshots.ts';

/**
 * Makes state snapshots and status entries of a report that is being stored, in the same transaction. Resources that are
 * not assets of the reporting client yield nothing: that is no error, the report itself is stored all the same. The same
 * report once more changes nothing.
 */
export async function recordReport(tx: Writer, report: Report, deps: { clock: Clock }): Promise<void> {
  const names = report.resources.map((resource) => resource.resourceName);
  const own = new Set(await assetsOfClient(tx.db, report.clientID, names));
  if (own.size === 0) return;
  const { snapshots, states } = readReport(report);
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
  await recordStates(
    tx.db,
    report,
    states.filter((state) => own.has(state.assetId)),
    nowMs,
  );
}

/** Appends an entry wherever the operating state is another than before. What is older than the latest entry comes too late. */
async function recordStates(db: Db, report: Report, states: readonly StateObservation[], nowMs: number): Promise<void> {
  if (states.length === 0) return;
  const latest = new Map(
    (
      await latestStatuses(
        db,
        states.map((state) => state.assetId),
      )
    ).map((row) => [row.asset_id, { effectiveMs: row.effective_ms, operatingState: operatingStateOf(row.reasons) }]),
  );
  const entries: NewStatusRow[] = [];
  for (const { assetId, effectiveMs, operatingState } of [...states].sort((a, b) => a.effectiveMs - b.effectiveMs)) {
    const before = latest.get(assetId);
    if (before && (before.effectiveMs >= effectiveMs || before.operatingState === operatingState)) continue;
    latest.set(assetId, { effectiveMs, operatingState });
    const reason = {
      category: 'OPERATING_STATE',
      detail: operatingState,
      source: report.clientName,
      attributes: { report_id: report.id },
    };
    entries.push({
      asset_id: assetId,
      status: statusOf(operatingState),
      effective_ms: effectiveMs,
      reasons: JSON.stringify([reason]),
      created_ms: nowMs,
    });
  }
  await appendStatuses(db, entries);
}

function operatingStateOf(reasons: string): string | undefined {
  const list = JSON.parse(reasons) as { category: string; detail: string }[];
  return list.find((reason) => reason.category === 'OPERATING_STATE')?.detail;
}

/** A report may speak twice of the same instant; what it says last counts. */
function lastOfEachKey(rows: readonly StateSnapshotRow[]): StateSnapshotRow[] {
  return [...new Map(rows.map((row) => [`${row.asset_id} ${row.effective_ms}`, row])).values()];
}
