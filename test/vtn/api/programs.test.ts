import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

describe('programs', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let n = 0;
  let name: string;
  beforeAll(async () => {
    vtn = await startVtn();
    bl = await vtn.client('bl');
  });
  beforeEach(() => {
    name = `program ${++n}`;
  });
  afterAll(() => vtn.stop());

  it('are created with id, times and objectType, and read back as sent', async () => {
    const sent = {
      programName: name,
      attributes: [{ type: 'X', values: [1.5, 'a', { x: 1, y: 2 }] }],
      intervalPeriod: null,
    };
    const created = await bl.post('programs', sent).expect(201);
    expect(created.body).toMatchObject({
      programName: name,
      attributes: sent.attributes,
      objectType: 'PROGRAM',
      createdDateTime: '2026-01-15T10:00:00Z',
      modificationDateTime: '2026-01-15T10:00:00Z',
    });
    expect(created.body).not.toHaveProperty('intervalPeriod');
    expect(created.headers['location']).toBe(`programs/${created.body.id}`);
    const read = await bl.get(`programs/${created.body.id}`).expect(200);
    expect(read.body).toEqual(created.body);
    await bl.get(`/openadr3/3.1.0/programs/${created.body.id}`).expect(200);
  });

  it('keep intervalPeriods and durations exactly as sent', async () => {
    const intervalPeriod = { start: '0001-01-01T00:00:00', duration: 'P9999Y', randomizeStart: 'PT5M' };
    const { body } = await bl.post('programs', { programName: name, intervalPeriod }).expect(201);
    expect(body.intervalPeriod).toEqual(intervalPeriod);
  });

  it('accept null in every optional field, ignore what is unknown or ours to say', async () => {
    const sent = {
      programName: name,
      id: 'mine',
      createdDateTime: '2000-01-01T00:00:00Z',
      objectType: 'EVENT',
      colour: 'red',
      programDescriptions: null,
      payloadDescriptors: null,
      attributes: null,
      targets: null,
    };
    const { body } = await bl.post('programs', sent).expect(201);
    expect(body.id).not.toBe('mine');
    expect(body.objectType).toBe('PROGRAM');
    expect(body.createdDateTime).toBe('2026-01-15T10:00:00Z');
    expect(body).not.toHaveProperty('colour');
  });

  it('change by PUT, which leaves id and creation and replaces the rest', async () => {
    const { body: made } = await bl.post('programs', { programName: name, targets: ['a'] }).expect(201);
    vtn.clock.advance(1_500);
    const { body } = await bl.put(`programs/${made.id}`, { programName: `${name} b` }).expect(200);
    expect(body).toEqual({
      id: made.id,
      createdDateTime: made.createdDateTime,
      modificationDateTime: new Date(vtn.clock.nowMs()).toISOString(),
      objectType: 'PROGRAM',
      programName: `${name} b`,
    });
    expect((await bl.get(`programs/${made.id}`)).body).toEqual(body);
  });

  it('have names of their own: the second is a 409 that says so', async () => {
    const { body: first } = await bl.post('programs', { programName: name }).expect(201);
    const again = await bl.post('programs', { programName: name }).expect(409);
    expect(again.body).toMatchObject({ title: 'programName already exists', status: 409 });
    const { body: other } = await bl.post('programs', { programName: `${name} other` }).expect(201);
    await bl.put(`programs/${other.id}`, { programName: name }).expect(409);
    await bl.put(`programs/${first.id}`, { programName: name }).expect(200);
  });

  it('take their events and reports along when they go', async () => {
    const { body: program } = await bl.post('programs', { programName: name }).expect(201);
    const { body: event } = await bl.post('events', { programID: program.id }).expect(201);
    const { body: report } = await bl
      .post('reports', { eventID: event.id, clientName: 'c', resources: [] })
      .expect(201);
    const deleted = await bl.delete(`programs/${program.id}`).expect(200);
    expect(deleted.body).toEqual(program);
    await bl.get(`programs/${program.id}`).expect(404);
    await bl.get(`events/${event.id}`).expect(404);
    await bl.get(`reports/${report.id}`).expect(404);
    await bl.delete(`programs/${program.id}`).expect(404);
    await bl.put(`programs/${program.id}`, { programName: name }).expect(404);
  });

  it('answer 304 while unchanged, and refuse a write that knew another version', async () => {
    const { body, headers } = await bl.post('programs', { programName: name }).expect(201);
    const path = `programs/${body.id}`;
    const etag = headers['etag'] as string;
    await bl.get(path).set('If-None-Match', etag).expect(304);
    await bl.get(path).set('If-None-Match', `"other", W/${etag}`).expect(304);
    vtn.clock.advance(1_000);
    await bl.put(path, { programName: name }).set('If-Match', '"other"').expect(412);
    await bl.put(path, { programName: name }).set('If-Match', etag).expect(200);
    const changed = await bl.get(path).set('If-None-Match', etag).expect(200);
    expect((await bl.delete(path).set('If-Match', etag).expect(412)).body.detail).toContain('if-match');
    await bl
      .delete(path)
      .set('If-Match', changed.headers['etag'] as string)
      .expect(200);
  });

  it('come in pages that never shift', async () => {
    const { body: all } = await bl.get('programs').expect(200);
    const pages = [];
    for (let skip = 0; skip < all.length; skip += 2)
      pages.push(...(await bl.get(`programs?skip=${skip}&limit=2`).expect(200)).body);
    expect(pages).toEqual(all);
    expect((await bl.get('programs?limit=0').expect(200)).body).toEqual([]);
    expect((await bl.get('programs?skip=1000').expect(200)).body).toEqual([]);
  });

  it('a list is 304 until something in it changes', async () => {
    const first = await bl.get('programs').expect(200);
    const etag = first.headers['etag'] as string;
    await bl.get('programs').set('If-None-Match', etag).expect(304);
    await bl.post('programs', { programName: name }).expect(201);
    const second = await bl.get('programs').set('If-None-Match', etag).expect(200);
    expect(second.body).toHaveLength(first.body.length + 1);
  });
});
