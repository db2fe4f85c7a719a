import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { invalid, notFound, unavailable } from '../api/errors.ts';
import { deviceEnergy } from '../domain/device-energy.ts';
import { publishSchedule } from '../publish/schedules.ts';
import type { PublisherDeps } from '../publisher.ts';
import { deviceById } from '../store/devices.ts';
import type { DeviceRow } from '../store/devices.ts';
import { locationById } from '../store/locations.ts';
import type { LocationRow } from '../store/locations.ts';
import { putSchedule } from '../store/schedules.ts';
import { freshen } from '../store/stale-schedules.ts';
import { latestStateSnapshots } from '../store/state-snapshots.ts';
import type { Db, Store } from '../store/store.ts';
import { infeasible } from './infeasible.ts';
import { toSchedule } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { MAX_HORIZON_MS, scheduleEnd, toSlots } from './slots.ts';
import type { Solver } from './solver.ts';
import { pricesAt, surroundingsOf } from './surroundings.ts';
import type { DeviceModel, Outcome, ScheduleProblem } from './types.ts';

export interface SchedulerDeps extends PublisherDeps {
  store: Store;
  solver: Pick<Solver, 'solve'>;
}

export interface ScheduleWish {
  deviceId: string;
  /** Where the device must be; left out: wherever it is. */
  locationId?: string;
  /** How far the schedule is to reach; left out: as far as there are prices. */
  horizonMs?: number;
}

/** A schedule that was made, with what it was made for. */
export interface Made extends Schedule {
  id: string;
  device: DeviceRow;
  location: LocationRow;
}

interface Posed {
  device: DeviceRow;
  location: LocationRow;
  problem: ScheduleProblem;
}

/** Makes schedules one after the other, because those of one site share its point of connection. */
export class Scheduler {
  readonly #deps: SchedulerDeps;
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
  }

  /**
   * Finds the cheapest schedule of a device from now on, stores it in the place of the one before, and publishes it.
   *
   * @throws ApiError 404 for an unknown device; 422 for a wrong location, missing prices or state of charge, and where there is
   *   no schedule, naming what stands in the way; 503 when the solver fails
   */
  schedule(wish: ScheduleWish): Promise<Made> {
    const made = this.#last.then(() => this.#schedule(wish));
    this.#last = made.catch(() => undefined);
    return made;
  }

  async #schedule(wish: ScheduleWish): Promise<Made> {
    const { store, clock } = this.#deps;
    // Whole seconds, so that all times of the schedule are.
    const nowMs = Math.floor(clock.nowMs() / 1000) * 1000;
    const posed = await store.read((db) => this.#pose(db, wish, nowMs));
    const outcome = await this.#solve(posed.problem);
    if (outcome.kind === 'infeasible') throw infeasible(posed.problem.device, outcome.conflicts);
    return this.#keep(posed, toSchedule(posed.problem, outcome.powersW), wish.horizonMs);
  }

  async #pose(db: Db, { deviceId, locationId, horizonMs }: ScheduleWish, nowMs: number): Promise<Posed> {
    const device = await deviceById(db, deviceId);
    if (!device) throw notFound(`unknown device_id: ${deviceId}`);
    if (locationId !== undefined && locationId !== device.location_id) throw wrongLocation(device, locationId);
    const location = (await locationById(db, device.location_id)) as LocationRow;
    const prices = await pricesAt(db, device, location, { startMs: nowMs, endMs: nowMs + MAX_HORIZON_MS });
    const endMs = scheduleEnd(nowMs, prices, horizonMs);
    if (endMs === undefined) throw noPrices(location, nowMs);
    const model = await modelOf(db, device, nowMs);
    const { capacityProducts } = this.#deps;
    const around = await surroundingsOf(
      db,
      device,
      location,
      { startMs: nowMs, endMs },
      { nowMs, ...(capacityProducts ? { capacityProducts } : {}) },
    );
    const slots = toSlots({ ...around, prices }, { startMs: nowMs, endMs }, model.target?.byMs);
    return { device, location, problem: { device: model, slots } };
  }

  async #solve(problem: ScheduleProblem): Promise<Outcome> {
    try {
      return await this.#deps.solver.solve(problem);
    } catch (error) {
      throw unavailable(`the solver failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #keep(
    { location, device: { id, stale_ms } }: Posed,
    schedule: Schedule,
    horizonMs: number | undefined,
  ): Promise<Made> {
    const { store, clock, ids } = this.#deps;
    const scheduleId = `ssc_${ids.next().replaceAll('-', '')}`;
    const { startMs, endMs, entries } = schedule;
    return store.write(async (tx) => {
      // It may have been changed or deleted meanwhile; what was changed makes the schedule stale.
      const device = await deviceById(tx.db, id);
      if (!device) throw notFound(`unknown device_id: ${id}`);
      await putSchedule(tx.db, {
        id: scheduleId,
        device_id: id,
        location_id: location.id,
        start_ms: startMs,
        end_ms: endMs,
        horizon_ms: horizonMs === undefined ? null : Math.min(horizonMs, MAX_HORIZON_MS),
        entries,
        created_ms: clock.nowMs(),
      });
      await freshen(tx.db, id, stale_ms);
      await publishSchedule(tx, device, entries, startMs, this.#deps);
      return { ...schedule, id: scheduleId, device, location };
    });
  }
}

/** @throws ApiError 422 when nobody knows what the device holds */
async function modelOf(db: Db, device: DeviceRow, nowMs: number): Promise<DeviceModel> {
  const ids = device.asset_id === null ? [] : [device.asset_id];
  const [snapshot] = ids.length === 0 ? [] : await latestStateSnapshots(db, ids, { limit: 1, offset: 0 });
  const energy = deviceEnergy(device, snapshot, nowMs);
  if (!energy) {
    const msg = `the state of charge of ${device.id} is not known: no fresh state snapshot, and none was given`;
    throw invalid([{ loc: ['path', 'id'], type: 'unknown_state_of_charge', msg, input: device.id }]);
  }
  const share = (soc: string) => Number(soc) * device.capacity_wh;
  const isAhead = device.deadline_ms !== null && device.deadline_ms > nowMs;
  return {
    capacityWh: device.capacity_wh,
    maxChargeW: device.max_charge_w,
    maxDischargeW: device.max_discharge_w,
    chargeEfficiency: Number(device.charge_efficiency),
    dischargeEfficiency: Number(device.discharge_efficiency),
    energyWh: energy.energyWh,
    minimumWh: share(device.minimum_soc),
    ...(device.target_soc === null
      ? {}
      : { target: { energyWh: share(device.target_soc), ...(isAhead ? { byMs: device.deadline_ms as number } : {}) } }),
  };
}

function wrongLocation(device: DeviceRow, locationId: string) {
  const msg = `expected ${device.location_id}, the location of ${device.id}`;
  return invalid([{ loc: ['body', 'location_id'], type: 'wrong_location', msg, input: locationId }]);
}

function noPrices(location: LocationRow, nowMs: number) {
  const msg =
    location.tariff_id === null
      ? `${location.id} has no tariff`
      : `the tariff ${location.tariff_id} has no prices from ${formatDateTime(nowMs)} on`;
  return invalid([{ loc: ['body', 'location_id'], type: 'no_prices', msg, input: location.id }]);
}
