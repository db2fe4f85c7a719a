import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, inboxOf } from '../ingest/dispatch-support.ts';
import { faultsOf, mw, mwh, startOperations } from './support.ts';
import type { Operations } from './support.ts';

/** What the seed says in the same words of many operations. */
interface List {
  path: string;
  /** Where the items are in the answer. */
  items: string;
  byAssets?: boolean;
  /** `from` and `to` are required, and bound the start of the items. */
  byRange?: boolean;
}

const LISTS: List[] = [
  { path: 'assets', items: 'assets' },
  { path: 'sites', items: 'sites' },
  { path: 'asset-statuses', items: 'statuses', byAssets: true },
  { path: 'specs', items: 'specs', byAssets: true },
  { path: 'state-snapshots', items: 'state_snapshots', byAssets: true },
  { path: 'period-limits', items: 'limits', byAssets: true, byRange: true },
  { path: 'forecasts', items: 'forecasts', byAssets: true, byRange: true },
  { path: 'reservations', items: 'reservations', byAssets: true, byRange: true },
  { path: 'dispatches', items: 'dispatches', byAssets: true, byRange: true },
  { path: 'sites/{site}/limits', items: 'limits', byRange: true },
  { path: 'sites/{site}/inverters/{inverter}/limits', items: 'limits', byRange: true },
];

let api: Operations;
let site: string;
let inverter: string;
let asset: string;
let other: string;

beforeAll(async () => {
  api = await startOperations();
  [site, asset, other] = [await api.site(), await api.asset(), await api.asset()];
  inverter = await api.inverter(site, [asset, other]);
  const period = { start_time: '2026-01-15T12:00:00Z', end_time: '2026-01-15T12:15:00Z' };
  const both = (more: object) => [asset, other].map((asset_id) => ({ asset_id, ...period, ...more }));
  await api.patch('period-limits', { limits: both({ source: 'OPERATIONS', power_charge: mw(-1) }) }).expect(204);
  await api.put('forecasts', { forecasts: both({ generation: mw(1) }) }).expect(204);
  const position = { market: 'DAA', source: 'OPTIMISATION', power: mw(1) };
  await api.put('reservations', { reservations: both(position) }).expect(204);
  const limits = { limits: [{ ...period, max_import_from_grid: mw(1) }] };
  await api.put(`sites/${site}/limits`, limits).expect(204);
  await api.put(`sites/${site}/inverters/${inverter}/limits`, limits).expect(204);
  const { send } = await inboxOf(api);
  const order = { dispatch_time: period.start_time, delivery_period_start: period.start_time };
  for (const id of [asset, other]) expect(await send(id, command(id, order))).toBe('APPLIED');
  for (const asset_id of [asset, other]) {
    const version = { asset_id, valid_from: '2026-01-15T09:00:00Z', rated_power: mw(1) };
    await api.put('specs', version).expect(204);
    const snapshot = { asset_id, effective_at: '2026-01-15T09:00:00Z', reading_quality: 'VALID' };
    await api.put('state-snapshots', { state_snapshots: [snapshot] }).expect(200);
  }
});
afterAll(() => api.stop());

describe.each(LISTS)('GET /$path', ({ path, items, byAssets = false, byRange = false }) => {
  const query = (more: Record<string, string> = {}, assets = `asset_ids=${asset}`): string => {
    const range = { from: '2026-01-15T00:00:00Z', to: '2026-01-16T00:00:00Z' };
    const latest = path === 'asset-statuses' ? { latest: 'true' } : {};
    const rest = new URLSearchParams({ ...(byRange ? range : {}), ...latest, ...more }).toString();
    return [...(byAssets ? [assets] : []), rest].filter((part) => part !== '').join('&');
  };
  const url = () => path.replace('{site}', site).replace('{inverter}', inverter);
  const get = (text: string) => api.get(`${url()}?${text}`);
  const found = async (text: string): Promise<number> => (await get(text).expect(200)).body[items].length;
  const places = async (text: string) => faultsOf(await get(text)).map(({ loc }) => loc.slice(0, 2).join('.'));

  it('takes limit [1 .. 1000], default 50, and offset ≥ 0, default 0, and echoes both', async () => {
    expect((await get(query()).expect(200)).body).toMatchObject({ limit: 50, offset: 0 });
    expect(await found(query())).toBeGreaterThan(0);
    const page = (await get(query({ limit: '1000', offset: '1000' })).expect(200)).body;
    expect(page).toMatchObject({ limit: 1000, offset: 1000, [items]: [] });
    expect(await found(query({ limit: '1' }))).toBe(1);
    for (const wrong of ['0', '1001', '-1', '1.5', 'many', '']) {
      expect(await places(query({ limit: wrong })), wrong).toEqual(['query.limit']);
    }
    expect(await places(query({ offset: '-1', limit: '0' }))).toEqual(
      expect.arrayContaining(['query.limit', 'query.offset']),
    );
  });

  if (byAssets)
    it('requires asset_ids, non-empty, repeated or comma-separated', async () => {
      expect(await places(query({}, ''))).toEqual(['query.asset_ids']);
      expect(await places(query({}, 'asset_ids='))).toEqual(['query.asset_ids']);
      expect(await found(query({}, `asset_ids=${asset}&asset_ids=${other}`))).toBe(2);
      expect(await found(query({}, `asset_ids=${asset},${other}`))).toBe(2);
      expect(await found(query({}, `asset_ids=${asset},${asset}`))).toBe(1);
    });

  if (byAssets)
    it('returns an empty list silently for unknown asset_ids', async () => {
      expect(await found(query({}, 'asset_ids=DE_50HZ_NO_1'))).toBe(0);
      expect(await found(query({}, `asset_ids=DE_50HZ_NO_1,${asset}`))).toBe(1);
    });

  if (byRange)
    it('requires from and to, date-times with an offset, from before to', async () => {
      const assets = byAssets ? `asset_ids=${asset}` : '';
      expect((await places(assets)).sort()).toEqual(['query.from', 'query.to']);
      expect(await places(query({ from: '2026-01-15T00:00:00' }))).toEqual(['query.from']);
      expect(await places(query({ from: '2026-01-16T00:00:00Z' }))).toEqual(['query.to']);
    });

  if (byRange)
    it('retrieves what starts in [from, to)', async () => {
      const within = (from: string, to: string) =>
        found(query({ from: `2026-01-15T${from}Z`, to: `2026-01-15T${to}Z` }));
      expect(await within('12:00:00', '12:00:01')).toBe(1);
      expect(await within('11:45:00', '12:00:00')).toBe(0);
      expect(await within('12:00:01', '12:15:00')).toBe(0);
      expect(await found(query({ from: '2026-01-15T13:00:00+01:00', to: '2026-01-15T13:15:00+01:00' }))).toBe(1);
    });
});

describe('the enumerations', () => {
  it('of assets: types, regions with their delivery areas, providers; all of them, and no others', async () => {
    const types = ['BESS', 'VBAT', 'PV', 'DAA_SWAP', 'DAA_SWAP_VBAT', 'GREY_COLOCATION', 'GREEN_COLOCATION'];
    const market = ['EBX', 'TERRALAYR', 'TRANSITION_TECHNOLOGIES', 'ASSET_SIMULATOR', 'NFT'];
    const areas = { DE: ['50HZ', 'AMPN', 'TNBW', 'TNNT'], PL: ['PSE'] };
    for (const type of types) await api.asset({ type });
    for (const provider of ['ENERGIEKOPPLER', 'ENTELIOS', ...market]) await api.asset({ provider });
    for (const [region, own] of Object.entries(areas)) {
      for (const delivery_area of own) await api.asset({ region, delivery_area });
    }
    const fields = { code: 'X', name: 'x', type: 'WIND', region: 'FR', delivery_area: 'RTE', provider: 'ME' };
    const faults = faultsOf(await api.post('assets', fields)).map(({ loc }) => loc.at(-1));
    expect(faults.sort()).toEqual(['delivery_area', 'provider', 'region', 'type']);
  });

  it('of limit sources: REPORTED, OPERATIONS, CUSTOMER, PV, AVAILABILITY', async () => {
    const period = { start_time: '2026-01-20T12:00:00Z', end_time: '2026-01-20T12:15:00Z' };
    const sources = ['AVAILABILITY', 'CUSTOMER', 'OPERATIONS', 'PV', 'REPORTED'];
    const limits = sources.map((source, n) => ({ asset_id: asset, ...period, source, power_discharge: mw(n + 1) }));
    await api.patch('period-limits', { limits }).expect(204);
    const range = 'from=2026-01-20T00:00:00Z&to=2026-01-21T00:00:00Z';
    const { body } = await api.get(`period-limits?asset_ids=${asset}&${range}`).expect(200);
    expect(body.limits[0].sources.map((row: { source: string }) => row.source)).toEqual(sources);
    expect(body.limits[0].computed_limits.power_discharge).toEqual(mw('1'));
    expect((await api.patch('period-limits', { limits: [{ ...limits[0], source: 'WEATHER' }] })).status).toBe(422);
  });
});

it('computed limits: power_charge (max), power_discharge (min), energy_low (max), energy_high (min), trading_locked (any)', async () => {
  const period = { start_time: '2026-01-21T12:00:00Z', end_time: '2026-01-21T12:15:00Z' };
  const of = (source: string, charge: number, discharge: number, low: number, high: number, more: object = {}) => ({
    ...{ asset_id: asset, ...period, source, power_charge: mw(charge), power_discharge: mw(discharge) },
    ...{ energy_low: mwh(low), energy_high: mwh(high), ...more },
  });
  const limits = [
    of('REPORTED', -10, 4, 1, 20, { trading_locked: false }),
    of('PV', -3, 9, 2, 30, { trading_locked: true }),
    of('CUSTOMER', -5, 6, 0, 18),
  ];
  await api.patch('period-limits', { limits }).expect(204);
  const range = 'from=2026-01-21T00:00:00Z&to=2026-01-22T00:00:00Z';
  const { body } = await api.get(`period-limits?asset_ids=${asset}&${range}`).expect(200);
  expect(body.limits[0].computed_limits).toEqual({
    power_charge: mw('-3'),
    power_discharge: mw('4'),
    energy_low: mwh('2'),
    energy_high: mwh('18'),
    trading_locked: true,
  });
});

it('delivery_day is derived server-side: it must not be supplied by the client', async () => {
  const period = { start_time: '2026-01-20T12:00:00Z', end_time: '2026-01-20T12:15:00Z', delivery_day: '2026-01-20' };
  const entry = { asset_id: asset, ...period };
  for (const answer of [
    await api.patch('period-limits', { limits: [{ ...entry, source: 'PV', power_charge: mw(-1) }] }),
    await api.put('forecasts', { forecasts: [{ ...entry, generation: mw(1) }] }),
    await api.put('reservations', { reservations: [{ ...entry, market: 'DAA', source: 'EXTERNAL', power: mw(1) }] }),
  ]) {
    expect(faultsOf(answer).map(({ loc }) => loc.at(-1))).toEqual(['delivery_day']);
  }
});
