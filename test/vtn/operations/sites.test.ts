import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, mw, mwh, startOperations } from './support.ts';
import type { Operations } from './support.ts';

const eur = (amount: number | string) => ({ amount, unit: 'EUR/MWh' });

describe('sites', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());
  const priceBased = { name: 'PRICE_BASED', floor_price: eur('35.50'), strike_price: eur(90) };
  const body = { name: 'Immenstadt', code: 'IMMST', region: 'DE', delivery_area: 'AMPN', dispatch_mode: priceBased };

  it('are created with an id made of region, delivery area, code, SITE and a number', async () => {
    const created = await api.post('sites', body).expect(201);
    expect(created.body).toEqual({
      id: 'DE_AMPN_IMMST_SITE_1',
      ...body,
      dispatch_mode: { name: 'PRICE_BASED', floor_price: eur('35.5'), strike_price: eur('90') },
      created_at: '2026-01-15T10:00:00Z',
      updated_at: '2026-01-15T10:00:00Z',
      inverters: [],
    });
    expect((await api.get('sites/DE_AMPN_IMMST_SITE_1').expect(200)).body).toEqual(created.body);
  });

  it('have both prices with PRICE_BASED, in one currency, floor below strike, and none otherwise', async () => {
    const placeOf = async (dispatch_mode: object) =>
      faultsOf(await api.post('sites', { ...body, dispatch_mode })).map((f) => [f.loc.slice(2).join('.'), f.type]);
    expect(await placeOf({ name: 'PRICE_BASED', floor_price: eur(1) })).toEqual([['strike_price', 'missing']]);
    expect(await placeOf({ ...priceBased, strike_price: eur(35) })).toEqual([['strike_price.amount', 'band_inverted']]);
    expect(await placeOf({ ...priceBased, strike_price: { amount: 90, unit: 'PLN/MWh' } })).toEqual([
      ['strike_price.unit', 'currency'],
    ]);
    expect(await placeOf({ ...priceBased, floor_price: mwh(1) })).toEqual([['floor_price.unit', 'enum']]);
    expect(await placeOf({ ...priceBased, name: 'MANUAL' })).toEqual([
      ['floor_price', 'extra_forbidden'],
      ['strike_price', 'extra_forbidden'],
    ]);
    expect(faultsOf(await api.post('sites', { ...body, delivery_area: 'PSE' }))[0]?.loc).toEqual([
      'body',
      'delivery_area',
    ]);
  });

  it('are patched in what is given; code, region and delivery area never change', async () => {
    const id = await api.site({ dispatch_mode: priceBased });
    const read = async () => (await api.get(`sites/${id}`)).body;
    await api.patch(`sites/${id}`, { name: 'North', dispatch_mode_strike_price: eur(95) }).expect(204);
    expect(await read()).toMatchObject({
      name: 'North',
      dispatch_mode: { name: 'PRICE_BASED', floor_price: eur('35.5'), strike_price: eur('95') },
    });
    await api.patch(`sites/${id}`, { dispatch_mode_name: 'MANUAL' }).expect(204);
    expect((await read()).dispatch_mode).toEqual({ name: 'MANUAL', floor_price: null, strike_price: null });
    expect(faultsOf(await api.patch(`sites/${id}`, { dispatch_mode_name: 'PRICE_BASED' }))).toHaveLength(2);
    for (const field of ['code', 'region', 'delivery_area']) {
      expect(faultsOf(await api.patch(`sites/${id}`, { [field]: 'PL' }))[0]?.loc).toEqual(['body', field]);
    }
  });

  it('are listed with filters; inverters only when asked for', async () => {
    const asset = await api.asset();
    const id = await api.site({ code: 'LIST', region: 'PL', delivery_area: 'PSE' });
    const inverter = await api.inverter(id, [asset]);
    for (const filter of ['region=PL', 'delivery_area=PSE', `asset_id=${asset}`]) {
      const { body: list } = await api.get(`sites?${filter}`).expect(200);
      expect(list).toMatchObject({ limit: 50, offset: 0 });
      expect(list.sites.map((s: { id: string }) => s.id)).toEqual([id]);
      expect(list.sites[0]).not.toHaveProperty('inverters');
    }
    const { body: expanded } = await api.get('sites?region=PL&expand=inverters').expect(200);
    expect(expanded.sites[0].inverters).toEqual([
      {
        id: inverter,
        site_id: id,
        rated_power: mw('20'),
        charge_efficiency: '0.98',
        discharge_efficiency: '0.98',
        asset_ids: [asset],
      },
    ]);
    expect(faultsOf(await api.get('sites?expand=assets'))[0]?.loc).toEqual(['query', 'expand']);
  });

  it('are deleted with their inverters', async () => {
    const asset = await api.asset();
    const id = await api.site();
    await api.inverter(id, [asset]);
    await api.delete(`sites/${id}`).expect(204);
    expect((await api.get(`sites/${id}`).expect(404)).body.detail).toBe(`unknown site_id: ${id}`);
    await api.delete(`assets/${asset}`).expect(204);
  });
});

describe('inverters', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());
  const body = (asset_ids: string[]) => ({
    rated_power: mw(20),
    charge_efficiency: 0.98,
    discharge_efficiency: 1,
    asset_ids,
  });

  it('are added to a site with an id of their own', async () => {
    const [site, asset] = [await api.site(), await api.asset()];
    const created = await api.post(`sites/${site}/inverters`, body([asset])).expect(201);
    expect(created.body).toMatchObject({
      id: `${site}_INV_1`,
      site_id: site,
      discharge_efficiency: '1',
      asset_ids: [asset],
    });
  });

  it('serve assets that are known, at least one, and of no other site', async () => {
    const [site, other, asset] = [await api.site(), await api.site(), await api.asset()];
    const answer = await api.post(`sites/${site}/inverters`, body(['DE_50HZ_NO_1', asset, 'DE_50HZ_NO_2']));
    expect(faultsOf(answer).map((f) => [f.loc.join('.'), f.type])).toEqual([
      ['body.asset_ids.0', 'unknown_asset'],
      ['body.asset_ids.2', 'unknown_asset'],
    ]);
    expect(faultsOf(await api.post(`sites/${site}/inverters`, body([])))[0]?.type).toBe('too_short');
    const inverter = await api.inverter(site, [asset]);
    const conflict = await api.post(`sites/${other}/inverters`, body([asset])).expect(409);
    expect(conflict.body.detail).toContain(inverter);
    await api.post(`sites/${site}/inverters`, body([asset])).expect(201);
  });

  it('have efficiencies above 0 and at most 1, and a rated power above 0', async () => {
    const [site, asset] = [await api.site(), await api.asset()];
    const faults = faultsOf(
      await api.post(`sites/${site}/inverters`, {
        ...body([asset]),
        rated_power: mw(0),
        charge_efficiency: 0,
        discharge_efficiency: '1.01',
      }),
    );
    expect(faults.map((f) => f.loc.join('.'))).toEqual([
      'body.rated_power.amount',
      'body.charge_efficiency',
      'body.discharge_efficiency',
    ]);
  });

  it('are patched in what is given, and their assets replaced as a whole', async () => {
    const [site, a, b] = [await api.site(), await api.asset(), await api.asset()];
    const id = await api.inverter(site, [a]);
    await api.patch(`sites/${site}/inverters/${id}`, { rated_power: mw(18), charge_efficiency: null }).expect(204);
    await api.patch(`sites/${site}/inverters/${id}`, { asset_ids: [b] }).expect(204);
    expect((await api.get(`sites/${site}`)).body.inverters).toEqual([
      expect.objectContaining({ rated_power: mw('18'), charge_efficiency: '0.98', asset_ids: [b] }),
    ]);
    expect(faultsOf(await api.patch(`sites/${site}/inverters/${id}`, { asset_ids: [] }))[0]?.type).toBe('too_short');
  });

  it('are deleted; their assets stay; those of another site are 404', async () => {
    const [site, other, asset] = [await api.site(), await api.site(), await api.asset()];
    const id = await api.inverter(site, [asset]);
    await api.delete(`sites/${other}/inverters/${id}`).expect(404);
    await api.patch(`sites/${other}/inverters/${id}`, {}).expect(404);
    await api.delete(`sites/${site}/inverters/${id}`).expect(204);
    expect((await api.get(`sites/${site}`)).body.inverters).toEqual([]);
    await api.get(`assets/${asset}`).expect(200);
    await api.post('sites/DE_AMPN_NO_SITE_1/inverters', body([asset])).expect(404);
  });
});
