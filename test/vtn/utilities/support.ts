import request from 'supertest';
import { insertUtility, updateUtility, UTILITY_DEFAULTS } from '../../../vtn/store/utilities.ts';
import type { UtilityPatch, UtilityRow } from '../../../vtn/store/utilities.ts';
import type { TestVtn } from '../support/server.ts';

/** Stores a utility with this id, active unless told otherwise. */
export async function aUtility({ vtn }: TestVtn, id: number, more: Partial<UtilityRow> = {}): Promise<void> {
  const row: UtilityRow = {
    ...UTILITY_DEFAULTS,
    id,
    name: `Utility ${id}`,
    est_is_active: 1,
    is_active: 1,
    total_customers: 0,
    total_subscriptions: 0,
    created_ms: 0,
    updated_ms: 0,
    ...more,
  };
  await vtn.store.write(({ db }) => insertUtility(db, row));
}

/** Changes a utility past the API, as another process would. */
export async function changeUtility({ vtn }: TestVtn, id: number, patch: UtilityPatch): Promise<void> {
  await vtn.store.write(({ db }) => updateUtility(db, id, patch, 0));
}

/** As the seed prints it. */
export const EXAMPLE = {
  address: '1875 Connecticut Ave, NW, Suite 1200',
  aptifyId: 1234,
  aptifyOrderId: null,
  averageAnnualHouseholdIncome: '0.00',
  averageAnnualMegawattHours: '999999.999999999',
  city: 'Washington',
  estIsActive: true,
  estSubscriptionId: 1,
  isActive: true,
  name: 'TESST APPA Utility',
  state: 'DC',
  totalCustomers: 22500,
  totalSubscriptions: 10,
  milesOfLine: 1200,
  lineLengthOverhead: 600,
  lineLengthUnderground: 600,
  useMeters: true,
  whenUpdate: '2021-06-29T11:41:45.522312Z',
  zipCode: '20009',
};

type Headers = Record<string, string>;

/** Calls of `/v1/utilities/` with a client's token, as JSON:API wants them. */
export interface Caller {
  list(query?: string, headers?: Headers): request.Test;
  get(id: string, headers?: Headers): request.Test;
  create(attributes: object, more?: object): request.Test;
  update(id: string, attributes: object, more?: object): request.Test;
  /** Any text as a body. */
  send(method: 'post' | 'patch', path: string, text: string): request.Test;
}

export function callerOf({ url }: TestVtn, { token }: { token: string }): Caller {
  const call = (method: 'get' | 'post' | 'patch', path: string, headers: Headers = {}) => {
    const authorization = { Authorization: `Bearer ${token}` };
    const test = request(url)[method](`/v1/utilities/${path}`);
    return test.set({ ...authorization, 'Content-Type': 'application/vnd.api+json', ...headers });
  };
  const document = (data: object) => JSON.stringify({ data: { type: 'Utility', ...data } });
  return {
    list: (query = '', headers) => call('get', query === '' ? '' : `?${query}`, headers),
    send: (method, path, text) => call(method, path).send(text),
    get: (id, headers) => call('get', `${id}/`, headers),
    create: (attributes, more = {}) => call('post', '').send(document({ attributes, ...more })),
    update: (id, attributes, more = {}) => call('patch', `${id}/`).send(document({ id, attributes, ...more })),
  };
}

/** The faults of an answer: where, and what. */
export const faultsOf = ({ body }: request.Response): string[] =>
  (body.errors as { code: string; source?: { pointer?: string; parameter?: string } }[]).map(
    ({ code, source }) => `${source?.pointer ?? source?.parameter ?? '-'} ${code}`,
  );
