import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, mw, mwh, startOperations } from './support.ts';
import type { Operations } from './support.ts';

describe('forecasts', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());

  const put = (...forecasts: object[]) => api.put('forecasts', { forecasts });
  const forecast = (asset_id: string, start: string, end: string, more: object = {}) => ({
    asset_id,
    start_time: `2026-01-15T${start}:00Z`,
    end_time: `2026-01-15T${end}:00Z`,
    generation: mw(8.5),
    consumption: mw(0),
    import_from_grid_fee: 12.5,
    ...more,
  });
  const DAY = 'from=2026-01-15T00:00:00Z&to=2026-01-16T00:00:00Z';
  const list = async (query: string) => (await api.get(`forecasts?${query}`).expect(200)).body;

  it('are written and read back with every field; delivery_day is derived from start_time', async () => {
    const asset = await api.asset();
    await put(forecast(asset, '23:00', '23:15')).expect(204, '');
    expect(await list(`asset_ids=${asset}&${DAY}`)).toEqual({
      limit: 50,
      offset: 0,
      forecasts: [
        {
          asset_id: asset,
          start_time: '2026-01-15T23:00:00Z',
          end_time: '2026-01-15T23:15:00Z',
          delivery_day: '2026-01-16',
          generation: mw('8.5'),
          consumption: mw('0'),
          import_from_grid_fee: '12.5',
          created_at: '2026-01-15T10:00:00Z',
          updated_at: '2026-01-15T10:00:00Z',
        },
      ],
    });
    const delivered = await put({ ...forecast(asset, '12:00', '12:15'), delivery_day: '2026-01-15' });
    expect(delivered.status).toBe(422);
  });

  it('with the same key overwrite the values and updated_at; created_at is never modified; other rows stay', async () => {
    const asset = await api.asset();
    await put(forecast(asset, '12:00', '12:15'), forecast(asset, '12:15', '12:30')).expect(204);
    api.clock.advance(60_000);
    await put(
      forecast(asset, '12:00', '12:15', { generation: mw(1) }),
      forecast(asset, '12:00', '12:15', { generation: null, import_from_grid_fee: '-3.10' }),
    ).expect(204);
    const { forecasts } = await list(`asset_ids=${asset}&${DAY}`);
    expect(forecasts).toEqual([
      expect.objectContaining({
        generation: null,
        consumption: mw('0'),
        import_from_grid_fee: '-3.1',
        created_at: '2026-01-15T10:00:00Z',
        updated_at: '2026-01-15T10:01:00Z',
      }),
      expect.objectContaining({ start_time: '2026-01-15T12:15:00Z', updated_at: '2026-01-15T10:00:00Z' }),
    ]);
    api.clock.set('2026-01-15T10:00:00Z');
  });

  it('are listed with start_time in [from, to), by (asset_id, start_time), in pages', async () => {
    const [a, b] = [await api.asset(), await api.asset()];
    await put(
      forecast(b, '12:00', '12:15'),
      forecast(a, '12:15', '12:30'),
      forecast(a, '12:00', '12:15'),
      forecast(a, '11:45', '12:00'),
      forecast(a, '12:30', '12:45'),
    ).expect(204);
    const range = 'from=2026-01-15T12:00:00Z&to=2026-01-15T12:30:00Z';
    const of = async (query: string) =>
      (await list(`asset_ids=${b},${a}&${range}${query}`)).forecasts.map(
        (f: Record<string, string>) => `${f['asset_id'] === a ? 'a' : 'b'} ${f['start_time']?.slice(11, 16)}`,
      );
    expect(await of('')).toEqual(['a 12:00', 'a 12:15', 'b 12:00']);
    expect(await of('&limit=1&offset=1')).toEqual(['a 12:15']);
    expect(faultsOf(await api.get(`forecasts?asset_ids=${a}`)).map((f) => f.loc.at(-1))).toEqual(['from', 'to']);
  });

  it('of assets that do not exist are 404 naming all of them, and nothing is written', async () => {
    const asset = await api.asset();
    const unknown = [forecast('DE_50HZ_NO_1', '12:00', '12:15'), forecast('DE_50HZ_NO_2', '12:00', '12:15')];
    const answer = await put(forecast(asset, '12:00', '12:15'), ...unknown).expect(404);
    expect(answer.body.detail).toBe('unknown asset_id: DE_50HZ_NO_1, DE_50HZ_NO_2');
    expect((await list(`asset_ids=${asset}&${DAY}`)).forecasts).toEqual([]);
  });

  it('are refused naming every fault at once', async () => {
    const asset = await api.asset();
    const faults = faultsOf(
      await put(
        forecast(asset, '12:01', '12:15'),
        forecast(asset, '12:15', '12:15'),
        forecast(asset, '12:00', '12:15', { generation: mw(-1), consumption: mw(-1) }),
      ),
    );
    expect(faults.map((f) => [f.loc.slice(2).join('.'), f.type])).toEqual([
      ['0.start_time', 'slot_grid'],
      ['1.end_time', 'end_before_start'],
      ['2.generation.amount', 'greater_than_equal'],
      ['2.consumption.amount', 'greater_than_equal'],
    ]);
    expect((await put(forecast(asset, '12:00', '12:15', { generation: mwh(1) }))).status).toBe(422);
    expect(faultsOf(await put())[0]).toMatchObject({ loc: ['body', 'forecasts'], type: 'too_short' });
  });

  it('make no events', async () => {
    const asset = await api.asset();
    const version = api.vtn.store.versions.events;
    await put(forecast(asset, '12:00', '12:15')).expect(204);
    expect(api.vtn.store.versions.events).toBe(version);
  });
});
