import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomIds } from '@openadr-gateway/shared/ids.ts';
import { rollHorizon } from '../../vtn/publisher.ts';
import { PROGRAM_NAMES } from '../../vtn/translation/plan.ts';
import { mw, startOperations } from './operations/support.ts';
import type { Operations } from './operations/support.ts';

describe('the horizon of events', () => {
  let api: Operations;
  beforeAll(async () => {
    api = await startOperations();
  });
  afterAll(() => api.stop());
  const roll = () => rollHorizon(api.vtn.store, { clock: api.clock, ids: randomIds, horizonDays: 2 });
  const limitDays = async () =>
    (await api.events())
      .map((e) => e.eventName ?? '')
      .filter((name) => name.startsWith('limits/'))
      .map((name) => name.slice(-10));

  it('begins with programs that are made once and found again by name', async () => {
    const programs = async () =>
      await api.vtn.store.read((db) => db.selectFrom('programs').select(['id', 'name']).execute());
    const before = await programs();
    expect(before.map((p) => p.name).sort()).toEqual([...PROGRAM_NAMES].sort());
    await roll();
    expect(await programs()).toEqual(before);
  });

  it('moves on at local midnight: the next day gets its event, past days stay as they are, and nothing else is said', async () => {
    const id = await api.asset();
    const period = { start_time: '2026-01-15T00:00:00Z', end_time: '2026-01-25T00:00:00Z' };
    await api
      .patch('period-limits', { limits: [{ asset_id: id, source: 'PV', power_discharge: mw(2), ...period }] })
      .expect(204);
    expect(await limitDays()).toEqual(['2026-01-15', '2026-01-16', '2026-01-17']);
    const before = await api.events();

    api.clock.set('2026-01-15T22:59:59Z');
    await roll();
    expect(await api.events()).toEqual(before);

    api.clock.set('2026-01-15T23:00:00Z');
    await roll();
    expect(await limitDays()).toEqual(['2026-01-15', '2026-01-16', '2026-01-17', '2026-01-18']);
    expect((await api.events()).slice(0, 3)).toEqual(before.slice(0, 3));

    const version = api.vtn.store.versions.events;
    await roll();
    expect(api.vtn.store.versions.events).toBe(version);
  });

  it('catches up after days of silence', async () => {
    api.clock.set('2026-01-20T10:00:00Z');
    await roll();
    expect(await limitDays()).toEqual([
      ...['2026-01-15', '2026-01-16', '2026-01-17', '2026-01-18'],
      ...['2026-01-20', '2026-01-21', '2026-01-22'],
    ]);
  });

  it('mends events that somebody changed or deleted by hand', async () => {
    const bl = await api.client('bl');
    const [changed, deleted] = (await api.events()).filter(
      (e) => e.eventName?.endsWith('2026-01-21') || e.eventName?.endsWith('2026-01-22'),
    );
    await bl
      .put(`events/${changed?.id}`, { programID: changed?.programID, eventName: changed?.eventName, intervals: [] })
      .expect(200);
    await bl.delete(`events/${deleted?.id}`).expect(200);
    await roll();
    expect((await api.event(changed?.eventName ?? ''))?.intervals).toEqual(changed?.intervals);
    expect((await api.event(deleted?.eventName ?? ''))?.intervals).toEqual(deleted?.intervals);
  });

  it('moves on for every kind: reservations, points of connection and inverters', async () => {
    api.clock.set('2026-02-10T10:00:00Z');
    const [site, asset] = [await api.site(), await api.asset()];
    const inverter = await api.inverter(site, [asset]);
    const period = { start_time: '2026-02-13T12:00:00Z', end_time: '2026-02-13T12:15:00Z' };
    const position = { asset_id: asset, market: 'DAA', source: 'EXTERNAL', power: mw(1), ...period };
    await api.put('reservations', { reservations: [position] }).expect(204);
    const limits = { limits: [{ ...period, max_export_to_grid: mw(1) }] };
    await api.put(`sites/${site}/limits`, limits).expect(204);
    await api.put(`sites/${site}/inverters/${inverter}/limits`, limits).expect(204);
    const named = async () =>
      (await api.events()).map((e) => e.eventName ?? '').filter((name) => name.endsWith('/2026-02-13'));
    expect(await named()).toEqual([]);
    api.clock.set('2026-02-11T10:00:00Z');
    await roll();
    expect(await named()).toEqual([
      `inverter-limits/${inverter}/2026-02-13`,
      `poc-limits/${site}/2026-02-13`,
      `reservations/${asset}/2026-02-13`,
    ]);
    const version = api.vtn.store.versions.events;
    await roll();
    expect(api.vtn.store.versions.events).toBe(version);
  });
});
