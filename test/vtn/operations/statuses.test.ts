import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgiveDowntime, noticeSilence } from '../../../vtn/ingest/silence.ts';
import { BASE } from '../support/server.ts';
import { faultsOf, mwh, startOperations } from './support.ts';
import type { Operations } from './support.ts';

const START = '2026-01-15T10:00:00Z';
const MINUTE_MS = 60_000;

describe('the statuses of assets', () => {
  let api: Operations;
  let site: string;
  let token: string;
  beforeAll(async () => {
    api = await startOperations();
    site = await api.site();
    const credentials = (await api.put(`sites/${site}/gateway`).expect(200)).body;
    const { client_id, client_secret } = credentials;
    const form = { grant_type: 'client_credentials', client_id, client_secret };
    token = (await request(api.url).post(`${BASE}/auth/token`).type('form').send(form)).body.access_token;
  });
  beforeEach(() => api.clock.set(START));
  afterAll(() => api.stop());

  const enrolled = async () => {
    const asset = await api.asset();
    await api.inverter(site, [asset]);
    return asset;
  };
  /** A report of one interval that begins at `start` (HH:MM) and lasts `duration`. */
  const report = async (asset: string, start: string, state: string | undefined, duration = 'PT15M') => {
    const eventID = (await api.event(`subscription/${asset}`))?.id;
    const payloads = state === undefined ? [] : [{ type: 'OPERATING_STATE', values: [state] }];
    const stored = { type: 'STORED_ENERGY', values: [1] };
    const intervalPeriod = { start: `2026-01-15T${start}:00Z`, duration };
    const intervals = [{ id: 0, intervalPeriod, payloads: [stored, ...payloads] }];
    const body = { eventID, clientName: 'agent', resources: [{ resourceName: asset, intervals }] };
    await request(api.url).post(`${BASE}/reports`).set('Authorization', `Bearer ${token}`).send(body).expect(201);
  };
  const status = async (asset: string) => (await api.get(`assets/${asset}/status`).expect(200)).body;
  const list = async (query: string) => (await api.get(`asset-statuses?${query}`).expect(200)).body;
  const notice = () => noticeSilence({ store: api.vtn.store, clock: api.clock });
  const times = (body: { statuses: { effective_at: string; status: string }[] }) =>
    body.statuses.map((entry) => [entry.effective_at.slice(11, 16), entry.status]);

  it('are UNKNOWN before the first entry, and 404 for an asset that does not exist', async () => {
    const asset = await api.asset();
    expect(await status(asset)).toEqual({
      asset_id: asset,
      status: 'UNKNOWN',
      effective_at: START,
      reasons: [],
      created_at: START,
    });
    await api.get('assets/DE_50HZ_NO_1/status').expect(404, { detail: 'unknown asset_id: DE_50HZ_NO_1' });
  });

  it('are the latest entry, with its reasons: category, detail, source and attributes', async () => {
    const asset = await enrolled();
    await report(asset, '09:30', 'NORMAL');
    await report(asset, '09:45', 'RUNNING_CURTAILED');
    expect(await status(asset)).toEqual({
      asset_id: asset,
      status: 'LIMITED',
      effective_at: '2026-01-15T09:45:00Z',
      reasons: [
        {
          category: 'OPERATING_STATE',
          detail: 'RUNNING_CURTAILED',
          source: 'agent',
          attributes: { report_id: expect.any(String) },
        },
      ],
      created_at: START,
    });
  });

  it('need at least one of latest or from/to, and bounds in their order', async () => {
    const faults = faultsOf(await api.get('asset-statuses?asset_ids=A'));
    expect(faults[0]).toMatchObject({ loc: ['query'], type: 'missing' });
    expect(faultsOf(await api.get('asset-statuses?latest=true'))[0]).toMatchObject({ loc: ['query', 'asset_ids'] });
    const swapped = await api.get('asset-statuses?asset_ids=A&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z');
    expect(faultsOf(swapped)[0]).toMatchObject({ loc: ['query', 'to'], type: 'end_before_start' });
    const wrong = await api.get('asset-statuses?asset_ids=A&latest=true&status=TIRED');
    expect(faultsOf(wrong)[0]).toMatchObject({ loc: ['query', 'status', 0] });
  });

  it('with latest=true are the most recent of each asset; with from/to a paginated history in [from, to)', async () => {
    const [a, b] = [await enrolled(), await enrolled()];
    await report(a, '09:00', 'NORMAL');
    await report(a, '09:30', 'ERROR');
    await report(b, '09:15', 'IDLE_OPTED_OUT');
    const latest = await list(`asset_ids=${b}&asset_ids=${a},DE_50HZ_NO_1&latest=true`);
    expect(latest).toMatchObject({ limit: 50, offset: 0 });
    expect(latest.statuses.map((s: { asset_id: string; status: string }) => [s.asset_id, s.status])).toEqual([
      [a, 'FAULT'],
      [b, 'OPTED_OUT'],
    ]);
    const day = 'from=2026-01-15T00:00:00Z&to=2026-01-16T00:00:00Z';
    const all = await list(`asset_ids=${a},${b}&${day}`);
    expect(times(all)).toEqual([
      ['09:00', 'AVAILABLE'],
      ['09:15', 'OPTED_OUT'],
      ['09:30', 'FAULT'],
    ]);
    const page = await list(`asset_ids=${a},${b}&${day}&limit=1&offset=1`);
    expect(page).toEqual({ limit: 1, offset: 1, statuses: [all.statuses[1]] });
    const bounds = 'from=2026-01-15T09:00:00Z&to=2026-01-15T09:30:00Z';
    expect(times(await list(`asset_ids=${a}&${bounds}`))).toEqual([['09:00', 'AVAILABLE']]);
    expect(times(await list(`asset_ids=${a}&latest=true&${bounds}`))).toEqual([['09:00', 'AVAILABLE']]);
  });

  it('are kept by the optional status filter', async () => {
    const [a, b, c] = [await enrolled(), await enrolled(), await api.asset()];
    await report(a, '09:00', 'NORMAL');
    await report(a, '09:30', 'ERROR');
    await report(b, '09:15', 'NORMAL');
    const of = async (query: string) => times(await list(`asset_ids=${a},${b},${c}&${query}`));
    expect(await of('latest=true&status=AVAILABLE')).toEqual([['09:15', 'AVAILABLE']]);
    expect(await of('latest=true&status=FAULT,UNKNOWN')).toEqual([
      ['09:30', 'FAULT'],
      ['10:00', 'UNKNOWN'],
    ]);
    expect(await of('from=2026-01-15T00:00:00Z&status=AVAILABLE')).toEqual([
      ['09:00', 'AVAILABLE'],
      ['09:15', 'AVAILABLE'],
    ]);
  });

  it('become OFFLINE with a reason after three of the asset’s own report periods without a report, and say so once', async () => {
    const [often, seldom] = [await enrolled(), await enrolled()];
    await report(often, '09:55', 'NORMAL', 'PT5M');
    await report(seldom, '09:45', 'NORMAL', 'PT15M');
    api.clock.advance(15 * MINUTE_MS - 1);
    await notice();
    expect((await status(often)).status).toBe('AVAILABLE');
    api.clock.advance(1);
    await notice();
    await notice();
    expect(await status(often)).toMatchObject({
      status: 'OFFLINE',
      effective_at: START,
      created_at: '2026-01-15T10:15:00Z',
      reasons: [
        {
          category: 'SILENCE',
          detail: 'no report for 3 report periods of 300 s',
          source: 'gateway',
          attributes: { report_period_seconds: 300 },
        },
      ],
    });
    expect((await list(`asset_ids=${often}&from=${START}`)).statuses).toHaveLength(1);
    expect((await status(seldom)).status).toBe('AVAILABLE');
    api.clock.set('2026-01-15T10:45:00Z');
    await notice();
    expect((await status(seldom)).status).toBe('OFFLINE');
  });

  it('of an asset whose reports do not tell how often it reports go by the configured period', async () => {
    const asset = await enrolled();
    await report(asset, '09:45', 'NORMAL', 'P9999Y');
    api.clock.set('2026-01-15T10:44:59Z');
    await notice();
    expect((await status(asset)).status).toBe('AVAILABLE');
    api.clock.set('2026-01-15T10:45:00Z');
    await notice();
    expect((await status(asset)).status).toBe('OFFLINE');
  });

  it('come back from OFFLINE with the next report, even one that begins before the silence, or says no state', async () => {
    const [says, hides] = [await enrolled(), await enrolled()];
    await report(says, '09:45', 'NORMAL');
    await report(hides, '09:45', undefined);
    expect((await status(hides)).status).toBe('UNKNOWN');
    api.clock.set('2026-01-15T10:45:00Z');
    await notice();
    expect([(await status(says)).status, (await status(hides)).status]).toEqual(['OFFLINE', 'OFFLINE']);
    await report(says, '09:50', 'NORMAL');
    await report(hides, '10:30', undefined);
    expect(await status(says)).toMatchObject({ status: 'AVAILABLE', effective_at: START });
    expect(await status(hides)).toMatchObject({ status: 'UNKNOWN', effective_at: '2026-01-15T10:45:00Z', reasons: [] });
  });

  it('do not suffer from the gateway’s own downtime: after a start everybody has three periods again', async () => {
    const asset = await enrolled();
    await report(asset, '09:45', 'NORMAL');
    api.clock.set('2026-01-15T20:00:00Z');
    await forgiveDowntime({ store: api.vtn.store, clock: api.clock });
    await notice();
    expect((await status(asset)).status).toBe('AVAILABLE');
    api.clock.set('2026-01-15T20:45:00Z');
    await notice();
    expect((await status(asset)).status).toBe('OFFLINE');
  });

  it('of an infeasible energy band are published as computed, logged once and counted where operators see it', async () => {
    const asset = await enrolled();
    const bl = await api.client('bl');
    const count = async () =>
      Number(/^vtn_infeasible_energy_bands_total (\d+)$/m.exec((await bl.get('/metrics').expect(200)).text)?.[1]);
    const warnings = () => api.log.filter((line) => line.includes('energy_low is above') && line.includes(asset));
    const limit = (source: string, day: string, more: object) => {
      const period = { start_time: `${day}T12:00:00Z`, end_time: `${day}T12:30:00Z` };
      return api.patch('period-limits', { limits: [{ asset_id: asset, source, ...period, ...more }] }).expect(204);
    };
    const before = await count();
    for (const day of ['2026-01-16', '2026-01-17']) {
      await limit('PV', day, { energy_low: mwh(5) });
      await limit('CUSTOMER', day, { energy_high: mwh(4) });
    }
    expect((await api.event(`limits/${asset}/2026-01-16`))?.intervals?.[0]?.payloads).toEqual([
      { type: 'STORAGE_ENERGY_MIN', values: [5000] },
      { type: 'STORAGE_ENERGY_MAX', values: [4000] },
    ]);
    expect(await count()).toBe(before + 2);
    // Said again, and of another source beside it: nothing new.
    await limit('CUSTOMER', '2026-01-16', { energy_high: mwh(4) });
    await limit('REPORTED', '2026-01-16', { energy_high: mwh(20) });
    expect(await count()).toBe(before + 2);
    expect(warnings().map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 40, assetId: asset, delivery_day: '2026-01-16', first_slot: '2026-01-16T12:00:00Z', slots: 2 },
      { level: 40, assetId: asset, delivery_day: '2026-01-17' },
    ]);
    await limit('CUSTOMER', '2026-01-16', { energy_high: mwh(6) });
    await limit('CUSTOMER', '2026-01-16', { energy_high: mwh(3) });
    expect(await count()).toBe(before + 3);
  });

  it('mark an infeasible energy band beside what is reported, until it is feasible again', async () => {
    const asset = await enrolled();
    const period = { start_time: '2026-01-15T12:00:00Z', end_time: '2026-01-15T12:30:00Z' };
    const limit = (source: string, more: object) =>
      api.patch('period-limits', { limits: [{ asset_id: asset, source, ...period, ...more }] }).expect(204);
    await limit('PV', { energy_low: mwh(5) });
    expect((await status(asset)).reasons).toEqual([]);
    await limit('CUSTOMER', { energy_high: mwh(4) });
    const mark = {
      category: 'INFEASIBLE_ENERGY_BAND',
      detail: 'energy_low is above energy_high on 2026-01-15 from 2026-01-15T12:00:00Z on; published as computed',
      source: 'period-limits',
      attributes: { delivery_day: '2026-01-15', first_slot: '2026-01-15T12:00:00Z', slots: 2 },
    };
    expect(await status(asset)).toMatchObject({ status: 'UNKNOWN', effective_at: START, reasons: [mark] });
    await limit('CUSTOMER', { energy_high: mwh(4) });
    expect((await list(`asset_ids=${asset}&from=${START}`)).statuses).toHaveLength(1);

    await report(asset, '09:45', 'NORMAL');
    expect(await status(asset)).toMatchObject({
      status: 'AVAILABLE',
      effective_at: START,
      reasons: [{ category: 'OPERATING_STATE' }, mark],
    });
    api.clock.advance(MINUTE_MS);
    await limit('CUSTOMER', { energy_high: mwh(6) });
    expect(await status(asset)).toMatchObject({
      status: 'AVAILABLE',
      effective_at: '2026-01-15T10:01:00Z',
      reasons: [{ category: 'OPERATING_STATE' }],
    });
  });
});
