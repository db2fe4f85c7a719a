import { schedule } from 'node-cron';
import type { ScheduledTask } from 'node-cron';
import type { Logger } from 'pino';
import { deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import { REGIONS } from './domain/markets.ts';
import { forgiveDowntime, noticeSilence } from './ingest/silence.ts';
import { Pace } from './pace.ts';
import { ensurePrograms, rollHorizon } from './publisher.ts';
import type { PublisherDeps } from './publisher.ts';
import type { Store } from './store/store.ts';

export interface JobsDeps extends PublisherDeps {
  store: Store;
  log: Logger;
}

/** Five seconds into every minute: at midnight no clock can be on the wrong side of it, and no midnight is slept through. */
const HORIZON = '5 * * * * *';

/** Often enough for agents that report every few seconds; one look at an index when nobody is silent. */
const SILENCE = '*/5 * * * * *';

/**
 * What runs by the calendar: when a day begins in a market the horizon of events moves on by a day, and every few seconds
 * assets that do not report any more are noticed.
 */
export class Jobs {
  readonly #deps: JobsDeps;
  #tasks: ScheduledTask[] = [];
  /** The local days of the markets when everything was published last. */
  #published = '';
  #rolling: Promise<void> | undefined;
  #pace: Pace | undefined;

  constructor(deps: JobsDeps) {
    this.#deps = deps;
  }

  /** Makes what has to be there, begins to catch up with what was due while nobody was running, and follows the calendar. */
  async start(): Promise<void> {
    await this.#deps.store.write((tx) => ensurePrograms(tx, this.#deps));
    await forgiveDowntime(this.#deps);
    void this.roll();
    // A look that comes late is none that was missed: it finds the same.
    const often = { noOverlap: true, suppressMissedWarning: true };
    this.#tasks = [
      schedule(HORIZON, () => this.rollOnNewDay(), { ...often, name: 'roll the horizon of events' }),
      schedule(SILENCE, () => this.lookForSilence(), { ...often, name: 'notice silent assets' }),
    ];
  }

  /** Moves the horizon on if a day has begun in some market since that was done last, however long ago that is. */
  async rollOnNewDay(): Promise<void> {
    if (this.#localDays() !== this.#published) await this.roll();
  }

  /** One run, or the one that is under way; a failure is logged, and the next minute makes good for it. */
  async roll(): Promise<void> {
    this.#rolling ??= this.#roll().finally(() => (this.#rolling = undefined));
    return this.#rolling;
  }

  async #roll(): Promise<void> {
    const { log, store } = this.#deps;
    const localDays = this.#localDays();
    const pace = new Pace();
    this.#pace = pace;
    try {
      const changes = await rollHorizon(store, this.#deps, () => pace.rest());
      this.#published = localDays;
      log.info({ changes, ms: pace.elapsedMs }, 'the horizon of events is up to date');
    } catch (err) {
      if (!pace.isOver) log.error({ err }, 'the horizon of events could not be moved on');
    }
  }

  /** One look; a failure is logged, the next look makes good for it. */
  async lookForSilence(): Promise<void> {
    try {
      const count = await noticeSilence(this.#deps);
      if (count > 0) this.#deps.log.warn({ assets: count }, 'assets have fallen silent: OFFLINE');
    } catch (err) {
      this.#deps.log.error({ err }, 'silent assets could not be looked for');
    }
  }

  /** Ends everything; a roll that is under way stops after its present transaction, and the next start goes on with it. */
  async stop(): Promise<void> {
    this.#pace?.end();
    for (const task of this.#tasks.splice(0)) await task.destroy();
    await this.#rolling;
  }

  #localDays(): string {
    return REGIONS.map((region) => deliveryDayOf(this.#deps.clock.nowMs(), region)).join();
  }
}
