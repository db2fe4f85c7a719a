import request from 'supertest';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { startVtn } from '../support/server.ts';
import type { TestVtn } from '../support/server.ts';

/** A VTN at 2026-01-15T10:00:00Z with an operator's token, called at `/api/v1`. */
export interface Operations extends TestVtn {
  get(path: string): request.Test;
  post(path: string, body?: object): request.Test;
  put(path: string, body?: object): request.Test;
  patch(path: string, body?: object): request.Test;
  delete(path: string): request.Test;
  /** The id of a new asset. */
  asset(more?: object): Promise<string>;
  /** The id of a new site. */
  site(more?: object): Promise<string>;
  /** The id of a new inverter. */
  inverter(siteId: string, assetIds: string[]): Promise<string>;
  /** A new location. */
  location(more?: object): Promise<{ id: string }>;
  /** A new battery of 20 MWh and 10 MW both ways, half full and without losses. */
  device(more: { location_id: string; [field: string]: unknown }): Promise<{ id: string }>;
  /** What is stored in OpenADR. */
  events(): Promise<Event[]>;
  /** The event with this name, if there is one. */
  event(name: string): Promise<Event | undefined>;
}

export async function startOperations(config: object = {}, ids?: IdSource): Promise<Operations> {
  // Tests move the clock by months; their token has to live through that.
  const vtn = await startVtn({ auth: { tokenTtlSeconds: 100_000_000 }, ...config }, ids);
  const operator = await vtn.client('bl');
  const call = (method: 'get' | 'post' | 'put' | 'patch' | 'delete') => (path: string, body?: object) => {
    const test = request(vtn.url)[method](`/api/v1/${path}`).set('Authorization', `Bearer ${operator.token}`);
    return body === undefined ? test : test.send(body);
  };
  const events = async (): Promise<Event[]> => {
    const rows = await vtn.vtn.store.read((db) => db.selectFrom('events').select('body').orderBy('name').execute());
    return rows.map((row) => JSON.parse(row.body) as Event);
  };
  return {
    ...vtn,
    get: call('get'),
    post: call('post'),
    put: call('put'),
    patch: call('patch'),
    delete: call('delete'),
    asset: async (more = {}) => {
      const body = {
        code: 'WU',
        name: 'Wustermark',
        type: 'BESS',
        region: 'DE',
        delivery_area: '50HZ',
        provider: 'NFT',
      };
      return (await call('post')('assets', { ...body, ...more }).expect(201)).body.id;
    },
    site: async (more = {}) => {
      const mode = { name: 'MANUAL' };
      const body = { code: 'IMMST', name: 'Immenstadt', region: 'DE', delivery_area: 'AMPN', dispatch_mode: mode };
      return (await call('post')('sites', { ...body, ...more }).expect(201)).body.id;
    },
    inverter: async (siteId, assetIds) => {
      const body = { rated_power: mw(20), charge_efficiency: 0.98, discharge_efficiency: '0.980', asset_ids: assetIds };
      return (await call('post')(`sites/${siteId}/inverters`, body).expect(201)).body.id;
    },
    location: async (more = {}) => {
      const body = { name: 'Depot', time_zone: 'Europe/Berlin', currency: 'EUR' };
      return (await call('post')('locations', { ...body, ...more }).expect(201)).body;
    },
    device: async (more) => {
      const power = { max_charge_power: mw(10), max_discharge_power: mw(10) };
      const body = { name: 'Battery', type: 'BATTERY', capacity: mwh(20), ...power, state_of_charge: 0.5 };
      return (await call('post')('devices', { ...body, ...more }).expect(201)).body;
    },
    events,
    event: async (name) => (await events()).find((event) => event.eventName === name),
  };
}

export const mw = (amount: number | string) => ({ amount, unit: 'MW' });
export const mwh = (amount: number | string) => ({ amount, unit: 'MWh' });

/** One field of the faults in a 422 answer: what and where. */
export const faultsOf = (answer: request.Response): { loc: (string | number)[]; type: string; msg: string }[] => {
  if (answer.status !== 422) throw new Error(`expected 422, got ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body.detail;
};
