import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

describe('vens and resources', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  beforeAll(async () => {
    vtn = await startVtn();
    bl = await vtn.client('bl');
  });
  afterAll(() => vtn.stop());

  it('a VEN makes its own: clientID from the token, no targets whatever it says', async () => {
    const client = await vtn.client('ven');
    const { body: ven } = await client
      .post('vens', { objectType: 'VEN_VEN_REQUEST', venName: 'made by itself', clientID: 'another', targets: ['ALL'] })
      .expect(201);
    expect(ven).toMatchObject({ objectType: 'VEN', venName: 'made by itself', clientID: client.id, targets: [] });
    const { body: resource } = await client
      .post('resources', { resourceName: 'r', venID: ven.id, targets: ['ALL'] })
      .expect(201);
    expect(resource).toMatchObject({ objectType: 'RESOURCE', clientID: client.id, venID: ven.id, targets: [] });
  });

  it('a VEN keeps the targets that it was granted when it changes its own', async () => {
    const client = await vtn.client('ven');
    const { body: ven } = await bl
      .post('vens', { venName: 'granted', clientID: client.id, targets: ['G'] })
      .expect(201);
    const { body: resource } = await bl
      .post('resources', { venID: ven.id, resourceName: 'r', targets: ['H'] })
      .expect(201);
    expect(resource.clientID).toBe(client.id);
    const changed = await client
      .put(`vens/${ven.id}`, { objectType: 'VEN', venName: 'granted b', targets: [] })
      .expect(200);
    expect(changed.body).toMatchObject({ venName: 'granted b', targets: ['G'], clientID: client.id });
    const changedResource = await client
      .put(`resources/${resource.id}`, { venID: ven.id, resourceName: 's', targets: ['X'] })
      .expect(200);
    expect(changedResource.body).toMatchObject({ resourceName: 's', targets: ['H'] });
    await client.delete(`resources/${resource.id}`).expect(200);
  });

  it('business logic names the client of a ven', async () => {
    const { body } = await bl.post('vens', { objectType: 'BL_VEN_REQUEST', venName: 'whose' }).expect(400);
    expect(body.errors[0].path).toBe('body.clientID');
    const { body: ven } = await bl.post('vens', { venName: 'whose', clientID: 'c-1' }).expect(201);
    expect(ven.targets).toEqual([]);
    await bl.put(`vens/${ven.id}`, { venName: 'whose' }).expect(200);
    const other = await bl.post('resources', { venID: ven.id, resourceName: 'r', clientID: 'c-2' }).expect(400);
    expect(other.body.errors[0].path).toBe('body.clientID');
  });

  it('duplicates are 409, each with its own title', async () => {
    const { body: ven } = await bl.post('vens', { venName: 'unique', clientID: 'u-1' }).expect(201);
    expect((await bl.post('vens', { venName: 'unique', clientID: 'u-2' }).expect(409)).body.title).toBe(
      'venName already exists',
    );
    expect((await bl.post('vens', { venName: 'another', clientID: 'u-1' }).expect(409)).body.title).toBe(
      'clientID already has a ven',
    );
    await bl.post('resources', { venID: ven.id, resourceName: 'r' }).expect(201);
    const again = await bl.post('resources', { venID: ven.id, resourceName: 'r' }).expect(409);
    expect(again.body.title).toBe('resourceName already exists in this ven');
    const { body: elsewhere } = await bl.post('vens', { venName: 'elsewhere', clientID: 'u-3' }).expect(201);
    await bl.post('resources', { venID: elsewhere.id, resourceName: 'r' }).expect(201);
  });

  it('a ven that goes takes its resources along; one that moves to another client too', async () => {
    const [former, next] = [await vtn.client('ven'), await vtn.client('ven')];
    const { body: ven } = await bl.post('vens', { venName: 'moves', clientID: former.id, targets: ['M'] }).expect(201);
    const { body: resource } = await bl
      .post('resources', { venID: ven.id, resourceName: 'r', targets: ['N'] })
      .expect(201);
    await bl.put(`vens/${ven.id}`, { venName: 'moves', clientID: next.id, targets: ['M'] }).expect(200);
    await former.get(`resources/${resource.id}`).expect(404);
    expect((await next.get(`resources/${resource.id}`).expect(200)).body).toMatchObject({
      clientID: next.id,
      targets: ['N'],
    });
    await bl.delete(`vens/${ven.id}`).expect(200);
    await bl.get(`resources/${resource.id}`).expect(404);
    await bl.post('resources', { venID: ven.id, resourceName: 'r' }).expect(404);
  });

  it('are found by name, ven and targets', async () => {
    const { body: ven } = await bl.post('vens', { venName: 'findable', clientID: 'f-1', targets: ['F'] }).expect(201);
    const { body: resource } = await bl
      .post('resources', { venID: ven.id, resourceName: 'findable r', targets: ['FR'] })
      .expect(201);
    expect((await bl.get('vens?venName=findable').expect(200)).body).toEqual([ven]);
    expect((await bl.get('vens?targets=F&targets=none').expect(200)).body).toEqual([ven]);
    expect((await bl.get('vens?venName=findable&targets=none').expect(200)).body).toEqual([]);
    expect((await bl.get(`resources?venID=${ven.id}`).expect(200)).body).toEqual([resource]);
    expect((await bl.get('resources?resourceName=findable%20r&targets=FR').expect(200)).body).toEqual([resource]);
  });
});

describe('reports', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let ven: TestClient;
  let eventID: string;
  let programID: string;
  beforeAll(async () => {
    vtn = await startVtn();
    [bl, ven] = [await vtn.client('bl'), await vtn.client('ven')];
    programID = (await bl.post('programs', { programName: 'p' }).expect(201)).body.id;
    eventID = (await bl.post('events', { programID }).expect(201)).body.id;
  });
  afterAll(() => vtn.stop());

  it('are written, changed and taken back by the VEN that made them', async () => {
    const resources = [
      {
        resourceName: 'battery',
        intervalPeriod: null,
        intervals: [
          {
            id: 0,
            intervalPeriod: { start: '2026-01-15T10:00:00Z', duration: 'PT1M' },
            payloads: [{ type: 'USAGE', values: [1.25] }],
          },
        ],
      },
    ];
    const { body: report } = await ven
      .post('reports', { eventID, clientName: 'gw', reportName: null, resources })
      .expect(201);
    expect(report).toMatchObject({ objectType: 'REPORT', eventID, clientName: 'gw', clientID: ven.id });
    expect(report.resources[0].intervals).toEqual(resources[0]?.intervals);
    expect(report.resources[0]).not.toHaveProperty('intervalPeriod');
    const { body: changed } = await ven
      .put(`reports/${report.id}`, { eventID, clientName: 'gw2', resources: [] })
      .expect(200);
    expect(changed).toMatchObject({ id: report.id, clientName: 'gw2', resources: [], clientID: ven.id });
    await ven
      .put(`reports/${report.id}`, { eventID, clientName: 'gw2', resources: [] })
      .set('If-Match', '"x"')
      .expect(412);
    await ven.delete(`reports/${report.id}`).expect(200);
    await ven.get(`reports/${report.id}`).expect(404);
  });

  it('any number may answer one event; they are found by program, event and clientName', async () => {
    const post = (clientName: string) =>
      ven.post('reports', { eventID, clientName, reportName: 'same', resources: [] }).expect(201);
    await post('n1');
    await post('n1');
    await post('n2');
    expect((await bl.get(`reports?eventID=${eventID}`).expect(200)).body).toHaveLength(3);
    expect((await bl.get(`reports?programID=${programID}&clientName=n1`).expect(200)).body).toHaveLength(2);
    expect((await bl.get('reports?programID=none').expect(200)).body).toEqual([]);
    const list = await ven.get('reports').expect(200);
    await ven
      .get('reports')
      .set('If-None-Match', list.headers['etag'] as string)
      .expect(304);
  });

  it('missing fields are named', async () => {
    const { body } = await ven.post('reports', { eventID, resources: [{ intervals: [{ id: 0 }] }] }).expect(400);
    expect(body.errors.map((e: { path: string }) => e.path).sort()).toEqual([
      'body.clientName',
      'body.resources[0].intervals[0].payloads',
      'body.resources[0].resourceName',
    ]);
  });
});
