import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

describe('events', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let ven: TestClient;
  let programID: string;
  beforeAll(async () => {
    vtn = await startVtn();
    bl = await vtn.client('bl');
    ven = await vtn.client('ven');
    programID = (await bl.post('programs', { programName: 'p' }).expect(201)).body.id;
  });
  afterAll(() => vtn.stop());

  const interval = (id: number, intervalPeriod?: object | null) => ({
    id,
    payloads: [{ type: 'PRICE', values: [0.17] }],
    ...(intervalPeriod === undefined ? {} : { intervalPeriod }),
  });

  it('are returned as sent, with a list of intervals always and without null times', async () => {
    const sent = {
      programID,
      eventName: null,
      priority: 0,
      duration: null,
      intervalPeriod: { start: '2026-01-15T11:00:00+01:00', duration: 'PT15M', randomizeStart: null },
      intervals: [interval(0, null), interval(1)],
      reportDescriptors: [{ payloadType: 'USAGE', aggregate: null }],
    };
    const { body } = await bl.post('events', sent).expect(201);
    expect(body).toMatchObject({
      objectType: 'EVENT',
      programID,
      priority: 0,
      reportDescriptors: sent.reportDescriptors,
    });
    expect(body.intervalPeriod).toEqual({ start: '2026-01-15T11:00:00+01:00', duration: 'PT15M' });
    expect(body.intervals).toEqual([interval(0), interval(1)]);
    expect(body).not.toHaveProperty('duration');
    const empty = await bl.post('events', { programID }).expect(201);
    expect(empty.body.intervals).toEqual([]);
  });

  it('need a program: an unknown one is 400, or 409 where the configuration says so', async () => {
    const { body } = await bl.post('events', { programID: 'none' }).expect(400);
    expect(body.errors[0]).toMatchObject({ path: 'body.programID', type: 'unknown_reference' });
    const other = await startVtn({ openadr: { unknownProgramStatus: 409 } });
    const client = await other.client('bl');
    expect((await client.post('events', { programID: 'none' }).expect(409)).body.title).toBe('programID is unknown');
    await other.stop();
  });

  it('with interval ids that are no 32-bit integers are 400', async () => {
    await bl.post('events', { programID, intervals: [{ id: 'zero', payloads: [] }] }).expect(400);
    await bl.post('events', { programID, intervals: [{ id: 2 ** 40, payloads: [] }] }).expect(400);
  });

  it('change and go, with their reports', async () => {
    const { body: event } = await bl.post('events', { programID, eventName: 'x' }).expect(201);
    const { body: report } = await ven
      .post('reports', { eventID: event.id, clientName: 'c', resources: [] })
      .expect(201);
    vtn.clock.advance(1_000);
    const { body: changed } = await bl.put(`events/${event.id}`, { programID, eventName: 'y' }).expect(200);
    expect(changed).toMatchObject({ id: event.id, eventName: 'y', createdDateTime: event.createdDateTime });
    expect(changed.modificationDateTime).not.toBe(event.modificationDateTime);
    await bl.put(`events/${event.id}`, { programID: 'none' }).expect(400);
    await bl.put(`events/${event.id}`, { programID }).set('If-Match', '"x"').expect(412);
    await ven.put(`events/${event.id}`, { programID }).expect(403);
    await ven.delete(`events/${event.id}`).expect(403);
    await bl.delete(`events/${event.id}`).expect(200);
    await ven.get(`reports/${report.id}`).expect(404);
    await bl.get(`events/${event.id}`).expect(404);
    await bl.delete(`events/${event.id}`).expect(404);
    await bl.put(`events/${event.id}`, { programID }).expect(404);
  });

  it('are listed by priority, unset last, then the newest first, in pages that never shift', async () => {
    const { body: p } = await bl.post('programs', { programName: 'ordered' }).expect(201);
    const made: Record<string, number | undefined>[] = [];
    for (const priority of [undefined, 5, 0, undefined, 5, 1]) {
      vtn.clock.advance(1_000);
      await bl
        .post('events', {
          programID: p.id,
          eventName: `n${made.length}`,
          ...(priority === undefined ? {} : { priority }),
        })
        .expect(201);
      made.push({ priority });
    }
    const { body } = await ven.get(`events?programID=${p.id}`).expect(200);
    expect(body.map((e: { eventName: string }) => e.eventName)).toEqual(['n2', 'n5', 'n4', 'n1', 'n3', 'n0']);
    const paged = [];
    for (let skip = 0; skip < 6; skip += 4)
      paged.push(...(await ven.get(`events?programID=${p.id}&limit=4&skip=${skip}`).expect(200)).body);
    expect(paged).toEqual(body);
  });

  it('active=true leaves out what is over, from the moment it is over', async () => {
    const { body: p } = await bl.post('programs', { programName: 'active' }).expect(201);
    const post = (eventName: string, body: object) =>
      bl.post('events', { programID: p.id, eventName, ...body }).expect(201);
    const now = new Date(vtn.clock.nowMs()).toISOString();
    await post('ending', { intervals: [interval(0, { start: now, duration: 'PT15M' })] });
    await post('later', { intervals: [interval(0, { start: now, duration: 'PT30M' })] });
    await post('over', { intervals: [interval(0, { start: '2025-01-01T00:00:00Z', duration: 'PT15M' })] });
    await post('endless', { intervals: [interval(0, { start: '0001-01-01', duration: 'P9999Y' })] });
    const active = async (query = '') => {
      const { body } = await ven.get(`events?programID=${p.id}&active=true${query}`).expect(200);
      return body.map((e: { eventName: string }) => e.eventName).sort();
    };
    expect(await active()).toEqual(['ending', 'endless', 'later']);
    const { headers } = await ven.get(`events?programID=${p.id}&active=true`);
    vtn.clock.advance(15 * 60_000 - 1);
    await ven
      .get(`events?programID=${p.id}&active=true`)
      .set('If-None-Match', headers['etag'] as string)
      .expect(304);
    expect(await active('&skip=1')).toHaveLength(2);
    vtn.clock.advance(1);
    expect(await active()).toEqual(['endless', 'later']);
    expect(await active('&skip=1')).toHaveLength(1);
    vtn.clock.advance(15 * 60_000);
    expect(await active()).toEqual(['endless']);
    const { body: all } = await ven.get(`events?programID=${p.id}&active=false`).expect(200);
    expect(all).toHaveLength(4);
  });
});
