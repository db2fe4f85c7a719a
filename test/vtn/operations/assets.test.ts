import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, mw, startOperations } from './support.ts';
import type { Operations } from './support.ts';

describe('assets', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());
  const body = { code: 'DK', name: 'Dockenhuden', type: 'PV', region: 'DE', delivery_area: 'TNNT', provider: 'EBX' };

  it('are created in DRAFT with an id made of region, delivery area, code and a number', async () => {
    const created = await api.post('assets', body).expect(201);
    expect(created.body).toEqual({
      id: 'DE_TNNT_DK_1',
      ...body,
      lifecycle: 'DRAFT',
      go_live_date: null,
      created_at: '2026-01-15T10:00:00Z',
      updated_at: '2026-01-15T10:00:00Z',
    });
    expect((await api.post('assets', body).expect(201)).body.id).toBe('DE_TNNT_DK_2');
    expect((await api.get('assets/DE_TNNT_DK_1').expect(200)).body).toEqual(created.body);
  });

  it('do not get the number of one that was deleted', async () => {
    const first = await api.asset({ code: 'NN' });
    await api.delete(`assets/${first}`).expect(204);
    expect(await api.asset({ code: 'NN' })).toBe('DE_50HZ_NN_2');
  });

  it('must lie in a delivery area of their region', async () => {
    const answer = await api.post('assets', { ...body, region: 'PL' });
    expect(faultsOf(answer)).toMatchObject([
      { loc: ['body', 'delivery_area'], type: 'region_mismatch', msg: 'expected a delivery area of PL: PSE' },
    ]);
    await api.post('assets', { ...body, region: 'PL', delivery_area: 'PSE' }).expect(201);
  });

  it('are refused with every fault at once', async () => {
    const answer = await api.post('assets', { ...body, code: 'a b', type: 'WIND', name: undefined, colour: 'red' });
    expect(faultsOf(answer).map(({ loc, type }) => [loc.join('.'), type])).toEqual(
      expect.arrayContaining([
        ['body.code', 'pattern'],
        ['body.type', 'enum'],
        ['body.name', 'missing'],
        ['body.colour', 'extra_forbidden'],
      ]),
    );
  });

  it('cannot have a code that would make the id of a site', async () => {
    for (const code of ['X_SITE', 'SITE', 'A_site_1']) {
      expect(faultsOf(await api.post('assets', { ...body, code }))[0]).toMatchObject({ type: 'reserved' });
    }
    expect(await api.asset({ code: 'SITEX' })).toBe('DE_50HZ_SITEX_1');
  });

  it('are listed oldest first, filtered by every filter, with limit and offset echoed', async () => {
    const id = await api.asset({ code: 'F', type: 'VBAT', delivery_area: 'TNBW', provider: 'TERRALAYR' });
    await api.post(`asset-actions/${id}/start-commissioning`).expect(204);
    for (const filter of ['type=VBAT', 'delivery_area=TNBW', 'provider=TERRALAYR', 'lifecycle=COMMISSIONING']) {
      const { body: list } = await api.get(`assets?${filter}`).expect(200);
      expect(list).toMatchObject({ limit: 50, offset: 0, assets: [{ id }] });
    }
    expect((await api.get('assets?region=PL').expect(200)).body.assets).toHaveLength(1);
    const { body: all } = await api.get('assets').expect(200);
    const { body: page } = await api.get('assets?limit=2&offset=1').expect(200);
    expect(page).toEqual({ limit: 2, offset: 1, assets: all.assets.slice(1, 3) });
    for (const bad of ['limit=0', 'limit=1001', 'offset=-1', 'type=WIND']) {
      expect(faultsOf(await api.get(`assets?${bad}`))[0]?.loc).toEqual(['query', bad.split('=')[0]]);
    }
  });

  it('are patched in what is given; null leaves everything but go_live_date', async () => {
    const id = await api.asset();
    api.clock.advance(1000);
    await api.patch(`assets/${id}`, { name: 'North', go_live_date: '2026-02-01', provider: null }).expect(204);
    expect((await api.get(`assets/${id}`)).body).toMatchObject({
      name: 'North',
      provider: 'NFT',
      go_live_date: '2026-02-01',
      created_at: '2026-01-15T10:00:00Z',
      updated_at: '2026-01-15T10:00:01Z',
    });
    await api.patch(`assets/${id}`, { name: null, go_live_date: null, type: null }).expect(204);
    expect((await api.get(`assets/${id}`)).body).toMatchObject({ name: 'North', type: 'BESS', go_live_date: null });
    expect(faultsOf(await api.patch(`assets/${id}`, { go_live_date: '2026-02-30' }))[0]?.type).toBe('format');
  });

  it('never change their lifecycle by PATCH', async () => {
    const id = await api.asset();
    expect(faultsOf(await api.patch(`assets/${id}`, { lifecycle: 'LIVE' }))[0]).toMatchObject({
      loc: ['body', 'lifecycle'],
    });
    expect((await api.get(`assets/${id}`)).body.lifecycle).toBe('DRAFT');
  });

  it('are 404 when unknown, whatever is asked', async () => {
    for (const answer of [
      await api.get('assets/DE_50HZ_NO_1'),
      await api.patch('assets/DE_50HZ_NO_1', {}),
      await api.delete('assets/DE_50HZ_NO_1'),
      await api.post('asset-actions/DE_50HZ_NO_1/go-live'),
    ]) {
      expect([answer.status, answer.body]).toEqual([404, { detail: 'unknown asset_id: DE_50HZ_NO_1' }]);
    }
  });

  it('go through their lifecycle one step at a time', async () => {
    const id = await api.asset();
    const step = (action: string) => api.post(`asset-actions/${id}/${action}`);
    const state = async () => (await api.get(`assets/${id}`)).body;
    const wrong = await step('go-live').expect(409);
    expect(wrong.body.detail).toBe(`go-live goes from COMMISSIONING to LIVE, but ${id} is DRAFT`);
    await step('start-commissioning').expect(204);
    expect((await state()).lifecycle).toBe('COMMISSIONING');
    await step('go-live').expect(204);
    expect(await state()).toMatchObject({ lifecycle: 'LIVE', go_live_date: '2026-01-15' });
    await step('suspend').expect(204);
    await step('decommission').expect(409);
    await step('resume').expect(204);
    await step('decommission').expect(204);
    expect((await state()).lifecycle).toBe('DECOMMISSIONED');
  });

  it('keep a go_live_date that was set before they go live', async () => {
    const id = await api.asset();
    await api.patch(`assets/${id}`, { go_live_date: '2025-12-24' }).expect(204);
    await api.post(`asset-actions/${id}/start-commissioning`).expect(204);
    await api.post(`asset-actions/${id}/go-live`).expect(204);
    expect((await api.get(`assets/${id}`)).body.go_live_date).toBe('2025-12-24');
  });

  it('are deleted only in DRAFT or DECOMMISSIONED, and with their events', async () => {
    const id = await api.asset();
    await api
      .put('specs', { asset_id: id, valid_from: '2026-01-01T00:00:00Z', grid_connection_max_power: mw(5) })
      .expect(204);
    const limit = { asset_id: id, source: 'OPERATIONS', power_discharge: mw(1) };
    const period = { start_time: '2026-01-15T12:00:00Z', end_time: '2026-01-15T13:00:00Z' };
    await api.patch('period-limits', { limits: [{ ...limit, ...period }] }).expect(204);
    expect((await api.events()).filter((e) => e.targets?.includes(id))).toHaveLength(2);
    await api.post(`asset-actions/${id}/start-commissioning`).expect(204);
    const refused = await api.delete(`assets/${id}`).expect(409);
    expect(refused.body.detail).toContain('COMMISSIONING');
    await api.post(`asset-actions/${id}/go-live`).expect(204);
    await api.post(`asset-actions/${id}/decommission`).expect(204);
    await api.delete(`assets/${id}`).expect(204);
    await api.get(`assets/${id}`).expect(404);
    expect((await api.events()).filter((e) => e.targets?.includes(id))).toEqual([]);
  });

  it('are not deleted while an inverter serves them', async () => {
    const id = await api.asset();
    const inverter = await api.inverter(await api.site(), [id]);
    const refused = await api.delete(`assets/${id}`).expect(409);
    expect(refused.body.detail).toContain(inverter);
  });
});

describe('the operations API', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());

  it('wants a token, and one of role bl or admin', async () => {
    await request(api.url).get('/api/v1/assets').expect(401);
    const ven = await api.client('ven');
    const refused = await ven.get('/api/v1/assets').expect(403);
    expect(refused.body.detail).toContain('bl');
    await (await api.client('customer', { account: 'a' })).get('/api/v1/assets').expect(403);
    await (await api.client('admin')).get('/api/v1/assets').expect(200);
  });

  it('looks at who is calling before it looks at what is sent', async () => {
    const ven = await api.client('ven');
    await ven.put('/api/v1/specs', { nonsense: true }).expect(403);
  });

  it('tells malformed JSON, another media type and unknown paths apart', async () => {
    const raw = (type: string, text: string) => api.post('assets').set('content-type', type).send(text);
    expect((await raw('application/json', '{"code":').expect(422)).body.detail[0].type).toBe('json_invalid');
    await raw('text/plain', 'code').expect(415);
    expect((await api.get('plants').expect(404)).body.detail).toContain('/api/v1/plants');
    expect((await api.delete('assets').expect(405)).headers['allow']).toContain('GET');
  });
});
