import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';
import { callerOf, EXAMPLE } from './support.ts';
import type { Caller } from './support.ts';

/** What is shown of EXAMPLE; the server says itself when it was updated. */
const SHOWN = { ...EXAMPLE, whenUpdate: '2026-01-15T10:00:00Z' };
const { estSubscriptionId: _adminsOnly, ...SHOWN_TO_OTHERS } = SHOWN;

describe('the published examples of /v1/utilities/', () => {
  let vtn: TestVtn;
  let admin: Caller;
  let id: string;
  let first: TestClient;
  beforeAll(async () => {
    vtn = await startVtn();
    admin = callerOf(vtn, await vtn.client('utility', { utility: { level: 'admin' } }));
  });
  afterAll(() => vtn.stop());

  it('Create a Utility: 201, Vary: Accept, no members', async () => {
    const answer = await admin.create(EXAMPLE).expect(201);
    id = answer.body.data.id as string;
    expect(id).toMatch(/^\d+$/);
    expect(answer.headers['content-type']).toBe('application/vnd.api+json');
    expect(answer.headers['vary']).toBe('Accept');
    expect(answer.headers['location']).toBe(`${vtn.url}/v1/utilities/${id}/`);
    expect(answer.body).toEqual({
      data: {
        type: 'Utility',
        id,
        attributes: SHOWN,
        relationships: { members: { data: [], meta: { count: 0 } } },
      },
    });
    expect(Object.keys(answer.body.data.attributes)).toEqual(Object.keys(EXAMPLE));
  });

  it('List Utilities: links, data with members, meta.pagination', async () => {
    first = await vtn.client('utility', { utility: { id, level: 'spectator' } });
    const answer = await admin.list().expect(200);
    expect(answer.headers['content-type']).toBe('application/vnd.api+json');
    const link = `${vtn.url}/v1/utilities/?page=1`;
    expect(answer.body).toEqual({
      links: { first: link, last: link, next: null, prev: null },
      data: [
        {
          type: 'Utility',
          id,
          attributes: SHOWN,
          relationships: { members: { data: [{ type: 'User', id: first.id }], meta: { count: 1 } } },
        },
      ],
      meta: { pagination: { page: 1, pages: 1, count: 1 } },
    });
    expect(Object.keys(answer.body)).toEqual(['links', 'data', 'meta']);
  });

  it('Retrieve a Utility: one document, all members', async () => {
    const leader = await vtn.client('utility', { utility: { id, level: 'leader' } });
    const answer = await callerOf(vtn, leader).get(id).expect(200);
    expect(answer.body.data.attributes).toEqual(SHOWN_TO_OTHERS);
    expect(answer.body.data.relationships.members).toEqual({
      meta: { count: 2 },
      data: [
        { type: 'User', id: first.id },
        { type: 'User', id: leader.id },
      ],
    });
    expect((await admin.get(id).expect(200)).body.data.attributes).toEqual(SHOWN);
  });

  it('Update a Utility: the id as a number, as it is printed there, and the whole utility as the answer', async () => {
    vtn.clock.advance(1000);
    const answer = await admin.update(id, { name: 'TESST APPA Utility' }, { id: Number(id) }).expect(200);
    expect(answer.body.data).toMatchObject({ type: 'Utility', id, relationships: { members: { meta: { count: 2 } } } });
    expect(answer.body.data.attributes).toEqual({ ...SHOWN, whenUpdate: '2026-01-15T10:00:01Z' });
    expect((await admin.get(id).expect(200)).body).toEqual(answer.body);
  });

  it('Update a Utility: letter by letter it lacks a comma and names another utility, which is told', async () => {
    const printed = `{
  "data": {
    "id": 177
    "type": "Utility",
    "attributes": {
        "name": "TESST APPA Utility"
    }
  }
}`;
    const send = (body: string) => admin.send('patch', '463/', body);
    expect((await send(printed).expect(400)).body.errors[0]).toMatchObject({ status: '400', code: 'json_invalid' });
    const mended = await send(printed.replace('177', '177,')).expect(409);
    expect(mended.body.errors[0]).toMatchObject({
      source: { pointer: '/data/id' },
      detail: expect.stringContaining('463'),
    });
  });

  it('Delete a Utility: “This endpoint was removed because we want to be able to reactivate a utility”', async () => {
    const { token } = await vtn.client('admin');
    const answer = await request(vtn.url).delete(`/v1/utilities/${id}/`).set('Authorization', `Bearer ${token}`);
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe('GET, PATCH, HEAD');
    expect(answer.headers['content-type']).toBe('application/vnd.api+json');
    expect((await admin.update(id, { isActive: false }).expect(200)).body.data.attributes.isActive).toBe(false);
    await first.get('/v1/utilities/').expect(401);
    await admin.update(id, { isActive: true }).expect(200);
    await first.get('/v1/utilities/').expect(200);
  });

  it('401 without a valid token, 403 for a role that is not authorised', async () => {
    const anonymous = await request(vtn.url).get('/v1/utilities/').expect(401);
    expect(anonymous.body.errors[0]).toMatchObject({ status: '401', code: 'unauthorized', title: 'Unauthorized' });
    expect(anonymous.headers['content-type']).toBe('application/vnd.api+json');
    expect((await callerOf(vtn, { token: 'x' }).list()).status).toBe(401);
    const customer = callerOf(vtn, await vtn.client('customer', { account: 'a' }));
    expect((await customer.list().expect(403)).body.errors[0]).toMatchObject({ status: '403', code: 'forbidden' });
  });
});
