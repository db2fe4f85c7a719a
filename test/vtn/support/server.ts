import { pino } from 'pino';
import request from 'supertest';
import { countedIds } from '@openadr-gateway/shared/ids.ts';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { createClient, prepareSecret } from '../../../vtn/auth/clients.ts';
import type { NewClient } from '../../../vtn/auth/clients.ts';
import { vtnConfig } from '../../../vtn/config.ts';
import type { CallbackCaller } from '../../../vtn/notify/callback-caller.ts';
import { createVtn } from '../../../vtn/main.ts';
import type { Vtn } from '../../../vtn/main.ts';

export const BASE = '/openadr3/3.1.1';
export const NOW = '2026-01-15T10:00:00Z';

/** A VTN that listens, with its clock in the test's hand. */
export interface TestVtn {
  vtn: Vtn;
  url: string;
  clock: ManualClock;
  /** Everything it logged. */
  log: string[];
  /** A client of this role, and a token for it. */
  client(role: NewClient['role'], more?: Partial<NewClient>): Promise<TestClient>;
  /** Calls without a token. */
  anonymous: ReturnType<typeof request>;
  stop(): Promise<void>;
}

export interface TestClient {
  id: string;
  secret: string;
  token: string;
  get(path: string): request.Test;
  post(path: string, body?: object): request.Test;
  put(path: string, body?: object): request.Test;
  delete(path: string): request.Test;
}

/** Subscribers who want to be called, whoever they are: where callbacks themselves are not the matter. */
export const willing: CallbackCaller = {
  call: ({ url }) => Promise.resolve({ kind: 'answered', status: 200, body: new URL(url).search }),
};

/** @param more.caller undefined: the product's own, which calls over the network */
export async function startVtn(
  config: object = {},
  ids: IdSource = countedIds('obj'),
  { caller }: { caller?: CallbackCaller | undefined } = { caller: willing },
): Promise<TestVtn> {
  const clock = new ManualClock(NOW);
  const log: string[] = [];
  const parsed = vtnConfig.parse({
    store: { path: ':memory:' },
    mqtt: { mode: 'off' },
    server: { port: 0 },
    webhooks: { challengesPerMinute: 100_000 },
    ...config,
  });
  const vtn = createVtn(parsed, {
    clock,
    ids,
    ...(caller === undefined ? {} : { caller }),
    log: pino({ level: 'trace' }, { write: (line: string) => void log.push(line) }),
  });
  const { url } = await vtn.start();
  const client = async (role: NewClient['role'], more: Partial<NewClient> = {}): Promise<TestClient> => {
    const prepared = await prepareSecret();
    const { clientId, clientSecret } = await vtn.store.write((tx) =>
      createClient(tx.db, { name: role, role, ...more }, prepared, { clock, ids }),
    );
    const answer = await request(url)
      .post(`${BASE}/auth/token`)
      .type('form')
      .send({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret });
    const token: string = answer.body.access_token;
    const call = (method: 'get' | 'post' | 'put' | 'delete') => (path: string, body?: object) => {
      const target = path.startsWith('/') ? path : `${BASE}/${path}`;
      const agent = request(url);
      const test = agent[method](target).set('Authorization', `Bearer ${token}`);
      return body === undefined ? test : test.send(body);
    };
    return {
      id: clientId,
      secret: clientSecret,
      token,
      get: call('get'),
      post: call('post'),
      put: call('put'),
      delete: call('delete'),
    };
  };
  return { vtn, url, clock, log, client, anonymous: request(url), stop: () => vtn.stop() };
}
