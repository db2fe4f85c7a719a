import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SCOPES } from '../../../vtn/auth/caller.ts';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';
import { buildWorld, PARTIES, parties, subscription } from './matrix-world.ts';
import { LISTS, TABLE_3_0, TABLE_3_1 } from './matrix-tables.ts';
import type { Ids, Party } from './matrix-world.ts';

const scopesWithout = (scope: string) =>
  SCOPES.filter((one) => one !== scope && !(scope.startsWith('read_') && one.startsWith('read_')));

interface Operation {
  operationId: string;
  security: { oAuth2ClientCredentials?: string[] }[];
}
const DIALECTS = [
  { base: '/openadr3/3.1.1', file: 'openadr-3.1.yaml', table: TABLE_3_1, operation: 'CREATE' },
  { base: '/openadr3/3.0.1', file: 'openadr-3.0.1.yaml', table: TABLE_3_0, operation: 'POST' },
];

function operationsOf(file: string) {
  const text = readFileSync(new URL(`../../../shared/openapi/${file}`, import.meta.url), 'utf8');
  const document = parse(text) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(document.paths).flatMap(([path, item]) =>
    ['get', 'post', 'put', 'delete'].flatMap((method) => {
      const operation = item[method];
      return operation ? [{ ...operation, method, shape: path.replace(/\{\w+\}/g, '{}') }] : [];
    }),
  );
}

const rowsOf = (table: string, operations: ReturnType<typeof operationsOf>) =>
  table
    .split('\n')
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
type Row = ReturnType<typeof rowsOf>[number];

describe.each(DIALECTS)('who may do what at $base', ({ base, file, table, operation: created }) => {
  const operations = operationsOf(file);
  const rows = rowsOf(table, operations);
  let vtn: TestVtn;
  let issuer: Server;
  let clients: Record<Party, TestClient>;
  let customer: TestClient;
  let expired: TestClient;
  let ids: Ids;
  /** A token of business logic that lacks the scope; of those to read, all, since 3.0.1 takes one for another. */
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
      new SignJWT({ client_id: 'limited', role: 'bl', scope: scopesWithout(scope).join(' ') })
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

  /** `/vens/{owners}/resources` is about resources, `/notifiers/mqtt/topics/…` about nothing. */
  const collectionOf = (path: string) => path.split('/').findLast((part) => part in ids) as keyof Ids;
  const filled = (path: string) =>
    path.replace(/(\w+)\/\{(\w+)\}/g, (_all, of: string, name: string) => `${of}/${ids[of as keyof Ids][name]}`);

  /** A body that is right for whoever may send it; the object as it is for PUT. */
  const bodyOf = async (row: Row): Promise<object | undefined> => {
    const collection = collectionOf(row.path);
    if (row.method === 'put') return (await clients.bl.get(base + filled(row.path)).expect(200)).body as object;
    if (row.method !== 'post') return undefined;
    const [field = '', name = ''] = row.reference?.split('=') ?? [];
    const from = { programID: 'programs', eventID: 'events', venID: 'vens' }[field] as keyof Ids | undefined;
    const reference = from ? { [field]: ids[from][name] } : {};
    switch (collection) {
      case 'programs':
        return { programName: 'new' };
      case 'events':
        return { intervals: [], ...reference };
      case 'reports':
        return { clientName: 'new', resources: [], ...reference };
      case 'subscriptions':
        return { ...subscription(created), ...reference };
      case 'vens':
        return { venName: 'new', clientID: 'new' };
      case 'resources':
        return { resourceName: 'new', ...reference };
    }
  };

  const send = async (row: Row, token: string | undefined): Promise<number> => {
    const test = request(vtn.url)[row.method as 'get'](base + filled(row.path));
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
    const token = await tokenWithout('write_programs');
    await request(vtn.url).get(`${base}/programs`).set('Authorization', `Bearer ${token}`).expect(200);
  });

  const lists = Object.keys(LISTS).filter((name) => operations.some(({ shape }) => shape === `/${name}`));
  it.each(lists)('finds in /%s', async (collection) => {
    const names = new Map(Object.entries(ids[collection as keyof Ids]).map(([name, id]) => [id, name]));
    for (const party of PARTIES) {
      const expected = LISTS[collection]?.[party] ?? '';
      const answer = await clients[party].get(`${base}/${collection}`).expect(expected === '-' ? 403 : 200);
      if (expected === '-') continue;
      const found = (answer.body as { id: string }[]).map(({ id }) => names.get(id) ?? id).sort();
      expect(`${party}: ${found.join(' ')}`).toBe(`${party}: ${expected.split(' ').sort().join(' ')}`);
    }
  });
});
