import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rollHorizon } from '../../../vtn/publisher.ts';
import { priceSlots } from '../../../vtn/store/tariffs.ts';
import { faultsOf, mw, startOperations } from './support.ts';
import type { Operations } from './support.ts';

const DAY = 'from=2026-01-15T00:00:00Z&to=2026-01-16T00:00:00Z';
const eur = (amount: number | string) => ({ amount, unit: 'EUR/MWh' });
const at = (time: string) => `2026-01-${time}:00Z`;

describe('tariffs', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());

  const tariff = async (more: object = {}): Promise<string> =>
    (await api.post('tariffs', { name: 'day-ahead', region: 'DE', ...more }).expect(201)).body.id;
  const price = (start: string, end: string, more: object = {}) => ({
    start_time: at(start),
    end_time: at(end),
    import_price: eur('87.654'),
    ...more,
  });
  const put = (id: string, ...prices: object[]) => api.put(`tariffs/${id}/prices`, { prices });
  const list = async (id: string, query = DAY) => (await api.get(`tariffs/${id}/prices?${query}`).expect(200)).body;
  const said = async (id: string, day: string) =>
    (await api.event(`prices/${id}/2026-01-${day}`))?.intervals?.map((i) => [
      i.intervalPeriod?.start?.slice(11, 16),
      i.intervalPeriod?.duration,
      ...i.payloads.map((p) => `${p.type} ${Number(p.values[0])}`),
    ]);

  it('are made with the currency of their region unless another is named, and read, changed, listed and deleted', async () => {
    const answer = await api.post('tariffs', { name: 'day-ahead', region: 'PL', targets: ['a', 'b', 'a'] }).expect(201);
    const { id } = answer.body;
    expect(answer.headers['location']).toBe(`tariffs/${id}`);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^tar_/),
      name: 'day-ahead',
      region: 'PL',
      currency: 'PLN',
      targets: ['a', 'b'],
      created_at: '2026-01-15T10:00:00Z',
      updated_at: '2026-01-15T10:00:00Z',
    });
    expect((await api.get(`tariffs/${id}`).expect(200)).body).toEqual(answer.body);
    api.clock.advance(60_000);
    await api.patch(`tariffs/${id}`, { name: 'other', targets: null }).expect(204, '');
    const changed = { ...answer.body, name: 'other', updated_at: '2026-01-15T10:01:00Z' };
    api.clock.set('2026-01-15T10:00:00Z');
    expect((await api.get('tariffs?region=PL').expect(200)).body).toEqual({ limit: 50, offset: 0, tariffs: [changed] });
    await api.patch(`tariffs/${id}`, { currency: 'EUR' }).expect(422);
    await api.delete(`tariffs/${id}`).expect(204);
    for (const gone of [api.get(`tariffs/${id}`), api.patch(`tariffs/${id}`, {}), api.delete(`tariffs/${id}`)]) {
      await gone.expect(404, { detail: `unknown tariff_id: ${id}` });
    }
    expect((await api.post('tariffs', { name: 'n', region: 'PL', currency: 'EUR' })).body.currency).toBe('EUR');
    expect((await api.get('tariffs?limit=1&offset=1000').expect(200)).body.tariffs).toEqual([]);
  });

  it('have prices slot by slot, read back digit for digit with their forecast flag', async () => {
    const id = await tariff();
    const more = { export_price: eur('-0.001'), grid_fee: eur(12.5), is_forecast: true };
    await put(id, price('15T12:00', '15T12:30', more), price('15T23:00', '15T23:15')).expect(204, '');
    const slot = {
      start_time: '2026-01-15T12:00:00Z',
      end_time: '2026-01-15T12:15:00Z',
      delivery_day: '2026-01-15',
      import_price: eur('87.654'),
      export_price: eur('-0.001'),
      grid_fee: eur('12.5'),
      is_forecast: true,
      created_at: '2026-01-15T10:00:00Z',
      updated_at: '2026-01-15T10:00:00Z',
    };
    expect(await list(id)).toEqual({
      limit: 50,
      offset: 0,
      prices: [
        slot,
        { ...slot, start_time: '2026-01-15T12:15:00Z', end_time: '2026-01-15T12:30:00Z' },
        {
          ...slot,
          start_time: '2026-01-15T23:00:00Z',
          end_time: '2026-01-15T23:15:00Z',
          delivery_day: '2026-01-16',
          export_price: null,
          grid_fee: null,
          is_forecast: false,
        },
      ],
    });
    const slots = await api.vtn.store.read((db) =>
      priceSlots(db, id, { startMs: Date.parse(at('15T12:15')), endMs: Date.parse(at('15T23:00')) }),
    );
    expect(slots).toEqual([
      {
        startMs: Date.parse(at('15T12:15')),
        endMs: Date.parse(at('15T12:30')),
        importMilli: 87_654,
        exportMilli: -1,
        gridFeeMilli: 12_500,
        isForecast: true,
      },
    ]);
  });

  it('become PRICE and EXPORT_PRICE events per KWH in their currency, in the same transaction, one for each delivery day', async () => {
    const id = await tariff({ targets: ['group-1'] });
    const more = { export_price: eur(71.2), grid_fee: eur('12.5') };
    await put(id, price('15T22:30', '15T23:30', more), price('15T23:30', '16T00:00')).expect(204);
    expect(await api.event(`prices/${id}/2026-01-15`)).toMatchObject({
      targets: ['group-1'],
      payloadDescriptors: [
        { payloadType: 'PRICE', units: 'KWH', currency: 'EUR' },
        { payloadType: 'EXPORT_PRICE', units: 'KWH', currency: 'EUR' },
      ],
    });
    expect(await said(id, '15')).toEqual([['22:30', 'PT30M', 'PRICE 0.100154', 'EXPORT_PRICE 0.0712']]);
    expect(await said(id, '16')).toEqual([
      ['23:00', 'PT30M', 'PRICE 0.100154', 'EXPORT_PRICE 0.0712'],
      ['23:30', 'PT30M', 'PRICE 0.087654'],
    ]);
  });

  it('of which a slot is written again have only the new values; the same again is silent; created_at stays', async () => {
    const id = await tariff();
    await put(id, price('15T12:00', '15T13:00', { export_price: eur(1), is_forecast: true })).expect(204);
    api.clock.advance(60_000);
    const change = [price('15T12:15', '15T12:30', { import_price: eur(5) }), price('15T12:15', '15T12:30')];
    await put(id, ...change).expect(204);
    expect(await said(id, '15')).toEqual([
      ['12:00', 'PT15M', 'PRICE 0.087654', 'EXPORT_PRICE 0.001'],
      ['12:15', 'PT15M', 'PRICE 0.087654'],
      ['12:30', 'PT30M', 'PRICE 0.087654', 'EXPORT_PRICE 0.001'],
    ]);
    expect((await list(id)).prices[1]).toMatchObject({
      export_price: null,
      is_forecast: false,
      created_at: '2026-01-15T10:00:00Z',
      updated_at: '2026-01-15T10:01:00Z',
    });
    const version = api.vtn.store.versions.events;
    api.clock.advance(1000);
    await put(id, ...change).expect(204);
    expect(api.vtn.store.versions.events).toBe(version);
    api.clock.set('2026-01-15T10:00:00Z');
  });

  it('without targets are for every VEN, with targets for those that hold one; both can change', async () => {
    const id = await tariff();
    await put(id, price('15T12:00', '15T13:00')).expect(204);
    const ven = await api.client('ven');
    const seen = async () =>
      (await ven.get('events').expect(200)).body.some((e: { eventName: string }) => e.eventName.includes(id));
    expect(await seen()).toBe(true);
    await api.patch(`tariffs/${id}`, { targets: ['elsewhere'] }).expect(204);
    expect(await seen()).toBe(false);
    await api.patch(`tariffs/${id}`, { targets: [] }).expect(204);
    expect(await seen()).toBe(true);
  });

  it('take their events with them when they are deleted, and nobody else’s', async () => {
    const [id, other] = [await tariff(), await tariff({ targets: ['x'] })];
    for (const one of [id, other]) await put(one, price('15T12:00', '15T13:00')).expect(204);
    await api.delete(`tariffs/${id}`).expect(204);
    expect(await said(id, '15')).toBeUndefined();
    expect(await said(other, '15')).toHaveLength(1);
    expect(await api.vtn.store.read((db) => priceSlots(db, id, { startMs: 0, endMs: 4e12 }))).toEqual([]);
  });

  it('are announced day by day as the horizon moves on', async () => {
    const id = await tariff();
    await put(id, price('20T12:00', '20T13:00')).expect(204);
    expect(await said(id, '20')).toBeUndefined();
    api.clock.set('2026-01-18T10:00:00Z');
    let n = 0;
    const ids = { next: () => `rolled-${++n}` };
    await rollHorizon(api.vtn.store, { clock: api.clock, ids, horizonDays: 2 });
    expect(await said(id, '20')).toEqual([['12:00', 'PT1H', 'PRICE 0.087654']]);
    api.clock.set('2026-01-15T10:00:00Z');
  });

  it('are asked for prices in windows of at most 31 days, in pages', async () => {
    const id = await tariff();
    await put(id, price('15T12:00', '15T13:00')).expect(204);
    expect((await list(id, `${DAY}&limit=1&offset=3`)).prices).toMatchObject([{ start_time: '2026-01-15T12:45:00Z' }]);
    expect((await list(id, 'from=2026-01-15T12:15:00Z&to=2026-01-15T12:45:00Z')).prices).toHaveLength(2);
    const longer = await api.get(`tariffs/${id}/prices?from=2026-01-14T23:59:59Z&to=2026-02-15T00:00:00Z`);
    expect(faultsOf(longer)[0]).toMatchObject({ loc: ['query', 'to'], type: 'span_too_long', ctx: { max_days: 31 } });
    expect(faultsOf(await api.get(`tariffs/${id}/prices`)).map((f) => f.loc.at(-1))).toEqual(['from', 'to']);
    await api.get(`tariffs/no/prices?${DAY}`).expect(404, { detail: 'unknown tariff_id: no' });
  });

  it('refuse prices naming every fault at once, and write nothing of such a batch', async () => {
    const id = await tariff();
    const faults = faultsOf(
      await put(
        id,
        price('15T12:00', '15T13:00'),
        price('15T12:01', '15T13:00', { import_price: { amount: 1, unit: 'PLN/MWh' } }),
        price('15T13:00', '15T13:00', { grid_fee: eur('1000000000000') }),
        price('15T13:00', '15T14:00', { export_price: eur('1000000000000000000') }),
      ),
    );
    expect(faults.map((f) => [f.loc.slice(2).join('.'), f.type])).toEqual([
      ['1.start_time', 'slot_grid'],
      ['1.import_price.unit', 'currency'],
      ['2.end_time', 'end_before_start'],
      ['2.grid_fee.amount', 'out_of_range'],
      ['3.export_price.amount', 'out_of_range'],
    ]);
    expect((await list(id)).prices).toEqual([]);
    expect(faultsOf(await put(id))[0]).toMatchObject({ loc: ['body', 'prices'], type: 'too_short' });
    expect((await put(id, price('15T12:00', '15T13:00', { import_price: mw(1) }))).status).toBe(422);
    const month = { start_time: '2026-03-01T00:00:00Z', end_time: '2026-04-01T00:00:00Z' };
    const tooMuch = await put(id, ...Array.from({ length: 34 }, () => month));
    expect(faultsOf(tooMuch)[0]).toMatchObject({ loc: ['body', 'prices'], type: 'too_many_slots' });
    expect(faultsOf(await put(id, ...Array.from({ length: 1001 }, () => month)))[0]).toMatchObject({
      type: 'too_long',
    });
    await put('no', price('15T12:00', '15T13:00')).expect(404);
  });
});
