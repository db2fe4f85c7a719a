import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/server.ts';
import { faultsOf, mw, startOperations } from '../operations/support.ts';
import type { Operations } from '../operations/support.ts';

/** 2026-01-15T10:00:00Z is now. Prices by the hour from then on. */
const HOUR_MS = 3_600_000;
const at = (hour: number) => new Date(Date.UTC(2026, 0, 15, 10) + hour * HOUR_MS).toISOString().replace('.000', '');

describe('POST /schedules/soc/{id}', () => {
  let api: Operations;
  let operator: TestClient;
  beforeAll(async () => {
    api = await startOperations();
    operator = await api.client('bl');
  });
  afterAll(() => api.stop());
  beforeEach(() => api.clock.set(at(0)));

  const post = (device: string, body: object) => operator.post(`/schedules/soc/${device}`, body);
  /** A location whose tariff has these prices per MWh by the hour. */
  const place = async (prices: (number | object)[], { currency = 'EUR', ...more }: Record<string, string> = {}) => {
    const tariff_id: string = (await api.post('tariffs', { name: 't', region: 'DE', currency }).expect(201)).body.id;
    const sent = prices.map((price, i) => ({
      start_time: at(i),
      end_time: at(i + 1),
      ...(typeof price === 'number' ? { import_price: { amount: price, unit: `${currency}/MWh` } } : price),
    }));
    if (sent.length > 0) await api.put(`tariffs/${tariff_id}/prices`, { prices: sent }).expect(204);
    return { ...(await api.location({ tariff_id, currency, ...more })), tariff_id };
  };
  const scheduled = async (device: string, location_id: string, more: object = {}) => {
    const answer = await post(device, { location_id, ...more });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.body;
  };
  interface Entry {
    start_time: string;
    end_time: string;
    power: { value: number };
    vpp_event: boolean;
  }
  const entriesOf = (schedule: { data: { schedule: Entry[] }[] }) =>
    schedule.data[0]?.schedule.map((entry) => [
      entry.start_time.slice(11, 16),
      entry.end_time.slice(11, 16),
      entry.power.value,
      entry.vpp_event,
    ]);

  it('the seed’s curl line runs against our base URL and gives the printed shape', async () => {
    const where = { account_id: 'acc_661677911f2197045e6cf1b1', time_zone: 'Europe/London', currency: 'GBP' };
    const location = await place([100, 20, 20, 50], where);
    const car = await api.device({
      location_id: location.id,
      type: 'EV_CHARGER',
      capacity: { amount: 75, unit: 'kWh' },
      max_charge_power: { amount: 11, unit: 'kW' },
      max_discharge_power: mw(0),
      state_of_charge: 0.2,
      target_state_of_charge: 0.46,
    });
    const answer = await request(api.url)
      .post(`/schedules/soc/${car.id}`)
      .set('Authorization', `Bearer ${operator.token}`)
      .set('Content-Type', 'application/json')
      .send(`\n{\n  "location_id": "${location.id}",\n  "schedule_horizon": 24\n}\n`)
      .expect(200);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^ssc_[A-Za-z0-9]+$/),
      object: 'schedule_soc',
      live_mode: true,
      device_id: car.id,
      location_id: location.id,
      location_timezone: 'Europe/London',
      currency_code: 'GBP',
      time_created: '2026-01-15T10:00:00Z',
      account_id: 'acc_661677911f2197045e6cf1b1',
      data: [
        {
          start_time: '2026-01-15T10:00:00Z',
          // Shorter than asked for: there are prices for four hours.
          end_time: '2026-01-15T14:00:00Z',
          energy: { units: 'WH', value: 19_500 },
          cost: { value: 0.39, confidence: 1 },
          schedule: [
            {
              start_time: '2026-01-15T11:00:00Z',
              end_time: '2026-01-15T12:45:00Z',
              power: { units: 'W', value: 11_000 },
              vpp_event: false,
            },
            {
              start_time: '2026-01-15T12:45:00Z',
              end_time: '2026-01-15T13:00:00Z',
              power: { units: 'W', value: 1_000 },
              vpp_event: false,
            },
          ],
        },
      ],
      request: { schedule_horizon: '24' },
    });
  });

  it('takes the maximum available horizon when it is omitted, and then says nothing of it in request', async () => {
    const location = await place([10, 20, 30]);
    const device = await api.device({ location_id: location.id });
    const all = await scheduled(device.id, location.id);
    expect([all.data[0].end_time, all.request]).toEqual([at(3), {}]);
    const some = await scheduled(device.id, location.id, { schedule_horizon: 1.5 });
    expect([some.data[0].end_time, some.request]).toEqual([at(1.5), { schedule_horizon: '1.5' }]);
  });

  it('begins now, in the middle of a slot', async () => {
    const location = await place([10, 20]);
    const device = await api.device({ location_id: location.id, target_state_of_charge: 0.625 });
    api.clock.set('2026-01-15T10:07:30.500Z');
    const schedule = await scheduled(device.id, location.id);
    expect(schedule.data[0].start_time).toBe('2026-01-15T10:07:30Z');
    expect(entriesOf(schedule)).toEqual([
      ['10:07', '10:15', 10e6, false],
      ['10:15', '10:30', 5e6, false],
    ]);
    expect(schedule.data[0].energy.value).toBe(2_500_000);
  });

  it('buys low and sells high within the limits of asset, connection and minimum; fees count, forecasts lower the confidence', async () => {
    const price = (amount: number, export_: number, more: object = {}) => ({
      import_price: { amount, unit: 'EUR/MWh' },
      export_price: { amount: export_, unit: 'EUR/MWh' },
      grid_fee: { amount: 10, unit: 'EUR/MWh' },
      ...more,
    });
    const site_id = await api.site();
    const location = await place([price(30, 30), price(200, 190, { is_forecast: true })], { site_id });
    const asset_id = await api.asset();
    const device = await api.device({
      location_id: location.id,
      asset_id,
      minimum_state_of_charge: 0.25,
      target_state_of_charge: 0.5,
      charge_efficiency: 0.9,
    });
    const period = { start_time: at(0), end_time: at(2) };
    const limit = { asset_id, ...period, source: 'OPERATIONS', power_charge: mw(-4) };
    await api.patch('period-limits', { limits: [limit] }).expect(204);
    await api.put(`sites/${site_id}/limits`, { limits: [{ ...period, max_export_to_grid: mw(6) }] }).expect(204);
    const schedule = await scheduled(device.id, location.id);
    expect(entriesOf(schedule)).toEqual([
      ['10:00', '11:00', 4e6, false],
      ['11:00', '11:30', -6e6, false],
      ['11:30', '11:45', -2.4e6, false],
    ]);
    expect(schedule.data[0].cost).toEqual({ value: 4 * 40 - 3.6 * 190, confidence: 0.75 });
    expect(schedule.data[0].energy.value).toBe(400_000);
  });

  it('shares the point of connection with the other devices of the site, in the order in which they ask', async () => {
    const site_id = await api.site();
    const location = await place([10, 50, 50], { site_id });
    await api
      .put(`sites/${site_id}/limits`, {
        limits: [{ start_time: at(0), end_time: at(3), max_import_from_grid: mw(10) }],
      })
      .expect(204);
    const wish = { location_id: location.id, max_discharge_power: mw(0), target_state_of_charge: 0.9 };
    const [a, b] = [await api.device(wish), await api.device(wish)];
    const answers = await Promise.all(
      [a, b].map((device) => post(device.id, { location_id: location.id }).expect(200)),
    );
    expect(answers.map((answer) => entriesOf(answer.body))).toEqual([
      [
        ['10:00', '10:45', 10e6, false],
        ['10:45', '11:00', 2e6, false],
      ],
      [
        ['10:45', '11:00', 8e6, false],
        ['11:00', '11:30', 10e6, false],
        ['11:30', '11:45', 4e6, false],
      ],
    ]);
    const c = await api.device({ ...wish, deadline: at(1) });
    expect(faultsOf(await post(c.id, { location_id: location.id }))).toEqual([
      {
        loc: ['constraint', 'site_limits'],
        type: 'infeasible',
        msg: expect.stringContaining('the point of connection'),
        ctx: { constraint: 'site_limits', from: at(0), to: at(1), energy_wh: 8_000_000 },
      },
    ]);
  });

  it('plans around what is reserved and dispatched, and marks it as a VPP event', async () => {
    const location = await place([10, 50]);
    const asset_id = await api.asset();
    const device = await api.device({ location_id: location.id, asset_id, target_state_of_charge: 0.5 });
    const reservation = {
      asset_id,
      start_time: at(0.25),
      end_time: at(0.75),
      market: 'DAA',
      source: 'EXTERNAL',
      power: mw(8),
    };
    await api.put('reservations', { reservations: [reservation] }).expect(204);
    expect(entriesOf(await scheduled(device.id, location.id))).toEqual([
      ['10:00', '10:15', 10e6, false],
      ['10:15', '10:45', -8e6, true],
      ['10:45', '11:00', 6e6, false],
    ]);
  });

  it('becomes one event, which keeps what was said until now when a new schedule replaces the old', async () => {
    const location = await place([10, 10, 50, 50]);
    const asset_id = await api.asset();
    const device = await api.device({ location_id: location.id, asset_id, target_state_of_charge: 1 });
    await scheduled(device.id, location.id);
    const name = `schedule/${device.id}`;
    const said = async () =>
      (await api.event(name))?.intervals?.map((i) => [
        i.intervalPeriod?.start?.slice(11, 19),
        i.intervalPeriod?.duration,
        ...i.payloads.map((p) => p.values[0]),
      ]);
    const event = await api.event(name);
    expect(event).toMatchObject({ priority: 2, targets: [asset_id] });
    expect(event?.payloadDescriptors).toEqual([
      { objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: 'DISPATCH_SETPOINT', units: 'KW' },
      { objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: 'CHARGE_STATE_SETPOINT', units: 'KWH' },
    ]);
    expect(await said()).toEqual([['10:00:00', 'PT1H', 10_000, 20_000]]);
    const program = (await operator.get('programs?limit=50')).body.find(
      (p: { programName: string }) => p.programName === 'schedules',
    );
    expect(program.attributes).toContainEqual({ type: 'SIGN_CONVENTION', values: ['CONSUMPTION_POSITIVE'] });

    api.clock.set(at(0.5));
    await api.patch(`devices/${device.id}`, { target_state_of_charge: 0.5, state_of_charge: 0.5 }).expect(204);
    await scheduled(device.id, location.id);
    expect(await said()).toEqual([['10:00:00', 'PT30M', 10_000, 20_000]]);
    expect((await api.event(name))?.id).toBe(event?.id);

    await api.patch(`devices/${device.id}`, { live_mode: false }).expect(204);
    expect(await api.event(name)).toBeUndefined();
    const test = await scheduled(device.id, location.id);
    expect([test.live_mode, await api.event(name)]).toEqual([false, undefined]);
  });

  it('goes with its device, and so does the event', async () => {
    const location = await place([10]);
    const asset_id = await api.asset();
    const device = await api.device({ location_id: location.id, asset_id, target_state_of_charge: 1 });
    await scheduled(device.id, location.id);
    await api.delete(`devices/${device.id}`).expect(204);
    expect(await api.event(`schedule/${device.id}`)).toBeUndefined();
    const left = await api.vtn.store.read((db) =>
      db.selectFrom('schedules').select('id').where('device_id', '=', device.id).execute(),
    );
    expect(left).toEqual([]);
  });

  it('says what is wrong: 404 for the device, 422 for anything else, and nothing is written', async () => {
    const location = await place([10]);
    const device = await api.device({ location_id: location.id, target_state_of_charge: 1 });
    const refused = async (id: string, body: object) => {
      const [fault] = faultsOf(await post(id, body));
      return [fault?.loc.join('.'), fault?.type];
    };
    expect((await post('dev_none', { location_id: location.id }).expect(404)).body.detail).toBe(
      'unknown device_id: dev_none',
    );
    expect(await refused(device.id, {})).toEqual(['body.location_id', 'missing']);
    expect(await refused(device.id, { location_id: 'loc_1' })).toEqual(['body.location_id', 'wrong_location']);
    expect(await refused(device.id, { location_id: location.id, schedule_horizon: 0 })).toEqual([
      'body.schedule_horizon',
      'greater_than_equal',
    ]);
    expect(await refused(device.id, { location_id: location.id, schedule_horizon: '24' })).toEqual([
      'body.schedule_horizon',
      'type_error',
    ]);
    const bare = await api.location();
    const lost = await api.device({ location_id: bare.id });
    expect(await refused(lost.id, { location_id: bare.id })).toEqual(['body.location_id', 'no_prices']);
    const unknown = await api.device({ location_id: location.id, state_of_charge: null });
    expect(await refused(unknown.id, { location_id: location.id })).toEqual(['path.id', 'unknown_state_of_charge']);
    const slow = await api.device({ location_id: location.id, max_charge_power: mw(1), target_state_of_charge: 1 });
    const [fault] = faultsOf(await post(slow.id, { location_id: location.id }));
    expect(fault).toMatchObject({ loc: ['constraint', 'target_state_of_charge'], type: 'infeasible' });
    expect(fault?.msg).toContain('0.55 can be reached at most, 9000 kWh less');
    const stored = await api.vtn.store.read((db) => db.selectFrom('schedules').select('device_id').execute());
    expect(stored.filter((row) => [device.id, lost.id, unknown.id, slow.id].includes(row.device_id))).toEqual([]);
  });

  it('is for roles bl and admin: 401 without a token, 403 for others', async () => {
    const location = await place([10]);
    const { id } = await api.device({ location_id: location.id });
    const body = { location_id: location.id };
    await request(api.url).post(`/schedules/soc/${id}`).send(body).expect(401);
    for (const [role, more] of [
      ['ven', {}],
      ['customer', { account: 'a' }],
      ['utility', { utility: { level: 'admin' as const } }],
    ] as const) {
      await (await api.client(role, more)).post(`/schedules/soc/${id}`, body).expect(403);
    }
    await (await api.client('admin')).post(`/schedules/soc/${id}`, body).expect(200);
    await operator.get(`/schedules/soc/${id}`).expect(405);
  });
});
