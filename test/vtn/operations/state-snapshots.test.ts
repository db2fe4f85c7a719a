import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, mw, mwh, startOperations } from './support.ts';
import type { Operations } from './support.ts';

describe('state snapshots', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());
  const put = (...state_snapshots: object[]) => api.put('state-snapshots', { state_snapshots });
  const snapshot = (asset_id: string, time: string, more: object = {}) => ({
    asset_id,
    effective_at: `2026-01-15T${time}:00Z`,
    stored_energy: mwh(12.5),
    reading_quality: 'VALID',
    ...more,
  });
  const list = async (query: string) => (await api.get(`state-snapshots?${query}`).expect(200)).body;

  it('are written in a batch and answered as they are stored', async () => {
    const id = await api.asset();
    const answer = await put(
      snapshot(id, '09:15', { charged_energy: mwh(1), discharged_energy: mwh(0) }),
      snapshot(id, '09:00', { stored_energy: null, reading_quality: 'MISSING' }),
    ).expect(200);
    expect(answer.body.state_snapshots).toEqual([
      {
        asset_id: id,
        effective_at: '2026-01-15T09:15:00Z',
        stored_energy: mwh('12.5'),
        reading_quality: 'VALID',
        charged_energy: mwh('1'),
        discharged_energy: mwh('0'),
        created_at: '2026-01-15T10:00:00Z',
        updated_at: '2026-01-15T10:00:00Z',
      },
      expect.objectContaining({
        effective_at: '2026-01-15T09:00:00Z',
        stored_energy: null,
        reading_quality: 'MISSING',
      }),
    ]);
  });

  it('overwrite the energies of the same asset and instant; created_at stays', async () => {
    const id = await api.asset();
    await put(snapshot(id, '09:00', { charged_energy: mwh(3) })).expect(200);
    api.clock.advance(60_000);
    const answer = await put(snapshot(id, '09:00', { stored_energy: mwh(7), reading_quality: 'ESTIMATED' })).expect(
      200,
    );
    expect(answer.body.state_snapshots).toEqual([
      expect.objectContaining({
        stored_energy: mwh('7'),
        charged_energy: null,
        reading_quality: 'ESTIMATED',
        created_at: '2026-01-15T10:00:00Z',
        updated_at: '2026-01-15T10:01:00Z',
      }),
    ]);
    api.clock.set('2026-01-15T10:00:00Z');
  });

  it('of unknown assets are 422 naming every one, and nothing is written', async () => {
    const id = await api.asset();
    const answer = await put(
      snapshot('DE_50HZ_NO_1', '09:00'),
      snapshot(id, '09:00'),
      snapshot('DE_50HZ_NO_2', '09:00'),
    );
    expect(faultsOf(answer)).toEqual([
      expect.objectContaining({
        loc: ['body', 'state_snapshots', 0, 'asset_id'],
        type: 'unknown_asset',
        input: 'DE_50HZ_NO_1',
      }),
      expect.objectContaining({
        loc: ['body', 'state_snapshots', 2, 'asset_id'],
        type: 'unknown_asset',
        input: 'DE_50HZ_NO_2',
      }),
    ]);
    expect((await list(`asset_ids=${id}&latest=true`)).state_snapshots).toEqual([]);
  });

  it('are refused with wrong units, negative energies, unknown qualities and times without offset', async () => {
    const id = await api.asset();
    const placeOf = async (more: object) =>
      faultsOf(await put(snapshot(id, '09:00', more)))[0]
        ?.loc.slice(3)
        .join('.');
    expect(await placeOf({ stored_energy: mw(1) })).toBe('stored_energy.unit');
    expect(await placeOf({ stored_energy: mwh(-1) })).toBe('stored_energy.amount');
    expect(await placeOf({ reading_quality: 'GOOD' })).toBe('reading_quality');
    expect(await placeOf({ effective_at: '2026-01-15T09:00:00' })).toBe('effective_at');
    expect(faultsOf(await put())[0]).toMatchObject({ loc: ['body', 'state_snapshots'], type: 'too_short' });
  });

  it('are read by range, ascending, with totals over the range whatever the page', async () => {
    const [a, b] = [await api.asset(), await api.asset()];
    await put(
      snapshot(a, '09:30', { charged_energy: mwh(1), discharged_energy: mwh(0) }),
      snapshot(a, '09:00', { charged_energy: mwh('0.5'), discharged_energy: mwh(2) }),
      snapshot(b, '09:15', { charged_energy: mwh(4) }),
      snapshot(a, '11:00', { charged_energy: mwh(100) }),
    ).expect(200);
    const all = await list(`asset_ids=${a},${b}`);
    expect(all.state_snapshots.map((s: { effective_at: string }) => s.effective_at.slice(11, 16))).toEqual([
      '09:00',
      '09:15',
      '09:30',
    ]);
    expect(all).toMatchObject({
      limit: 50,
      offset: 0,
      total_charged_energy: mwh('5.5'),
      total_discharged_energy: mwh('2'),
    });
    const page = await list(`asset_ids=${a},${b}&limit=1&offset=2`);
    expect(page.state_snapshots).toEqual([all.state_snapshots[2]]);
    expect(page.total_charged_energy).toEqual(mwh('5.5'));
    const range = await list(`asset_ids=${a}&from=2026-01-15T09:30:00Z&to=2026-01-15T11:00:00Z`);
    expect(range.state_snapshots).toHaveLength(1);
    expect(await list('asset_ids=DE_50HZ_NO_1')).toMatchObject({ state_snapshots: [], total_charged_energy: null });
  });

  it('in latest mode are the newest of each asset, and not together with from or to', async () => {
    const [a, b] = [await api.asset(), await api.asset()];
    await put(snapshot(a, '09:00'), snapshot(a, '11:00'), snapshot(b, '08:00')).expect(200);
    const latest = await list(`asset_ids=${b}&asset_ids=${a}&latest=true`);
    expect(
      latest.state_snapshots.map((s: { asset_id: string; effective_at: string }) => [s.asset_id, s.effective_at]),
    ).toEqual([
      [a, '2026-01-15T11:00:00Z'],
      [b, '2026-01-15T08:00:00Z'],
    ]);
    const answer = await api.get(`state-snapshots?asset_ids=${a}&latest=true&from=2026-01-15T09:00:00Z`);
    expect(faultsOf(answer)[0]).toMatchObject({ loc: ['query', 'from'], type: 'exclusive' });
  });
});
