import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operationsOf } from '../support/documents.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';
import { buildWorld, parties } from './matrix-world.ts';
import type { Ids } from './matrix-world.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options', 'trace'] as const;
const APIS = [
  { file: 'shared/openapi/openadr-3.1.yaml', base: '/openadr3/3.1.1' },
  { file: 'shared/openapi/openadr-3.1.yaml', base: '/openadr3/3.1.0' },
  { file: 'shared/openapi/openadr-3.0.1.yaml', base: '/openadr3/3.0.1' },
  { file: 'vtn/api/operations/openapi.yaml', base: '/api/v1' },
  { file: 'vtn/api/utilities/openapi.yaml', base: '/v1' },
];

describe('methods', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let ids: Ids;
  beforeAll(async () => {
    vtn = await startVtn({ log: { level: 'silent' } });
    const clients = await parties(vtn);
    bl = clients.bl;
    ids = await buildWorld(clients);
  });
  afterAll(() => vtn.stop());

  it.each(APIS)('that $base does not have are 405 and say which there are', async ({ file, base }) => {
    const allowed = new Map<string, string[]>();
    for (const { path, method } of await operationsOf(file)) allowed.set(path, [...(allowed.get(path) ?? []), method]);
    expect(allowed.size).toBeGreaterThan(1);
    for (const [path, there] of allowed) {
      for (const method of METHODS.filter((one) => !there.includes(one))) {
        const answer = await request(vtn.url)[method as 'get'](base + path.replace(/\{\w+\}/g, 'x'));
        expect([method, path, answer.status]).toEqual([method, path, 405]);
        const expected = [...there, ...(there.includes('get') ? ['head'] : [])].map((one) => one.toUpperCase());
        expect(answer.headers['allow']?.split(', ').sort()).toEqual(expected.sort());
      }
    }
  });

  it('HEAD is GET without the body, for lists and for objects', async () => {
    for (const collection of Object.keys(ids) as (keyof Ids)[]) {
      for (const path of [collection, `${collection}/${Object.values(ids[collection])[0]}`]) {
        const got = await bl.get(path).set('Accept-Encoding', 'identity').expect(200);
        const head = await request(vtn.url)
          .head(`${BASE}/${path}`)
          .set('Authorization', `Bearer ${bl.token}`)
          .set('Accept-Encoding', 'identity')
          .expect(200);
        expect(head.text).toBeUndefined();
        for (const name of ['content-length', 'content-type', 'etag', 'cache-control'])
          expect(head.headers[name]).toBe(got.headers[name]);
        await request(vtn.url)
          .head(`${BASE}/${path}`)
          .set('Authorization', `Bearer ${bl.token}`)
          .set('If-None-Match', got.headers['etag'] as string)
          .expect(304);
      }
    }
    await request(vtn.url).head(`${BASE}/events/none`).set('Authorization', `Bearer ${bl.token}`).expect(404);
    await request(vtn.url).head(`${BASE}/events`).expect(401);
  });

  it('PUT and DELETE go by If-Match and If-None-Match, for objects of every kind', async () => {
    for (const collection of Object.keys(ids) as (keyof Ids)[]) {
      const path = `${collection}/${Object.values(ids[collection])[0]}`;
      const { body, headers } = await bl.get(path).expect(200);
      const etag = headers['etag'] as string;
      for (const [name, value, expected] of [
        ['If-Match', '"other"', 412],
        ['If-Match', '"other", "another"', 412],
        ['If-None-Match', '*', 412],
        ['If-None-Match', etag, 412],
        ['If-Match', `"other", ${etag}`, 200],
      ] as const) {
        const answer = await bl.put(path, body as object).set(name, value);
        expect([collection, name, value, answer.status]).toEqual([collection, name, value, expected]);
      }
      const now = await bl.get(path).expect(200);
      expect(now.body).toMatchObject({ id: (body as { id: string }).id });
      await bl.delete(path).set('If-Match', '"other"').expect(412);
      await bl.delete(path).set('If-None-Match', '*').expect(412);
      await bl
        .put(path, body as object)
        .set('If-Match', '*')
        .expect(200);
    }
    for (const collection of ['reports', 'subscriptions', 'resources', 'events', 'programs', 'vens'] as const) {
      const path = `${collection}/${Object.values(ids[collection])[0]}`;
      const { headers } = await bl.get(path).expect(200);
      await bl
        .delete(path)
        .set('If-Match', `W/${headers['etag'] as string}`)
        .expect(200);
      await bl.delete(path).set('If-Match', '*').expect(404);
    }
  });
});

describe('conflicts', () => {
  it('have a title of their own each', async () => {
    const vtn = await startVtn({ log: { level: 'silent' }, openadr: { unknownProgramStatus: 409 } });
    const bl = await vtn.client('bl');
    const { body: ven } = await bl.post('vens', { venName: 'v', clientID: 'c' }).expect(201);
    await bl.post('resources', { resourceName: 'r', venID: ven.id }).expect(201);
    await bl.post('programs', { programName: 'p' }).expect(201);
    const titles: string[] = [];
    for (const [collection, body] of [
      ['programs', { programName: 'p' }],
      ['vens', { venName: 'v', clientID: 'd' }],
      ['vens', { venName: 'w', clientID: 'c' }],
      ['resources', { resourceName: 'r', venID: ven.id as string }],
      ['events', { programID: 'none' }],
    ] as const) {
      const answer = await bl.post(collection, body).expect(409).expect('Content-Type', 'application/problem+json');
      expect(answer.body.detail).toMatch(/^body\.\w+: /);
      titles.push(answer.body.title as string);
    }
    expect(titles).toEqual([
      'programName already exists',
      'venName already exists',
      'clientID already has a ven',
      'resourceName already exists in this ven',
      'programID is unknown',
    ]);
    await vtn.stop();
  });
});
