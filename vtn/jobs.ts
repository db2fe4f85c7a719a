import { schedule } from 'node-cron';
import type { ScheduledTask } from 'node-cron';
import type { Logger } from 'pino';
import { timeZoneOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import { REGIONS } from './domain/markets.ts';
import { rollHorizon } from './publisher.ts';
import type { PublisherDeps } from './publisher.ts';
import type { Store } from './store/store.ts';

export interface JobsDeps extends PublisherDeps {
  store: Store;
  log: Logger;
}

/** Shortly after midnight, so that no clock can be on the wrong side of it. */
const AFTER_MIDNIGHT = '5 0 0 * * *';

/** What runs by the calendar: at each market's local midnight the horizon of events moves on by a day. */
export class Jobs {
  readonly #deps: JobsDeps;
  #tasks: ScheduledTask[] = [];

  constructor(deps: JobsDeps) {
    this.#deps = deps;
  }

  /** Catches up with what was due while nobody was running, then follows the calendar. */
  async start(): Promise<void> {
    await rollHorizon(this.#deps.store, this.#deps);
    this.#tasks = REGIONS.map((region) => {
      const options = { timezone: timeZoneOf(region), name: `roll the horizon of ${region}`, noOverlap: true };
      return schedule(AFTER_MIDNIGHT, () => this.roll(), options);
    });
  }

  /** One run; a failure is logged, the next start or midnight makes good for it. */
  async roll(): Promise<void> {
    try {
      await rollHorizon(this.#deps.store, this.#deps);
    } catch (err) {
      this.#deps.log.error({ err }, 'the horizon of events could not be moved on');
    }
  }

  async stop(): Promise<void> {
    for (const task of this.#tasks.splice(0)) await task.destroy();
  }
}
