import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readers } from '../../../vtn/api/openadr-3.0/objects.ts';
import type { Caller } from '../../../vtn/auth/caller.ts';
import { requireScope } from '../../../vtn/auth/roles.ts';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

const BASE = '/api/openadr/v1';
const group = (...values: string[]) => ({ type: 'GROUP', values });
const area = (...values: string[]) => ({ type: 'SERVICE_AREA', values });

describe('object privacy in 3.0.1', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let north: TestClient;
  let south: TestClient;
  let nobody: TestClient;
  const vens: Record<string, string> = {};
  let open: string;
  let closed: string;
  beforeAll(async () => {
    vtn = await startVtn();
    bl = await vtn.client('bl');
    [north, south, nobody] = [await vtn.client('ven'), await vtn.client('ven'), await vtn.client('ven')];
    for (const [name, client] of Object.entries({ north, south })) {
      const { body } = await client
        .post(`${BASE}/vens`, { venName: name, targets: [group('north', 'south')] })
        .expect(201);
      expect(body.targets).toEqual([]);
      vens[name] = body.id;
      const targets = [group(name), area('DE')];
      await bl.put(`${BASE}/vens/${body.id}`, { venName: name, targets }).expect(200);
    }
    open = (await bl.post(`${BASE}/programs`, { programName: 'open' }).expect(201)).body.id;
    closed = (await bl.post(`${BASE}/programs`, { programName: 'closed', targets: [group('south')] }).expect(201)).body
      .id;
  });
  afterAll(() => vtn.stop());

  const event = async (eventName: string, targets?: object[], programID = open) =>
    (
      await bl
        .post(`${BASE}/events`, { programID, eventName, intervals: [], ...(targets ? { targets } : {}) })
        .expect(201)
    ).body.id as string;
  const seen = async (client: TestClient, query = '') =>
    ((await client.get(`${BASE}/events?${query}`).expect(200)).body as { eventName: string }[])
      .map(({ eventName }) => eventName)
      .sort();

  it('a VEN sees what is untargeted or granted to it, with the type of its targets, and nothing of the others', async () => {
    const ids = [
      await event('for all'),
      await event('for north', [group('north', 'south-1', 'east'), area('DE', 'PL')]),
      await event('for the group DE', [group('DE')]),
      await event('under closed', undefined, closed),
      await event('for the ven', [group(vens['north'] ?? '')]),
      await event('for nobody', [group()]),
    ];
    expect(await seen(bl)).toHaveLength(6);
    expect(await seen(north)).toEqual(['for all', 'for north', 'for the ven']);
    expect(await seen(south)).toEqual(['for all', 'for north', 'under closed']);
    expect(await seen(nobody)).toEqual(['for all']);
    const { body } = await north.get(`${BASE}/events/${ids[1]}`).expect(200);
    expect(body.targets).toEqual([group('north'), area('DE')]);
    await north.get(`${BASE}/events/${ids[2]}`).expect(404);
    await north.get(`${BASE}/events/${ids[3]}`).expect(404);
    await north.get(`${BASE}/programs/${closed}`).expect(404);
    await south.get(`${BASE}/programs/${closed}`).expect(200);
    const names = ((await north.get(`${BASE}/programs`).expect(200)).body as Record<string, string>[]).map(
      ({ programName }) => programName,
    );
    expect(names).toContain('open');
    expect(names).not.toContain('closed');
  });

  it('filters never widen what is seen', async () => {
    expect(await seen(north, 'targetType=GROUP&targetValues=east')).toEqual([]);
    expect(await seen(north, 'targetType=GROUP&targetValues=north')).toEqual(['for north']);
    expect(await seen(north, 'targetType=GROUP')).toEqual(['for north', 'for the ven']);
    expect(await seen(north, 'targetValues=PL')).toEqual([]);
    expect(await seen(north, 'targetType=PROGRAM_NAME&targetValues=closed')).toEqual([]);
    expect(await seen(south, 'targetType=PROGRAM_NAME&targetValues=closed')).toEqual(['under closed']);
    expect(await seen(north, 'targetType=VEN_NAME&targetValues=north')).toEqual(['for the ven']);
    expect(await seen(south, 'targetType=VEN_NAME&targetValues=north')).toEqual([]);
    expect(await seen(north, 'x-start=2020-01-01T00:00:00Z')).toEqual(['for all', 'for north', 'for the ven']);
    expect(await seen(north, 'targetType=EVENT_NAME&targetValues=for nobody')).toEqual([]);
  });

  it('vens, resources, reports and subscriptions are seen and changed by their owner and by business logic only', async () => {
    const own = `${BASE}/vens/${vens['north']}`;
    const { body: resource } = await north
      .post(`${own}/resources`, { resourceName: 'r', targets: [group('x')] })
      .expect(201);
    expect(resource.targets).toEqual([]);
    const eventID = await event('to report on');
    const { body: report } = await north
      .post(`${BASE}/reports`, { eventID, clientName: 'n', resources: [] })
      .expect(201);
    const wish = { clientName: 'n', programID: open, objectOperations: [] };
    const { body: subscription } = await north.post(`${BASE}/subscriptions`, wish).expect(201);
    const bodies: Record<string, object> = {
      [own]: { venName: 'north' },
      [`${own}/resources/${resource.id}`]: { resourceName: 'r' },
      [`${BASE}/reports/${report.id}`]: { eventID, clientName: 'n', resources: [] },
      [`${BASE}/subscriptions/${subscription.id}`]: wish,
    };
    for (const [url, body] of Object.entries(bodies)) {
      await south.get(url).expect(404);
      await south.put(url, body).expect(404);
      await south.delete(url).expect(404);
      await north.get(url).expect(200);
      await bl.get(url).expect(200);
      await north.put(url, body).expect(200);
    }
    await south.get(`${own}/resources`).expect(404);
    await south.post(`${own}/resources`, { resourceName: 's' }).expect(404);
    for (const collection of ['reports', 'subscriptions']) {
      expect((await south.get(`${BASE}/${collection}`).expect(200)).body).toEqual([]);
      expect((await north.get(`${BASE}/${collection}`).expect(200)).body).toHaveLength(1);
      expect((await bl.get(`${BASE}/${collection}`).expect(200)).body).toHaveLength(1);
    }
    expect((await south.get(`${BASE}/vens`).expect(200)).body).toMatchObject([{ venName: 'south' }]);
    expect((await south.get(`${BASE}/vens?targetType=RESOURCE_NAME&targetValues=r`).expect(200)).body).toEqual([]);
  });

  it('a VEN keeps the targets that it was granted when it writes its ven, its resources inside of it too', async () => {
    const resources = [{ resourceName: 'granted', targets: [group('all')] }];
    const { body } = await north
      .put(`${BASE}/vens/${vens['north']}`, { venName: 'north', targets: [], resources })
      .expect(200);
    expect(body.targets).toEqual([group('north'), area('DE')]);
    expect(body.resources).toContainEqual(expect.objectContaining({ resourceName: 'granted', targets: [] }));
  });

  it('a report on a hidden event tells nothing about it, whatever program it names', async () => {
    const hidden = await event('hidden', [group('south')]);
    for (const programID of [open, closed, 'none', undefined]) {
      const report = { eventID: hidden, clientName: 'n', resources: [], ...(programID ? { programID } : {}) };
      const told = await north.post(`${BASE}/reports`, report).expect(400);
      const unknown = await north.post(`${BASE}/reports`, { ...report, eventID: 'none' }).expect(400);
      expect(told.body.errors).toEqual(unknown.body.errors);
      expect(told.body.errors).toMatchObject([{ path: 'body.eventID' }]);
    }
  });

  it('programs and events are for business logic to write: 403 before a body is looked at', async () => {
    for (const url of ['programs', 'events']) {
      await north.post(`${BASE}/${url}`, { nonsense: 1 }).expect(403);
      await north.put(`${BASE}/${url}/none`, {}).expect(403);
      await north.delete(`${BASE}/${url}/none`).expect(403);
    }
    await vtn.anonymous.get(`${BASE}/events`).expect(401);
    const customer = await vtn.client('customer');
    await customer.get(`${BASE}/events`).expect(403);
  });

  it('read_all, the scope of 3.0.1, is enough for a VEN to read, and for nobody else', () => {
    const authorise = readers(requireScope('read_ven_objects'));
    const caller = (role: Caller['role'], ...scopes: Caller['scopes']): Caller => ({ clientId: 'c', role, scopes });
    for (const role of ['ven', 'bl', 'admin'] as const) {
      expect(() => authorise(caller(role, 'read_all'))).not.toThrow();
      expect(() => authorise(caller(role, 'read_ven_objects'))).not.toThrow();
      expect(() => authorise(caller(role, 'write_vens'))).toThrow('read_ven_objects');
    }
    expect(() => authorise(caller('utility', 'read_all'))).toThrow('read_ven_objects');
    expect(() => authorise(caller('anonymous', 'read_all'))).toThrow('read_ven_objects');
  });

  it('a utility, and who has no token where that is allowed, read programs and events and nothing else', async () => {
    const utility = await vtn.client('utility');
    const lenient = await startVtn({ auth: { anonymousRead: true } });
    const owner = await lenient.client('bl');
    await owner.post(`${BASE}/programs`, { programName: 'secret', targets: [group('x')] }).expect(201);
    for (const [get, status] of [
      [(path: string) => utility.get(path), 403],
      [(path: string) => lenient.anonymous.get(path), 401],
    ] as const) {
      await get(`${BASE}/events`).expect(200);
      const { body } = await get(`${BASE}/programs`).expect(200);
      expect(JSON.stringify(body)).not.toContain('secret');
      for (const path of ['vens', 'reports', 'subscriptions']) await get(`${BASE}/${path}`).expect(status);
    }
    await lenient.anonymous.post(`${BASE}/events`).send({}).expect(401);
    await lenient.stop();
  });
});
