import { isTimeZone } from '@openadr-gateway/shared/time/time-zone.ts';
import { listDevices } from '../../store/devices.ts';
import { deleteLocation, insertLocation, listLocations, locationById, updateLocation } from '../../store/locations.ts';
import type { LocationRow } from '../../store/locations.ts';
import { siteById } from '../../store/sites.ts';
import { staleByLocation } from '../../store/stale-schedules.ts';
import type { Db } from '../../store/store.ts';
import { tariffById } from '../../store/tariffs.ts';
import { conflict, notFound } from '../errors.ts';
import type { OperationsDeps } from './deps.ts';
import { Faults, pageOf, stamps } from './fields.ts';
import type { Handle } from './index.ts';

interface LocationIn {
  name: string;
  time_zone: string;
  currency: string;
  account_id?: string;
  tariff_id?: string | null;
  site_id?: string | null;
}

/** Who owns a location of which nobody says so: whoever runs this server. */
const OPERATOR = 'acc_operator';

/** `/locations`: where devices are, what energy costs there, and which point of connection they share. */
export function locationOperations({ store, ...deps }: OperationsDeps): Record<string, Handle> {
  return {
    listLocations: async ({ query }) => {
      const page = pageOf(query);
      const rows = await store.read((db) => listLocations(db, query, page));
      return { status: 200, body: { ...page, locations: rows.map(locationAnswer) } };
    },
    createLocation: async ({ body }) => {
      const nowMs = deps.clock.nowMs();
      const id = `loc_${deps.ids.next().replaceAll('-', '')}`;
      const row = await store.write(async ({ db }) => {
        const values = await readLocation(db, body as LocationIn);
        const created: LocationRow = { id, ...values, created_ms: nowMs, updated_ms: nowMs };
        await insertLocation(db, created);
        return created;
      });
      return { status: 201, body: locationAnswer(row), headers: { location: `locations/${id}` } };
    },
    getLocation: async ({ params }) => {
      const row = await store.read((db) => requireLocation(db, params['location_id'] ?? ''));
      return { status: 200, body: locationAnswer(row) };
    },
    patchLocation: async ({ params, body }) => {
      await store.write(async ({ db }) => {
        const before = await requireLocation(db, params['location_id'] ?? '');
        const values = await readLocation(db, { ...before, ...(body as Partial<LocationIn>) });
        const nowMs = deps.clock.nowMs();
        await updateLocation(db, { ...before, ...values, updated_ms: nowMs });
        await staleByLocation(db, before.id, nowMs);
      });
      return { status: 204 };
    },
    deleteLocation: async ({ params }) => {
      await store.write(async ({ db }) => {
        const { id } = await requireLocation(db, params['location_id'] ?? '');
        const [device] = await listDevices(db, { location_id: id }, { limit: 1, offset: 0 });
        if (device)
          throw conflict('Still in use', `${id} has devices, ${device.id} among them; move or delete them first`);
        await deleteLocation(db, id);
      });
      return { status: 204 };
    },
  };
}

/** @throws ApiError 404 */
async function requireLocation(db: Db, id: string): Promise<LocationRow> {
  const location = await locationById(db, id);
  if (!location) throw notFound(`unknown location_id: ${id}`);
  return location;
}

/** @throws ApiError 422 naming everything that is wrong */
async function readLocation(db: Db, sent: LocationIn): Promise<Omit<LocationRow, 'id' | 'created_ms' | 'updated_ms'>> {
  const { name, time_zone, currency, account_id = OPERATOR, tariff_id = null, site_id = null } = sent;
  const faults = new Faults();
  if (!isTimeZone(time_zone))
    faults.add(['body', 'time_zone'], 'time_zone', 'expected an IANA time zone, such as Europe/Berlin', time_zone);
  if (site_id !== null && !(await siteById(db, site_id)))
    faults.add(['body', 'site_id'], 'unknown_site', `unknown site_id: ${site_id}`, site_id);
  const tariff = tariff_id === null ? undefined : await tariffById(db, tariff_id);
  if (tariff_id !== null && !tariff)
    faults.add(['body', 'tariff_id'], 'unknown_tariff', `unknown tariff_id: ${tariff_id}`, tariff_id);
  if (tariff && tariff.currency !== currency)
    faults.add(['body', 'currency'], 'currency', `expected ${tariff.currency}, the tariff's currency`, currency);
  faults.throwIfAny();
  return { name, time_zone, currency, account_id, tariff_id, site_id };
}

function locationAnswer({ created_ms, updated_ms, ...location }: LocationRow) {
  return { object: 'location', ...location, ...stamps({ created_ms, updated_ms }) };
}
