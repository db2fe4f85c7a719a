import { formatMw, formatMwh } from '@openadr-gateway/shared/units.ts';
import type { Quantity } from '@openadr-gateway/shared/units.ts';
import { deviceEnergy } from '../../domain/device-energy.ts';
import { withdrawSchedule } from '../../publish/schedules.ts';
import { assetById } from '../../store/assets.ts';
import {
  deleteDevice,
  deviceById,
  deviceOfAsset,
  insertDevice,
  listDevices,
  updateDevice,
} from '../../store/devices.ts';
import type { DeviceRow } from '../../store/devices.ts';
import { locationById } from '../../store/locations.ts';
import { latestStateSnapshots } from '../../store/state-snapshots.ts';
import type { Db } from '../../store/store.ts';
import { notFound } from '../errors.ts';
import type { OperationsDeps } from './deps.ts';
import { Faults, pageOf, stamps, timeOrNull } from './fields.ts';
import type { Handle } from './index.ts';

type Amount = number | string;

/** What loses more is no storage. */
const LEAST_EFFICIENCY = 0.01;

interface DeviceIn {
  name: string;
  type: string;
  location_id: string;
  asset_id?: string | null;
  live_mode?: boolean;
  capacity: Quantity;
  max_charge_power: Quantity;
  max_discharge_power?: Quantity;
  charge_efficiency?: Amount;
  discharge_efficiency?: Amount;
  minimum_state_of_charge?: Amount;
  target_state_of_charge?: Amount | null;
  deadline?: string | null;
  state_of_charge?: Amount | null;
}

/** `/devices`: what stores energy and can be scheduled. */
export function deviceOperations({ store, ...deps }: OperationsDeps): Record<string, Handle> {
  return {
    listDevices: async ({ query }) => {
      const page = pageOf(query);
      const body = await store.read(async (db) => deviceAnswers(db, await listDevices(db, query, page), deps));
      return { status: 200, body: { ...page, devices: body } };
    },
    createDevice: async ({ body }) => {
      const nowMs = deps.clock.nowMs();
      const id = `dev_${deps.ids.next().replaceAll('-', '')}`;
      const [answer] = await store.write(async ({ db }) => {
        const values = await readDevice(db, id, body as DeviceIn, nowMs);
        const soc = { soc: null, soc_ms: null, ...values };
        const row: DeviceRow = { id, ...soc, schedule_id: null, stale_ms: null, created_ms: nowMs, updated_ms: nowMs };
        await insertDevice(db, row);
        return deviceAnswers(db, [row], deps);
      });
      return { status: 201, body: answer, headers: { location: `devices/${id}` } };
    },
    getDevice: async ({ params }) => {
      const [body] = await store.read(async (db) =>
        deviceAnswers(db, [await requireDevice(db, params['device_id'] ?? '')], deps),
      );
      return { status: 200, body };
    },
    patchDevice: async ({ params, body }) => {
      const nowMs = deps.clock.nowMs();
      await store.write(async (tx) => {
        const before = await requireDevice(tx.db, params['device_id'] ?? '');
        const sent = { ...inputOf(before), ...(body as Partial<DeviceIn>) };
        const values = await readDevice(tx.db, before.id, sent, nowMs);
        const isSame = values.asset_id === before.asset_id && values.live_mode === before.live_mode;
        // Its schedule is another asset's, or is followed no more.
        if (!isSame) await withdrawSchedule(tx, before.id);
        const schedule_id = isSame ? before.schedule_id : null;
        await updateDevice(tx.db, { ...before, ...values, schedule_id, stale_ms: nowMs, updated_ms: nowMs });
      });
      return { status: 204 };
    },
    deleteDevice: async ({ params }) => {
      await store.write(async (tx) => {
        const { id } = await requireDevice(tx.db, params['device_id'] ?? '');
        await withdrawSchedule(tx, id);
        await deleteDevice(tx.db, id);
      });
      return { status: 204 };
    },
  };
}

/** @throws ApiError 404 */
export async function requireDevice(db: Db, id: string): Promise<DeviceRow> {
  const device = await deviceById(db, id);
  if (!device) throw notFound(`unknown device_id: ${id}`);
  return device;
}

type Values = Omit<DeviceRow, 'id' | 'soc' | 'soc_ms' | 'schedule_id' | 'stale_ms' | 'created_ms' | 'updated_ms'>;

/** @throws ApiError 422 naming everything that is wrong */
async function readDevice(
  db: Db,
  id: string,
  sent: DeviceIn,
  nowMs: number,
): Promise<Values & Partial<Pick<DeviceRow, 'soc' | 'soc_ms'>>> {
  const faults = new Faults();
  await checkLinks(db, id, sent, faults);
  const capacityWh = faults.magnitude(['body', 'capacity'], sent.capacity, 'energy');
  if (capacityWh === 0)
    faults.add(['body', 'capacity', 'amount'], 'greater_than', 'expected more than 0', sent.capacity.amount);
  const power = (name: 'max_charge_power' | 'max_discharge_power') =>
    faults.magnitude(['body', name], sent[name], 'power') ?? 0;
  const minimum = faults.share(['body', 'minimum_state_of_charge'], sent.minimum_state_of_charge) ?? '0';
  const target = faults.share(['body', 'target_state_of_charge'], sent.target_state_of_charge);
  if (target !== null && Number(target) < Number(minimum)) {
    const msg = 'expected at least minimum_state_of_charge';
    faults.add(['body', 'target_state_of_charge'], 'greater_than_equal', msg, sent.target_state_of_charge);
  }
  const efficiency = (name: 'charge_efficiency' | 'discharge_efficiency') => {
    const text = faults.efficiency(['body', name], sent[name]) ?? '1';
    if (Number(text) < LEAST_EFFICIENCY)
      faults.add(['body', name], 'out_of_range', `expected at least ${LEAST_EFFICIENCY}`, sent[name]);
    return text;
  };
  const soc = faults.share(['body', 'state_of_charge'], sent.state_of_charge);
  const values: Values = {
    name: sent.name,
    type: sent.type,
    location_id: sent.location_id,
    asset_id: sent.asset_id ?? null,
    live_mode: sent.live_mode === false ? 0 : 1,
    capacity_wh: capacityWh ?? 0,
    max_charge_w: power('max_charge_power'),
    max_discharge_w: power('max_discharge_power'),
    charge_efficiency: efficiency('charge_efficiency'),
    discharge_efficiency: efficiency('discharge_efficiency'),
    minimum_soc: minimum,
    target_soc: target,
    deadline_ms: sent.deadline == null ? null : faults.instant(['body', 'deadline'], sent.deadline),
  };
  faults.throwIfAny();
  // What is not sent stays as it was given.
  return { ...values, ...(sent.state_of_charge === undefined ? {} : { soc, soc_ms: soc === null ? null : nowMs }) };
}

async function checkLinks(db: Db, id: string, { location_id, asset_id }: DeviceIn, faults: Faults): Promise<void> {
  if (!(await locationById(db, location_id)))
    faults.add(['body', 'location_id'], 'unknown_location', `unknown location_id: ${location_id}`, location_id);
  if (asset_id == null) return;
  const linked = await deviceOfAsset(db, asset_id);
  if (!(await assetById(db, asset_id)))
    faults.add(['body', 'asset_id'], 'unknown_asset', `unknown asset_id: ${asset_id}`, asset_id);
  else if (linked && linked.id !== id)
    faults.add(['body', 'asset_id'], 'unique', `${asset_id} is linked to ${linked.id} already`, asset_id);
}

/** What one would have to send for the device as it is, without its state of charge. */
function inputOf(row: DeviceRow) {
  return {
    name: row.name,
    type: row.type,
    live_mode: row.live_mode === 1,
    location_id: row.location_id,
    asset_id: row.asset_id,
    capacity: formatMwh(row.capacity_wh),
    max_charge_power: formatMw(row.max_charge_w),
    max_discharge_power: formatMw(row.max_discharge_w),
    charge_efficiency: row.charge_efficiency,
    discharge_efficiency: row.discharge_efficiency,
    minimum_state_of_charge: row.minimum_soc,
    target_state_of_charge: row.target_soc,
    deadline: timeOrNull(row.deadline_ms),
  };
}

async function deviceAnswers(db: Db, rows: readonly DeviceRow[], { clock }: Pick<OperationsDeps, 'clock'>) {
  const assetIds = rows.flatMap((row) => (row.asset_id === null ? [] : [row.asset_id]));
  const snapshots =
    assetIds.length === 0 ? [] : await latestStateSnapshots(db, assetIds, { limit: rows.length, offset: 0 });
  return rows.map((row) => {
    const snapshot = snapshots.find((one) => one.asset_id === row.asset_id);
    const energy = deviceEnergy(row, snapshot, clock.nowMs());
    return {
      id: row.id,
      object: 'device',
      ...inputOf(row),
      state_of_charge: energy ? String(Math.round((energy.energyWh / row.capacity_wh) * 1e6) / 1e6) : null,
      state_of_charge_at: timeOrNull(energy?.atMs ?? null),
      state_of_charge_source: energy?.source ?? null,
      ...stamps(row),
    };
  });
}
