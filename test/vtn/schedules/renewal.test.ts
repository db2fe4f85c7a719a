import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countedIds } from '@openadr-gateway/shared/ids.ts';
import { Renewal } from '../../../vtn/scheduling/renewal.ts';
import { Scheduler } from '../../../vtn/scheduling/scheduler.ts';
import { Solver } from '../../../vtn/scheduling/solver.ts';
import { mw, startOperations } from '../operations/support.ts';
import type { Operations } from '../operations/support.ts';
import type { TestClient } from '../support/server.ts';

const NOW_MS = Date.UTC(2026, 0, 15, 10);
const at = (hour: number) => new Date(NOW_MS + hour * 3_600_000).toISOString();

describe('the schedules of live devices', () => {
  let api: Operations;
  let operator: TestClient;
  let renewal: Renewal;
  const solver = new Solver();
  const log: string[] = [];
  beforeAll(async () => {
    api = await startOperations();
    operator = await api.client('bl');
    const { store } = api.vtn;
    const deps = { store, clock: api.clock, log: pino({}, { write: (line: string) => void log.push(line) }) };
    const scheduler = new Scheduler({ ...deps, solver, ids: countedIds('renewed'), horizonDays: 2 });
    renewal = new Renewal({ ...deps, scheduler });
  });
  afterAll(async () => {
    await renewal.stop();
    await solver.stop();
    await api.stop();
  });
  beforeEach(async () => {
    await renewal.run();
    api.clock.set(NOW_MS);
  });

  const put = (tariff: string, prices: number[]) =>
    api
      .put(`tariffs/${tariff}/prices`, {
        prices: prices.map((amount, i) => ({
          start_time: at(i),
          end_time: at(i + 1),
          import_price: { amount, unit: 'EUR/MWh' },
        })),
      })
      .expect(204);
  const scene = async (more: object = {}) => {
    const tariff: string = (await api.post('tariffs', { name: 't', region: 'DE' }).expect(201)).body.id;
    await put(tariff, [10, 20, 30]);
    const [site_id, asset_id] = [await api.site(), await api.asset()];
    const location = await api.location({ tariff_id: tariff, site_id });
    const wish = { location_id: location.id, asset_id, target_state_of_charge: 0.6, max_discharge_power: mw(0) };
    const device = await api.device({ ...wish, ...more });
    await operator.post(`/schedules/soc/${device.id}`, { location_id: location.id, schedule_horizon: 2 }).expect(200);
    return { tariff, site_id, asset_id, location, device };
  };
  const entries = async (device: { id: string }) => {
    const rows = await api.vtn.store.read((db) =>
      db
        .selectFrom('devices')
        .innerJoin('schedules', 'schedules.id', 'devices.schedule_id')
        .select(['schedules.id', 'schedules.entries', 'schedules.end_ms'])
        .where('devices.id', '=', device.id)
        .execute(),
    );
    const [row] = rows;
    const said = JSON.parse(row?.entries ?? '[]') as { startMs: number; powerW: number }[];
    return {
      id: row?.id,
      endMs: row?.end_ms,
      said: said.map((e) => [(e.startMs - NOW_MS) / 3_600_000, e.powerW / 1e6]),
    };
  };

  it('are made again when prices change, as far ahead as they were asked for; not when nothing has', async () => {
    const { tariff, device } = await scene();
    const before = await entries(device);
    expect(before.said).toEqual([[0, 8]]);
    await renewal.run();
    expect(await entries(device)).toEqual(before);
    await put(tariff, [30, 20, 10]);
    await renewal.run();
    const after = await entries(device);
    expect(after.said).toEqual([[1, 8]]);
    expect(after.endMs).toBe(before.endMs);
    expect((await api.event(`schedule/${device.id}`))?.intervals?.[0]?.intervalPeriod?.start).toBe(
      '2026-01-15T11:00:00Z',
    );
  });

  it('are made again when limits of the asset or of the site change, or the device does', async () => {
    const { site_id, asset_id, device } = await scene();
    const period = { start_time: at(0), end_time: at(1) };
    await api
      .patch('period-limits', { limits: [{ asset_id, ...period, source: 'PV', power_charge: mw(-4) }] })
      .expect(204);
    await renewal.run();
    expect((await entries(device)).said).toEqual([[0, 4]]);
    await api.put(`sites/${site_id}/limits`, { limits: [{ ...period, max_import_from_grid: mw(0) }] }).expect(204);
    await renewal.run();
    expect((await entries(device)).said).toEqual([[1, 8]]);
    await api.patch(`devices/${device.id}`, { target_state_of_charge: 0.55 }).expect(204);
    await renewal.run();
    expect((await entries(device)).said).toEqual([[1, 4]]);
  });

  it('stay as they are where no new one can be made, which is said once, and are tried again at the next change', async () => {
    const { asset_id, device } = await scene({ target_state_of_charge: 1 });
    const before = await entries(device);
    const limit = (power: number) =>
      api
        .patch('period-limits', {
          limits: [{ asset_id, start_time: at(0), end_time: at(2), source: 'PV', power_charge: mw(power) }],
        })
        .expect(204);
    await limit(-1);
    const warnings = () => log.filter((line) => line.includes(device.id) && line.includes('period_limits')).length;
    await renewal.run();
    await renewal.run();
    expect([await entries(device), warnings()]).toEqual([before, 1]);
    await limit(-6);
    await renewal.run();
    expect((await entries(device)).said).toEqual([
      [0, 6],
      [1.5, 4],
    ]);
  });

  it('are made again when three quarters of them are over; not where the prices end', async () => {
    const { device } = await scene({ target_state_of_charge: 0.5 });
    const before = await entries(device);
    api.clock.set(Date.parse(at(1.4)));
    await renewal.run();
    expect(await entries(device)).toEqual(before);
    api.clock.set(Date.parse(at(1.5)));
    await renewal.run();
    const after = await entries(device);
    expect([after.id === before.id, after.endMs]).toEqual([false, Date.parse(at(3))]);
    api.clock.set(Date.parse(at(2.9)));
    await renewal.run();
    expect(await entries(device)).toEqual(after);
  });

  it('are made for live devices only', async () => {
    const { tariff, device } = await scene({ live_mode: false });
    const before = await entries(device);
    await put(tariff, [30, 20, 10]);
    await renewal.run();
    expect(await entries(device)).toEqual(before);
  });
});
