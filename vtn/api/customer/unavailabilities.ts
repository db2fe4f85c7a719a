import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { publishAvailability } from '../../publish/availability.ts';
import { plantById, plantByName } from '../../store/plants.ts';
import type { Db } from '../../store/store.ts';
import {
  deleteUnavailability,
  insertUnavailability,
  listUnavailabilities,
  unavailabilityById,
  updateUnavailability,
} from '../../store/unavailabilities.ts';
import type { NamedUnavailability, UnavailabilityRow } from '../../store/unavailabilities.ts';
import { notFound } from '../errors.ts';
import type { ApiRequest } from '../http.ts';
import { stamps } from '../operations/fields.ts';
import type { CustomerDeps } from './deps.ts';
import type { AccountHandle } from './index.ts';
import { readUnavailability } from './unavailability-fields.ts';
import type { UnavailabilityIn } from './unavailability-fields.ts';

/** `/unavailabilities/`: every write reaches the limits of the plant's asset, and so its events, in the same transaction. */
export function unavailabilityOperations({ store, ...deps }: CustomerDeps): Record<string, AccountHandle> {
  const update = async (account: string, request: ApiRequest, fill: (row: NamedUnavailability) => UnavailabilityIn) => {
    const body = await store.write(async (tx) => {
      const { plant_name, ...before } = await requireRecord(tx.db, account, request.params['id']);
      const sent = { ...fill({ ...before, plant_name }), ...(request.body as Partial<UnavailabilityIn>) };
      const plant = await plantByName(tx.db, account, sent.plant_id ?? '');
      const after: UnavailabilityRow = {
        ...before,
        ...readUnavailability(sent, plant),
        updated_ms: deps.clock.nowMs(),
      };
      await updateUnavailability(tx.db, after);
      // At one plant in one go: in between nobody is to hear that nothing limits it.
      if (plant && after.plant_id === before.plant_id) {
        await publishAvailability(tx, plant, [windowOf(before), windowOf(after)], deps);
      } else {
        const left = await plantById(tx.db, before.plant_id);
        if (left) await publishAvailability(tx, left, [windowOf(before)], deps);
        if (plant) await publishAvailability(tx, plant, [windowOf(after)], deps);
      }
      return recordAnswer({ ...after, plant_name: plant?.name ?? plant_name });
    });
    return { status: 200, body };
  };

  return {
    listUnavailabilities: async (account, { query }) => {
      const {
        plant_id: plantName,
        limit,
        offset = 0,
      } = query as { plant_id?: string; limit?: number; offset?: number };
      const rows = await store.read((db) => listUnavailabilities(db, { account, plantName, limit, offset }));
      return { status: 200, body: rows.map(recordAnswer) };
    },
    createUnavailability: async (account, { body }) => {
      const sent = body as UnavailabilityIn;
      const nowMs = deps.clock.nowMs();
      const record = await store.write(async (tx) => {
        const plant = await plantByName(tx.db, account, sent.plant_id ?? '');
        const values = readUnavailability(sent, plant);
        const row = { id: deps.ids.next(), ...values, created_ms: nowMs, updated_ms: nowMs };
        await insertUnavailability(tx.db, row);
        if (plant) await publishAvailability(tx, plant, [windowOf(row)], deps);
        return recordAnswer({ ...row, plant_name: plant?.name ?? '' });
      });
      return { status: 201, body: record, headers: { location: `${record.id}/` } };
    },
    getUnavailability: async (account, { params }) => {
      const row = await store.read((db) => requireRecord(db, account, params['id']));
      return { status: 200, body: recordAnswer(row) };
    },
    updateUnavailability: (account, request) => update(account, request, (row) => kept(row, request.body)),
    replaceUnavailability: (account, request) => update(account, request, () => ({})),
    deleteUnavailability: async (account, { params }) => {
      await store.write(async (tx) => {
        const row = await requireRecord(tx.db, account, params['id']);
        await deleteUnavailability(tx.db, row.id);
        const plant = await plantById(tx.db, row.plant_id);
        if (plant) await publishAvailability(tx, plant, [windowOf(row)], deps);
      });
      return { status: 204 };
    },
  };
}

/**
 * What a partial update keeps. Of the power either its MW or the client's own value is kept, never both: where one of them
 * changes, the other is not true any more.
 */
function kept(row: NamedUnavailability, body: unknown): UnavailabilityIn {
  const { available_power_mw, source_unit, source_value, ...rest } = recordAnswer(row);
  const sent = body as Partial<UnavailabilityIn>;
  if (sent.available_power_mw != null) return rest;
  if (sent.source_unit != null || sent.source_value != null) return { ...rest, source_unit, source_value };
  return { ...rest, available_power_mw, source_unit, source_value };
}

/** @throws ApiError 404, also for what is another account's */
async function requireRecord(db: Db, account: string, id = ''): Promise<NamedUnavailability> {
  const row = await unavailabilityById(db, account, id);
  if (!row) throw notFound(`unknown unavailability: ${id}`);
  return row;
}

const windowOf = (row: UnavailabilityRow) => ({ startMs: row.start_ms, endMs: row.end_ms });

function recordAnswer(row: NamedUnavailability) {
  return {
    id: row.id,
    plant_id: row.plant_name,
    start_time_utc: formatDateTime(row.start_ms),
    end_time_utc: formatDateTime(row.end_ms),
    available_power_mw: row.available_power_w / 1e6,
    availability_type: row.type,
    observations: row.observations,
    source_unit: row.source_unit,
    source_value: row.source_value === null ? null : Number(row.source_value),
    timezone_source: row.timezone_source,
    ...stamps(row),
  };
}
