import fc from 'fast-check';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mw, startOperations } from './support.ts';
import type { Operations } from './support.ts';

const junk = fc.oneof(
  fc.constantFrom('', '\u0000', '\ud800', '1e9', '-0', '%', 'a,b', '__proto__', null, true, -1, 1e308, 2 ** 53),
  fc.string(),
  fc.jsonValue({ maxDepth: 2 }),
);
/** Right most of the time, so that most bodies get past the first check with at most a fault or two. */
const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: junk });
/** As a query carries it. An object of junk need not have a `toString` that can be called. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const oneOf = (...values: unknown[]) => mostly(fc.constantFrom(...values));

const time = oneOf(
  ...['2026-01-15T09:00:00Z', '2026-01-15T10:00:00Z', '2026-01-15T12:00:00Z', '2026-01-15T23:45:00+01:00'],
  ...['2026-01-16T00:00:00Z', '2026-01-17T00:00:00Z', '2026-02-01T00:00:00Z', '2000-01-01T00:00:00Z'],
  ...['2199-12-31T23:45:00Z', '0001-01-01T00:00:00Z', '0000-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00'],
);
/** In their order, so that periods are right more often than not. */
const start = fc.oneof({ weight: 4, arbitrary: oneOf('2026-01-15T09:00:00Z', '2026-01-15T12:00:00Z') }, time);
const end = fc.oneof({ weight: 4, arbitrary: oneOf('2026-01-15T12:15:00Z', '2026-01-16T00:00:00Z') }, time);
const amounts = ['0', '1', '0.000001', '999999', '0.00000049', '12.3456789', '1000000', '1000001'];
const magnitude = oneOf(0, 1, 6.5, 5e-324, 1e-7, 1e15, ...amounts);
const negative = oneOf(-0, -1, -6.5, -1e-7, ...amounts.map((text) => `-${text}`));
const quantity = (amount: fc.Arbitrary<unknown>, ...units: string[]) =>
  mostly(fc.oneof(fc.record({ amount: mostly(amount), unit: oneOf(...units) }), fc.constant(null)));
const power = quantity(magnitude, 'MW', 'kW', 'W');
const energy = quantity(magnitude, 'MWh', 'kWh', 'Wh');
const price = quantity(fc.oneof(magnitude, negative), 'EUR/MWh', 'PLN/MWh');
const share = oneOf(0.5, 1, '0.98', '1.0', 1e-9, 0, 2);
const asset = oneOf('{asset}', '{asset}', '{asset}', 'DE_50HZ_NO_1');
const id = mostly(fc.constant('{asset}'));
/** These fields always, those sometimes, and now and then one that nobody knows. */
const record = (always: Record<string, fc.Arbitrary<unknown>>, sometimes: Record<string, fc.Arbitrary<unknown>> = {}) =>
  mostly(fc.record({ ...always, ...sometimes }, { requiredKeys: Object.keys(always) }));

const limit = record(
  { asset_id: asset, source: oneOf('PV', 'CUSTOMER'), start_time: start, end_time: end },
  {
    recurrent: oneOf(true, false),
    trading_locked: oneOf(true, false, null),
    power_charge: quantity(negative, 'MW', 'kW'),
    power_discharge: power,
    energy_low: energy,
    energy_high: energy,
  },
);
const snapshot = record(
  { asset_id: asset, effective_at: time, reading_quality: oneOf('VALID', 'MISSING') },
  { stored_energy: energy, charged_energy: energy, discharged_energy: energy },
);
const reservation = record(
  {
    asset_id: asset,
    start_time: start,
    end_time: end,
    market: oneOf('DAA', 'FCR', 'a b'),
    source: oneOf('OPTIMISATION', 'DAA_SWAP'),
    power: quantity(fc.oneof(magnitude, negative), 'MW', 'W'),
  },
  { energy_change: energy, energy_buffer_low: energy, energy_buffer_high: energy },
);
const forecast = record(
  { asset_id: asset, start_time: start, end_time: end },
  { generation: power, consumption: power, import_from_grid_fee: fc.oneof(magnitude, negative) },
);
const connectionLimit = record(
  { start_time: start, end_time: end },
  { max_import_from_grid: power, max_export_to_grid: power },
);
const connectionLimits = record({ limits: mostly(fc.array(connectionLimit, { minLength: 1, maxLength: 2 })) });
const slotPrice = record(
  { start_time: start, end_time: end },
  { import_price: price, export_price: price, grid_fee: price, is_forecast: oneOf(true, false) },
);
const target = mostly(fc.array(oneOf('a', 'b'), { maxLength: 2 }));
const prices = { floor_price: price, strike_price: price };
const naming = {
  code: oneOf('WU', 'A_1', 'x-y'),
  name: oneOf('n', 'ü'.repeat(200)),
  region: oneOf('DE', 'DE', 'PL'),
  delivery_area: oneOf('50HZ', 'PSE'),
};
const type = oneOf('BESS', 'PV');
const device = {
  name: oneOf('n'),
  type: oneOf('BATTERY', 'HEAT_STORE'),
  capacity: mostly(fc.record({ amount: mostly(magnitude), unit: oneOf('kWh', 'MWh') })),
  max_charge_power: mostly(fc.record({ amount: mostly(magnitude), unit: oneOf('kW', 'W') })),
};
const stateOfCharge = {
  live_mode: oneOf(true, false),
  charge_efficiency: share,
  minimum_state_of_charge: oneOf(0, '0.1', 1e-9),
  target_state_of_charge: fc.oneof(share, fc.constant(null)),
  state_of_charge: fc.oneof(share, fc.constant(null)),
  deadline: fc.oneof(time, fc.constant(null)),
  asset_id: oneOf('{asset}', null, 'no'),
};
const inverter = { rated_power: power, charge_efficiency: share, discharge_efficiency: share };
const page = { limit: oneOf('1', '1000'), offset: oneOf('0', '3', '999999999999999') };
const range = { from: time, to: time };
const nothing = fc.constant(undefined);

/** Method, path, body and query of what is played with. */
const OPERATIONS: [string, string, fc.Arbitrary<unknown>, fc.Arbitrary<unknown>][] = [
  ['patch', 'period-limits', record({ limits: mostly(fc.array(limit, { minLength: 1, maxLength: 3 })) }), nothing],
  [
    'get',
    'period-limits',
    nothing,
    record({ asset_ids: asset, ...range }, { ...page, sources: oneOf('PV', 'PV,CUSTOMER') }),
  ],
  [
    'delete',
    'period-limits',
    nothing,
    record({ asset_id: asset, start_time: time, end_time: time, source: oneOf('PV') }),
  ],
  [
    'put',
    'reservations',
    record({ reservations: mostly(fc.array(reservation, { minLength: 1, maxLength: 2 })) }),
    nothing,
  ],
  [
    'get',
    'reservations',
    nothing,
    record(
      { asset_ids: asset, from: start, to: end },
      { ...page, markets: oneOf('DAA', 'DAA,FCR'), sources: oneOf('EXTERNAL') },
    ),
  ],
  ['put', 'sites/{site}/limits', connectionLimits, nothing],
  ['put', 'sites/{site}/inverters/{inverter}/limits', connectionLimits, nothing],
  ['get', 'sites/{site}/limits', nothing, record({ from: start, to: end }, page)],
  ['get', 'sites/{site}/inverters/{inverter}/limits', nothing, record({ from: start, to: end }, page)],
  ['put', 'forecasts', record({ forecasts: mostly(fc.array(forecast, { minLength: 1, maxLength: 2 })) }), nothing],
  [
    'post',
    'tariffs',
    record({ name: oneOf('n'), region: oneOf('DE', 'PL') }, { currency: oneOf('EUR'), targets: target }),
    nothing,
  ],
  ['get', 'tariffs', nothing, record({}, { ...page, region: oneOf('DE', 'PL') })],
  ['patch', 'tariffs/{tariff}', record({}, { name: oneOf('n'), targets: target }), nothing],
  [
    'put',
    'tariffs/{tariff}/prices',
    record({ prices: mostly(fc.array(slotPrice, { minLength: 1, maxLength: 2 })) }),
    nothing,
  ],
  [
    'post',
    'locations',
    record(
      { name: oneOf('n'), time_zone: oneOf('Europe/Berlin', '+01:00', 'X/Y'), currency: oneOf('EUR', 'PLN') },
      { tariff_id: oneOf('{tariff}', null, 'no'), site_id: oneOf('{site}', null), account_id: oneOf('acc_1') },
    ),
    nothing,
  ],
  ['patch', 'locations/{location}', record({}, { name: oneOf('n'), tariff_id: oneOf(null, '{tariff}') }), nothing],
  ['get', 'locations', nothing, record({}, { ...page, site_id: oneOf('{site}') })],
  ['post', 'devices', record({ ...device, location_id: oneOf('{location}') }, stateOfCharge), nothing],
  ['patch', 'devices/{device}', record({}, { ...device, ...stateOfCharge, asset_id: oneOf(null) }), nothing],
  ['get', 'devices', nothing, record({}, { ...page, type: oneOf('BATTERY'), location_id: oneOf('{location}') })],
  ['get', 'tariffs/{tariff}/prices', nothing, record({ from: start, to: end }, page)],
  ['get', 'forecasts', nothing, record({ asset_ids: asset, from: start, to: end }, page)],
  [
    'put',
    'state-snapshots',
    record({ state_snapshots: mostly(fc.array(snapshot, { minLength: 1, maxLength: 3 })) }),
    nothing,
  ],
  ['get', 'state-snapshots', nothing, record({ asset_ids: asset }, { ...range, ...page })],
  ['get', 'state-snapshots', nothing, record({ asset_ids: asset, latest: oneOf('true') })],
  ['get', 'assets/{asset}/status', nothing, nothing],
  [
    'get',
    'asset-statuses',
    nothing,
    record(
      { asset_ids: asset },
      { ...range, ...page, latest: oneOf('true'), status: oneOf('UNKNOWN', 'FAULT,OFFLINE') },
    ),
  ],
  [
    'put',
    'specs',
    record(
      { asset_id: asset, valid_from: time },
      {
        valid_to: time,
        rated_power: power,
        grid_connection_max_power: power,
        max_capacity: energy,
        ramp_rate: magnitude,
        ramp_type: oneOf('LINEAR', null),
        charge_efficiency: share,
      },
    ),
    nothing,
  ],
  ['get', 'specs', nothing, record({ asset_ids: asset }, { ...range, ...page, latest: oneOf('true', 'false') })],
  ['post', 'assets', record({ ...naming, type, provider: oneOf('NFT') }), nothing],
  [
    'patch',
    'assets/{asset}',
    record({}, { name: naming.name, type, go_live_date: oneOf('2026-01-01', null) }),
    nothing,
  ],
  ['get', 'assets', nothing, record({}, { ...page, type, region: oneOf('DE') })],
  [
    'post',
    'sites',
    record({ ...naming, dispatch_mode: record({ name: oneOf('PRICE_BASED', 'MANUAL') }, prices) }),
    nothing,
  ],
  [
    'patch',
    'sites/{site}',
    record(
      {},
      {
        name: naming.name,
        dispatch_mode_name: oneOf('PRICE_BASED', 'MANUAL'),
        dispatch_mode_floor_price: price,
        dispatch_mode_strike_price: price,
      },
    ),
    nothing,
  ],
  ['get', 'sites', nothing, record({}, { ...page, asset_id: id, expand: oneOf('inverters') })],
  ['post', 'sites/{site}/inverters', record({ ...inverter, asset_ids: mostly(fc.constant(['{asset}'])) }), nothing],
  ['patch', 'sites/{site}/inverters/{inverter}', record({}, inverter), nothing],
];

describe('whatever an operator sends', () => {
  let api: Operations;
  let fill: (text: string) => string;
  beforeAll(async () => {
    api = await startOperations({ log: { level: 'silent' } });
    const [asset, site] = [await api.asset(), await api.site()];
    const inverter = await api.inverter(site, [asset]);
    await api.put(`sites/${site}/gateway`).expect(200);
    await api.put('specs', { asset_id: asset, valid_from: '2020-01-01T00:00:00Z', rated_power: mw(1) }).expect(204);
    const tariff: string = (await api.post('tariffs', { name: 't', region: 'DE' }).expect(201)).body.id;
    const location = await api.location({ tariff_id: tariff });
    const battery = await api.device({ location_id: location.id });
    fill = (text) =>
      text
        .replaceAll('{tariff}', tariff)
        .replaceAll('{location}', location.id)
        .replaceAll('{device}', battery.id)
        .replaceAll('{asset}', asset)
        .replaceAll('{site}', site)
        .replaceAll('{inverter}', inverter);
  });
  afterAll(() => api.stop());

  it('is never answered with 500, and what was stored can be read', async () => {
    const { token } = await api.client('bl');
    /** How often each operation was answered how. */
    const seen = new Map<string, number>();
    const call = fc
      .constantFrom(...OPERATIONS)
      .chain(([method, path, body, query]) =>
        fc.record({ method: fc.constant(method), path: fc.constant(path), body, query }),
      );
    await fc.assert(
      fc.asyncProperty(call, async ({ method, path, body, query }) => {
        const sent = typeof query === 'object' && query !== null ? Object.entries(query) : [];
        const parameters = new URLSearchParams(
          sent.map(([name, value]): [string, string] => [name, fill(textOf(value))]),
        );
        const url = fill(`/api/v1/${path}?${parameters.toString()}`);
        const test = request(api.url)[method as 'post'](url).set('Authorization', `Bearer ${token}`);
        const answer = body === undefined ? await test : await test.type('json').send(fill(JSON.stringify(body)));
        const key = `${method} ${path} ${answer.status}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        expect([answer.status, answer.text]).not.toEqual([500, expect.anything()]);
        if (answer.status >= 400) expect(answer.body.detail.length).toBeGreaterThan(0);
      }),
      { numRuns: 4_000 },
    );
    for (const [method, path] of OPERATIONS) {
      const right = [200, 201, 204].map((status) => seen.get(`${method} ${path} ${status}`) ?? 0);
      expect(Math.max(...right), `${method} ${path} was never right`).toBeGreaterThan(0);
    }
    const everything = 'limit=1000&from=2000-01-01T00:00:00Z&to=2199-12-31T23:59:59Z';
    await api.get('assets?limit=1000').expect(200);
    await api.get('sites?expand=inverters&limit=1000').expect(200);
    await api.get('devices?limit=1000').expect(200);
    await api.get('locations?limit=1000').expect(200);
    await api.get(fill('specs?asset_ids={asset}&limit=1000')).expect(200);
    await api.get(fill(`period-limits?asset_ids={asset}&${everything}`)).expect(200);
    await api.get(fill(`state-snapshots?asset_ids={asset}&${everything}`)).expect(200);
  }, 120_000);
});
