import { createHash, randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import request from 'supertest';
import type { Response, Test } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareSecret, rotateSecret } from '../../../vtn/auth/clients.ts';
import { listen } from '../notify/support.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';
import { issuerKey, TestIssuer } from './issuer.ts';

const TOKEN = `${BASE}/auth/token`;
const random = () => randomBytes(32).toString('base64url');

async function dump({ vtn }: TestVtn): Promise<string> {
  return vtn.store.read(async (db) => {
    const tables = await sql<{ name: string }>`select name from sqlite_schema where type = 'table'`.execute(db);
    const rows = await Promise.all(tables.rows.map(({ name }) => sql`select * from ${sql.table(name)}`.execute(db)));
    return JSON.stringify(rows.map((table) => table.rows));
  });
}

/**
 * Plays a day of a server, with clients that do it right and clients that put their secrets where these do not belong, and
 * then looks for every secret in everything that was logged and in every answer that had no business to contain it.
 */
describe('secrets and tokens', () => {
  let vtn: TestVtn;
  let issuer: TestIssuer;
  /** What must not be found, by what it is. */
  const secrets = new Map<string, string>();
  /** Every table of the database. */
  let stored = '';
  const told: { what: string; text: string }[] = [];

  /** Sends it, and notes the answer as one that must be free of secrets. */
  const note = async (test: Test): Promise<Response> => {
    const answer = await test;
    const what = `${test.method} ${test.url} ${answer.status}`;
    told.push({ what, text: `${JSON.stringify(answer.headers)}\n${answer.text}` });
    return answer;
  };
  const secret = (what: string, value: string): string => {
    secrets.set(what, value);
    return value;
  };
  const form = (values: Record<string, string>) => request(vtn.url).post(TOKEN).type('form').send(values);
  const credentials = ({ id, secret: value }: TestClient) => ({
    grant_type: 'client_credentials',
    client_id: id,
    client_secret: value,
  });
  const client = async (role: 'bl' | 'ven'): Promise<TestClient> => {
    const made = await vtn.client(role);
    secret(`secret of ${role} ${made.id}`, made.secret);
    secret(`token of ${role} ${made.id}`, made.token);
    return made;
  };

  beforeAll(async () => {
    const fixed = secret('static token', random());
    issuer = new TestIssuer(() => vtn.clock.nowMs());
    const key = await issuerKey('k1');
    issuer.published = [key.publicJwk];
    await issuer.up();
    const trusted = { issuer: issuer.name, jwksUrl: issuer.jwksUrl, audience: 'openadr' };
    const staticTokens = [
      { tokenHash: createHash('sha256').update(fixed).digest('hex'), clientId: 'meter', role: 'ven' },
    ];
    vtn = await startVtn({
      auth: { staticTokens, externalIssuers: [trusted] },
      mqtt: { mode: 'embedded', port: 0 },
      server: { port: 0, bodyLimitBytes: 4_096 },
    });
    const [bl, ven] = [await client('bl'), await client('ven')];
    const bearer = (test: Test, token: string) => note(test.set('Authorization', `Bearer ${token}`));
    const get = (path: string) => request(vtn.url).get(path);

    // Right.
    await bearer(get(`${BASE}/programs`), fixed);
    await bearer(get(`${BASE}/programs`), secret('external token', await issuer.sign(key)));
    await note(ven.get('programs'));
    await note(ven.post('vens', { objectType: 'VEN_VEN_REQUEST', venName: 'v' }));
    await note(bl.get('vens'));
    await note(get('/.well-known/jwks.json'));

    // Wrong secrets, and right ones in the wrong place or shape.
    await note(form({ ...credentials(ven), client_secret: secret('wrong secret', random()) }));
    await note(form({ ...credentials(ven), client_id: 'nobody' }));
    await note(form({ ...credentials(ven), grant_type: ven.secret }));
    await note(form({ ...credentials(ven), client_id: ven.secret, client_secret: ven.id }));
    await note(form({ ...credentials(ven), padding: 'x'.repeat(5_000) }));
    await note(request(vtn.url).post(TOKEN).send(credentials(ven)));
    await note(
      request(vtn.url).post(TOKEN).type('form').send(`client_secret=${ven.secret}&client_secret=${ven.secret}`),
    );
    await note(request(vtn.url).post(TOKEN).type('form').send(`grant_type=client_credentials&x=%zz${ven.secret}`));
    await note(request(vtn.url).post(TOKEN).type('form').auth(ven.secret, ven.secret).send(credentials(ven)));
    await note(
      request(vtn.url).post(TOKEN).type('form').auth('nobody', ven.secret).send({ grant_type: 'client_credentials' }),
    );
    await note(form(credentials(ven)).query({ client_secret: ven.secret }).set('Accept', 'text/html'));
    await note(get(`${BASE}/programs?access_token=${ven.token}&limit=${ven.secret}`));
    await note(get(`${BASE}/programs`).set('Authorization', ven.token));
    await note(get(`${BASE}/programs`).set('Authorization', `Bearer ${ven.token} ${ven.secret}`));
    await note(get(`${BASE}/programs`).set('Authorization', `Basic ${btoa(`${ven.id}:${ven.secret}`)}`));
    await bearer(get(`${BASE}/programs`), ven.secret);
    await bearer(get(`${BASE}/programs`), `${ven.token.slice(0, -4)}AAAA`);
    await bearer(get('/api/v1/assets'), ven.token);
    const stranger = await issuerKey('k1');
    await bearer(get(`${BASE}/programs`), secret('forged token', await issuer.sign(stranger)));
    for (const body of [`{"clientSecret": "${bl.secret}"`, `{"programName": 1, "token": "${bl.token}"}`]) {
      await bearer(request(vtn.url).post(`${BASE}/programs`).type('json').send(body), bl.token);
      await bearer(request(vtn.url).post('/api/v1/sites').type('json').send(body), bl.token);
    }

    // Callbacks of subscriptions carry a token of the subscriber's.
    const bearerToken = secret('token for callbacks', random());
    const operation = {
      objects: ['EVENT'],
      operations: ['CREATE'],
      callbackUrl: 'https://ven.example.com/x',
      bearerToken,
    };
    for (const wrong of [{}, { operations: ['NONE'] }, { callbackUrl: 7 }, { bearerToken: [bearerToken] }]) {
      await note(ven.post('subscriptions', { clientName: 'c', objectOperations: [{ ...operation, ...wrong }] }));
    }
    await note(ven.get('subscriptions'));

    // A gateway's secret is told once, when it is made.
    const site = { code: 'IMMST', name: 'I', region: 'DE', delivery_area: 'AMPN', dispatch_mode: { name: 'MANUAL' } };
    const made = await bl.post('/api/v1/sites', site).expect(201);
    const gateway = `/api/v1/sites/${made.body.id}/gateway`;
    const enrolled = await bl.put(gateway).expect(200);
    secret("gateway's secret", enrolled.body.client_secret);
    await note(bl.get(gateway));
    await note(bl.get(`/api/v1/sites/${made.body.id}`));
    await note(bl.get('/api/v1/sites'));

    const rotated = await prepareSecret();
    secret('rotated secret', rotated.clientSecret);
    await vtn.vtn.store.write((tx) => rotateSecret(tx.db, ven.id, rotated));
    await note(form(credentials(ven)));

    // The broker.
    const { body } = await bl.get('notifiers').expect(200);
    const url: string = body.MQTT.URIS[0];
    await note(bl.get('notifiers'));
    const listener = await listen(url, { username: ven.secret, password: ven.token });
    await listener.subscribe('openadr3/3.1/#');
    listener.client.end(true);
    await listen(url, { username: 'x', password: ven.secret }).catch(() => undefined);
    await listen(url, { username: ven.secret }).catch(() => undefined);

    // Expired, revoked, and a database that does not work.
    vtn.clock.advance(86_400_000);
    await note(ven.get('programs'));
    vtn.vtn.tokens.forget(ven.id);
    await note(ven.get('programs'));
    await issuer.down();
    const late = await issuerKey('k2');
    await bearer(get(`${BASE}/programs`), secret('token that cannot be told', await issuer.sign(late)));
    const { token } = await vtn.vtn.tokens.issue({ clientId: bl.id, role: 'bl', scopes: [] });
    secret('fresh token', token);
    const [signingKey] = await vtn.vtn.store.read((db) => db.selectFrom('signing_keys').selectAll().execute());
    secret('private key', (JSON.parse(signingKey?.private_jwk ?? '{}') as { d: string }).d);
    const rows = await vtn.vtn.store.read((db) => db.selectFrom('clients').selectAll().execute());
    for (const row of rows) secret(`hash of ${row.id}`, row.secret_hash);
    stored = await dump(vtn);
    await vtn.vtn.store.write(({ db }) => db.schema.dropTable('clients').execute());
    await note(form(credentials(bl)));
    await bearer(get(`${BASE}/programs`), token);
    await nextTurn();
  }, 60_000);
  afterAll(async () => {
    await vtn.stop();
    await issuer.down();
  });

  it('are found where they are looked for: the search works', () => {
    expect(secrets.size).toBeGreaterThan(12);
    for (const [what, value] of secrets) expect(value.length, what).toBeGreaterThanOrEqual(32);
    const statuses = new Set(told.map(({ what }) => what.split(' ').at(-1)));
    for (const status of ['200', '201', '400', '401', '403', '413', '415', '422', '500', '503'])
      expect(statuses, `an answer ${status}`).toContain(status);
    expect(vtn.log.some((line) => line.includes('"level":50'))).toBe(true);
  });

  it('are in no log line', () => {
    expect(vtn.log.length).toBeGreaterThan(told.length);
    for (const [what, value] of secrets)
      expect(
        vtn.log.filter((line) => line.includes(value)),
        what,
      ).toEqual([]);
  });

  it('are in no answer but the one that gives them out', () => {
    for (const [what, value] of secrets)
      expect(
        told.filter(({ text }) => text.includes(value)).map((answer) => answer.what),
        what,
      ).toEqual([]);
  });

  it('are not in the database in clear, but for what has to be sent or signed with', () => {
    expect(stored).toContain('scrypt$');
    const kept = /^(?:hash of|private key|token for callbacks)/;
    for (const [what, value] of secrets) expect(stored.includes(value), what).toBe(kept.test(what));
  });
});
