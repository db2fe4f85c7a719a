import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, mw, mwh, startOperations } from './support.ts';
import type { Operations } from './support.ts';

const DAY = 'from=2026-01-15T00:00:00Z&to=2026-01-16T00:00:00Z';

describe.each([
  { what: 'a point of connection', kind: 'poc-limits', days: 31, to: '2026-02-15T00:00:00Z' },
  { what: 'an inverter', kind: 'inverter-limits', days: 7, to: '2026-01-22T00:00:00Z' },
])('the limits of $what', ({ kind, days, to }) => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());

  /** A new subject: its id and the path of its limits. */
  const made = async () => {
    const site = await api.site();
    const asset = await api.asset();
    const inverter = await api.inverter(site, [asset]);
    if (kind === 'poc-limits') return { id: site, path: `sites/${site}/limits`, owner: `sites/${site}`, site };
    const owner = `sites/${site}/inverters/${inverter}`;
    return { id: inverter, path: `${owner}/limits`, owner, site };
  };
  const limit = (start: string, end: string, most?: number, least?: number) => ({
    start_time: `2026-01-${start}:00Z`,
    end_time: `2026-01-${end}:00Z`,
    ...(most === undefined ? {} : { max_import_from_grid: mw(most) }),
    ...(least === undefined ? {} : { max_export_to_grid: mw(least) }),
  });
  const list = async (path: string, query = DAY) => (await api.get(`${path}?${query}`).expect(200)).body;
  const said = async (id: string, day: string) =>
    (await api.event(`${kind}/${id}/2026-01-${day}`))?.intervals?.map((i) => [
      i.intervalPeriod?.start?.slice(11, 16),
      i.intervalPeriod?.duration,
      ...i.payloads.map((p) => `${p.type.slice(0, 6)} ${Number(p.values[0])}`),
    ]);

  it('are written and read back, and become events with the subject as their target in the same transaction', async () => {
    const { id, path } = await made();
    await api
      .put(path, { limits: [limit('15T12:00', '15T14:00', 10, 15), limit('15T14:00', '15T14:15', 0)] })
      .expect(204);
    expect(await list(path)).toEqual({
      limit: 50,
      offset: 0,
      limits: [
        {
          start_time: '2026-01-15T12:00:00Z',
          end_time: '2026-01-15T14:00:00Z',
          max_import_from_grid: mw('10'),
          max_export_to_grid: mw('15'),
        },
        {
          start_time: '2026-01-15T14:00:00Z',
          end_time: '2026-01-15T14:15:00Z',
          max_import_from_grid: mw('0'),
          max_export_to_grid: null,
        },
      ],
    });
    expect(await api.event(`${kind}/${id}/2026-01-15`)).toMatchObject({ priority: 0, targets: [id] });
    expect(await said(id, '15')).toEqual([
      ['12:00', 'PT2H', 'IMPORT 10000', 'EXPORT 15000'],
      ['14:00', 'PT15M', 'IMPORT 0'],
    ]);
  });

  it('with a matching start_time are overwritten; periods outside the submitted set are left untouched; the same again is silent', async () => {
    const { id, path } = await made();
    await api.put(path, { limits: [limit('15T12:00', '15T13:00', 10), limit('15T13:00', '15T14:00', 8)] }).expect(204);
    const change = { limits: [limit('15T12:00', '15T12:30', 4)] };
    await api.put(path, change).expect(204);
    expect(await said(id, '15')).toEqual([
      ['12:00', 'PT30M', 'IMPORT 4000'],
      ['13:00', 'PT1H', 'IMPORT 8000'],
    ]);
    const version = api.vtn.store.versions.events;
    api.clock.advance(1000);
    await api.put(path, change).expect(204);
    expect(api.vtn.store.versions.events).toBe(version);
    api.clock.set('2026-01-15T10:00:00Z');
  });

  it('over local midnight become the events of both days; overlapping periods are the more restrictive', async () => {
    const { id, path } = await made();
    await api
      .put(path, { limits: [limit('15T22:30', '15T23:30', 10), limit('15T22:45', '15T23:15', 20, 5)] })
      .expect(204);
    expect(await said(id, '15')).toEqual([
      ['22:30', 'PT15M', 'IMPORT 10000'],
      ['22:45', 'PT15M', 'IMPORT 10000', 'EXPORT 5000'],
    ]);
    expect(await said(id, '16')).toEqual([
      ['23:00', 'PT15M', 'IMPORT 10000', 'EXPORT 5000'],
      ['23:15', 'PT15M', 'IMPORT 10000'],
    ]);
    await api.put(path, { limits: [limit('15T22:30', '15T22:45', 1), limit('15T22:45', '15T23:00', 1)] }).expect(204);
    expect(await said(id, '15')).toEqual([['22:30', 'PT30M', 'IMPORT 1000']]);
    expect(await said(id, '16')).toBeUndefined();
  });

  it(`are asked for in windows of at most ${days} days, in pages`, async () => {
    const { path } = await made();
    await api.put(path, { limits: [limit('15T12:00', '15T12:15', 1), limit('15T12:15', '15T12:30', 2)] }).expect(204);
    expect(await list(path, `from=2026-01-15T00:00:00Z&to=${to}`)).toMatchObject({ limits: [{}, {}] });
    const longer = await api.get(`${path}?from=2026-01-14T23:59:59Z&to=${to}`);
    expect(faultsOf(longer)[0]).toMatchObject({ loc: ['query', 'to'], type: 'span_too_long', ctx: { max_days: days } });
    expect((await list(path, `${DAY}&limit=1&offset=1`)).limits).toMatchObject([{ max_import_from_grid: mw('2') }]);
    expect(faultsOf(await api.get(path)).map((f) => f.loc.at(-1))).toEqual(['from', 'to']);
  });

  it('are refused naming every fault at once, and 404 where there is no such thing', async () => {
    const { path, site } = await made();
    const faults = faultsOf(
      await api.put(path, { limits: [limit('15T12:01', '15T12:15', -1), limit('15T12:15', '15T12:15', 1, -1)] }),
    );
    expect(faults.map((f) => [f.loc.slice(2).join('.'), f.type])).toEqual([
      ['0.start_time', 'slot_grid'],
      ['0.max_import_from_grid.amount', 'greater_than_equal'],
      ['1.end_time', 'end_before_start'],
      ['1.max_export_to_grid.amount', 'greater_than_equal'],
    ]);
    const wrongUnit = { ...limit('15T12:00', '15T12:15'), max_import_from_grid: mwh(1) };
    expect((await api.put(path, { limits: [wrongUnit] })).status).toBe(422);
    expect(faultsOf(await api.put(path, { limits: [] }))[0]).toMatchObject({ type: 'too_short' });
    const nowhere = kind === 'poc-limits' ? 'sites/NO/limits' : `sites/${site}/inverters/NO/limits`;
    await api.put(nowhere, { limits: [limit('15T12:00', '15T12:15', 1)] }).expect(404);
    await api.get(`${nowhere}?${DAY}`).expect(404);
  });

  it('go with what they limit, and so do their events', async () => {
    const { id, path, owner } = await made();
    await api.put(path, { limits: [limit('15T12:00', '15T12:15', 1)] }).expect(204);
    expect(await said(id, '15')).toHaveLength(1);
    await api.delete(owner).expect(204);
    expect(await said(id, '15')).toBeUndefined();
  });
});

describe('the resource of an inverter', () => {
  it('says which assets the inverter serves, so that an agent can learn whom its limits concern', async () => {
    const api = await startOperations();
    const [site, a, b] = [await api.site(), await api.asset(), await api.asset()];
    const inverter = await api.inverter(site, [a]);
    await api.put(`sites/${site}/gateway`).expect(200);
    const bl = await api.client('bl');
    const attributesOf = async (name: string) =>
      (await bl.get(`resources?resourceName=${name}`).expect(200)).body[0].attributes;
    expect(await attributesOf(inverter)).toEqual([{ type: 'ASSET_IDS', values: [a] }]);
    expect(await attributesOf(a)).toBeUndefined();
    await api.patch(`sites/${site}/inverters/${inverter}`, { asset_ids: [a, b] }).expect(204);
    expect(await attributesOf(inverter)).toEqual([{ type: 'ASSET_IDS', values: [a, b] }]);
    await api.stop();
  });
});
