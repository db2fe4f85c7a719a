import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVtn } from '../support/server.ts';
import type { TestVtn } from '../support/server.ts';
import { aUtility, callerOf, EXAMPLE, faultsOf } from './support.ts';
import type { Caller } from './support.ts';

const JSON_API = 'application/vnd.api+json';

describe('JSON:API 1.0', () => {
  let vtn: TestVtn;
  let admin: Caller;
  beforeAll(async () => {
    vtn = await startVtn();
    admin = callerOf(vtn, await vtn.client('admin'));
    for (const [id, name, total_customers, est_is_active] of [
      [101, 'beta', 5, 1],
      [102, 'Alpha', 7, 0],
      [103, 'gamma', 5, 0],
      [104, 'Delta', 1, 1],
    ] as const) {
      await aUtility(vtn, id, { name, total_customers, est_is_active, aptify_id: id === 104 ? 9 : 8 });
    }
  });
  afterAll(() => vtn.stop());

  const ids = async (query: string) =>
    ((await admin.list(query).expect(200)).body.data as { id: string }[]).map(({ id }) => Number(id) - 100);

  describe('content negotiation', () => {
    it.each([
      [undefined, 200],
      ['*/*', 200],
      ['application/*;q=0.1', 200],
      [JSON_API, 200],
      [`${JSON_API};q=0.5`, 200],
      [`${JSON_API};q=0.5;ext="x"`, 200],
      [`text/html, ${JSON_API}`, 200],
      [`${JSON_API};profile="a, ${JSON_API}", ${JSON_API}`, 200],
      [`${JSON_API};charset=utf-8`, 406],
      [`${JSON_API};profile="a;b"`, 406],
      [`${JSON_API};charset=utf-8, */*`, 406],
      [`${JSON_API};q=0, */*`, 406],
      ['application/json', 406],
      ['text/html;q=1', 406],
      ['*/*;q=0', 406],
    ])('Accept: %s is %d', async (accept, status) => {
      const answer = await admin.list('', accept === undefined ? {} : { Accept: accept });
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toBe(JSON_API);
    });

    it.each([
      [JSON_API, 201],
      [`${JSON_API};charset=utf-8`, 415],
      [`${JSON_API}; profile="x"`, 415],
      ['application/json', 415],
      ['text/plain', 415],
    ])('Content-Type: %s is %d', async (type, status) => {
      const answer = await admin.create(EXAMPLE).set('Content-Type', type);
      expect(answer.status).toBe(status);
      if (status !== 415) return;
      expect(answer.headers['content-type']).toBe(JSON_API);
      expect(answer.body.errors).toMatchObject([{ status: '415', code: 'unsupported_media_type' }]);
      const before = await admin.list().expect(200);
      expect(before.body.data.filter((u: { id: string }) => Number(u.id) < 100)).toHaveLength(1);
    });

    it('parameters are refused of readers too', async () => {
      expect((await admin.list('', { 'Content-Type': `${JSON_API};charset=utf-8` })).status).toBe(415);
      expect((await admin.list('', { 'Content-Type': 'application/json' })).status).toBe(200);
    });
  });

  describe('lists', () => {
    it('are in the order asked for: names regardless of case, - turns round, what is equal by id', async () => {
      const of = (sort: string) => ids(`filter[aptify_id]=8&page_size=3&sort=${sort}`);
      expect(await of('name')).toEqual([2, 1, 3]);
      expect(await of('-name')).toEqual([3, 1, 2]);
      expect(await of('totalCustomers')).toEqual([1, 3, 2]);
      expect(await of('-totalCustomers,-name')).toEqual([2, 3, 1]);
      expect(await of('-estIsActive,name')).toEqual([1, 2, 3]);
      expect(await of('estIsActive,-name')).toEqual([3, 2, 1]);
      expect(await of('isActive')).toEqual([1, 2, 3]);
      expect(await ids('filter%5Baptify_id%5D=8')).toEqual([1, 2, 3]);
    });

    it('are limited to a single Aptify ID by filter[aptify_id]', async () => {
      const { body } = await admin.list('filter[aptify_id]=9').expect(200);
      expect(body.data).toMatchObject([{ id: '104' }]);
      expect(body.meta).toEqual({ pagination: { page: 1, pages: 1, count: 1 } });
      expect((await admin.list('filter[aptify_id]=-1').expect(200)).body).toMatchObject({
        data: [],
        meta: { pagination: { page: 1, pages: 1, count: 0 } },
      });
    });

    it('come in pages with links to the others, which keep what was asked; links that would lead nowhere are null', async () => {
      const query = 'page_size=2&sort=-name,totalCustomers&filter[aptify_id]=8';
      const { body: first } = await admin.list(query).expect(200);
      const rest = '&page_size=2&sort=-name%2CtotalCustomers&filter%5Baptify_id%5D=8';
      const url = (page: number) => `${vtn.url}/v1/utilities/?page=${page}${rest}`;
      expect(first.links).toEqual({ first: url(1), last: url(2), next: url(2), prev: null });
      expect(first.meta).toEqual({ pagination: { page: 1, pages: 2, count: 3 } });
      const { body: second } = await admin.list(new URL(first.links.next).search.slice(1)).expect(200);
      expect(second.links).toEqual({ first: url(1), last: url(2), next: null, prev: url(1) });
      expect([...first.data, ...second.data].map((u) => u.id)).toEqual(['103', '101', '102']);
      const { body: beyond } = await admin.list(`page=9&${query}`).expect(200);
      expect(beyond).toMatchObject({ data: [], links: { next: null, prev: url(2) } });
    });

    it('link to the public URL where there is one', async () => {
      const proxied = await startVtn({ server: { port: 0, publicUrl: 'https://grid.example/vtn/' } });
      const caller = callerOf(proxied, await proxied.client('admin'));
      const { body } = await caller.list().expect(200);
      expect(body.links.first).toBe('https://grid.example/vtn/v1/utilities/?page=1');
      expect((await caller.create(EXAMPLE)).headers['location']).toBe('https://grid.example/vtn/v1/utilities/1/');
      await proxied.stop();
    });

    it.each([
      ['page=0', 'page greater_than_equal'],
      ['page=x', 'page type_error'],
      ['page=1&page=2', 'page repeated'],
      ['page_size=1001', 'page_size less_than_equal'],
      ['sort=name,city', 'sort enum'],
      ['sort=', 'sort too_short'],
      ['filter[aptify_id]=x', 'filter[aptify_id] type_error'],
      ['filter[name]=x', 'filter[name] unknown_parameter'],
      ['include=members', 'include unknown_parameter'],
      ['fields[Utility]=name', 'fields[Utility] unknown_parameter'],
      ['foo=1&page=0', 'page greater_than_equal, foo unknown_parameter'],
    ])('?%s is 400: %s', async (query, fault) => {
      const answer = await admin.list(query).expect(400);
      expect(faultsOf(answer).sort()).toEqual(fault.split(', ').sort());
      expect(answer.body.errors[0].status).toBe('400');
    });
  });

  describe('documents', () => {
    it.each([
      ['null', '/data type_error', '{"data":null}'],
      ['no data', '/data missing', '{}'],
      ['data that is a list', '/data type_error', '{"data":[]}'],
      ['no type and no attributes', '/data/type missing, /data/attributes missing', '{"data":{}}'],
    ])('with %s are 422', async (_name, faults, text) => {
      const answer = await admin.send('post', '', text);
      expect(answer.status).toBe(422);
      expect(faultsOf(answer)).toEqual(faults.split(', '));
    });

    it('of another type or about another utility are 409, with an id of their own or relationships 403', async () => {
      const { id } = (await admin.create(EXAMPLE).expect(201)).body.data;
      expect(faultsOf(await admin.create(EXAMPLE, { type: 'utility' }).expect(409))).toEqual(['/data/type conflict']);
      expect(faultsOf(await admin.update(id, {}, { type: 'User' }).expect(409))).toEqual(['/data/type conflict']);
      expect(faultsOf(await admin.update(id, {}, { id: '1' + id }).expect(409))).toEqual(['/data/id conflict']);
      expect(faultsOf(await admin.create(EXAMPLE, { id: '9' }).expect(403))).toEqual(['/data/id forbidden']);
      const relationships = { members: { data: [{ type: 'User', id: 'x' }] } };
      const answer = await admin.update(id, { name: 'x' }, { relationships }).expect(403);
      expect(faultsOf(answer)).toEqual(['/data/relationships forbidden']);
      expect((await admin.get(id)).body.data.attributes.name).toBe(EXAMPLE.name);
    });

    it('may have members that the format does not know; attributes that nobody knows are refused', async () => {
      const { id } = (await admin.create(EXAMPLE, { links: {}, meta: { a: 1 }, other: 2 }).expect(201)).body.data;
      const answer = await admin.update(id, { nmae: 'x', 'a/b~c': 1 }).expect(422);
      expect(faultsOf(answer)).toEqual([
        '/data/attributes/nmae extra_forbidden',
        '/data/attributes/a~1b~0c extra_forbidden',
      ]);
      expect(faultsOf(await admin.update(id, {}).query({ x: 1 }).expect(400))).toEqual(['x unknown_parameter']);
    });

    it('about a utility that does not exist are 404, however its id is written', async () => {
      for (const id of ['9999', '0101', '101.0', 'x', '99999999999999999999', '%00']) {
        const answer = await admin.get(id).expect(404);
        expect(answer.body.errors).toMatchObject([{ status: '404', code: 'not_found' }]);
      }
      await admin.update('9999', {}).expect(404);
      await admin.get('1/2').expect(404).expect('Content-Type', JSON_API);
    });

    it('are found with and without the slash at the end, and HEAD is GET without the body', async () => {
      const client = await vtn.client('admin');
      const head = await request(vtn.url)
        .head('/v1/utilities/101/')
        .set('Authorization', `Bearer ${client.token}`)
        .expect(200);
      expect([head.text, head.headers['content-type']]).toEqual([undefined, JSON_API]);
      await client.get('/v1/utilities').expect(200);
      await client.get('/v1/utilities/101').expect(200);
    });
  });
});
