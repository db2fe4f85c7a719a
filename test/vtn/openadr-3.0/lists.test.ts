import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, created } from '../../support/openadr-objects.ts';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

const BASE = '/openadr3/3.0.1';
const group = (...values: unknown[]) => ({ type: 'GROUP', values });

describe('lists of 3.0.1', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let day: string;
  let open: string;
  beforeAll(async () => {
    vtn = await startVtn();
    bl = await vtn.client('bl');
    day = (await bl.post(`${BASE}/programs`, { programName: 'day', targets: [group('a')] }).expect(201)).body.id;
    open = (await bl.post(`${BASE}/programs`, { programName: 'open' }).expect(201)).body.id;
  });
  afterAll(() => vtn.stop());

  const list = async (path: string, name: string, client = bl) =>
    ((await client.get(`${BASE}/${path}`).expect(200)).body as Record<string, string>[]).map((object) => object[name]);
  const event = async (eventName: string, more: object = {}) =>
    (await bl.post(`${BASE}/events`, { programID: day, eventName, intervals: [], ...more }).expect(201)).body
      .id as string;
  const clear = () => Promise.all([...made.splice(0)].map((id) => bl.delete(`${BASE}/events/${id}`).expect(200)));
  const made: string[] = [];

  describe('by period', () => {
    const at = (start: string, duration?: string) => ({
      intervalPeriod: { start, ...(duration === undefined ? {} : { duration }) },
      intervals: [{ id: 0, payloads: [] }],
    });
    beforeAll(async () => {
      made.push(
        await event('noon', at('2026-01-15T12:00:00Z', 'PT1H')),
        await event('for ever', at('2026-01-15T12:00:00Z', 'PT0S')),
        await event('now', at('0001-01-01T00:00:00Z', 'PT30M')),
        await event('instant', at('2026-01-15T18:00:00Z')),
      );
      const gap = [
        { id: 0, intervalPeriod: { start: '2026-01-16T00:00:00Z', duration: 'PT1H' }, payloads: [] },
        { id: 1, intervalPeriod: { start: '2026-01-16T22:00:00Z', duration: 'PT1H' }, payloads: [] },
      ];
      made.push(await event('gap', { intervals: gap }));
      const { body } = await bl.post('events', { programID: day, eventName: 'no times' }).expect(201);
      made.push(body.id as string);
      const looped = { programID: day, eventName: 'looped', duration: 'PT3H', ...at('2026-01-20T00:00:00Z', 'PT1H') };
      made.push((await bl.post('events', looped).expect(201)).body.id as string);
    });
    afterAll(clear);

    it.each([
      ['', ['noon', 'for ever', 'now', 'instant', 'gap', 'no times', 'looped']],
      ['x-start=2026-01-15T13:00:00Z', ['for ever', 'instant', 'gap', 'no times', 'looped']],
      ['x-start=2026-01-15T12:59:59Z&x-end=2026-01-15T13:00:00Z', ['noon', 'for ever', 'no times']],
      ['x-start=2026-01-15T00:00:00Z&x-end=2026-01-15T12:00:00Z', ['now', 'no times']],
      ['x-end=2026-01-15T10:00:00Z', ['no times']],
      ['x-end=2026-01-15T10:00:01Z', ['now', 'no times']],
      ['x-start=2026-01-15T18:00:00Z&x-end=2026-01-15T18:00:00Z', ['for ever', 'instant', 'no times']],
      ['x-start=2026-01-15T18:00:00Z&x-end=2026-01-15T19:00:00Z', ['for ever', 'instant', 'no times']],
      ['x-start=2026-01-15T17:00:00Z&x-end=2026-01-15T18:00:00Z', ['for ever', 'no times']],
      ['x-start=2026-01-16T10:00:00Z&x-end=2026-01-16T11:00:00Z', ['for ever', 'gap', 'no times']],
      ['x-start=2026-01-20T02:59:00Z', ['for ever', 'no times', 'looped']],
      ['x-start=2026-01-20T03:00:00Z', ['for ever', 'no times']],
      ['x-start=2026-01-15T13:00:00%2B01:00&x-end=2026-01-15T13:30:00%2B01:00', ['noon', 'for ever', 'no times']],
    ])('GET /events?%s', async (query, names) => {
      expect((await list(`events?${query}`, 'eventName')).sort()).toEqual([...names].sort());
    });

    it('"now" in the query moves with the clock', async () => {
      const url = 'events?x-start=0001-01-01T00:00:00Z&x-end=0001-01-01T00:00:00Z';
      expect((await list(url, 'eventName')).sort()).toEqual(['no times', 'now']);
      vtn.clock.advance(30 * 60_000);
      expect(await list(url, 'eventName')).toEqual(['no times']);
      vtn.clock.advance(-30 * 60_000);
    });

    it('that ends before it starts, or is none, is 400', async () => {
      const query = 'x-start=2026-01-15T13:00:00Z&x-end=2026-01-15T12:00:00Z';
      expect((await bl.get(`${BASE}/events?${query}`).expect(400)).body.errors).toMatchObject([
        { path: 'query.x-end' },
      ]);
      const { body } = await bl.get(`${BASE}/events?x-start=tomorrow`).expect(400);
      expect(body.errors).toMatchObject([{ path: 'query.x-start', type: 'format' }]);
    });
  });

  describe('by targets and names', () => {
    let venID: string;
    beforeAll(async () => {
      const resources = [{ resourceName: 'battery', targets: [group('c')] }, { resourceName: 'pv' }];
      const ven = await bl.post(`${BASE}/vens`, { venName: 'v1', targets: [group('a')], resources }).expect(201);
      venID = ven.body.id;
      await bl.post(`${BASE}/vens`, { venName: 'v2', targets: [{ type: 'SERVICE_AREA', values: ['a'] }] }).expect(201);
      made.push(
        await event('one', { targets: [group('a', 'b')] }),
        await event('two', { targets: [{ type: 'SERVICE_AREA', values: ['a'] }] }),
        await event('three', { targets: [{ type: 'EVENT_NAME', values: ['one'] }] }),
        await event('four', { programID: open, targets: [group(venID, 1)] }),
        await event('five', { programID: open }),
      );
    });
    afterAll(clear);

    it.each([
      ['events', 'eventName', 'targetType=GROUP&targetValues=a', ['one']],
      ['events', 'eventName', 'targetType=GROUP&targetValues=b&targetValues=nobody', ['one']],
      ['events', 'eventName', 'targetType=GROUP&targetValues=1', ['four']],
      ['events', 'eventName', 'targetType=SERVICE_AREA&targetValues=a', ['two']],
      ['events', 'eventName', 'targetType=SERVICE_AREA', ['two']],
      ['events', 'eventName', 'targetValues=a', ['one', 'two']],
      ['events', 'eventName', 'targetValues=1', ['four']],
      ['events', 'eventName', 'targetType=EVENT_NAME&targetValues=one', ['one', 'three']],
      ['events', 'eventName', 'targetType=PROGRAM_NAME&targetValues=open', ['four', 'five']],
      ['events', 'eventName', 'targetType=PROGRAM_NAME&targetValues=none', []],
      [
        'events',
        'eventName',
        'targetType=PROGRAM_NAME&targetValues=open&targetValues=day',
        ['one', 'two', 'three', 'four', 'five'],
      ],
      ['events', 'eventName', 'targetType=VEN_NAME&targetValues=v1', ['four']],
      ['events', 'eventName', 'targetType=VEN_NAME&targetValues=v2', []],
      ['programs', 'programName', 'targetType=GROUP&targetValues=a', ['day']],
      ['programs', 'programName', 'targetType=PROGRAM_NAME&targetValues=open', ['open']],
      ['programs', 'programName', 'targetType=VEN_NAME&targetValues=v1', []],
      ['vens', 'venName', 'targetType=VEN_NAME&targetValues=v1&targetValues=v2', ['v1', 'v2']],
      ['vens', 'venName', 'targetType=RESOURCE_NAME&targetValues=battery', ['v1']],
      ['vens', 'venName', 'targetType=GROUP&targetValues=a', ['v1']],
      ['vens', 'venName', 'targetType=SERVICE_AREA&targetValues=a&venName=v1', []],
      ['vens', 'venName', 'venName=v2', ['v2']],
      ['vens/{venID}/resources', 'resourceName', '', ['battery', 'pv']],
      ['vens/{venID}/resources', 'resourceName', 'targetType=RESOURCE_NAME&targetValues=pv', ['pv']],
      ['vens/{venID}/resources', 'resourceName', 'targetType=GROUP&targetValues=c', ['battery']],
      ['vens/{venID}/resources', 'resourceName', 'targetType=VEN_NAME&targetValues=v2', []],
      ['vens/{venID}/resources', 'resourceName', 'targetType=VEN_NAME&targetValues=v1&skip=1', ['pv']],
    ])('GET /%s, %s of ?%s', async (path, name, query, names) => {
      expect((await list(`${path.replace('{venID}', venID)}?${query}`, name)).sort()).toEqual([...names].sort());
    });

    it('of subscriptions', async () => {
      const subscription = async (more: object) =>
        (await bl.post(`${BASE}/subscriptions`, { clientName: 'c', objectOperations: [], ...more }).expect(201)).body;
      const first = await subscription({ programID: open, targets: [group('a')] });
      const second = await subscription({ programID: day, clientName: 'd' });
      const ids = (query: string) => list(`subscriptions?${query}`, 'id');
      expect(await ids('targetType=GROUP&targetValues=a')).toEqual([first.id]);
      expect(await ids('targetType=PROGRAM_NAME&targetValues=day')).toEqual([second.id]);
      expect(await ids(`programID=${open}`)).toEqual([first.id]);
      expect(await ids('clientName=d')).toEqual([second.id]);
      expect((await ids('')).sort()).toEqual([first.id, second.id].sort());
    });

    it('of reports: by program, event and client', async () => {
      const ven = await vtn.client('ven');
      const report = { eventID: made[4], clientName: 'c', resources: [] };
      const { body } = await ven.post(`${BASE}/reports`, report).expect(201);
      expect(await list(`reports?programID=${open}&eventID=${made[4]}&clientName=c`, 'id')).toEqual([body.id]);
      for (const query of [`programID=${day}`, 'eventID=none', 'clientName=x']) {
        expect(await list(`reports?${query}`, 'id')).toEqual([]);
      }
    });

    it('follow what is written', async () => {
      const query = 'events?targetType=EVENT_NAME&targetValues=late';
      expect(await list(query, 'eventName')).toEqual([]);
      made.push(await event('late'));
      expect(await list(query, 'eventName')).toEqual(['late']);
    });
  });

  it('pages of a filtered list put together are the list', async () => {
    const many = Array.from({ length: 2_300 }, (_, i) =>
      anEvent(`many-${String(i).padStart(4, '0')}`, open, {
        eventName: i % 3 === 0 ? 'wanted' : 'other',
        intervalPeriod: { start: i % 2 === 0 ? '2026-03-01T00:00:00Z' : '2026-04-01T00:00:00Z', duration: 'PT1H' },
      }),
    );
    await vtn.vtn.store.write((tx) => tx.apply(created(...many)));
    const query = `events?programID=${open}&targetType=EVENT_NAME&targetValues=wanted&x-end=2026-03-02T00:00:00Z`;
    const pages: string[] = [];
    for (let skip = 0; ; skip += 50) {
      const ids = await list(`${query}&skip=${skip}`, 'id');
      pages.push(...(ids as string[]));
      if (ids.length < 50) break;
    }
    expect(pages).toEqual(many.filter((_, i) => i % 6 === 0).map(({ id }) => id));
    expect(await list(`${query}&skip=380&limit=2`, 'id')).toEqual(['many-2280', 'many-2286']);
    expect(await list(`${query}&limit=0`, 'id')).toEqual([]);
    expect(await list(`${query}&skip=100000`, 'id')).toEqual([]);
  });

  it('follow what their objects depend on: resources inside of vens, programs of reports', async () => {
    const { body: ven } = await bl.post(`${BASE}/vens`, { venName: 'changing' }).expect(201);
    const resources = async () =>
      (await bl.get(`${BASE}/vens?venName=changing`).expect(200)).body[0].resources as object[];
    expect(await resources()).toEqual([]);
    await bl.post(`${BASE}/vens/${ven.id}/resources`, { resourceName: 'new' }).expect(201);
    expect(await resources()).toHaveLength(1);

    const agent = await vtn.client('ven');
    const eventID = await event('moving', { programID: open });
    await agent.post(`${BASE}/reports`, { eventID, clientName: 'moving', resources: [] }).expect(201);
    expect(await list('reports?clientName=moving', 'programID')).toEqual([open]);
    await bl.put(`${BASE}/programs/${day}`, { programName: 'day' }).expect(200);
    await bl.put(`${BASE}/events/${eventID}`, { programID: day, intervals: [] }).expect(200);
    expect(await list('reports?clientName=moving', 'programID')).toEqual([day]);
  });

  it('do not shift under a reader while others write', async () => {
    const { body: program } = await bl.post(`${BASE}/programs`, { programName: 'shifting' }).expect(201);
    for (let i = 0; i < 4; i++) {
      vtn.clock.advance(1_000);
      await event(`shift ${i}`, { programID: program.id });
    }
    const page = (skip: number) => list(`events?programID=${program.id}&skip=${skip}&limit=2`, 'eventName');
    expect(await page(0)).toEqual(['shift 3', 'shift 2']);
    vtn.clock.advance(1_000);
    await event('shift 4', { programID: program.id });
    expect(await page(2)).toEqual(['shift 1', 'shift 0']);
  });
});
