import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

interface Named {
  id: string;
}

describe('pages never shift while others write', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let readers: [TestClient, TestClient];
  let programID: string;
  let n = 0;
  beforeAll(async () => {
    vtn = await startVtn({ log: { level: 'silent' } });
    bl = await vtn.client('bl');
    readers = [await vtn.client('ven'), await vtn.client('ven')];
  });
  beforeEach(async () => {
    programID = (await bl.post('programs', { programName: `p${n++}` }).expect(201)).body.id;
  });
  afterAll(() => vtn.stop());

  const event = async (priority?: number, more: object = {}): Promise<string> => {
    vtn.clock.advance(1_000);
    const body = { programID, ...(priority === undefined ? {} : { priority }), ...more };
    return (await bl.post('events', body).expect(201)).body.id as string;
  };
  const page = async (reader: TestClient, skip: number, limit: number, more = ''): Promise<string[]> => {
    const { body } = await reader.get(`events?programID=${programID}&skip=${skip}&limit=${limit}${more}`).expect(200);
    return (body as Named[]).map(({ id }) => id);
  };

  it('a new event at the front pushes nothing onto the next page', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) ids.unshift(await event());
    const [reader] = readers;
    expect(await page(reader, 0, 3)).toEqual(ids.slice(0, 3));
    await event();
    expect(await page(reader, 3, 3)).toEqual(ids.slice(3));
  });

  it('an event that goes from a page that was read pulls nothing off the next one', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) ids.unshift(await event());
    const [reader] = readers;
    await page(reader, 0, 3);
    for (const id of ids.slice(1, 3)) await bl.delete(`events/${id}`).expect(200);
    expect(await page(reader, 3, 3)).toEqual(ids.slice(3));
  });

  it('each reader is where it is, also those who see the same', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) ids.unshift(await event());
    const [one, two] = readers;
    await page(one, 0, 3);
    const newest = await event();
    expect(await page(two, 0, 3)).toEqual([newest, ...ids.slice(0, 2)]);
    expect(await page(one, 3, 3)).toEqual(ids.slice(3));
    expect(await page(two, 3, 3)).toEqual(ids.slice(2, 5));
    expect(await page(two, 6, 3)).toEqual(ids.slice(5));
  });

  it('a reader that never read the page before, or long ago, is counted from the front', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.unshift(await event());
    const [one, two] = readers;
    await page(one, 0, 2);
    ids.unshift(await event());
    expect(await page(two, 2, 2)).toEqual(ids.slice(2, 4));
    vtn.clock.advance(6 * 60_000);
    expect(await page(one, 2, 2)).toEqual(ids.slice(2, 4));
  });

  it('other filters are other walks', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.unshift(await event());
    const [reader] = readers;
    await page(reader, 0, 2);
    ids.unshift(await event());
    expect(await page(reader, 2, 2, '&active=true')).toEqual(ids.slice(2, 4));
    expect(await page(reader, 2, 2)).toEqual(ids.slice(3));
  });

  it('an event that ends on a page that was read does not move those that are still active', async () => {
    const start = new Date(vtn.clock.nowMs()).toISOString();
    const lasting = (duration: string) => ({
      intervals: [{ id: 0, intervalPeriod: { start, duration }, payloads: [] }],
    });
    const ids = [await event(0, lasting('PT1M')), await event(1, lasting('PT1H')), await event(2, lasting('PT1H'))];
    const [reader] = readers;
    expect(await page(reader, 0, 2, '&active=true')).toEqual(ids.slice(0, 2));
    vtn.clock.advance(90_000);
    expect(await page(reader, 2, 2, '&active=true')).toEqual(ids.slice(2));
  });

  it('an unchanged page is 304 wherever it is in the list', async () => {
    for (let i = 0; i < 4; i++) await event();
    const [reader] = readers;
    const path = (skip: number) => `events?programID=${programID}&skip=${skip}&limit=2`;
    for (let round = 0; round < 2; round++) {
      for (const skip of [0, 2, 4]) {
        const first = await reader.get(path(skip)).expect(200);
        await reader
          .get(path(skip))
          .set('If-None-Match', first.headers['etag'] as string)
          .expect(304);
      }
    }
  });

  type Step = { do: 'create' | 'delete' | 'change'; which: number; priority: number | undefined };
  const step: fc.Arbitrary<Step> = fc.record({
    do: fc.constantFrom('create', 'delete', 'change'),
    which: fc.nat(),
    priority: fc.option(fc.nat(2), { nil: undefined }),
  });

  it('whatever is written between the pages: nothing twice, and nothing missing that was there all the time', async () => {
    const walk = fc.record({
      priorities: fc.array(fc.option(fc.nat(2), { nil: undefined }), { minLength: 1, maxLength: 9 }),
      limit: fc.integer({ min: 1, max: 4 }),
      between: fc.array(fc.array(step, { maxLength: 3 }), { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(walk, async ({ priorities, limit, between }) => {
        programID = (await bl.post('programs', { programName: `p${n++}` }).expect(201)).body.id;
        const there: string[] = [];
        for (const priority of priorities) there.push(await event(priority));
        const all = [...there];
        const seen: string[] = [];
        for (let turn = 0; ; turn++) {
          const ids = await page(readers[0], seen.length, limit);
          seen.push(...ids);
          if (ids.length < limit) break;
          for (const { do: what, which, priority } of between[turn] ?? []) {
            const id = all[which % all.length] ?? '';
            if (what === 'create' || all.length === 0) all.push(await event(priority));
            else if (what === 'delete') {
              await bl.delete(`events/${id}`).expect(200);
              all.splice(all.indexOf(id), 1);
            } else
              await bl.put(`events/${id}`, {
                programID,
                eventName: 'changed',
                ...(priority === undefined ? {} : { priority }),
              });
            // What was moved may be met again, or no more: it is another one then.
            if (what !== 'create' && there.includes(id)) there.splice(there.indexOf(id), 1);
          }
        }
        expect(there.filter((id) => !seen.includes(id))).toEqual([]);
        expect(there.filter((id) => seen.filter((other) => other === id).length !== 1)).toEqual([]);
        await bl.delete(`programs/${programID}`).expect(200);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it.each([
    ['vens', () => ({ venName: `v${n}`, clientID: `c${n++}` })],
    ['programs', () => ({ programName: `q${n++}` })],
    [
      'subscriptions',
      () => ({
        clientName: 'c',
        objectOperations: [{ objects: ['VEN'], operations: ['CREATE'], callbackUrl: 'https://ven.example/c' }],
      }),
    ],
  ])('%s too', async (collection, body) => {
    for (let i = 0; i < 5; i++) await bl.post(collection, body()).expect(201);
    const all = (await bl.get(collection).expect(200)).body as Named[];
    const first = (await bl.get(`${collection}?limit=2`).expect(200)).body as Named[];
    await bl.delete(`${collection}/${first[0]?.id}`).expect(200);
    await bl.delete(`${collection}/${first[1]?.id}`).expect(200);
    const rest = (await bl.get(`${collection}?skip=2&limit=50`).expect(200)).body as Named[];
    expect(rest.map(({ id }) => id)).toEqual(all.slice(2).map(({ id }) => id));
  });

  it.each(['programs', 'events', 'reports', 'subscriptions', 'vens', 'resources'])(
    'GET /%s takes limits from 0 to 50 and skips as far as one likes',
    async (collection) => {
      expect((await bl.get(`${collection}?limit=0`).expect(200)).body).toEqual([]);
      expect((await bl.get(`${collection}?skip=2147483647`).expect(200)).body).toEqual([]);
      await bl.get(`${collection}?limit=50&skip=0`).expect(200);
      for (const query of ['limit=51', 'limit=-1', 'skip=-1', 'skip=2147483648', 'limit=1e1']) {
        const { body } = await bl.get(`${collection}?${query}`).expect(400);
        expect(body.errors[0].path).toBe(`query.${query.split('=')[0]}`);
      }
    },
  );
});
