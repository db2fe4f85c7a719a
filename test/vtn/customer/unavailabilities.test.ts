import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRINTED, startCustomers } from './support.ts';
import type { Customer, Customers } from './support.ts';

const STAMP = expect.stringMatching(/^2026-01-15T10:00:00Z$/) as string;

describe('unavailabilities (customer)', () => {
  let world: Customers;
  let north: Customer;
  let other: Customer;
  beforeAll(async () => {
    world = await startCustomers();
    [north, other] = [await world.customer('north'), await world.customer('other')];
    for (const name of ['NORTH_PLANT', 'MY_PLANT_NAME']) {
      await north.post('plants/', { name, capacity_mw: 20, timezone: 'Europe/Madrid' }).expect(201);
    }
  });
  afterAll(() => world.stop());

  const created = async (more: object = {}): Promise<{ id: string; created_at: string }> =>
    (await north.post('unavailabilities/', { ...PRINTED, ...more }).expect(201)).body as {
      id: string;
      created_at: string;
    };
  const faults = async (body: unknown): Promise<Record<string, string[]>> =>
    (await north.post('unavailabilities/', body).expect(400)).body as Record<string, string[]>;

  it('201 Created: full object including id, created_at, updated_at', async () => {
    const answer = await north.post('unavailabilities/', PRINTED).expect(201);
    expect(answer.body).toEqual({ id: expect.any(String) as string, ...PRINTED, created_at: STAMP, updated_at: STAMP });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    const { body } = await north.get(`unavailabilities/${answer.body.id}/`).expect(200);
    expect(body).toEqual(answer.body);
  });

  it('200 OK: JSON array of objects matching the schema above; optional query plant_id restricts to one plant', async () => {
    const mine = await created({ plant_id: 'MY_PLANT_NAME' });
    const { body: all } = await north.get('unavailabilities/').expect(200);
    expect(all).toContainEqual(mine);
    expect(all.length).toBeGreaterThan(1);
    const { body: some } = await north.get('unavailabilities/?plant_id=MY_PLANT_NAME').expect(200);
    expect(some).toEqual([mine]);
    expect((await north.get('unavailabilities/?plant_id=NOBODY').expect(200)).body).toEqual([]);
  });

  it('only plant, times, power and type are required; the others are null', async () => {
    const { plant_id, start_time_utc, end_time_utc, available_power_mw, availability_type } = PRINTED;
    const needed = { plant_id, start_time_utc, end_time_utc, available_power_mw, availability_type };
    const { body } = await north.post('unavailabilities/', needed).expect(201);
    expect(body).toMatchObject({
      ...needed,
      observations: null,
      source_unit: null,
      source_value: null,
      timezone_source: null,
    });
  });

  it('PATCH: partial update; updated_at is updated on each change, created_at never', async () => {
    const before = await created();
    world.operator.clock.advance(60_000);
    const { body } = await north.patch(`unavailabilities/${before.id}/`, { observations: 'longer' }).expect(200);
    expect(body).toEqual({ ...before, observations: 'longer', updated_at: '2026-01-15T10:01:00Z' });
    const less = await north.patch(`unavailabilities/${before.id}/`, { available_power_mw: 3 }).expect(200);
    expect(less.body).toMatchObject({ available_power_mw: 3, source_unit: null, source_value: null });
    const half = await north.patch(`unavailabilities/${before.id}/`, { source_unit: '%', source_value: 50 });
    expect(half.body).toMatchObject({ available_power_mw: 10, source_unit: '%', source_value: 50 });
    const quarter = await north.patch(`unavailabilities/${before.id}/`, { source_value: 25 }).expect(200);
    expect(quarter.body).toMatchObject({ available_power_mw: 5, source_unit: '%', source_value: 25 });
    const bad = await north.patch(`unavailabilities/${before.id}/`, { end_time_utc: '2025-03-14T07:00:00Z' });
    expect(bad.status).toBe(400);
    expect(bad.body).toEqual({ end_time_utc: ['expected a time after start_time_utc'] });
  });

  it('PUT: full replace, same required fields as create', async () => {
    const before = await created();
    const url = `unavailabilities/${before.id}/`;
    const { plant_id, start_time_utc, end_time_utc } = PRINTED;
    const lacking = await north.put(url, { plant_id, start_time_utc, end_time_utc, available_power_mw: 1 }).expect(400);
    expect(Object.keys(lacking.body as object)).toEqual(['availability_type']);
    const body = {
      plant_id: 'MY_PLANT_NAME',
      start_time_utc,
      end_time_utc,
      available_power_mw: 1,
      availability_type: 'OTHER',
    };
    const after = await north.put(url, { ...body, id: 'x', created_at: 'y' }).expect(200);
    expect(after.body).toMatchObject({
      ...body,
      id: before.id,
      created_at: before.created_at,
      observations: null,
    });
  });

  it('204 No Content: deleted successfully; then 404', async () => {
    const { id } = await created();
    const answer = await north.delete(`unavailabilities/${id}/`).expect(204);
    expect(answer.text).toBe('');
    for (const method of ['get', 'delete'] as const) await north[method](`unavailabilities/${id}/`).expect(404);
  });

  it('404: unknown id, or a record that is not owned by the authenticated customer', async () => {
    const { id } = await created();
    for (const path of [`unavailabilities/${id}/`, 'unavailabilities/6b1c8d2e-0000-4000-8000-000000000000/']) {
      const who = path.includes(id) ? other : north;
      for (const answer of [
        await who.get(path),
        await who.patch(path, { observations: 'x' }),
        await who.put(path, PRINTED),
        await who.delete(path),
      ]) {
        expect(answer.status).toBe(404);
        expect(answer.body).toEqual({ detail: expect.stringContaining('unknown unavailability') as string });
      }
    }
    expect((await other.get('unavailabilities/').expect(200)).body).toEqual([]);
    await north.get(`unavailabilities/${id}/`).expect(200);
  });

  it('plant_id must match an existing plant name for that account', async () => {
    expect(await faults({ ...PRINTED, plant_id: 'SOUTH' })).toEqual({ plant_id: [expect.stringContaining('SOUTH')] });
    const { body } = await other.post('unavailabilities/', PRINTED).expect(400);
    expect(body).toEqual({ plant_id: [expect.stringContaining('NORTH_PLANT')] });
  });

  it('400: validation errors name every field at once, and nothing is stored', async () => {
    const count = ((await north.get('unavailabilities/')).body as unknown[]).length;
    expect(
      Object.keys(
        await faults({ ...PRINTED, plant_id: 'NO', end_time_utc: '2025-03-14T08:00:00Z', timezone_source: 'Madrid' }),
      ),
    ).toEqual(['plant_id', 'end_time_utc', 'timezone_source']);
    const wrong = {
      ...PRINTED,
      availability_type: 'BROKEN',
      available_power_mw: -1,
      source_unit: 'GW',
      observations: 7,
    };
    expect(Object.keys(await faults(wrong)).sort()).toEqual(
      ['availability_type', 'available_power_mw', 'observations', 'source_unit'].sort(),
    );
    expect(Object.keys(await faults({})).sort()).toEqual(
      ['availability_type', 'end_time_utc', 'plant_id', 'start_time_utc'].sort(),
    );
    expect(await faults([])).toHaveProperty('non_field_errors');
    expect(await faults({ ...PRINTED, start_time_utc: 'yesterday' })).toHaveProperty('start_time_utc');
    expect(await faults({ ...PRINTED, end_time_utc: '2027-03-14T08:00:00Z' })).toHaveProperty('end_time_utc');
    expect(((await north.get('unavailabilities/')).body as unknown[]).length).toBe(count);
  });

  it.each([
    [{ available_power_mw: undefined, source_unit: 'kW', source_value: 2500 }, 2.5],
    [{ available_power_mw: undefined, source_unit: '%', source_value: 33.3 }, 6.66],
    [{ available_power_mw: undefined, source_unit: 'MW', source_value: 0 }, 0],
    [{ available_power_mw: 6.7, source_unit: '%', source_value: 33.3 }, 6.7],
    [{ available_power_mw: 0.1, source_unit: null, source_value: null }, 0.1],
  ])('%o is %s MW, and the source is kept', async (said, mw) => {
    const record = await created(said);
    expect(record).toMatchObject({
      available_power_mw: mw,
      source_unit: said.source_unit,
      source_value: said.source_value,
    });
  });

  it.each([
    ['available_power_mw', { source_unit: '%', source_value: 50 }, 'source_value says'],
    ['available_power_mw', { available_power_mw: 12_500, source_unit: null, source_value: null }, 'capacity, 20 MW'],
    ['source_value', { available_power_mw: undefined, source_unit: '%', source_value: 101 }, '0 to 100'],
    ['source_value', { available_power_mw: undefined, source_unit: 'kW', source_value: -1 }, 'at least 0'],
    ['source_value', { available_power_mw: undefined, source_unit: 'kW', source_value: 25_000 }, 'capacity, 20 MW'],
    ['available_power_mw', { available_power_mw: undefined, source_unit: 'kW', source_value: null }, 'required'],
  ])('%s: %o is 400', async (field, said, why) => {
    expect(await faults({ ...PRINTED, ...said })).toEqual({ [field]: [expect.stringContaining(why)] });
  });

  it('all times are stored in UTC: other offsets are converted, a time without one is UTC', async () => {
    const record = await created({ start_time_utc: '2025-03-14T09:00:00+01:00', end_time_utc: '2025-03-14T18:00:00' });
    expect(record).toMatchObject({ start_time_utc: '2025-03-14T08:00:00Z', end_time_utc: '2025-03-14T18:00:00Z' });
  });

  it('401: missing or invalid Bearer token; 403 for whoever has no account', async () => {
    const { url } = world.operator;
    for (const path of ['unavailabilities/', 'plants/']) {
      const missing = await request(url).get(`/api/v0/${path}`).expect(401);
      expect(missing.body).toEqual({ detail: expect.any(String) as string });
      await request(url).get(`/api/v0/${path}`).set('Authorization', 'Bearer wrong').expect(401);
      for (const role of ['bl', 'ven', 'admin', 'utility'] as const) {
        const more = role === 'utility' ? { utility: { level: 'leader' as const } } : {};
        const client = await world.operator.client(role, more);
        await client.get(`/api/v0/${path}`).expect(403);
      }
    }
  });
});
