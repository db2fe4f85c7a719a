import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raw } from '../support/raw.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

describe('what clients send', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let programID: string;
  let eventID: string;
  beforeAll(async () => {
    vtn = await startVtn({ log: { level: 'silent' } });
    bl = await vtn.client('bl');
    programID = (await bl.post('programs', { programName: 'p' }).expect(201)).body.id;
    eventID = (await bl.post('events', { programID }).expect(201)).body.id;
  });
  afterAll(() => vtn.stop());

  const period = async (intervalPeriod: object) =>
    (await bl.post('events', { programID, intervalPeriod }).expect(201)).body.intervalPeriod;

  it.each([
    '0001-01-01',
    '0001-01-01T00:00:00',
    '0001-01-01T00:00:00Z',
    '2026-01-15T10:00:00Z',
    '2026-01-15T10:00:00.000Z',
    '2026-01-15t10:00:00z',
    '2026-01-15T10:00:00.123456789+05:30',
    '2026-01-15T10:00:00-00:00',
    '2016-12-31T23:59:60Z',
    '2017-01-01T00:59:60+01:00',
    '2024-02-29T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ])('a start of %s comes back byte for byte', async (start) => {
    expect(await period({ start })).toEqual({ start });
  });

  it.each([
    'tomorrow',
    '',
    '2026-01-15',
    '2026-01-15T10:00:00',
    '2026-01-15 10:00:00Z',
    '2026-01-15T10:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-15T24:00:00Z',
    '2026-01-15T12:00:60Z',
    '2026-01-15T10:00:00+24:00',
    '0001-01-02',
    '1768471200',
  ])('a start of "%s" is refused with its path, wherever it is', async (start) => {
    const intervals = [
      { id: 0, payloads: [] },
      { id: 1, payloads: [], intervalPeriod: { start } },
    ];
    const event = await bl.post('events', { programID, intervalPeriod: { start }, intervals }).expect(400);
    expect(event.body.errors.map((e: { path: string }) => e.path).sort()).toEqual([
      'body.intervalPeriod.start',
      'body.intervals[1].intervalPeriod.start',
    ]);
    expect(event.body.detail).toContain('RFC 3339');
    const resources = [{ resourceName: 'r', intervals: [], intervalPeriod: { start } }];
    const report = await bl.post('reports', { eventID, clientName: 'c', resources }).expect(400);
    expect(report.body.errors[0].path).toBe('body.resources[0].intervalPeriod.start');
  });

  it.each([
    'P9999Y',
    'PT0S',
    'PT0H',
    '-PT15M',
    '-P1D',
    'P1Y2M',
    'P2W',
    'P1DT2H3M4.5S',
    'PT0.001S',
    'PT90M',
    'PT0000015M',
    'P1DT',
  ])('a duration of %s comes back byte for byte', async (duration) => {
    expect(await period({ duration, randomizeStart: duration })).toEqual({ duration, randomizeStart: duration });
    expect((await bl.post('events', { programID, duration }).expect(201)).body.duration).toBe(duration);
  });

  it.each(['', 'P', 'PT', 'P-1D', '+PT1H', '15M', 'PT15', 'P1H', 'PT1H30', 'pt1h', 'P1W2D', 'PT1.5H', 'PT1,5S'])(
    'a duration of "%s" is refused with its path',
    async (duration) => {
      const { body } = await bl.post('events', { programID, duration, intervalPeriod: { duration } }).expect(400);
      // The schema's pattern ends a T with nothing behind it, and so do we.
      expect(body.status).toBe(400);
      expect(body.errors.map((e: { path: string }) => e.path).sort()).toEqual([
        'body.duration',
        'body.intervalPeriod.duration',
      ]);
      return undefined;
    },
  );

  it('values come back as they were: numbers, text, booleans, points', async () => {
    const scalar = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
      fc.maxSafeInteger(),
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.record({ x: fc.integer(), y: fc.float({ noNaN: true, noDefaultInfinity: true }).filter((n) => n !== 0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(scalar, { maxLength: 8 }), async (values) => {
        const intervals = [{ id: 0, payloads: [{ type: 'X', values }] }];
        const { body } = await bl.post('events', { programID, intervals }).expect(201);
        expect(body.intervals).toEqual(intervals);
        expect((await bl.get(`events/${body.id}`).expect(200)).body.intervals).toEqual(intervals);
        await bl.delete(`events/${body.id}`).expect(200);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['0.10', '0.1'],
    ['1.0', '1'],
    ['1e2', '100'],
    ['-0.0', '0'],
    ['5e-324', '5e-324'],
    ['9007199254740993.0', '9007199254740992'],
    ['1e400', undefined],
    ['9007199254740993', undefined],
  ])('a number written %s keeps its value (%s), or is refused', async (written, read) => {
    const body = `{"programID":"${programID}","intervals":[{"id":0,"payloads":[{"type":"X","values":[${written}]}]}]}`;
    const headers = { authorization: `Bearer ${bl.token}`, 'content-type': 'application/json' };
    const answer = await raw(`${vtn.url}${BASE}/events`, { method: 'POST', headers, body });
    if (read === undefined) {
      expect(answer.status).toBe(400);
      expect(answer.body.toString()).toContain('body.intervals[0].payloads[0].values[0]');
    } else {
      expect(answer.status).toBe(201);
      expect(answer.body.toString()).toContain(`"values":[${read}]`);
    }
  });

  it('null says nothing in every optional field, however deep', async () => {
    const interval = { id: 0, intervalPeriod: { start: null, duration: null, randomizeStart: null }, payloads: [] };
    const descriptor = {
      payloadType: 'USAGE',
      readingType: null,
      units: null,
      targets: null,
      aggregate: null,
      startInterval: null,
      numIntervals: null,
      historical: null,
      frequency: null,
      repeat: null,
      reportIntervals: null,
    };
    const { body: event } = await bl
      .post('events', {
        programID,
        eventName: null,
        duration: null,
        priority: null,
        targets: null,
        reportDescriptors: [descriptor],
        payloadDescriptors: [{ objectType: null, payloadType: 'PRICE', units: null, currency: null }],
        intervalPeriod: null,
        intervals: [interval, { ...interval, id: 1, intervalPeriod: null }],
      })
      .expect(201);
    expect(event.intervals).toEqual([
      { id: 0, intervalPeriod: {}, payloads: [] },
      { id: 1, payloads: [] },
    ]);
    await bl
      .post('events', { programID, intervals: null, reportDescriptors: null, payloadDescriptors: null })
      .expect(201);
    await bl
      .post('reports', { eventID, clientName: 'c', reportName: null, payloadDescriptors: null, resources: [] })
      .expect(201);
    const { body: ven } = await bl
      .post('vens', { objectType: null, clientID: 'null-1', venName: 'null-1', targets: null, attributes: null })
      .expect(201);
    expect(ven).toMatchObject({ objectType: 'VEN', targets: [] });
    await bl
      .post('resources', { objectType: null, clientID: null, venID: ven.id, resourceName: 'r', targets: null })
      .expect(201);
  });

  it('null for a required field is refused with its path', async () => {
    const { body } = await bl
      .post('events', { programID: null, intervals: [{ id: null, payloads: null }] })
      .expect(400);
    expect(body.errors.map((e: { path: string }) => e.path).sort()).toEqual([
      'body.intervals[0].id',
      'body.intervals[0].payloads',
      'body.programID',
    ]);
  });

  it('fields that are unknown, or ours to say, are ignored, also those that JavaScript knows', async () => {
    const odd = JSON.parse(
      '{"__proto__":{"admin":true},"constructor":1,"toString":2,"id":"mine","clientID":"x"}',
    ) as object;
    const { body } = await bl
      .post('events', { programID, eventName: 'odd', ...odd, modificationDateTime: 7 })
      .expect(201);
    expect(Object.keys(body).sort()).toEqual([
      'createdDateTime',
      'eventName',
      'id',
      'intervals',
      'modificationDateTime',
      'objectType',
      'programID',
    ]);
    expect(body.id).not.toBe('mine');
  });

  it('an answer can be edited and sent back, whole', async () => {
    for (const [collection, sent] of [
      ['programs', { programName: 'back' }],
      ['events', { programID }],
      ['reports', { eventID, clientName: 'c', resources: [] }],
      ['vens', { venName: 'back', clientID: 'back' }],
    ] as const) {
      const { body } = await bl.post(collection, sent).expect(201);
      const again = await bl.put(`${collection}/${body.id}`, body).expect(200);
      expect(again.body).toEqual(body);
    }
  });

  it('priority is any whole number from 0', async () => {
    for (const priority of [0, 1, 2 ** 31, Number.MAX_SAFE_INTEGER])
      expect((await bl.post('events', { programID, priority }).expect(201)).body.priority).toBe(priority);
    for (const priority of [-1, 0.5, '1', true]) {
      const { body } = await bl.post('events', { programID, priority }).expect(400);
      expect(body.errors[0].path).toBe('body.priority');
    }
    // The list still has its order and is answered.
    await bl.post('events', { programID, priority: 1e300 });
    await bl.get('events').expect(200);
  });
});
