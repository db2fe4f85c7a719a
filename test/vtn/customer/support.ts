import request from 'supertest';
import { startOperations } from '../operations/support.ts';
import type { Operations } from '../operations/support.ts';

type Call = (path: string, body?: unknown) => request.Test;

/** A customer of one account, called at `/api/v0`. */
export interface Customer {
  token: string;
  get: Call;
  post: Call;
  put: Call;
  patch: Call;
  delete: Call;
}

/** A VTN at 2026-01-15T10:00:00Z with an operator, and customers of any account. */
export interface Customers {
  operator: Operations;
  customer(account: string): Promise<Customer>;
  stop(): Promise<void>;
}

export async function startCustomers(): Promise<Customers> {
  const operator = await startOperations();
  return {
    operator,
    stop: () => operator.stop(),
    customer: async (account) => {
      const { token } = await operator.client('customer', { account });
      const call =
        (method: 'get' | 'post' | 'put' | 'patch' | 'delete'): Call =>
        (path, body) => {
          const test = request(operator.url)[method](`/api/v0/${path}`).set('Authorization', `Bearer ${token}`);
          return body === undefined ? test : test.send(body as object);
        };
      const [get, post, put, patch, remove] = (['get', 'post', 'put', 'patch', 'delete'] as const).map(call);
      return {
        token,
        get: get as Call,
        post: post as Call,
        put: put as Call,
        patch: patch as Call,
        delete: remove as Call,
      };
    },
  };
}

/** As the seed prints it. */
export const PRINTED = {
  plant_id: 'NORTH_PLANT',
  start_time_utc: '2025-03-14T08:00:00Z',
  end_time_utc: '2025-03-14T18:00:00Z',
  available_power_mw: 12.5,
  availability_type: 'UNAVAILABILITY',
  observations: 'Scheduled work',
  source_unit: 'MW',
  source_value: 12.5,
  timezone_source: 'Europe/Madrid',
};
