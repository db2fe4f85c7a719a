import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, mw, mwh, startOperations } from './support.ts';
import type { Operations } from './support.ts';

describe('reservations', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations({ translation: { capacityProducts: ['FCR*', 'RESERVE'] } });
  });
  afterAll(() => api.stop());

  const put = (...reservations: object[]) => api.put('reservations', { reservations });
  const reservation = (asset_id: string, start: string, end: string, more: object = {}) => ({
    asset_id,
    start_time: `2026-01-${start}:00Z`,
    end_time: `2026-01-${end}:00Z`,
    market: 'DAA',
    source: 'OPTIMISATION',
    power: mw(5),
    energy_change: mwh('-1.25'),
    energy_buffer_low: mwh(0.5),
    energy_buffer_high: mwh(1),
    ...more,
  });
  const DAY = 'from=2026-01-15T00:00:00Z&to=2026-01-16T00:00:00Z';
  const list = async (query: string) => (await api.get(`reservations?${query}`).expect(200)).body;
  const said = async (asset: string, day: string) =>
    (await api.event(`reservations/${asset}/2026-01-${day}`))?.intervals?.map((i) => [
      i.intervalPeriod?.start?.slice(11, 16),
      i.intervalPeriod?.duration,
      i.payloads.find((p) => p.type === 'DISPATCH_SETPOINT')?.values[0],
    ]);

  it('are written and read back with every field; delivery_day is derived from start_time', async () => {
    const asset = await api.asset();
    await put(reservation(asset, '15T23:00', '15T23:15')).expect(204, '');
    const body = await list(`asset_ids=${asset}&${DAY}`);
    expect(body).toEqual({
      limit: 50,
      offset: 0,
      reservations: [
        {
          asset_id: asset,
          start_time: '2026-01-15T23:00:00Z',
          end_time: '2026-01-15T23:15:00Z',
          delivery_day: '2026-01-16',
          market: 'DAA',
          source: 'OPTIMISATION',
          power: mw('5'),
          energy_change: mwh('-1.25'),
          energy_buffer_low: mwh('0.5'),
          energy_buffer_high: mwh('1'),
          created_at: '2026-01-15T10:00:00Z',
          updated_at: '2026-01-15T10:00:00Z',
        },
      ],
    });
  });

  it('with the same key overwrite every value column and refresh updated_at; created_at is never modified', async () => {
    const asset = await api.asset();
    await put(reservation(asset, '15T12:00', '15T12:15')).expect(204);
    api.clock.advance(60_000);
    const { energy_change, energy_buffer_low, energy_buffer_high, ...less } = reservation(
      asset,
      '15T12:00',
      '15T12:30',
    );
    await put({ ...less, power: mw(-2) }).expect(204);
    expect((await list(`asset_ids=${asset}&${DAY}`)).reservations).toEqual([
      expect.objectContaining({
        end_time: '2026-01-15T12:30:00Z',
        power: mw('-2'),
        energy_change: null,
        energy_buffer_low: null,
        energy_buffer_high: null,
        created_at: '2026-01-15T10:00:00Z',
        updated_at: '2026-01-15T10:01:00Z',
      }),
    ]);
    expect(energy_change ?? energy_buffer_low ?? energy_buffer_high).toBeDefined();
    api.clock.set('2026-01-15T10:00:00Z');
  });

  it('that are not in the payload are left untouched: no implicit delete of omitted markets', async () => {
    const asset = await api.asset();
    await put(
      reservation(asset, '15T12:00', '15T12:15'),
      reservation(asset, '15T12:00', '15T12:15', { market: 'IDC', power: mw(-1.5) }),
    ).expect(204);
    await put(reservation(asset, '15T12:00', '15T12:15', { power: mw(4) })).expect(204);
    const { reservations } = await list(`asset_ids=${asset}&${DAY}`);
    expect(reservations.map((r: { market: string; power: object }) => [r.market, r.power])).toEqual([
      ['DAA', mw('4')],
      ['IDC', mw('-1.5')],
    ]);
    expect(await said(asset, '15')).toEqual([['12:00', 'PT15M', -2500]]);
  });

  it('are listed with start_time in [from, to), by (asset_id, start_time, market, source), filtered by markets and sources', async () => {
    const [a, b] = [await api.asset(), await api.asset()];
    await put(
      reservation(b, '15T12:00', '15T12:15'),
      reservation(a, '15T12:15', '15T12:30'),
      reservation(a, '15T12:00', '15T12:15', { market: 'IDC' }),
      reservation(a, '15T12:00', '15T12:15', { source: 'EXTERNAL' }),
      reservation(a, '15T12:00', '15T12:15', { source: 'DAA_SWAP' }),
      reservation(a, '16T00:00', '16T00:15'),
    ).expect(204);
    const of = async (query: string) =>
      (await list(`asset_ids=${b}&asset_ids=${a},DE_50HZ_NO_1&${DAY}${query}`)).reservations.map(
        (r: Record<string, string>) =>
          `${r['asset_id'] === a ? 'a' : 'b'} ${r['start_time']?.slice(11, 16)} ${r['market']} ${r['source']}`,
      );
    const all = [
      'a 12:00 DAA DAA_SWAP',
      'a 12:00 DAA EXTERNAL',
      'a 12:00 IDC OPTIMISATION',
      'a 12:15 DAA OPTIMISATION',
      'b 12:00 DAA OPTIMISATION',
    ];
    expect(await of('')).toEqual(all);
    expect(await of('&limit=2&offset=1')).toEqual(all.slice(1, 3));
    expect(await of('&markets=IDC,FCR')).toEqual([all[2]]);
    expect(await of('&sources=EXTERNAL&sources=DAA_SWAP')).toEqual(all.slice(0, 2));
    expect(await of('&markets=DAA&sources=OPTIMISATION')).toEqual(all.slice(3));
  });

  it('of assets that do not exist are 404 naming all of them, and nothing is written', async () => {
    const asset = await api.asset();
    const answer = await put(
      reservation('DE_50HZ_NO_1', '15T12:00', '15T12:15'),
      reservation(asset, '15T12:00', '15T12:15'),
      reservation('DE_50HZ_NO_2', '15T12:00', '15T12:15'),
    ).expect(404);
    expect(answer.body.detail).toBe('unknown asset_id: DE_50HZ_NO_1, DE_50HZ_NO_2');
    expect((await list(`asset_ids=${asset}&${DAY}`)).reservations).toEqual([]);
  });

  it('are refused naming every fault at once: grid, order, length, units, signs of buffers, source, market', async () => {
    const asset = await api.asset();
    const good = reservation(asset, '15T12:00', '15T12:15');
    const faults = faultsOf(
      await put(
        { ...good, start_time: '2026-01-15T12:01:00Z' },
        reservation(asset, '15T12:00', '15T12:00'),
        reservation(asset, '15T12:00', '16T12:15'),
        { ...good, power: mwh(1) },
        { ...good, energy_buffer_low: mwh(-1), energy_change: mw(1) },
        { ...good, source: 'GUESS', market: 'a,b' },
      ),
    );
    // What the document refuses comes first, alone; the rest when that is right.
    expect(faults.map((f) => f.loc.slice(2).join('.'))).toEqual(
      expect.arrayContaining(['3.power.unit', '5.source', '5.market']),
    );
    const rest = faultsOf(
      await put(
        { ...good, start_time: '2026-01-15T12:01:00Z' },
        reservation(asset, '15T12:00', '15T12:00'),
        reservation(asset, '15T12:00', '16T12:15'),
        { ...good, energy_buffer_low: mwh(-1), energy_buffer_high: mwh(-1) },
      ),
    );
    expect(rest.map((f) => [f.loc.slice(2).join('.'), f.type])).toEqual([
      ['0.start_time', 'slot_grid'],
      ['1.end_time', 'end_before_start'],
      ['2.end_time', 'span_too_long'],
      ['3.energy_buffer_low.amount', 'greater_than_equal'],
      ['3.energy_buffer_high.amount', 'greater_than_equal'],
    ]);
    expect(faultsOf(await put())[0]).toMatchObject({ loc: ['body', 'reservations'], type: 'too_short' });
    expect((await put({ ...good, delivery_day: '2026-01-15' })).status).toBe(422);
  });

  it('number 1 to 1000 in a batch', async () => {
    const asset = await api.asset();
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        reservation(asset, '15T12:00', '15T12:15', { market: `M${i}`, power: mw(1) }),
      );
    await put(...many(1000)).expect(204);
    expect(await said(asset, '15')).toEqual([['12:00', 'PT15M', -1_000_000]]);
    expect((await put(...many(1001))).status).toBe(422);
  });

  it('become a set-point in the same transaction, capacity products apart as configured (example 4); the same again says nothing', async () => {
    const asset = await api.asset();
    const batch = [
      reservation(asset, '15T12:00', '15T12:15'),
      reservation(asset, '15T12:00', '15T12:15', { market: 'IDC', power: mw(-1.5) }),
      reservation(asset, '15T12:00', '15T12:15', { market: 'FCR', power: mw(1.5) }),
      reservation(asset, '15T12:00', '15T12:15', { market: 'RESERVE', power: mw(0.5) }),
    ];
    await put(...batch).expect(204);
    const event = await api.event(`reservations/${asset}/2026-01-15`);
    expect(event).toMatchObject({ priority: 3, targets: [asset] });
    expect(event?.intervals?.[0]?.payloads).toEqual([
      { type: 'DISPATCH_SETPOINT', values: [-3500] },
      { type: 'STORAGE_BUFFER_LOW', values: [2000] },
      { type: 'STORAGE_BUFFER_HIGH', values: [4000] },
      { type: 'CAPACITY_PRODUCT', values: [2000] },
    ]);
    const version = api.vtn.store.versions.events;
    api.clock.advance(1000);
    await put(...batch).expect(204);
    expect(api.vtn.store.versions.events).toBe(version);
    api.clock.set('2026-01-15T10:00:00Z');
  });

  it('over local midnight become the events of both days; made shorter, they leave the second one', async () => {
    const asset = await api.asset();
    await put(reservation(asset, '15T22:30', '15T23:30')).expect(204);
    expect(await said(asset, '15')).toEqual([['22:30', 'PT30M', -5000]]);
    expect(await said(asset, '16')).toEqual([['23:00', 'PT30M', -5000]]);
    await put(reservation(asset, '15T22:30', '15T22:45')).expect(204);
    expect(await said(asset, '15')).toEqual([['22:30', 'PT15M', -5000]]);
    expect(await said(asset, '16')).toBeUndefined();
  });

  it('have a program that says the sign convention', async () => {
    const program = (await (await api.client('bl')).get('programs?limit=50')).body.find(
      (p: { programName: string }) => p.programName === 'reservations',
    );
    expect(program.attributes).toContainEqual({ type: 'SIGN_CONVENTION', values: ['CONSUMPTION_POSITIVE'] });
  });

  it('go with their asset, and so do their events', async () => {
    const asset = await api.asset();
    await put(reservation(asset, '15T12:00', '15T12:15')).expect(204);
    await api.delete(`assets/${asset}`).expect(204);
    expect(await said(asset, '15')).toBeUndefined();
    expect((await list(`asset_ids=${asset}&${DAY}`)).reservations).toEqual([]);
  });
});
