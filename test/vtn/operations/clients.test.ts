import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE } from '../support/server.ts';
import type { TestClient } from '../support/server.ts';
import { aUtility } from '../utilities/support.ts';
import { faultsOf, startOperations } from './support.ts';
import type { Operations } from './support.ts';

const CLIENTS = '/api/v1/clients';

describe('clients', () => {
  let api: Operations;
  let admin: TestClient;
  beforeAll(async () => {
    api = await startOperations();
    admin = await api.client('admin');
  });
  afterAll(() => api.stop());

  const signIn = (client_id: string, client_secret: string) =>
    request(api.url)
      .post(`${BASE}/auth/token`)
      .type('form')
      .send({ grant_type: 'client_credentials', client_id, client_secret });

  it('are made with a secret that signs them in, is shown once and stored hashed', async () => {
    const answer = await admin.post(CLIENTS, { name: 'control room', role: 'bl' }).expect(201);
    const { client_id, client_secret, ...rest } = answer.body;
    expect(rest).toEqual({
      name: 'control room',
      role: 'bl',
      account: null,
      utility: null,
      created_at: '2026-01-15T10:00:00Z',
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(new URL(answer.headers['location'] ?? '', `http://vtn${CLIENTS}`).pathname).toBe(`${CLIENTS}/${client_id}`);
    const token = (await signIn(client_id, client_secret).expect(200)).body.access_token;
    await request(api.url).get('/api/v1/assets').set('Authorization', `Bearer ${token}`).expect(200);
    expect((await admin.get(`${CLIENTS}/${client_id}`).expect(200)).body).toEqual({ client_id, ...rest });
    const stored = await api.vtn.store.read((db) => db.selectFrom('clients').selectAll().execute());
    expect(JSON.stringify([stored, api.log])).not.toContain(client_secret);
    expect((await admin.get(CLIENTS).expect(200)).text).not.toContain('secret');
  });

  it('are listed oldest first, in pages, and by role', async () => {
    const made = await admin.post(CLIENTS, { name: 'plant owner', role: 'customer', account: 'acme' }).expect(201);
    const { client_secret: _secret, ...shown } = made.body;
    const all = (await admin.get(`${CLIENTS}?limit=1000`).expect(200)).body;
    expect(all).toMatchObject({ limit: 1000, offset: 0 });
    expect(all.clients).toContainEqual(shown);
    const second = (await admin.get(`${CLIENTS}?limit=1&offset=1`).expect(200)).body;
    expect(second).toEqual({ limit: 1, offset: 1, clients: [all.clients[1]] });
    expect((await admin.get(`${CLIENTS}?role=customer`).expect(200)).body.clients).toEqual([shown]);
    expect(faultsOf(await admin.get(`${CLIENTS}?role=king`))[0]).toMatchObject({ loc: ['query', 'role'] });
  });

  it('have an account as customers and a level as utilities, and only then', async () => {
    await aUtility(api, 1);
    const leader = { name: 'u', role: 'utility', utility: { id: '1', level: 'leader' } };
    expect((await admin.post(CLIENTS, leader).expect(201)).body.utility).toEqual({ id: '1', level: 'leader' });
    const spectator = { name: 'u', role: 'utility', utility: { level: 'spectator' } };
    expect((await admin.post(CLIENTS, spectator).expect(201)).body.utility).toEqual({ id: null, level: 'spectator' });
    const placesOf = async (body: object) =>
      faultsOf(await admin.post(CLIENTS, { name: 'x', ...body })).map(
        (fault) => `${fault.loc.slice(1).join('.')} ${fault.type}`,
      );
    expect(await placesOf({ role: 'customer' })).toEqual(['account missing']);
    expect(await placesOf({ role: 'utility', account: 'a' })).toEqual(['account not_allowed', 'utility missing']);
    expect(await placesOf({ role: 'bl', utility: { level: 'admin' } })).toEqual(['utility not_allowed']);
    for (const id of ['2', '01', 'u-1', '1.0', '99999999999999999999']) {
      expect(await placesOf({ role: 'utility', utility: { id, level: 'leader' } })).toEqual([
        'utility.id unknown_utility',
      ]);
    }
    expect((await placesOf({ role: 'king' }))[0]).toMatch(/^role /);
    expect((await placesOf({ role: 'utility', utility: { level: 'king' } }))[0]).toMatch(/^utility\.level /);
  });

  it('that are deleted are revoked at once: their tokens and their secret count no more', async () => {
    const { client_id, client_secret } = (await admin.post(CLIENTS, { name: 'gone', role: 'bl' }).expect(201)).body;
    const token = (await signIn(client_id, client_secret).expect(200)).body.access_token;
    await admin.delete(`${CLIENTS}/${client_id}`).expect(204);
    await request(api.url).get('/api/v1/assets').set('Authorization', `Bearer ${token}`).expect(401);
    expect((await signIn(client_id, client_secret)).status).toBe(401);
    await admin.get(`${CLIENTS}/${client_id}`).expect(404, { detail: `unknown client_id: ${client_id}` });
    await admin.delete(`${CLIENTS}/${client_id}`).expect(404);
    expect((await admin.get(`${CLIENTS}?limit=1000`)).text).not.toContain(client_id);
  });

  it('are for admins only', async () => {
    for (const role of ['bl', 'ven', 'customer', 'utility'] as const) {
      const other = await api.client(role);
      await other.get(CLIENTS).expect(403);
      await other.post(CLIENTS, { name: 'x', role: 'admin' }).expect(403);
      await other.get(`${CLIENTS}/${admin.id}`).expect(403);
      await other.delete(`${CLIENTS}/${admin.id}`).expect(403);
    }
    await api.anonymous.get(CLIENTS).expect(401);
  });
});
