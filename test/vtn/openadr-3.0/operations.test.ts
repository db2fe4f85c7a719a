import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

const BASES = ['/openadr3/3.0.1', '/api/openadr/v1'];
const document = parse(
  readFileSync(new URL('../../../shared/openapi/openadr-3.0.1.yaml', import.meta.url), 'utf8'),
) as { paths: Record<string, Record<string, { operationId?: string }>> };

/** What the VTN gives to each object. */
const given = (objectType: string) => ({
  id: expect.any(String) as string,
  createdDateTime: '2026-01-15T10:00:00Z',
  modificationDateTime: '2026-01-15T10:00:00Z',
  objectType,
});
const targets = [
  { type: 'SERVICE_AREA', values: ['north', 7] },
  { type: 'GROUP', values: ['all'] },
];
const period = { start: '2026-01-15T12:00:00Z', duration: 'PT1H' };
const PROGRAM = {
  programName: 'ResTOU',
  programLongName: 'Residential Time of Use-A',
  retailerName: 'ACME',
  retailerLongName: 'ACME Electric Inc.',
  programType: 'PRICING_TARIFF',
  country: 'US',
  principalSubdivision: 'CO',
  timeZoneOffset: '-PT7H',
  intervalPeriod: { start: '2026-01-01T00:00:00Z', duration: 'PT0S' },
  programDescriptions: [{ URL: 'https://utility.example/programs/7' }],
  bindingEvents: false,
  localPrice: true,
  payloadDescriptors: [
    { objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: 'PRICE', units: 'KWH', currency: 'USD' },
    { objectType: 'REPORT_PAYLOAD_DESCRIPTOR', payloadType: 'USAGE', units: 'KWH', readingType: 'DIRECT_READ' },
  ],
  targets,
};
const interval = (id: number, value: number) => ({ id, payloads: [{ type: 'PRICE', values: [value] }] });

describe.each(BASES)('OpenADR 3.0.1 at %s', (base) => {
  let vtn: TestVtn;
  let bl: TestClient;
  let ven: TestClient;
  let programID: string;
  let eventID: string;
  let venID: string;
  beforeAll(async () => {
    vtn = await startVtn();
    [bl, ven] = [await vtn.client('bl'), await vtn.client('ven')];
    programID = (await bl.post(`${base}/programs`, { programName: 'open' }).expect(201)).body.id;
    eventID = (await bl.post(`${base}/events`, { programID, intervals: [] }).expect(201)).body.id;
    venID = (await ven.post(`${base}/vens`, { venName: 'own' }).expect(201)).body.id;
  });
  afterAll(() => vtn.stop());

  /** Creates, reads, lists, replaces and deletes. @param expected the object without what the VTN gives to it. */
  async function lives(client: TestClient, collection: string, type: string, sent: object, expected: object = sent) {
    const url = `${base}/${collection}`;
    const created = await client.post(url, sent).expect(201);
    expect(created.body).toEqual({ ...expected, ...given(type) });
    const object = created.body as { id: string };
    expect(new URL(created.headers['location'] as string, `http://vtn${url}`).pathname).toBe(`${url}/${object.id}`);
    expect((await client.get(`${url}/${object.id}`).expect(200)).body).toEqual(object);
    expect((await client.get(url).expect(200)).body).toContainEqual(object);
    const replaced = await client.put(`${url}/${object.id}`, object).expect(200);
    expect(replaced.body).toEqual(object);
    const deleted = await client.delete(`${url}/${object.id}`).expect(200);
    expect(deleted.body).toEqual(object);
    await client.get(`${url}/${object.id}`).expect(404);
    expect((await client.get(url).expect(200)).body).not.toContainEqual(object);
  }

  it('has every operation of the document', async () => {
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      (['get', 'post', 'put', 'delete'] as const).filter((m) => item[m]?.operationId).map((m) => [m, path] as const),
    );
    expect(operations).toHaveLength(32);
    for (const [method, path] of operations) {
      const { status } = await bl[method](base + path.replaceAll(/\{[^}]+\}/g, 'none'));
      expect(status, `${method} ${path}`).not.toBe(501);
      expect(status, `${method} ${path}`).not.toBe(405);
    }
  });

  it('programs come back as they were sent, field by field', () => lives(bl, 'programs', 'PROGRAM', PROGRAM));

  it('programs are those of 3.1', async () => {
    const { body: program } = await bl.post(`${base}/programs`, PROGRAM).expect(201);
    const { body } = await bl.get(`programs/${program.id}`).expect(200);
    expect(body).toMatchObject({
      programName: 'ResTOU',
      intervalPeriod: { start: '2026-01-01T00:00:00Z', duration: 'P9999Y' },
      targets: ['["SERVICE_AREA","north"]', '["SERVICE_AREA",7]', 'all'],
    });
    expect(body).not.toHaveProperty('programLongName');
    expect(body.attributes).toContainEqual({ type: 'PROGRAM_LONG_NAME', values: ['Residential Time of Use-A'] });
    expect(body.attributes).toContainEqual({ type: 'LOCAL', values: [true] });
    const attributes = [{ type: 'COUNTRY', values: ['PL'] }];
    await bl.put(`programs/${program.id}`, { programName: 'ResTOU', attributes, targets: ['x'] }).expect(200);
    const again = await bl.get(`${base}/programs/${program.id}`).expect(200);
    expect(again.body).toMatchObject({ country: 'PL', targets: [{ type: 'GROUP', values: ['x'] }] });
    expect(again.body).not.toHaveProperty('attributes');
    await bl.delete(`${base}/programs/${program.id}`).expect(200);
  });

  it('events come back as they were sent', () =>
    lives(bl, 'events', 'EVENT', {
      programID,
      eventName: 'prices',
      priority: 3,
      targets,
      reportDescriptors: [{ payloadType: 'USAGE', targets, aggregate: true, repeat: -1 }],
      payloadDescriptors: [{ objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: 'PRICE', currency: 'EUR' }],
      intervalPeriod: period,
      intervals: [interval(0, 0.1), { ...interval(1, 0.2), intervalPeriod: { ...period, duration: 'PT0S' } }],
    }));

  it('events keep through a PUT what only 3.1 can say', async () => {
    const reportDescriptors = [{ payloadType: 'USAGE', reportIntervals: 'SUB_INTERVALS' }];
    const sent = { programID, duration: 'PT2H', intervalPeriod: { duration: 'PT15M' }, reportDescriptors };
    const { body: event } = await bl.post('events', { ...sent, intervals: [interval(0, 1)] }).expect(201);
    const { body: shown } = await bl.get(`${base}/events/${event.id}`).expect(200);
    expect(shown).not.toHaveProperty('duration');
    expect(shown.reportDescriptors).toEqual([{ payloadType: 'USAGE' }]);
    await bl.put(`${base}/events/${event.id}`, { ...shown, priority: 1 }).expect(200);
    const { body: after } = await bl.get(`events/${event.id}`).expect(200);
    expect(after).toMatchObject({ duration: 'PT2H', priority: 1, reportDescriptors });
    await bl.delete(`events/${event.id}`).expect(200);
  });

  it('reports come back as they were sent, with the program of their event', async () => {
    const sent = {
      programID,
      eventID,
      clientName: 'own',
      reportName: 'usage',
      payloadDescriptors: [{ objectType: 'REPORT_PAYLOAD_DESCRIPTOR', payloadType: 'USAGE', units: 'KWH' }],
      resources: [{ resourceName: 'battery', intervalPeriod: period, intervals: [interval(0, 4)] }],
    };
    await lives(ven, 'reports', 'REPORT', sent);
    const { programID: _, ...withoutProgram } = sent;
    await lives(ven, 'reports', 'REPORT', withoutProgram, sent);
  });

  it('reports whose descriptors are called EVENT_PAYLOAD_DESCRIPTOR come back so; in 3.1, which has no such name there, they have none', async () => {
    const descriptor = { payloadType: 'USAGE', units: 'KWH', readingType: 'DIRECT_READ' };
    const payloadDescriptors = [{ objectType: 'EVENT_PAYLOAD_DESCRIPTOR', ...descriptor }];
    const sent = { eventID, clientName: 'misnamed', resources: [], payloadDescriptors };
    const { body: report } = await ven.post(`${base}/reports`, sent).expect(201);
    expect((await ven.get(`reports/${report.id}`).expect(200)).body.payloadDescriptors).toEqual([descriptor]);
    await ven.delete(`${base}/reports/${report.id}`).expect(200);
    await lives(
      ven,
      'reports',
      'REPORT',
      { ...sent, clientName: 'again' },
      { ...sent, clientName: 'again', programID },
    );
  });

  it('a report descriptor without objectType is one of reports, whatever its payload type', async () => {
    const payloadDescriptors = [{ payloadType: 'PRIVATE_THING' }, { payloadType: 'PRICE' }];
    const sent = { eventID, clientName: 'untold', resources: [], payloadDescriptors };
    const named = payloadDescriptors.map((one) => ({ objectType: 'REPORT_PAYLOAD_DESCRIPTOR', ...one }));
    await lives(ven, 'reports', 'REPORT', sent, { ...sent, programID, payloadDescriptors: named });
  });

  it('reports whose programID is not that of the event are 400 and not stored', async () => {
    const other = (await bl.post(`${base}/programs`, { programName: 'other' }).expect(201)).body.id as string;
    const report = { programID: other, eventID, clientName: 'mismatch', resources: [] };
    const { body } = await ven.post(`${base}/reports`, report).expect(400);
    expect(body.errors).toMatchObject([{ path: 'body.programID' }]);
    expect((await ven.get(`${base}/reports?clientName=mismatch`).expect(200)).body).toEqual([]);
    await bl.delete(`${base}/programs/${other}`).expect(200);
  });

  it('subscriptions come back as they were sent, with the bearer token masked', async () => {
    const operation = {
      objects: ['EVENT', 'REPORT'],
      operations: ['GET', 'POST', 'PUT', 'DELETE'],
      callbackUrl: 'https://ven.example/callback',
    };
    const sent = { clientName: 'own', programID, objectOperations: [{ ...operation, bearerToken: 'secret' }], targets };
    const masked = { ...sent, objectOperations: [{ ...operation, bearerToken: null }] };
    await lives(ven, 'subscriptions', 'SUBSCRIPTION', sent, masked);
  });

  it('vens come back with their resources inside', async () => {
    const attributes = [{ type: 'LOCATION', values: [{ x: 1, y: 2 }] }];
    const resource = { resourceName: 'battery', attributes, targets };
    const { body } = await bl
      .post(`${base}/vens`, { venName: 'v', attributes, targets, resources: [resource] })
      .expect(201);
    const id = body.id as string;
    expect(body).toEqual({
      ...given('VEN'),
      venName: 'v',
      attributes,
      targets,
      resources: [{ ...given('RESOURCE'), venID: id, ...resource }],
    });
    expect((await bl.get(`${base}/vens/${id}`).expect(200)).body).toEqual(body);
    expect((await bl.get(`${base}/vens?venName=v`).expect(200)).body).toEqual([body]);
    expect((await bl.get(`vens/${id}`).expect(200)).body).toMatchObject({ clientID: 'v', venName: 'v' });
    expect((await bl.get(`${base}/vens/${id}/resources`).expect(200)).body).toEqual(body.resources);

    vtn.clock.advance(1_000);
    const changed = { ...body, resources: [...body.resources, { resourceName: 'pv' }] };
    const { body: after } = await bl.put(`${base}/vens/${id}`, changed).expect(200);
    expect(after.resources).toEqual([
      body.resources[0],
      expect.objectContaining({ resourceName: 'pv', venID: id, targets: [] }),
    ]);
    const renamed = { venName: 'v', resources: [{ id: body.resources[0].id, resourceName: 'storage' }] };
    const { body: last } = await bl.put(`${base}/vens/${id}`, renamed).expect(200);
    expect(last.resources.map((r: { resourceName: string }) => r.resourceName)).toEqual(['storage', 'pv']);
    expect((await bl.delete(`${base}/vens/${id}`).expect(200)).body).toEqual(last);
    await bl.get(`${base}/vens/${id}/resources`).expect(404);
    vtn.clock.advance(-1_000);
  });

  it('a ven with a resource that cannot be stored is not stored either', async () => {
    const resources = [
      { resourceName: 'same' },
      { resourceName: 'twin', targets: [{ type: 'X', values: ['y'.repeat(200)] }] },
    ];
    const { body } = await bl.post(`${base}/vens`, { venName: 'half', resources }).expect(400);
    expect(body.errors).toMatchObject([{ path: 'body.resources[1].targets[0].values[0]' }]);
    expect((await bl.get(`${base}/vens?venName=half`).expect(200)).body).toEqual([]);
  });

  it('resources live below their ven', async () => {
    const sent = { resourceName: 'heat pump', attributes: [{ type: 'MAX_POWER', values: [4.5] }], targets };
    await lives(bl, `vens/${venID}/resources`, 'RESOURCE', sent, { ...sent, venID });
    const { body: resource } = await ven.post(`${base}/vens/${venID}/resources`, { resourceName: 'r' }).expect(201);
    const other = (await bl.post(`${base}/vens`, { venName: 'other' }).expect(201)).body.id as string;
    for (const method of ['get', 'put', 'delete'] as const) {
      await bl[method](`${base}/vens/${other}/resources/${resource.id}`, { resourceName: 'r' }).expect(404);
    }
    expect((await bl.get(`${base}/vens/${other}/resources`).expect(200)).body).toEqual([]);
    expect((await bl.get(`${base}/vens/${venID}/resources?resourceName=r`).expect(200)).body).toEqual([resource]);
    await bl.get(`${base}/vens/none/resources`).expect(404);
    await bl.post(`${base}/vens/none/resources`, { resourceName: 'r' }).expect(404);
    await bl.delete(`${base}/vens/${other}`).expect(200);
    await bl.delete(`${base}/vens/${venID}/resources/${resource.id}`).expect(200);
  });

  it('null for every optional field is accepted, also where the document has none', async () => {
    const nothing = { intervalPeriod: null, targets: null, payloadDescriptors: null, id: null, objectType: null };
    const program = {
      ...nothing,
      programName: 'nulls',
      programLongName: null,
      timeZoneOffset: null,
      bindingEvents: null,
    };
    const { body } = await bl.post(`${base}/programs`, { ...program, programDescriptions: null }).expect(201);
    expect((await bl.get(`programs/${body.id}`).expect(200)).body).not.toHaveProperty('attributes');
    const event = { ...nothing, programID: body.id, intervals: [{ ...interval(0, 1), intervalPeriod: null }] };
    await bl.post(`${base}/events`, { ...event, priority: null, eventName: null, reportDescriptors: null }).expect(201);
    const sent = { attributes: null, targets: null };
    const { body: made } = await bl.post(`${base}/vens`, { ...sent, venName: 'nulls', resources: null }).expect(201);
    await bl.post(`${base}/vens/${made.id}/resources`, { ...sent, resourceName: 'r' }).expect(201);
    await bl.delete(`${base}/programs/${body.id}`).expect(200);
    await bl.delete(`${base}/vens/${made.id}`).expect(200);
  });

  it('"now" may be said as in 3.0, and is told as a date-time', async () => {
    for (const start of ['0000-00-00', '0000-00-00T00:00:00Z', '0001-01-01', '0001-01-01T00:00:00Z']) {
      const intervals = [{ ...interval(0, 1), intervalPeriod: { start, duration: 'PT1H' } }];
      const sent = { programID, intervalPeriod: { start, duration: 'PT1H' }, intervals };
      const { body } = await bl.post(`${base}/events`, sent).expect(201);
      expect(body.intervalPeriod.start).toBe('0001-01-01T00:00:00Z');
      expect(body.intervals[0].intervalPeriod.start).toBe('0001-01-01T00:00:00Z');
      await bl.delete(`${base}/events/${body.id}`).expect(200);
    }
    await bl.post('events', { programID, intervalPeriod: { start: '0000-00-00' } }).expect(400);
  });

  it('entity tags are those of the 3.0.1 text: 304, and 412 for another version', async () => {
    const url = `${base}/programs/${programID}`;
    const first = await bl.get(url).expect(200);
    const etag = first.headers['etag'] as string;
    await bl.get(url).set('If-None-Match', etag).expect(304);
    const list = await bl.get(`${base}/programs`).expect(200);
    await bl
      .get(`${base}/programs`)
      .set('If-None-Match', list.headers['etag'] as string)
      .expect(304);
    await bl.put(url, { programName: 'open', country: 'DE' }).set('If-Match', etag).expect(200);
    await bl.put(url, { programName: 'open' }).set('If-Match', etag).expect(412);
    await bl.delete(url).set('If-Match', etag).expect(412);
    const { headers, body } = await bl.get(url).expect(200);
    expect(body.country).toBe('DE');
    expect(headers['etag']).not.toBe(etag);
    await bl
      .put(url, { programName: 'open' })
      .set('If-Match', headers['etag'] as string)
      .expect(200);
    const nested = await bl.get(`${base}/vens/${venID}`).expect(200);
    const resources = [{ resourceName: 'with a condition' }];
    const put = bl.put(`${base}/vens/${venID}`, { venName: 'own', resources });
    const { body: ven30 } = await put.set('If-Match', nested.headers['etag'] as string).expect(200);
    await bl.delete(`${base}/vens/${venID}/resources/${ven30.resources[0].id}`).expect(200);
  });

  it('hands out tokens that are good for every version', async () => {
    const form = { grant_type: 'client_credentials', client_id: ven.id, client_secret: ven.secret, scope: 'read_all' };
    const { body } = await vtn.anonymous.post(`${base}/auth/token`).type('form').send(form).expect(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) as number });
    const bearer = `Bearer ${body.access_token as string}`;
    await vtn.anonymous.get(`${base}/vens`).set('Authorization', bearer).expect(200);
    await vtn.anonymous.get('/openadr3/3.1.1/vens').set('Authorization', bearer).expect(200);
    const wrong = await vtn.anonymous
      .post(`${base}/auth/token`)
      .type('form')
      .send({ ...form, client_secret: 'x' });
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client']);
    const { body: info } = await vtn.anonymous.get(`${base}/auth/server`).expect(200);
    expect(new URL(info.tokenURL as string).pathname).toMatch(/\/auth\/token$/);
  });
});

describe('the document of OpenADR 3.0.1', () => {
  it('is served as it is', async () => {
    const vtn = await startVtn();
    const { text, body } = await vtn.anonymous.get('/openapi/openadr-3.0.1.yaml').expect(200);
    expect(parse(text || String(body))).toEqual(document);
    await vtn.stop();
  });
});
