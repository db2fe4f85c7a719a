import { schedule } from 'node-cron';
import type { ScheduledTask } from 'node-cron';
import type { Logger } from 'pino';
import { timeZoneOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import { REGIONS } from './domain/markets.ts';
import { forgiveDowntime, noticeSilence } from './ingest/silence.ts';
import { rollHorizon } from './publisher.ts';
import type { PublisherDeps } from './publisher.ts';
import type { Store } from './store/store.ts';

export interface JobsDeps extends PublisherDeps {
  store: Store;
  log: Logger;
}

/** Shortly after midnight, so that no clock can be on the wrong side of it. */
const AFTER_MIDNIGHT = '5 0 0 * * *';

/** Often enough for agents that report every few seconds; one look at an index when nobody is silent. */
const SILENCE = '*/5 * * * * *';

/**
 * What runs by the calendar: at each market's local midnight the horizon of events moves on by a day, and every few seconds
 * assets that do not report any more are noticed.
 */
export class Jobs {
  readonly #deps: JobsDeps;
  #tasks: ScheduledTask[] = [];

  constructor(deps: JobsDeps) {
    this.#deps = deps;
  }

  /** Catches up with what was due while nobody was running, then follows the calendar. */
  async start(): Promise<void> {
    await rollHorizon(this.#deps.store, this.#deps);
    await forgiveDowntime(this.#deps);
    this.#tasks = REGIONS.map((region) => {
      const options = { timezone: timeZoneOf(region), name: `roll the horizon of ${region}`, noOverlap: true };
      return schedule(AFTER_MIDNIGHT, () => this.roll(), options);
    });
    // A look that comes late is none that was missed: it finds the same.
    const often = { name: 'notice silent assets', noOverlap: true, suppressMissedWarning: true };
    this.#tasks.push(schedule(SILENCE, () => this.lookForSilence(), often));
  }

  /** One run; a failure is logged, the next start or midnight makes good for it. */
  async roll(): Promise<void> {
    try {
      await rollHorizon(this.#deps.store, this.#deps);
    } catch (err) {
      this.#deps.log.error({ err }, 'the horizon of events could not be moved on');
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

  async stop(): Promise<void> {
    for (const task of this.#tasks.splice(0)) await task.destroy();
  }
}
