import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

const document = parse(readFileSync(new URL('../../../shared/openapi/openadr-3.1.yaml', import.meta.url), 'utf8')) as {
  paths: Record<string, object>;
};
const paths = Object.keys(document.paths);

/** Names and values that our bodies and queries use, so that many of the random ones get past the first check. */
const word = fc.constantFrom(
  'programName',
  'programID',
  'eventID',
  'venName',
  'resourceName',
  'venID',
  'clientID',
  'clientName',
  'resources',
  'intervals',
  'intervalPeriod',
  'start',
  'duration',
  'payloads',
  'type',
  'values',
  'targets',
  'id',
  'attributes',
  'objectType',
  'priority',
  'payloadDescriptors',
  'reportDescriptors',
  'objectOperations',
  'bearerToken',
  '__proto__',
  'constructor',
  'toString',
);
const scalar = fc.oneof(
  fc.constantFrom(
    'known',
    'P9999Y',
    'PT15M',
    '-PT1S',
    '0001-01-01',
    '2026-01-01T00:00:00Z',
    '9999-12-31T23:59:59+14:00',
    '\u0000',
    '\ud800',
    '',
  ),
  fc.constantFrom(0, -1, 1e308, -0, 2 ** 53, 0.1),
  fc.constantFrom(null, true, false),
  fc.string(),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(word, tie('any'), { maxKeys: 5 }),
  ),
})).any;
const interval = fc.record({
  id: fc.integer(),
  intervalPeriod: fc.option(fc.dictionary(word, scalar)),
  payloads: fc.array(fc.record({ type: fc.string({ minLength: 1 }), values: fc.array(scalar) })),
});
const callback = fc.record({
  objects: fc.subarray(['PROGRAM', 'EVENT', 'REPORT', 'SUBSCRIPTION', 'VEN', 'RESOURCE']),
  operations: fc.subarray(['READ', 'CREATE', 'UPDATE', 'DELETE', 'GET', 'POST', 'PUT']),
  callbackUrl: fc.oneof(
    fc.webUrl(),
    fc.constantFrom('http://', 'https://a:b@c', 'https://[::1', 'ftp://x'),
    fc.string(),
  ),
  bearerToken: fc.option(fc.string()),
});
const body = fc.oneof(
  value,
  fc.record({ programName: fc.string({ minLength: 1 }), attributes: value }),
  fc.record({
    programID: fc.constant('known'),
    priority: fc.oneof(fc.nat(), fc.double()),
    intervals: fc.array(interval),
    intervalPeriod: fc.dictionary(word, scalar),
  }),
  fc.record({
    eventID: fc.string(),
    clientName: fc.string({ minLength: 1 }),
    resources: fc.array(fc.record({ resourceName: fc.string(), intervals: fc.array(interval) })),
  }),
  fc.record({
    venName: fc.string({ minLength: 1 }),
    clientID: fc.string({ minLength: 1 }),
    targets: fc.array(fc.string({ minLength: 1 })),
  }),
  fc.record({
    clientName: fc.string({ minLength: 1 }),
    programID: fc.constantFrom('known', 'none', null),
    objectOperations: fc.array(callback, { maxLength: 3 }),
  }),
);
const query = fc.array(
  fc.tuple(
    fc.constantFrom('targets', 'limit', 'skip', 'active', 'programID', 'venName', 'objects', 'clientName', 'x'),
    fc.oneof(fc.string(), fc.constantFrom('1', '0', 'true', '%', 'a,b', 'EVENT')),
  ),
  { maxLength: 4 },
);

describe('whatever a caller sends', () => {
  let vtn: TestVtn;
  const clients: TestClient[] = [];
  /** Ids of a program, an event, a ven and a subscription, which stand in for `known`. */
  const known: string[] = [];
  beforeAll(async () => {
    vtn = await startVtn({ log: { level: 'silent' } });
    const bl = await vtn.client('bl');
    clients.push(bl, await vtn.client('ven'));
    known.push((await bl.post('programs', { programName: 'known' }).expect(201)).body.id);
    known.push((await bl.post('events', { programID: known[0] }).expect(201)).body.id);
    known.push((await bl.post('vens', { venName: 'known', clientID: clients[1]!.id }).expect(201)).body.id);
    const wish = { clientName: 'known', objectOperations: [] };
    known.push((await clients[1]!.post('subscriptions', wish).expect(201)).body.id);
  });
  afterAll(() => vtn.stop());

  it('is never answered with 500', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.constantFrom('get', 'post', 'put', 'delete', 'patch'),
        fc.constantFrom(0, 1),
        fc.constantFrom(0, 1, 2, 3),
        fc.oneof(fc.constantFrom('none', 'known', '..', '%00', 'é'), fc.string()),
        query,
        body,
        fc.boolean(),
        async (path, method, who, which, id, search, sent, isForm) => {
          const target =
            BASE +
            path.replace(/\{\w+\}/g, () => encodeURIComponent(id === 'known' ? known[which]! : id)) +
            '?' +
            new URLSearchParams(search).toString();
          const test = request(vtn.url)[method as 'post'](target).set('Authorization', `Bearer ${clients[who]!.token}`);
          const answer =
            method === 'get'
              ? await test
              : await test
                  .type(isForm && path === '/auth/token' ? 'form' : 'json')
                  .send(JSON.stringify(sent).replaceAll('"known"', JSON.stringify(known[which])));
          expect([answer.status, answer.text]).not.toEqual([500, expect.anything()]);
          if (answer.status >= 400 && path !== '/auth/token')
            expect(answer.body).toMatchObject({ status: answer.status, detail: expect.any(String) });
        },
      ),
      { numRuns: 700 },
    );
  }, 120_000);
});
