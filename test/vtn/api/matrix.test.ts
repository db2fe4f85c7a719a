import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SCOPES } from '../../../vtn/auth/caller.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';
import { buildWorld, PARTIES, parties, subscription } from './matrix-world.ts';
import type { Ids, Party } from './matrix-world.ts';

/**
 * What each party is answered. `{name}` is an object of matrix-world.ts, `field=name` what a new object refers to.
 *
 * Those who have no business here are the same in every row, and are asked in every row too: a customer, and business logic
 * whose token lacks just the scope that the operation asks for, are 403; no token and an expired one are 401. `- ` marks the
 * operations that need no token.
 */
const TABLE = `
                                                    bl  owner other venless utility
  GET    /programs                                  200 200   200   200     200
  POST   /programs                                  201 403   403   403     403
  GET    /programs/{open}                           200 200   200   200     200
  GET    /programs/{granted}                        200 200   404   404     404
  GET    /programs/{secret}                         200 404   404   404     404
  PUT    /programs/{open}                           200 403   403   403     403
  PUT    /programs/{granted}                        200 403   403   403     403
  PUT    /programs/{secret}                         200 403   403   403     403
  DELETE /programs/{open}                           200 403   403   403     403
  DELETE /programs/{granted}                        200 403   403   403     403
  DELETE /programs/{secret}                         200 403   403   403     403

  GET    /events                                    200 200   200   200     200
  POST   /events programID=open                     201 403   403   403     403
  POST   /events programID=secret                   201 403   403   403     403
  GET    /events/{open}                             200 200   200   200     200
  GET    /events/{granted}                          200 200   404   404     404
  GET    /events/{resource}                         200 200   404   404     404
  GET    /events/{id}                               200 200   404   404     404
  GET    /events/{inside}                           200 200   404   404     404
  GET    /events/{secret}                           200 404   404   404     404
  GET    /events/{below}                            200 404   404   404     404
  GET    /events/{both}                             200 404   404   404     404
  PUT    /events/{open}                             200 403   403   403     403
  PUT    /events/{granted}                          200 403   403   403     403
  PUT    /events/{secret}                           200 403   403   403     403
  DELETE /events/{open}                             200 403   403   403     403
  DELETE /events/{granted}                          200 403   403   403     403
  DELETE /events/{secret}                           200 403   403   403     403

  GET    /reports                                   200 200   200   200     403
  POST   /reports eventID=open                      201 201   201   201     403
  POST   /reports eventID=granted                   201 201   400   400     403
  POST   /reports eventID=secret                    201 400   400   400     403
  POST   /reports eventID=below                     201 400   400   400     403
  GET    /reports/{owners}                          200 200   404   404     403
  GET    /reports/{others}                          200 404   200   404     403
  PUT    /reports/{owners}                          200 200   404   404     403
  PUT    /reports/{others}                          200 404   200   404     403
  DELETE /reports/{owners}                          200 200   404   404     403
  DELETE /reports/{others}                          200 404   200   404     403

  GET    /subscriptions                             200 200   200   200     403
  POST   /subscriptions                             201 201   201   201     403
  POST   /subscriptions programID=open              201 201   201   201     403
  POST   /subscriptions programID=granted           201 201   400   400     403
  POST   /subscriptions programID=secret            201 400   400   400     403
  GET    /subscriptions/{owners}                    200 200   404   404     403
  GET    /subscriptions/{others}                    200 404   200   404     403
  PUT    /subscriptions/{owners}                    200 200   404   404     403
  PUT    /subscriptions/{others}                    200 404   200   404     403
  DELETE /subscriptions/{owners}                    200 200   404   404     403
  DELETE /subscriptions/{others}                    200 404   200   404     403

  GET    /vens                                      200 200   200   200     403
  POST   /vens                                      201 409   409   201     403
  GET    /vens/{owners}                             200 200   404   404     403
  GET    /vens/{others}                             200 404   200   404     403
  PUT    /vens/{owners}                             200 200   404   404     403
  PUT    /vens/{others}                             200 404   200   404     403
  DELETE /vens/{owners}                             200 200   404   404     403
  DELETE /vens/{others}                             200 404   200   404     403

  GET    /resources                                 200 200   200   200     403
  POST   /resources venID=owners                    201 201   404   404     403
  POST   /resources venID=others                    201 404   201   404     403
  GET    /resources/{owners}                        200 200   404   404     403
  GET    /resources/{others}                        200 404   200   404     403
  PUT    /resources/{owners}                        200 200   404   404     403
  PUT    /resources/{others}                        200 404   200   404     403
  DELETE /resources/{owners}                        200 200   404   404     403
  DELETE /resources/{others}                        200 404   200   404     403

- GET    /auth/server                               200 200   200   200     200
- POST   /auth/token                                401 401   401   401     401
  GET    /notifiers                                 200 200   200   200     200
  GET    /notifiers/mqtt/topics/programs            200 200   200   200     200
  GET    /notifiers/mqtt/topics/programs/{open}     200 200   200   200     200
  GET    /notifiers/mqtt/topics/programs/{granted}  200 200   404   404     404
  GET    /notifiers/mqtt/topics/programs/{secret}   200 404   404   404     404
  GET    /notifiers/mqtt/topics/programs/{open}/events    200 200 200 200   200
  GET    /notifiers/mqtt/topics/programs/{granted}/events 200 200 404 404   404
  GET    /notifiers/mqtt/topics/programs/{secret}/events  200 404 404 404   404
  GET    /notifiers/mqtt/topics/events              200 403   403   403     403
  GET    /notifiers/mqtt/topics/reports             200 403   403   403     403
  GET    /notifiers/mqtt/topics/subscriptions       200 403   403   403     403
  GET    /notifiers/mqtt/topics/vens                200 403   403   403     403
  GET    /notifiers/mqtt/topics/resources           200 403   403   403     403
  GET    /notifiers/mqtt/topics/vens/{owners}       200 200   404   404     403
  GET    /notifiers/mqtt/topics/vens/{others}       200 404   200   404     403
  GET    /notifiers/mqtt/topics/vens/{owners}/events      200 200 404 404   403
  GET    /notifiers/mqtt/topics/vens/{others}/events      200 404 200 404   403
  GET    /notifiers/mqtt/topics/vens/{owners}/programs    200 200 404 404   403
  GET    /notifiers/mqtt/topics/vens/{others}/programs    200 404 200 404   403
  GET    /notifiers/mqtt/topics/vens/{owners}/resources   200 200 404 404   403
  GET    /notifiers/mqtt/topics/vens/{others}/resources   200 404 200 404   403
`;

/** What each party finds in a list, by the names of matrix-world.ts. */
const LISTS: Record<string, Record<Party, string>> = {
  programs: { bl: 'open granted secret', owner: 'open granted', other: 'open', venless: 'open', utility: 'open' },
  events: {
    bl: 'open granted resource id inside secret below both',
    owner: 'open granted resource id inside',
    other: 'open',
    venless: 'open',
    utility: 'open',
  },
  reports: { bl: 'owners others', owner: 'owners', other: 'others', venless: '', utility: '-' },
  subscriptions: { bl: 'owners others', owner: 'owners', other: 'others', venless: '', utility: '-' },
  vens: { bl: 'owners others', owner: 'owners', other: 'others', venless: '', utility: '-' },
  resources: { bl: 'owners others', owner: 'owners', other: 'others', venless: '', utility: '-' },
};

interface Operation {
  operationId: string;
  security: { oAuth2ClientCredentials?: string[] }[];
}
const document = parse(readFileSync(new URL('../../../shared/openapi/openadr-3.1.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  ['get', 'post', 'put', 'delete'].flatMap((method) => {
    const operation = item[method];
    return operation ? [{ ...operation, method, shape: path.replace(/\{\w+\}/g, '{}') }] : [];
  }),
);

const rows = TABLE.split('\n')
  .filter((line) => /^[- ] [A-Z]/.test(line))
  .map((line) => {
    const [method = '', path = '', ...rest] = line.slice(2).trim().split(/\s+/);
    const reference = rest[0]?.includes('=') ? rest.shift() : undefined;
    const shape = path.replace(/\{\w+\}/g, '{}');
    const operation = operations.find((op) => op.method === method.toLowerCase() && op.shape === shape);
    if (!operation) throw new Error(`the document has no ${method} ${path}`);
    const expected = Object.fromEntries(PARTIES.map((party, i) => [party, Number(rest[i])])) as Record<Party, number>;
    return {
      name: [method, path, reference].filter((part) => part !== undefined).join(' '),
      method: operation.method,
      path,
      reference,
      operation,
      expected,
    };
  });
type Row = (typeof rows)[number];

describe('who may do what', () => {
  let vtn: TestVtn;
  let issuer: Server;
  let clients: Record<Party, TestClient>;
  let customer: TestClient;
  let expired: TestClient;
  let ids: Ids;
  /** A token of business logic with all scopes but one. */
  let tokenWithout: (scope: string) => Promise<string>;

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }] });
    issuer = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(jwks);
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    const jwksUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`;
    const externalIssuers = [{ issuer: 'elsewhere', jwksUrl, audience: 'vtn', roleClaim: 'role' }];
    vtn = await startVtn({
      auth: { externalIssuers },
      log: { level: 'silent' },
      // Nobody is there; what is asked here is only what is offered.
      mqtt: { mode: 'external', url: 'mqtt://127.0.0.1:1' },
    });
    tokenWithout = (scope) =>
      new SignJWT({ client_id: 'limited', role: 'bl', scope: SCOPES.filter((s) => s !== scope).join(' ') })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer('elsewhere')
        .setAudience('vtn')
        .setSubject('limited')
        .setIssuedAt(vtn.clock.nowMs() / 1000)
        .setExpirationTime(vtn.clock.nowMs() / 1000 + 3_600)
        .sign(privateKey);
    expired = await vtn.client('bl');
    vtn.clock.advance(3_700_000);
    clients = await parties(vtn);
    customer = await vtn.client('customer', { account: 'a' });
    ids = await buildWorld(clients);
  });
  afterAll(async () => {
    await vtn.stop();
    issuer.close();
  });

  const collectionOf = (path: string) =>
    (path.startsWith('/notifiers/mqtt/topics/') ? path.split('/')[4] : path.split('/')[1]) as keyof Ids;
  const idOf = (row: Row) => ids[collectionOf(row.path)]?.[/\{(\w+)\}/.exec(row.path)?.[1] ?? ''] ?? '';

  /** A body that is right for whoever may send it; the object as it is for PUT. */
  const bodyOf = async (row: Row): Promise<object | undefined> => {
    const collection = collectionOf(row.path);
    if (row.method === 'put') return (await clients.bl.get(`${collection}/${idOf(row)}`).expect(200)).body as object;
    if (row.method !== 'post') return undefined;
    const [field = '', name = ''] = row.reference?.split('=') ?? [];
    const from = { programID: 'programs', eventID: 'events', venID: 'vens' }[field] as keyof Ids | undefined;
    const reference = from ? { [field]: ids[from][name] } : {};
    switch (collection) {
      case 'programs':
        return { programName: 'new' };
      case 'events':
        return reference;
      case 'reports':
        return { clientName: 'new', resources: [], ...reference };
      case 'subscriptions':
        return { ...subscription(), ...reference };
      case 'vens':
        return { venName: 'new', clientID: 'new' };
      case 'resources':
        return { resourceName: 'new', ...reference };
    }
  };

  const send = async (row: Row, token: string | undefined): Promise<number> => {
    const test = request(vtn.url)[row.method as 'get'](`${BASE}${row.path.replace(/\{\w+\}/, idOf(row))}`);
    if (token !== undefined) test.set('Authorization', `Bearer ${token}`);
    if (row.path === '/auth/token') {
      test.type('form');
      return (await test.send({ grant_type: 'client_credentials', client_id: 'nobody', client_secret: 'x' })).status;
    }
    const body = await bodyOf(row);
    const answer = body === undefined ? await test : await test.send(body);
    // The next one finds everything as it was.
    if (answer.status === 201) await clients.bl.delete(`${collectionOf(row.path)}/${answer.body.id}`).expect(200);
    if (row.method === 'delete' && answer.status === 200) ids = await buildWorld(clients);
    return answer.status;
  };

  it.each(rows)('$name', async (row) => {
    const seen: Record<string, number> = {};
    for (const party of PARTIES) seen[party] = await send(row, clients[party].token);
    expect(seen).toEqual(row.expected);
    const scope = row.operation.security[0]?.oAuth2ClientCredentials?.[0];
    const others = {
      customer: await send(row, customer.token),
      anonymous: await send(row, undefined),
      expired: await send(row, expired.token),
      unscoped: await send(row, await tokenWithout(scope ?? '')),
    };
    const { bl } = row.expected;
    expect(others).toEqual(
      scope === undefined
        ? { customer: bl, anonymous: bl, expired: bl, unscoped: bl }
        : { customer: 403, anonymous: 401, expired: 401, unscoped: 403 },
    );
  });

  it('is asked of every operation of the document', () => {
    const asked = new Set(rows.map((row) => row.operation.operationId));
    expect([...asked].sort()).toEqual(operations.map((op) => op.operationId).sort());
  });

  it('a token with the scope that is asked for is let in, so that it was the scope', async () => {
    const token = await tokenWithout('read_bl');
    await request(vtn.url).get(`${BASE}/programs`).set('Authorization', `Bearer ${token}`).expect(200);
  });

  it.each(Object.keys(LISTS))('finds in /%s', async (collection) => {
    const names = new Map(Object.entries(ids[collection as keyof Ids]).map(([name, id]) => [id, name]));
    for (const party of PARTIES) {
      const expected = LISTS[collection]?.[party] ?? '';
      const answer = await clients[party].get(collection).expect(expected === '-' ? 403 : 200);
      if (expected === '-') continue;
      const found = (answer.body as { id: string }[]).map(({ id }) => names.get(id) ?? id).sort();
      expect(`${party}: ${found.join(' ')}`).toBe(`${party}: ${expected.split(' ').sort().join(' ')}`);
    }
  });
});
