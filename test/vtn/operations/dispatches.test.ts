import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, inboxOf } from '../ingest/dispatch-support.ts';
import { faultsOf, mw, mwh, startOperations } from './support.ts';
import type { Operations } from './support.ts';

describe('the history of dispatch commands', () => {
  let api: Operations;
  let send: Awaited<ReturnType<typeof inboxOf>>['send'];
  beforeAll(async () => {
    api = await startOperations();
    ({ send } = await inboxOf(api));
  });
  afterAll(() => api.stop());

  const DAY = 'from=2026-01-15T00:00:00Z&to=2026-01-16T00:00:00Z';
  const list = async (query: string) => (await api.get(`dispatches?${query}`).expect(200)).body;

  it('returns matching dispatch records with pagination metadata: every field of the example', async () => {
    const asset = await api.asset();
    const sent = command(asset, {
      dispatch_time: '2026-01-15T10:01:30.5Z',
      nominal_power: { amount: 4500, unit: 'kW' },
      power_imbalance: mw('0.50'),
      soc_imbalance: mwh(-0.125),
    });
    await send(asset, sent);
    expect(await list(`asset_ids=${asset}&${DAY}`)).toEqual({
      dispatches: [
        {
          source: 'desk',
          event_id: sent.event_id,
          published_at: '2026-01-15T09:59:30Z',
          asset_id: asset,
          dispatch_time: '2026-01-15T10:01:30.500Z',
          delivery_period_start: '2026-01-15T10:00:00Z',
          delivery_day: '2026-01-15',
          target_power: mw('5'),
          nominal_power: mw('4.5'),
          power_imbalance: mw('0.5'),
          soc_imbalance: mwh('-0.125'),
          outcome: 'APPLIED',
          received_at: '2026-01-15T10:00:00Z',
        },
      ],
      limit: 50,
      offset: 0,
    });
  });

  it('says null for what a command left out', async () => {
    const asset = await api.asset();
    await send(asset, command(asset, { nominal_power: null }));
    const [row] = (await list(`asset_ids=${asset}&${DAY}`)).dispatches;
    expect(row).toMatchObject({ nominal_power: null, power_imbalance: null, soc_imbalance: null });
  });

  it('is filtered by asset_ids and by dispatch_time in [from, to), by asset, time and publication, in pages', async () => {
    const [a, b] = [await api.asset(), await api.asset()];
    const at = (time: string, published: string) => ({
      dispatch_time: `2026-01-15T10:${time}Z`,
      published_at: `2026-01-15T09:${published}Z`,
    });
    await send(b, command(b, at('05:00', '50:00')));
    await send(a, command(a, at('05:00', '51:00')));
    await send(a, command(a, at('05:00', '50:00')));
    await send(a, command(a, at('00:00', '52:00')));
    await send(a, command(a, at('14:59', '53:00')));
    const of = async (query: string) =>
      (await list(`asset_ids=${b}&asset_ids=${a},DE_50HZ_NO_1&${query}`)).dispatches.map(
        (row: Record<string, string>) =>
          `${row['asset_id'] === a ? 'a' : 'b'} ${row['dispatch_time']?.slice(14, 19)} ${row['published_at']?.slice(14, 16)}`,
      );
    const all = ['a 00:00 52', 'a 05:00 50', 'a 05:00 51', 'a 14:59 53', 'b 05:00 50'];
    expect(await of(DAY)).toEqual(all);
    expect(await of(`${DAY}&limit=2&offset=1`)).toEqual(all.slice(1, 3));
    expect(await of('from=2026-01-15T10:05:00Z&to=2026-01-15T10:14:59Z')).toEqual([all[1], all[2], all[4]]);
    expect(await of('from=2026-01-15T11:00:00%2B01:00&to=2026-01-15T10:05:00Z')).toEqual([all[0]]);
  });

  it('is filtered by delivery_day, which is the day of the market', async () => {
    const asset = await api.asset();
    const [today, tomorrow] = ['2026-01-15T22:45:00Z', '2026-01-15T23:00:00Z'];
    for (const start of [today, tomorrow]) {
      await send(asset, command(asset, { delivery_period_start: start, dispatch_time: start }));
    }
    const starts = async (query: string) =>
      (await list(`asset_ids=${asset}&${DAY}${query}`)).dispatches.map(
        (row: { delivery_period_start: string }) => row.delivery_period_start,
      );
    expect(await starts('')).toEqual([today, tomorrow]);
    expect(await starts('&delivery_day=2026-01-15')).toEqual([today]);
    expect(await starts('&delivery_day=2026-01-16')).toEqual([tomorrow]);
    expect(await starts('&delivery_day=2026-01-17')).toEqual([]);
  });

  it('limit is 1 to 1000, by default 50; offset at least 0, by default 0', async () => {
    const query = `asset_ids=DE_50HZ_WU_1&${DAY}`;
    expect(await list(query)).toMatchObject({ limit: 50, offset: 0 });
    expect(await list(`${query}&limit=1000&offset=7`)).toMatchObject({ limit: 1000, offset: 7, dispatches: [] });
    for (const wrong of ['limit=0', 'limit=1001', 'offset=-1']) {
      expect(faultsOf(await api.get(`dispatches?${query}&${wrong}`))).toHaveLength(1);
    }
  });

  it('asset_ids (non-empty), from and to are required; from has to be before to', async () => {
    const faults = async (query: string) =>
      faultsOf(await api.get(`dispatches?${query}`)).map(({ loc }) => loc.join('.'));
    expect(await faults('')).toEqual(expect.arrayContaining(['query.asset_ids', 'query.from', 'query.to']));
    expect(await faults(`asset_ids=&${DAY}`)).toEqual(['query.asset_ids']);
    expect(await faults('asset_ids=a&from=2026-01-15T00:00:00Z&to=2026-01-15T00:00:00Z')).toEqual(['query.to']);
    expect(await faults(`asset_ids=a&${DAY}&delivery_day=15.1.2026`)).toEqual(['query.delivery_day']);
  });

  it('is read-only: writes happen via the event-driven ingestion worker, not over HTTP', async () => {
    for (const method of ['post', 'put', 'patch', 'delete'] as const) {
      const answer = await api[method]('dispatches', {});
      expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD']);
    }
  });

  it('is for operators: 401 without a token, 403 for others, and so are the dead letters', async () => {
    const ven = await api.client('ven');
    for (const path of [`dispatches?asset_ids=a&${DAY}`, 'dispatches/dead-letters']) {
      expect((await api.anonymous.get(`/api/v1/${path}`)).status).toBe(401);
      expect((await ven.get(`/api/v1/${path}`)).status).toBe(403);
    }
    expect(faultsOf(await api.get('dispatches/dead-letters?reasons=WHIM'))).toHaveLength(1);
  });
});
