import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, mw, mwh, startOperations } from './support.ts';
import type { Operations } from './support.ts';

describe('specs', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());
  const put = (asset_id: string, valid_from: string, more: object = {}) =>
    api.put('specs', { asset_id, valid_from: `${valid_from}T00:00:00Z`, ...more });
  const list = async (asset: string, query = '') =>
    (await api.get(`specs?asset_ids=${asset}${query}`).expect(200)).body.specs;
  const windows = async (asset: string, query = '') =>
    (await list(asset, query)).map((s: { valid_from: string; valid_to: string | null }) => [
      s.valid_from.slice(0, 10),
      s.valid_to?.slice(0, 10) ?? null,
    ]);

  it('are stored with all their fields', async () => {
    const id = await api.asset();
    const more = {
      rated_power: mw(20),
      grid_connection_max_power: { amount: 18_000, unit: 'kW' },
      max_capacity: mwh('40.5'),
      ramp_rate: 1.5,
      ramp_type: 'LINEAR',
      charge_efficiency: '0.950',
      discharge_efficiency: 1,
      daily_cycle_energy_limit: mwh(80),
      prequalified_fcr: mw(5),
      prequalified_afrr_charge: mw(4),
      prequalified_afrr_discharge: mw(3),
    };
    await put(id, '2026-01-01', more).expect(204);
    expect((await list(id))[0]).toEqual({
      asset_id: id,
      valid_from: '2026-01-01T00:00:00Z',
      valid_to: null,
      rated_power: mw('20'),
      grid_connection_max_power: mw('18'),
      max_capacity: mwh('40.5'),
      ramp_rate: '1.5',
      ramp_type: 'LINEAR',
      charge_efficiency: '0.95',
      discharge_efficiency: '1',
      daily_cycle_energy_limit: mwh('80'),
      prequalified_fcr: mw('5'),
      prequalified_afrr_charge: mw('4'),
      prequalified_afrr_discharge: mw('3'),
      created_at: '2026-01-15T10:00:00Z',
      updated_at: '2026-01-15T10:00:00Z',
    });
  });

  it('of the same valid_from are updated in what is sent', async () => {
    const id = await api.asset();
    await put(id, '2026-01-01', { rated_power: mw(20), ramp_type: 'STEP' }).expect(204);
    await put(id, '2026-01-01', { rated_power: mw(22), ramp_type: null }).expect(204);
    const [spec, ...others] = await list(id);
    expect(others).toEqual([]);
    expect(spec).toMatchObject({ rated_power: mw('22'), ramp_type: 'STEP', valid_to: null });
  });

  it('without an end close the active one, strictly after which they must begin', async () => {
    const id = await api.asset();
    await put(id, '2026-01-01').expect(204);
    await put(id, '2026-02-01').expect(204);
    expect(await windows(id)).toEqual([
      ['2026-02-01', null],
      ['2026-01-01', '2026-02-01'],
    ]);
    expect(faultsOf(await put(id, '2026-01-20'))[0]).toMatchObject({
      loc: ['body', 'valid_from'],
      type: 'not_after_active_spec',
    });
    expect(await windows(id)).toHaveLength(2);
  });

  it('with an end must not overlap another', async () => {
    const id = await api.asset({ type: 'VBAT' });
    await put(id, '2026-02-01', { valid_to: '2026-03-01T00:00:00Z' }).expect(204);
    await put(id, '2026-03-01', { valid_to: '2026-04-01T00:00:00Z' }).expect(204);
    const answer = await put(id, '2026-01-15', { valid_to: '2026-02-15T00:00:00Z' });
    expect(faultsOf(answer)[0]).toMatchObject({ loc: ['body', 'valid_to'], type: 'overlap' });
    await put(id, '2026-02-01', { valid_to: '2026-02-20T00:00:00Z' }).expect(204);
    expect(await windows(id)).toEqual([
      ['2026-03-01', '2026-04-01'],
      ['2026-02-01', '2026-02-20'],
    ]);
    expect(faultsOf(await put(id, '2026-05-01', { valid_to: '2026-05-01T00:00:00Z' }))[0]?.type).toBe(
      'end_before_start',
    );
  });

  it('of an unknown asset are 404; wrong amounts, shares and units 422', async () => {
    expect((await put('DE_50HZ_NO_1', '2026-01-01').expect(404)).body.detail).toBe('unknown asset_id: DE_50HZ_NO_1');
    const id = await api.asset();
    const more = { rated_power: mw(-1), charge_efficiency: 1.1, discharge_efficiency: '0', ramp_rate: -2 };
    const faults = faultsOf(await put(id, '2026-01-01', more));
    expect(faults.map((f) => f.loc.join('.')).sort()).toEqual([
      'body.charge_efficiency',
      'body.discharge_efficiency',
      'body.ramp_rate',
      'body.rated_power.amount',
    ]);
    expect(faultsOf(await put(id, '2026-01-01', { max_capacity: mw(1) }))[0]?.loc).toEqual([
      'body',
      'max_capacity',
      'unit',
    ]);
  });

  it('are listed by asset, newest first; latest, from and to, limit and offset', async () => {
    const [a, b] = [await api.asset({ code: 'SA' }), await api.asset({ code: 'SB' })];
    for (const day of ['2026-01-01', '2026-01-10', '2026-01-20']) await put(a, day).expect(204);
    await put(b, '2026-01-05').expect(204);
    expect((await list(`${b},${a}`)).map((s: { asset_id: string }) => s.asset_id)).toEqual([a, a, a, b]);
    expect(await windows(`${a},${b}`, '&latest=true')).toEqual([
      ['2026-01-20', null],
      ['2026-01-05', null],
    ]);
    const bounds = '&from=2026-01-01T00:00:00Z&to=2026-01-10T00:00:00Z';
    expect(await windows(a, bounds)).toHaveLength(2);
    expect((await windows(a, `${bounds}&latest=true`))[0][0]).toBe('2026-01-10');
    expect(await windows(a, '&limit=1&offset=1')).toEqual([['2026-01-10', '2026-01-20']]);
    expect(await list('DE_50HZ_NO_1')).toEqual([]);
    const tooLong = await api.get(`specs?asset_ids=${a}&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:01Z`);
    expect(faultsOf(tooLong)[0]).toMatchObject({ loc: ['query', 'to'], type: 'span_too_long' });
    expect(faultsOf(await api.get('specs'))[0]).toMatchObject({ loc: ['query', 'asset_ids'], type: 'missing' });
    expect(faultsOf(await api.get('specs?asset_ids='))[0]).toMatchObject({ loc: ['query', 'asset_ids'] });
  });

  it('become the subscription event of the asset, which asks for reports', async () => {
    const id = await api.asset();
    await put(id, '2026-01-01', { grid_connection_max_power: mw(20) }).expect(204);
    const event = await api.event(`subscription/${id}`);
    expect(event).toMatchObject({
      targets: [id],
      intervals: [
        {
          id: 0,
          intervalPeriod: { start: '2026-01-01T00:00:00Z', duration: 'P9999Y' },
          payloads: [
            { type: 'IMPORT_CAPACITY_SUBSCRIPTION', values: [20_000] },
            { type: 'EXPORT_CAPACITY_SUBSCRIPTION', values: [20_000] },
          ],
        },
      ],
    });
    expect(event?.reportDescriptors).toHaveLength(6);
    await put(id, '2026-02-01', { grid_connection_max_power: mw(10) }).expect(204);
    const next = await api.event(`subscription/${id}`);
    expect(next?.id).toBe(event?.id);
    expect(next?.intervals.map((i) => i.intervalPeriod?.duration)).toEqual(['PT744H', 'P9999Y']);
    await api.patch(`assets/${id}`, { type: 'PV' }).expect(204);
    expect((await api.event(`subscription/${id}`))?.intervals[0]?.payloads[0]?.values).toEqual([0]);
  });
});
