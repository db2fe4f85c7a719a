import { isTimeZone } from '@openadr-gateway/shared/time/time-zone.ts';
import { publishAvailability, withdrawAvailability } from '../../publish/availability.ts';
import { assetById } from '../../store/assets.ts';
import { deletePlant, insertPlant, listPlants, plantByName, plantOfAsset, updatePlant } from '../../store/plants.ts';
import type { PlantRow } from '../../store/plants.ts';
import type { Db, Writer } from '../../store/store.ts';
import { extentOfUnavailabilities } from '../../store/unavailabilities.ts';
import { conflict, notFound } from '../errors.ts';
import type { ApiRequest } from '../http.ts';
import { Faults, stamps } from '../operations/fields.ts';
import type { CustomerDeps } from './deps.ts';
import type { AccountHandle } from './index.ts';

interface PlantIn {
  name: string;
  capacity_mw: number;
  timezone?: string | null;
  asset_id?: string | null;
}

/** `/plants/`: what a customer has. A plant that is linked to an asset limits it by its unavailabilities. */
export function plantOperations({ store, ...deps }: CustomerDeps): Record<string, AccountHandle> {
  const update = async (account: string, { params, body }: ApiRequest, fill: (plant: PlantRow) => Partial<PlantIn>) => {
    const row = await store.write(async (tx) => {
      const before = await requirePlant(tx.db, account, params['plant_id']);
      const sent = { ...fill(before), ...(body as object) } as PlantIn;
      const after: PlantRow = {
        ...before,
        ...(await readPlant(tx.db, account, sent, before.id)),
        updated_ms: deps.clock.nowMs(),
      };
      await updatePlant(tx.db, after);
      await relink(tx, before, after);
      return after;
    });
    return { status: 200, body: plantAnswer(row) };
  };

  /** The asset that a plant had is free again; the one that it has now is limited by what the plant's records say. */
  const relink = async (tx: Writer, before: PlantRow, after: PlantRow): Promise<void> => {
    if (before.asset_id === after.asset_id) return;
    const extent = await extentOfUnavailabilities(tx.db, after.id);
    if (!extent) return;
    if (before.asset_id !== null) await withdrawAvailability(tx, before.asset_id, extent, deps);
    await publishAvailability(tx, after, [extent], deps);
  };

  return {
    listPlants: async (account) => {
      const rows = await store.read((db) => listPlants(db, account));
      return { status: 200, body: rows.map(plantAnswer) };
    },
    createPlant: async (account, { body }) => {
      const nowMs = deps.clock.nowMs();
      const row = await store.write(async ({ db }) => {
        const values = await readPlant(db, account, body as PlantIn);
        const created = { id: deps.ids.next(), account, ...values, created_ms: nowMs, updated_ms: nowMs };
        await insertPlant(db, created);
        return created;
      });
      const location = `${encodeURIComponent(row.name)}/`;
      return { status: 201, body: plantAnswer(row), headers: { location } };
    },
    getPlant: async (account, { params }) => {
      const row = await store.read((db) => requirePlant(db, account, params['plant_id']));
      return { status: 200, body: plantAnswer(row) };
    },
    updatePlant: (account, request) => update(account, request, plantAnswer),
    replacePlant: (account, request) => update(account, request, () => ({})),
    deletePlant: async (account, { params }) => {
      await store.write(async ({ db }) => {
        const { id, name } = await requirePlant(db, account, params['plant_id']);
        if (await extentOfUnavailabilities(db, id)) {
          throw conflict('plant has unavailabilities', `plant ${name} has unavailabilities; delete them first`);
        }
        await deletePlant(db, id);
      });
      return { status: 204 };
    },
  };
}

/** @throws ApiError 404, also for what is another account's */
async function requirePlant(db: Db, account: string, name = ''): Promise<PlantRow> {
  const plant = await plantByName(db, account, name);
  if (!plant) throw notFound(`unknown plant: ${name}`);
  return plant;
}

/**
 * @param ownId of the plant that is changed
 * @throws ApiError 400 naming every field that is wrong
 */
async function readPlant(
  db: Db,
  account: string,
  { name, capacity_mw, timezone, asset_id }: PlantIn,
  ownId?: string,
): Promise<Pick<PlantRow, 'name' | 'capacity_w' | 'timezone' | 'asset_id'>> {
  const faults = new Faults();
  const capacityW = faults.quantity(['body', 'capacity_mw'], { amount: capacity_mw, unit: 'MW' }, 'power');
  if (capacityW === 0) faults.add(['body', 'capacity_mw'], 'out_of_range', 'expected more than 0');
  if (timezone != null && !isTimeZone(timezone)) {
    faults.add(['body', 'timezone'], 'time_zone', 'expected an IANA time zone, such as Europe/Madrid');
  }
  const namesake = await plantByName(db, account, name);
  if (namesake && namesake.id !== ownId) faults.add(['body', 'name'], 'unique', `there is a plant ${name} already`);
  if (asset_id != null) {
    const linked = await plantOfAsset(db, asset_id);
    if (!(await assetById(db, asset_id))) {
      faults.add(['body', 'asset_id'], 'unknown_asset', `unknown asset: ${asset_id}`);
    } else if (linked && linked.id !== ownId) {
      faults.add(['body', 'asset_id'], 'unique', `asset ${asset_id} is linked to another plant`);
    }
  }
  faults.throwIfAny();
  return { name, capacity_w: capacityW ?? 0, timezone: timezone ?? null, asset_id: asset_id ?? null };
}

function plantAnswer({ name, capacity_w, timezone, asset_id, created_ms, updated_ms }: PlantRow) {
  return { name, capacity_mw: capacity_w / 1e6, timezone, asset_id, ...stamps({ created_ms, updated_ms }) };
}
