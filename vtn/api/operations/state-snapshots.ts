import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import type { Quantity } from '@openadr-gateway/shared/units.ts';
import { unknownAssets } from '../../store/assets.ts';
import {
  latestStateSnapshots,
  listStateSnapshots,
  putStateSnapshots,
  stateSnapshotsByKeys,
  totalEnergies,
} from '../../store/state-snapshots.ts';
import type { StateSnapshotRow } from '../../store/state-snapshots.ts';
import type { Db } from '../../store/store.ts';
import type { OperationsDeps } from './deps.ts';
import { assetIdsOf, Faults, mwhOrNull, pageOf, stamps } from './fields.ts';
import type { Handle } from './index.ts';

interface StateSnapshotIn {
  asset_id: string;
  effective_at: string;
  stored_energy?: Quantity | null;
  charged_energy?: Quantity | null;
  discharged_energy?: Quantity | null;
  reading_quality: string;
}

type Key = Pick<StateSnapshotRow, 'asset_id' | 'effective_ms'>;

export function stateSnapshotOperations({ store, clock }: OperationsDeps): Record<string, Handle> {
  return {
    putStateSnapshots: async ({ body }) => {
      const sent = (body as { state_snapshots: StateSnapshotIn[] }).state_snapshots;
      const rows = readSnapshots(sent, clock.nowMs());
      const byKey = new Map(rows.map((row) => [keyOf(row), row]));
      const stored = await store.write(async ({ db }) => {
        await requireAssets(db, sent);
        await putStateSnapshots(db, [...byKey.values()]);
        return stateSnapshotsByKeys(db, [...byKey.values()]);
      });
      const answers = new Map(stored.map((row) => [keyOf(row), snapshotAnswer(row)]));
      return { status: 200, body: { state_snapshots: [...byKey.keys()].map((key) => answers.get(key)) } };
    },
    listStateSnapshots: async ({ query }) => {
      const page = pageOf(query);
      const assetIds = assetIdsOf(query);
      const faults = new Faults();
      const bound = (name: 'from' | 'to') => {
        const text = query[name] as string | undefined;
        if (text !== undefined && query['latest'] === true) {
          faults.add(['query', name], 'exclusive', `${name} cannot be combined with latest=true`, text);
        }
        return text === undefined ? undefined : faults.instant(['query', name], text);
      };
      const [fromMs, toMs = clock.nowMs()] = [bound('from'), bound('to')];
      if (fromMs !== undefined && query['to'] !== undefined && toMs < fromMs) {
        faults.add(['query', 'to'], 'end_before_start', 'expected a time not before from', query['to']);
      }
      faults.throwIfAny();
      const { rows, totals } = await store.read(async (db) => {
        if (query['latest'] === true) {
          const latest = await latestStateSnapshots(db, assetIds, page);
          return { rows: latest, totals: totalsOf(latest) };
        }
        const range = { asset_ids: assetIds, to_ms: toMs, ...(fromMs === undefined ? {} : { from_ms: fromMs }) };
        return { rows: await listStateSnapshots(db, range, page), totals: await totalEnergies(db, range) };
      });
      return {
        status: 200,
        body: {
          state_snapshots: rows.map(snapshotAnswer),
          ...page,
          total_charged_energy: mwhOrNull(totals.charged_wh),
          total_discharged_energy: mwhOrNull(totals.discharged_wh),
        },
      };
    },
  };
}

function readSnapshots(sent: readonly StateSnapshotIn[], nowMs: number): StateSnapshotRow[] {
  const faults = new Faults();
  const rows = sent.map((snapshot, i): StateSnapshotRow => {
    const loc = ['body', 'state_snapshots', i];
    const energy = (name: 'stored_energy' | 'charged_energy' | 'discharged_energy') =>
      faults.magnitude([...loc, name], snapshot[name], 'energy');
    return {
      asset_id: snapshot.asset_id,
      effective_ms: faults.instant([...loc, 'effective_at'], snapshot.effective_at),
      stored_energy_wh: energy('stored_energy'),
      charged_energy_wh: energy('charged_energy'),
      discharged_energy_wh: energy('discharged_energy'),
      reading_quality: snapshot.reading_quality,
      created_ms: nowMs,
      updated_ms: nowMs,
    };
  });
  faults.throwIfAny();
  return rows;
}

/** @throws ApiError 422 that names every entry whose asset does not exist. */
async function requireAssets(db: Db, sent: readonly StateSnapshotIn[]): Promise<void> {
  const unknown = new Set(
    await unknownAssets(
      db,
      sent.map((snapshot) => snapshot.asset_id),
    ),
  );
  const faults = new Faults();
  sent.forEach(({ asset_id }, i) => {
    if (unknown.has(asset_id)) {
      faults.add(
        ['body', 'state_snapshots', i, 'asset_id'],
        'unknown_asset',
        `unknown asset_id: ${asset_id}`,
        asset_id,
      );
    }
  });
  faults.throwIfAny();
}

const keyOf = (row: Key) => `${row.asset_id} ${row.effective_ms}`;

function totalsOf(rows: readonly StateSnapshotRow[]) {
  const sum = (column: 'charged_energy_wh' | 'discharged_energy_wh') =>
    rows.reduce<number | null>((total, row) => (row[column] === null ? total : (total ?? 0) + row[column]), null);
  return { charged_wh: sum('charged_energy_wh'), discharged_wh: sum('discharged_energy_wh') };
}

function snapshotAnswer(row: StateSnapshotRow) {
  return {
    asset_id: row.asset_id,
    effective_at: formatDateTime(row.effective_ms),
    stored_energy: mwhOrNull(row.stored_energy_wh),
    reading_quality: row.reading_quality,
    charged_energy: mwhOrNull(row.charged_energy_wh),
    discharged_energy: mwhOrNull(row.discharged_energy_wh),
    ...stamps(row),
  };
}
