import { schedule } from 'node-cron';
import type { ScheduledTask } from 'node-cron';
import type { Logger } from 'pino';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { freshen, staleSchedules } from '../store/stale-schedules.ts';
import type { StaleSchedule } from '../store/stale-schedules.ts';
import type { Store } from '../store/store.ts';
import type { Scheduler } from './scheduler.ts';
import { MAX_HORIZON_MS } from './slots.ts';

/** Often enough for who waits for a battery; one look at an index when nothing has changed. */
const OFTEN = '*/5 * * * * *';

export interface RenewalDeps {
  store: Store;
  clock: Clock;
  log: Logger;
  scheduler: Pick<Scheduler, 'schedule'>;
}

/**
 * Makes the schedules of live devices again when prices, limits, reservations or dispatches have changed, and before they end.
 * One after the other, so that a request waits for one of them at most: the solver's thread does most of the work meanwhile. A
 * schedule that cannot be made leaves the one before.
 */
export class Renewal {
  readonly #deps: RenewalDeps;
  /** Devices whose last renewal failed: that is said once. */
  readonly #failing = new Set<string>();
  #task: ScheduledTask | undefined;
  #running: Promise<void> | undefined;
  #stopping = false;

  constructor(deps: RenewalDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#stopping = false;
    const often = { noOverlap: true, suppressMissedWarning: true };
    this.#task = schedule(OFTEN, () => this.run(), { ...often, name: 'renew schedules' });
  }

  /** Stops after the schedule that is being made. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#task?.destroy();
    await this.#running;
  }

  /** One run, or the one that is under way; what it misses the next one finds. */
  async run(): Promise<void> {
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #run(): Promise<void> {
    const { store, clock, log } = this.#deps;
    const startedMs = performance.now();
    try {
      const stale = await store.read((db) => staleSchedules(db, clock.nowMs(), MAX_HORIZON_MS));
      for (const one of stale) {
        if (this.#stopping) return;
        await this.#renew(one);
      }
      const ms = Math.round(performance.now() - startedMs);
      if (stale.length > 0) log.info({ schedules: stale.length, ms }, 'schedules were made again');
    } catch (err) {
      log.error({ err }, 'schedules could not be made again');
    }
  }

  async #renew({ device_id: deviceId, stale_ms: staleMs, horizon_ms: horizonMs }: StaleSchedule): Promise<void> {
    const { store, scheduler, log } = this.#deps;
    try {
      await scheduler.schedule({ deviceId, ...(horizonMs === null ? {} : { horizonMs }) });
      this.#failing.delete(deviceId);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#failing.has(deviceId)) log.warn({ deviceId, reason }, 'a schedule could not be made again; it stays');
      this.#failing.add(deviceId);
      // Until the next change.
      await store.write(({ db }) => freshen(db, deviceId, staleMs));
    }
  }
}
