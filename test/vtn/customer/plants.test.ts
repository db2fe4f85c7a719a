import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRINTED, startCustomers } from './support.ts';
import type { Customer, Customers } from './support.ts';

describe('plants', () => {
  let world: Customers;
  let own: Customer;
  let other: Customer;
  let asset: string;
  beforeAll(async () => {
    world = await startCustomers();
    [own, other] = [await world.customer('own'), await world.customer('other')];
    asset = await world.operator.asset();
  });
  afterAll(() => world.stop());

  it('are created, read, listed, changed, replaced and deleted', async () => {
    const sent = { name: 'A plant, 100 %', capacity_mw: 20.5, timezone: 'Atlantic/Canary', asset_id: asset };
    const answer = await own.post('plants/', sent).expect(201);
    const stamps = { created_at: '2026-01-15T10:00:00Z', updated_at: '2026-01-15T10:00:00Z' };
    expect(answer.body).toEqual({ ...sent, ...stamps });
    const path = new URL(answer.headers['location'] as string, 'http://vtn/api/v0/plants/').pathname.slice(
      '/api/v0/'.length,
    );
    expect((await own.get(path).expect(200)).body).toEqual(answer.body);
    expect((await own.get('plants/').expect(200)).body).toEqual([answer.body]);
    const changed = await own.patch(path, { capacity_mw: 10 }).expect(200);
    expect(changed.body).toEqual({ ...sent, capacity_mw: 10, ...stamps });
    const replaced = await own.put(path, { name: 'B', capacity_mw: 5 }).expect(200);
    expect(replaced.body).toEqual({ name: 'B', capacity_mw: 5, timezone: null, asset_id: null, ...stamps });
    await own.delete('plants/B/').expect(204);
    await own.get('plants/B/').expect(404);
  });

  it("another account's plants are 404, and its names are free", async () => {
    await own.post('plants/', { name: 'SAME', capacity_mw: 1 }).expect(201);
    for (const answer of [
      await other.get('plants/SAME/'),
      await other.patch('plants/SAME/', { capacity_mw: 2 }),
      await other.put('plants/SAME/', { name: 'SAME', capacity_mw: 2 }),
      await other.delete('plants/SAME/'),
    ]) {
      expect(answer.status).toBe(404);
    }
    expect((await other.get('plants/').expect(200)).body).toEqual([]);
    await other.post('plants/', { name: 'SAME', capacity_mw: 2 }).expect(201);
    expect((await own.get('plants/SAME/').expect(200)).body).toMatchObject({ capacity_mw: 1 });
  });

  it.each([
    [{ capacity_mw: 1 }, ['name']],
    [{ name: 'X', capacity_mw: 0 }, ['capacity_mw']],
    [{ name: 'X', capacity_mw: '1' }, ['capacity_mw']],
    [{ name: 'X', capacity_mw: 1e300 }, ['capacity_mw']],
    [{ name: 'X/Y', capacity_mw: 1 }, ['name']],
    [{ name: 'X', capacity_mw: 1, timezone: '+01:00', asset_id: 'DE_50HZ_NO_1' }, ['timezone', 'asset_id']],
  ])('%o is 400 at %j', async (body, fields) => {
    const answer = await own.post('plants/', body).expect(400);
    expect(Object.keys(answer.body as object)).toEqual(fields);
  });

  it('a name is that of one plant of the account', async () => {
    await own.post('plants/', { name: 'TAKEN', capacity_mw: 1 }).expect(201);
    await own.post('plants/', { name: 'FREE', capacity_mw: 1 }).expect(201);
    for (const answer of [
      await own.post('plants/', { name: 'TAKEN', capacity_mw: 1 }),
      await own.patch('plants/FREE/', { name: 'TAKEN' }),
    ]) {
      expect([answer.status, answer.body]).toEqual([400, { name: ['there is a plant TAKEN already'] }]);
    }
    await own.patch('plants/FREE/', { name: 'FREE' }).expect(200);
  });

  it('an asset is linked to one plant at most', async () => {
    const linked = await world.operator.asset();
    await own.post('plants/', { name: 'FIRST', capacity_mw: 1, asset_id: linked }).expect(201);
    const { body } = await other.post('plants/', { name: 'SECOND', capacity_mw: 1, asset_id: linked }).expect(400);
    expect(body).toEqual({ asset_id: [`asset ${linked} is linked to another plant`] });
    await own.patch('plants/FIRST/', { asset_id: linked, capacity_mw: 2 }).expect(200);
  });

  it('a plant with unavailabilities is not deleted, since that would lift limits', async () => {
    await own.post('plants/', { name: 'NORTH_PLANT', capacity_mw: 20 }).expect(201);
    const { body } = await own.post('unavailabilities/', PRINTED).expect(201);
    const refused = await own.delete('plants/NORTH_PLANT/').expect(409);
    expect(refused.body).toEqual({ detail: expect.stringContaining('unavailabilities') as string });
    await own.delete(`unavailabilities/${body.id}/`).expect(204);
    await own.delete('plants/NORTH_PLANT/').expect(204);
  });

  it('deleting an asset leaves the plant, without asset', async () => {
    const doomed = await world.operator.asset();
    await own.post('plants/', { name: 'LEFT', capacity_mw: 1, asset_id: doomed }).expect(201);
    await world.operator.delete(`assets/${doomed}`).expect(204);
    expect((await own.get('plants/LEFT/').expect(200)).body).toMatchObject({ asset_id: null });
  });
});
