import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProgram } from '../../support/openadr-objects.ts';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

const BASE = '/api/openadr/v1';

/** The event of the published API description of a VTN of this generation, as it stands there. */
const EXAMPLE = {
  id: 'object-999',
  createdDateTime: '2023-06-15T09:30:00Z',
  modificationDateTime: '2023-06-15T09:30:00Z',
  objectType: 'EVENT',
  programID: 'object-999',
  eventName: 'price event 11-18-2022',
  priority: 0,
  targets: [{ type: 'PRICE', values: [0.17] }],
  reportDescriptors: [
    {
      payloadType: 'USAGE',
      readingType: 'DIRECT_READ',
      units: 'KWH',
      targets: [{ type: 'PRICE', values: [0.17] }],
      aggregate: false,
      startInterval: -1,
      numIntervals: -1,
      historical: true,
      frequency: -1,
      repeat: 1,
    },
  ],
  payloadDescriptors: [{ objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: 'PRICE', units: 'KWH', currency: 'USD' }],
  intervalPeriod: { start: '2023-06-15T09:30:00Z', duration: 'PT1H', randomizeStart: 'PT1H' },
  intervals: [
    {
      id: 0,
      intervalPeriod: { start: '2023-06-15T09:30:00Z', duration: 'PT1H', randomizeStart: 'PT1H' },
      payloads: [{ type: 'PRICE', values: [0.17] }],
    },
  ],
};

describe('the published examples of GET, POST, PUT and DELETE /events', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let eventId: string;
  beforeAll(async () => {
    vtn = await startVtn();
    bl = await vtn.client('bl');
    // The examples name a program of this id; ids are for the VTN to give, so that it is put into the store.
    await vtn.vtn.store.write((tx) =>
      tx.apply([{ operation: 'CREATE', object: aProgram(EXAMPLE.programID, { programName: 'published prices' }) }]),
    );
  });
  afterAll(() => vtn.stop());

  /** What the VTN says of the object itself; all else has to be equal. */
  const saidByVtn = {
    id: expect.stringMatching(/^[a-zA-Z0-9_-]+$/) as string,
    createdDateTime: '2026-01-15T10:00:00Z',
    modificationDateTime: '2026-01-15T10:00:00Z',
  };

  it('POST answers 201 with the event that was sent', async () => {
    const { body } = await bl.post(`${BASE}/events`, EXAMPLE).expect(201);
    expect(body).toEqual({ ...EXAMPLE, ...saidByVtn });
    eventId = body.id;
  });

  it('GET by id answers the event', async () => {
    const { body } = await bl.get(`${BASE}/events/${eventId}`).expect(200);
    expect(body).toEqual({ ...EXAMPLE, ...saidByVtn, id: eventId });
  });

  it.each([
    ['', 1],
    ['?programID=object-999', 1],
    ['?programID=object-998', 0],
    ['?targetType=PRICE&targetValues=0.17', 1],
    ['?targetType=PRICE&targetValues=0.18&targetValues=0.17', 1],
    ['?targetType=PRICE&targetValues=0.18', 0],
    ['?targetType=GROUP&targetValues=0.17', 0],
    ['?targetType=PRICE', 1],
    ['?targetType=GROUP', 0],
    ['?targetValues=0.17', 1],
    ['?skip=0&limit=50', 1],
    ['?skip=1', 0],
    ['?limit=0', 0],
    ['?x-start=2023-06-15T00:00:00Z&x-end=2023-06-16T00:00:00Z', 1],
    ['?x-start=2023-06-15T10:29:59Z', 1],
    ['?x-start=2023-06-15T10:30:00Z', 0],
    ['?x-end=2023-06-15T09:30:00Z', 0],
    ['?x-end=2023-06-15T09:30:01Z', 1],
    [
      '?programID=object-999&targetType=PRICE&targetValues=0.17&skip=0&limit=1&x-start=2023-06-15T09:30:00Z&x-end=2023-06-15T10:30:00Z',
      1,
    ],
  ])('GET /events%s answers %i', async (query, count) => {
    const { body } = await bl.get(`${BASE}/events${query}`).expect(200);
    expect(body).toEqual(count === 0 ? [] : [{ ...EXAMPLE, ...saidByVtn, id: eventId }]);
  });

  it('PUT answers 200 with the event that was sent', async () => {
    vtn.clock.advance(1_000);
    const sent = { ...EXAMPLE, priority: 1 };
    const { body } = await bl.put(`${BASE}/events/${eventId}`, sent).expect(200);
    const modificationDateTime = '2026-01-15T10:00:01Z';
    expect(body).toEqual({ ...sent, ...saidByVtn, modificationDateTime, id: eventId });
  });

  it('DELETE answers 200 with the event that is gone', async () => {
    const { body } = await bl.delete(`${BASE}/events/${eventId}`).expect(200);
    expect(body).toMatchObject({ id: eventId, targets: EXAMPLE.targets });
    await bl.get(`${BASE}/events/${eventId}`).expect(404);
  });
});
