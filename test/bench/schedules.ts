import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pino } from 'pino';
import { randomIds } from '@openadr-gateway/shared/ids.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { SLOT_MS, floorToSlot } from '@openadr-gateway/shared/time/slot.ts';
import { Renewal } from '../../vtn/scheduling/renewal.ts';
import { Scheduler } from '../../vtn/scheduling/scheduler.ts';
import { Solver } from '../../vtn/scheduling/solver.ts';
import { insertAsset } from '../../vtn/store/assets.ts';
import { insertDevice } from '../../vtn/store/devices.ts';
import { insertLocation } from '../../vtn/store/locations.ts';
import { putSchedule } from '../../vtn/store/schedules.ts';
import { SqliteStore } from '../../vtn/store/sqlite.ts';
import { staleBySubjects } from '../../vtn/store/stale-schedules.ts';
import { insertTariff, putPrices } from '../../vtn/store/tariffs.ts';
import type { Db } from '../../vtn/store/store.ts';
import { tempDir } from '../support/temp-dir.ts';
import { quantile, type Cell } from './table.ts';

const SLOTS = 192;

/**
 * Schedules of 48 hours: one after the other as requests ask for them, and those of many devices made again by the job that
 * follows new prices, with how long it holds up the event loop.
 */
export async function measureSchedules(devices: number): Promise<Cell[][]> {
  const folder = tempDir('openadr-bench-');
  const store = new SqliteStore({ path: join(folder.path, 'vtn.db'), clock: systemClock });
  const deps = { store, clock: systemClock, ids: randomIds, log: pino({ level: 'silent' }), horizonDays: 2 };
  const solver = new Solver();
  const scheduler = new Scheduler({ ...deps, solver });
  await store.start();
  try {
    await store.write(({ db }) => seedDevices(db, devices));
    const samples: number[] = [];
    for (let i = 0; i < Math.min(devices, 50); i++) {
      const startMs = performance.now();
      await scheduler.schedule({ deviceId: `dev_${i}` });
      samples.push(performance.now() - startMs);
    }
    await store.write(({ db }) => staleBySubjects(db, 'prices', ['tar_1'], systemClock.nowMs()));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const startMs = performance.now();
    await new Renewal({ ...deps, scheduler }).run();
    const seconds = (performance.now() - startMs) / 1000;
    delay.disable();
    // Without the first ones, while the thread starts and its code is compiled.
    const warm = samples.slice(10);
    return [
      ['schedule of 48 h, stored and announced', undefined, undefined, quantile(warm, 0.5), quantile(warm, 0.99)],
      [
        `event loop while ${devices} schedules are made again in ${seconds.toFixed(1)} s`,
        undefined,
        undefined,
        delay.percentile(50) / 1e6,
        delay.percentile(99) / 1e6,
      ],
    ];
  } finally {
    await solver.stop();
    await store.stop();
    await folder.remove();
  }
}

/** Live batteries with assets at one location without a shared connection, each with a schedule. */
async function seedDevices(db: Db, count: number): Promise<void> {
  const nowMs = systemClock.nowMs();
  const stamps = { created_ms: nowMs, updated_ms: nowMs };
  await insertTariff(db, { id: 'tar_1', name: 't', region: 'DE', currency: 'EUR', targets: [], ...stamps });
  const firstMs = floorToSlot(nowMs);
  const price = (i: number) => Math.round(1000 * (100 + 60 * Math.sin(i / 15) + 30 * Math.sin(i * 7.3)));
  const prices = Array.from({ length: SLOTS }, (_, i) => ({
    tariff_id: 'tar_1',
    start_ms: firstMs + i * SLOT_MS,
    import_milli: price(i),
    export_milli: price(i) - 5_000,
    grid_fee_milli: 10_000,
    is_forecast: 0,
    ...stamps,
  }));
  await putPrices(db, prices);
  const place = { time_zone: 'Europe/Berlin', currency: 'EUR', account_id: 'acc_1', tariff_id: 'tar_1', site_id: null };
  await insertLocation(db, { id: 'loc_1', name: 'l', ...place, ...stamps });
  for (let i = 0; i < count; i++) {
    const asset = { code: 'B', name: 'b', type: 'BESS', region: 'DE', delivery_area: '50HZ', lifecycle: 'LIVE' };
    await insertAsset(db, { id: `A_${i}`, ...asset, provider: 'NFT', go_live_date: null, ...stamps });
    await insertDevice(db, {
      id: `dev_${i}`,
      name: 'b',
      type: 'BATTERY',
      location_id: 'loc_1',
      asset_id: `A_${i}`,
      live_mode: 1,
      capacity_wh: 20e6,
      max_charge_w: 10e6,
      max_discharge_w: 10e6,
      charge_efficiency: '0.95',
      discharge_efficiency: '0.95',
      minimum_soc: '0.1',
      target_soc: '0.8',
      deadline_ms: null,
      soc: String(0.2 + (i % 50) / 100),
      soc_ms: nowMs,
      schedule_id: null,
      stale_ms: null,
      ...stamps,
    });
    await putSchedule(db, {
      id: `ssc_${i}`,
      device_id: `dev_${i}`,
      location_id: 'loc_1',
      start_ms: nowMs,
      end_ms: firstMs + SLOTS * SLOT_MS,
      horizon_ms: null,
      entries: [],
      created_ms: nowMs,
    });
  }
}
