import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

const BASE = '/openadr3/3.0.1';

describe('errors of 3.0.1', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let programID: string;
  beforeAll(async () => {
    vtn = await startVtn();
    bl = await vtn.client('bl');
    programID = (await bl.post(`${BASE}/programs`, { programName: 'p' }).expect(201)).body.id;
  });
  afterAll(() => vtn.stop());

  const PROBLEM = /^application\/problem\+json/;

  it.each<[string, object, string]>([
    ['programs', {}, 'body.programName'],
    ['programs', { programName: '' }, 'body.programName'],
    ['programs', { programName: 'x', bindingEvents: 'yes' }, 'body.bindingEvents'],
    ['programs', { programName: 'x', timeZoneOffset: '+1' }, 'body.timeZoneOffset'],
    ['programs', { programName: 'x', intervalPeriod: {} }, 'body.intervalPeriod.start'],
    ['programs', { programName: 'x', targets: ['plain'] }, 'body.targets[0]'],
    [
      'programs',
      { programName: 'x', targets: [{ type: 'GROUP', values: ['y'.repeat(129)] }] },
      'body.targets[0].values[0]',
    ],
    // What a descriptor is, is told by its fields when it does not say so itself.
    [
      'programs',
      { programName: 'x', payloadDescriptors: [{ payloadType: 'PRICE', currency: 7 }] },
      'body.payloadDescriptors[0].currency',
    ],
    [
      'programs',
      { programName: 'x', payloadDescriptors: [{ payloadType: 'USAGE', confidence: 101 }] },
      'body.payloadDescriptors[0].confidence',
    ],
    ['events', { intervals: [] }, 'body.programID'],
    ['events', { programID: 'none' }, 'body.intervals'],
    ['events', { programID: 'none', intervals: [] }, 'body.programID'],
    ['events', { programID: 'p', intervals: [{ id: 0 }] }, 'body.intervals[0].payloads'],
    ['events', { programID: 'p', intervals: [], priority: -1 }, 'body.priority'],
    ['reports', { eventID: 'none', clientName: 'c' }, 'body.resources'],
    ['subscriptions', { clientName: 'c', programID: 'none', objectOperations: [] }, 'body.programID'],
    ['vens', {}, 'body.venName'],
  ])('POST /%s %o is 400 at %s', async (collection, body, path) => {
    const client = collection === 'reports' ? await vtn.client('ven') : bl;
    const answer = await client.post(`${BASE}/${collection}`, body).expect(400).expect('content-type', PROBLEM);
    expect(answer.body).toMatchObject({ title: 'Bad Request', status: 400 });
    expect((answer.body.errors as { path: string }[]).map((error) => error.path)).toContain(path);
    expect(answer.body.detail).toContain(path);
  });

  it.each(['limit=51', 'limit=-1', 'skip=-1', 'limit=many', 'x-end=2026', 'programID=a/b'])(
    'GET /events?%s is 400',
    async (query) => {
      const { body } = await bl.get(`${BASE}/events?${query}`).expect(400).expect('content-type', PROBLEM);
      expect(body.errors).toMatchObject([{ path: `query.${query.split('=')[0]}` }]);
    },
  );

  it('duplicates are 409 with a title of their own', async () => {
    const title = async (path: string, body: object) =>
      (await bl.post(`${BASE}/${path}`, body).expect(409).expect('content-type', PROBLEM)).body.title as string;
    expect(await title('programs', { programName: 'p' })).toBe('programName already exists');
    const { body: ven } = await bl
      .post(`${BASE}/vens`, { venName: 'v', resources: [{ resourceName: 'r' }] })
      .expect(201);
    expect(await title('vens', { venName: 'v' })).toBe('venName already exists');
    expect(await title('vens', { venName: 'w', clientID: 'v' })).toBe('clientID already has a ven');
    expect(await title(`vens/${ven.id}/resources`, { resourceName: 'r' })).toBe(
      'resourceName already exists in this ven',
    );
    const { body: second } = await bl.post(`${BASE}/vens/${ven.id}/resources`, { resourceName: 's' }).expect(201);
    const resources = [
      { id: ven.resources[0].id, resourceName: 'r2' },
      { id: second.id, resourceName: 'r2' },
    ];
    const { body } = await bl.put(`${BASE}/vens/${ven.id}`, { venName: 'v', resources }).expect(409);
    expect(body.detail).toContain('body.resources[1].resourceName');
    expect((await bl.get(`${BASE}/vens/${ven.id}`).expect(200)).body.resources).toMatchObject([
      { resourceName: 'r' },
      { resourceName: 's' },
    ]);
  });

  it('what is not there is 404, another method 405 with Allow, another media type 415', async () => {
    for (const path of ['programs/none', 'events/none', 'reports/none', 'subscriptions/none', 'vens/none', 'nothing']) {
      await bl.get(`${BASE}/${path}`).expect(404).expect('content-type', PROBLEM);
    }
    await bl.put(`${BASE}/events/none`, { programID, intervals: [] }).expect(404);
    await bl.delete(`${BASE}/programs/none`).expect(404);
    await bl.put(`${BASE}/programs`).expect(405).expect('allow', 'GET, POST, HEAD');
    // 3.1 has resources at the top, 3.0.1 below their ven; notifiers are of 3.1.
    await bl.get(`${BASE}/resources`).expect(404);
    await bl.get(`${BASE}/notifiers`).expect(404);
    await bl.post(`${BASE}/programs`).type('text/plain').send('x').expect(415);
    const { body } = await bl.post(`${BASE}/programs`).type('json').send('{"programName":').expect(400);
    expect(body.errors).toMatchObject([{ type: 'json_invalid' }]);
  });
});
