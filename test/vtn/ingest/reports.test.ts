import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE } from '../support/server.ts';
import { mwh, startOperations } from '../operations/support.ts';
import type { Operations } from '../operations/support.ts';

describe('a report', () => {
  let api: Operations;
  let asset: string;
  let other: string;
  let eventId: string;
  let send: (method: 'post' | 'put', path: string, body: object) => request.Test;

  beforeAll(async () => {
    api = await startOperations();
    const site = await api.site();
    asset = await api.asset();
    other = await api.asset();
    await api.inverter(site, [asset]);
    const { client_id, client_secret } = (await api.put(`sites/${site}/gateway`).expect(200)).body;
    const form = { grant_type: 'client_credentials', client_id, client_secret };
    const token = (await request(api.url).post(`${BASE}/auth/token`).type('form').send(form)).body.access_token;
    send = (method, path, body) =>
      request(api.url)[method](`${BASE}/${path}`).set('Authorization', `Bearer ${token}`).send(body);
    eventId = (await api.event(`subscription/${asset}`))?.id ?? '';
  });
  afterAll(() => api.stop());

  const value = (type: string, v: number | string) => ({ type, values: [v] });
  const report = (resourceName: string, start: string, ...payloads: object[]) => ({
    eventID: eventId,
    clientName: 'agent',
    resources: [
      {
        resourceName,
        intervals: [{ id: 0, intervalPeriod: { start: `2026-01-15T${start}:00Z`, duration: 'PT15M' }, payloads }],
      },
    ],
  });
  const snapshots = async (id: string) =>
    (await api.get(`state-snapshots?asset_ids=${id}`).expect(200)).body.state_snapshots;
  const statuses = async () => {
    const query = (id: string) =>
      api.vtn.store.read((db) =>
        db.selectFrom('asset_statuses').selectAll().where('asset_id', '=', id).orderBy('seq').execute(),
      );
    return (await query(asset)).map((row) => [row.status, JSON.parse(row.reasons)[0].detail]);
  };

  it('becomes a snapshot of the asset (example 7)', async () => {
    const charge = [value('STORAGE_CHARGE_LEVEL', 0.625), value('STORAGE_USABLE_CAPACITY', 20_000)];
    await send('post', 'reports', report(asset, '09:00', ...charge)).expect(201);
    expect(await snapshots(asset)).toEqual([
      {
        asset_id: asset,
        effective_at: '2026-01-15T09:00:00Z',
        stored_energy: mwh('12.5'),
        charged_energy: null,
        discharged_energy: null,
        reading_quality: 'VALID',
        created_at: '2026-01-15T10:00:00Z',
        updated_at: '2026-01-15T10:00:00Z',
      },
    ]);
  });

  it('sent again changes nothing; one that knows more adds to it; created_at stays', async () => {
    const before = await snapshots(asset);
    api.clock.advance(60_000);
    const charge = [value('STORAGE_CHARGE_LEVEL', 0.625), value('STORAGE_USABLE_CAPACITY', 20_000)];
    const { body: again } = await send('post', 'reports', report(asset, '09:00', ...charge)).expect(201);
    expect(await snapshots(asset)).toEqual(before);
    await send('put', `reports/${again.id}`, report(asset, '09:00', value('CHARGED_ENERGY', 250))).expect(200);
    expect(await snapshots(asset)).toEqual([
      { ...before[0], charged_energy: mwh('0.25'), updated_at: '2026-01-15T10:01:00Z' },
    ]);
    api.clock.set('2026-01-15T10:00:00Z');
  });

  it('that says MISSING takes the energies back', async () => {
    await send('post', 'reports', report(asset, '09:15', value('STORED_ENERGY', 1))).expect(201);
    await send('post', 'reports', report(asset, '09:15', value('DATA_QUALITY', 'MISSING'))).expect(201);
    expect((await snapshots(asset))[1]).toMatchObject({ stored_energy: null, reading_quality: 'MISSING' });
  });

  it('about an asset of somebody else, or about nothing known, is stored and yields no snapshot', async () => {
    await send('post', 'reports', report(other, '09:00', value('STORED_ENERGY', 1))).expect(201);
    await send('post', 'reports', report('unheard-of', '09:00', value('STORED_ENERGY', 1))).expect(201);
    expect(await snapshots(other)).toEqual([]);
  });

  it('of a resource that a VEN only calls like an asset yields no snapshot', async () => {
    const venId = (await api.vtn.store.read((db) => db.selectFrom('vens').select('id').executeTakeFirstOrThrow())).id;
    const forged = { objectType: 'VEN_RESOURCE_REQUEST', resourceName: other, venID: venId };
    await send('post', 'resources', forged).expect(201);
    await send('post', 'reports', report(other, '09:00', value('STORED_ENERGY', 1))).expect(201);
    expect(await snapshots(other)).toEqual([]);
  });

  it('appends to the status history when the operating state changes, and only then', async () => {
    for (const [start, state] of [
      ['09:00', 'NORMAL'],
      ['09:15', 'NORMAL'],
      ['09:30', 'RUNNING_CURTAILED'],
      ['09:00', 'ERROR'],
      ['09:45', 'ERROR'],
    ] as const) {
      await send('post', 'reports', report(asset, start, value('OPERATING_STATE', state))).expect(201);
    }
    expect(await statuses()).toEqual([
      ['AVAILABLE', 'NORMAL'],
      ['LIMITED', 'RUNNING_CURTAILED'],
      ['FAULT', 'ERROR'],
    ]);
  });
});
