import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASE } from '../support/server.ts';
import { mw, startOperations } from './support.ts';
import type { Operations } from './support.ts';

describe('the gateway of a site', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());

  const tokenOf = async (client_id: string, client_secret: string) => {
    const form = { grant_type: 'client_credentials', client_id, client_secret };
    const answer = await request(api.url).post(`${BASE}/auth/token`).type('form').send(form);
    return answer.body.access_token as string | undefined;
  };
  const asVen = async (token: string | undefined, path: string) =>
    request(api.url)
      .get(`${BASE}/${path}`)
      .set('Authorization', `Bearer ${token ?? ''}`);
  const enrolled = async () => {
    const [site, asset] = [await api.site(), await api.asset()];
    const inverter = await api.inverter(site, [asset]);
    const { body } = await api.put(`sites/${site}/gateway`).expect(200);
    return { site, asset, inverter, gateway: body, token: await tokenOf(body.client_id, body.client_secret) };
  };
  const namesOf = (resources: { resource_name: string; kind: string }[]) =>
    resources.map((r) => `${r.kind} ${r.resource_name}`).sort();

  it('is a client, a ven and one resource for each asset and inverter', async () => {
    const { site, asset, inverter, gateway, token } = await enrolled();
    expect(gateway).toMatchObject({ site_id: site, ven_name: `gateway-${site}` });
    expect(namesOf(gateway.resources)).toEqual([`ASSET ${asset}`, `INVERTER ${inverter}`]);
    const { body: vens } = await asVen(token, 'vens');
    expect(vens).toMatchObject([{ id: gateway.ven_id, venName: `gateway-${site}`, targets: [site] }]);
    const { body: resources } = await asVen(token, 'resources');
    expect(
      resources.map((r: { resourceName: string; targets: string[] }) => [r.resourceName, r.targets]).sort(),
    ).toEqual(
      [
        [inverter, [inverter]],
        [asset, [asset]],
      ].sort(),
    );
  });

  it('sees the limits of its assets and no others', async () => {
    const { asset, token } = await enrolled();
    const other = await api.asset();
    const period = { start_time: '2026-01-15T12:00:00Z', end_time: '2026-01-15T12:15:00Z', source: 'PV' };
    const limits = [asset, other].map((asset_id) => ({ asset_id, ...period, power_discharge: mw(1) }));
    await api.patch('period-limits', { limits }).expect(204);
    const { body: events } = await asVen(token, 'events');
    expect(events.map((e: { eventName: string }) => e.eventName).sort()).toEqual([
      `limits/${asset}/2026-01-15`,
      `subscription/${asset}`,
    ]);
  });

  it('shows its secret once', async () => {
    const { site, gateway } = await enrolled();
    const { client_secret, ...shown } = gateway;
    expect(client_secret).toEqual(expect.any(String));
    expect((await api.get(`sites/${site}/gateway`).expect(200)).body).toEqual(shown);
    expect(api.log.join('\n')).not.toContain(client_secret);
  });

  it('gets a new secret by PUT, and keeps everything else', async () => {
    const { site, gateway } = await enrolled();
    const { body: again } = await api.put(`sites/${site}/gateway`).expect(200);
    expect(again.client_secret).not.toBe(gateway.client_secret);
    expect({ ...again, client_secret: '' }).toEqual({ ...gateway, client_secret: '' });
    expect(await tokenOf(gateway.client_id, gateway.client_secret)).toBeUndefined();
    expect(await tokenOf(again.client_id, again.client_secret)).toEqual(expect.any(String));
  });

  it('follows the inverters of its site, in the same commit', async () => {
    const { site, asset, inverter } = await enrolled();
    const added = await api.asset();
    await api.patch(`sites/${site}/inverters/${inverter}`, { asset_ids: [added] }).expect(204);
    const names = async () => namesOf((await api.get(`sites/${site}/gateway`)).body.resources);
    expect(await names()).toEqual([`ASSET ${added}`, `INVERTER ${inverter}`]);
    expect(await api.event(`subscription/${added}`)).toBeDefined();
    const second = await api.inverter(site, [asset]);
    expect(await names()).toEqual(
      [`ASSET ${asset}`, `ASSET ${added}`, `INVERTER ${inverter}`, `INVERTER ${second}`].sort(),
    );
    await api.delete(`sites/${site}/inverters/${inverter}`).expect(204);
    expect(await names()).toEqual([`ASSET ${asset}`, `INVERTER ${second}`]);
  });

  it('loses the target of an asset that left the site, even when its agent renamed the resource', async () => {
    const { site, asset, inverter, gateway, token } = await enrolled();
    const resource = gateway.resources.find((r: { kind: string }) => r.kind === 'ASSET');
    const renamed = { objectType: 'VEN_RESOURCE_REQUEST', resourceName: 'mine', venID: gateway.ven_id };
    await request(api.url)
      .put(`${BASE}/resources/${resource.resource_id}`)
      .set('Authorization', `Bearer ${token ?? ''}`)
      .send(renamed)
      .expect(200);
    await api.patch(`sites/${site}/inverters/${inverter}`, { asset_ids: [await api.asset()] }).expect(204);
    const { body: events } = await asVen(token, 'events');
    expect(events.map((e: { targets: string[] }) => e.targets).flat()).not.toContain(asset);
  });

  it('leaves alone the resources that its agent made for itself', async () => {
    const { site, gateway, token } = await enrolled();
    await request(api.url)
      .post(`${BASE}/resources`)
      .set('Authorization', `Bearer ${token ?? ''}`)
      .send({ objectType: 'VEN_RESOURCE_REQUEST', resourceName: 'meter', venID: gateway.ven_id })
      .expect(201);
    await api.put(`sites/${site}/gateway`).expect(200);
    const { body: resources } = await asVen(token, 'resources');
    expect(resources.map((r: { resourceName: string }) => r.resourceName)).toContain('meter');
  });

  it('is mended by PUT when somebody deleted its ven', async () => {
    const { site, asset, inverter, gateway } = await enrolled();
    const bl = await api.client('bl');
    await bl.delete(`vens/${gateway.ven_id}`).expect(200);
    expect((await api.get(`sites/${site}/gateway`).expect(200)).body).toMatchObject({ ven_name: null, resources: [] });
    const { body: again } = await api.put(`sites/${site}/gateway`).expect(200);
    expect(again.client_id).toBe(gateway.client_id);
    expect(namesOf(again.resources)).toEqual([`ASSET ${asset}`, `INVERTER ${inverter}`]);
  });

  it('is revoked at once by DELETE, with ven and resources', async () => {
    const { site, gateway, token } = await enrolled();
    await api.delete(`sites/${site}/gateway`).expect(204);
    expect((await asVen(token, 'events')).status).toBe(401);
    expect(await tokenOf(gateway.client_id, gateway.client_secret)).toBeUndefined();
    const bl = await api.client('bl');
    await bl.get(`vens/${gateway.ven_id}`).expect(404);
    await api.get(`sites/${site}/gateway`).expect(404);
    await api.delete(`sites/${site}/gateway`).expect(404);
    const { body: anew } = await api.put(`sites/${site}/gateway`).expect(200);
    expect(anew.client_id).not.toBe(gateway.client_id);
  });

  it('takes what it has subscribed to along when it is revoked, and nothing of others', async () => {
    const { site, gateway, token } = await enrolled();
    const bl = await api.client('bl');
    const wish = { clientName: 'x', objectOperations: [] };
    const { body: own } = await request(api.url)
      .post(`${BASE}/subscriptions`)
      .set('Authorization', `Bearer ${token ?? ''}`)
      .send(wish)
      .expect(201);
    expect(own.clientID).toBe(gateway.client_id);
    const { body: other } = await bl.post('subscriptions', wish).expect(201);
    expect((await bl.get('subscriptions').expect(200)).body).toEqual([own, other]);
    await api.delete(`sites/${site}/gateway`).expect(204);
    expect((await bl.get('subscriptions').expect(200)).body).toEqual([other]);
  });

  it('goes with its site', async () => {
    const { site, gateway, token } = await enrolled();
    await api.delete(`sites/${site}`).expect(204);
    expect((await asVen(token, 'events')).status).toBe(401);
    expect(await tokenOf(gateway.client_id, gateway.client_secret)).toBeUndefined();
  });

  it('cannot be enrolled under a venName that somebody else took, or for an unknown site', async () => {
    const site = await api.site();
    const bl = await api.client('bl');
    const taken = { objectType: 'BL_VEN_REQUEST', clientID: 'somebody', venName: `gateway-${site}` };
    await bl.post('vens', taken).expect(201);
    expect((await api.put(`sites/${site}/gateway`).expect(409)).body.detail).toContain(`gateway-${site}`);
    await api.get(`sites/${site}/gateway`).expect(404);
    await api.put('sites/DE_AMPN_NO_SITE_1/gateway').expect(404);
  });
});
