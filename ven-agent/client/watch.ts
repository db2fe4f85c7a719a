import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from '@openadr-gateway/shared/log.ts';
import { backoffMs } from '@openadr-gateway/shared/retry.ts';
import { VtnError } from './answers.ts';
import type { EventCache } from './event-cache.ts';
import type { VtnClient } from './vtn-client.ts';

export interface WatchDeps {
  client: VtnClient;
  cache: EventCache;
  clock: Clock;
  random: () => number;
  log: Logger;
  pollMs: number;
  /** Called when the list of events, or what the targets mean, has changed. */
  onChange: () => void;
}

/** What the watch knows about the VTN. */
export interface WatchStatus {
  lastFullReadMs?: number;
  lastError?: string;
  polls: number;
  failures: number;
}

const ENROLMENT_LIFE_MS = 600_000;

/**
 * Keeps the event cache like the VTN's list. Looks when told to (a notification) and at every poll interval, give or
 * take a tenth; never more than one look at a time, and one more afterwards if something was said meanwhile.
 */
export class Watch {
  readonly #deps: WatchDeps;
  #stopped = true;
  #looking: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #failuresInARow = 0;
  #notBeforeMs = -Infinity;
  #enrolmentReadMs = -Infinity;
  #enrolmentIsOld = false;
  readonly #status: WatchStatus = { polls: 0, failures: 0 };

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  get status(): Readonly<WatchStatus> {
    return this.#status;
  }

  start(): void {
    this.#stopped = false;
    void this.look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  /** Looks at the VTN's list now, or once more after the look that is under way. Resolves when that is done. */
  async look(): Promise<void> {
    if (this.#looking !== undefined) {
      this.#again = true;
      return this.#looking;
    }
    // Retry-After binds notifications too; the timer looks when it is over.
    if (this.#stopped || this.#deps.clock.nowMs() < this.#notBeforeMs) return;
    this.#looking = this.#lookUntilQuiet().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** The same, and reads anew what targets mean. */
  async lookAtEnrolment(): Promise<void> {
    this.#enrolmentIsOld = true;
    return this.look();
  }

  async #lookUntilQuiet(): Promise<void> {
    clearTimeout(this.#timer);
    let delayMs: number;
    do {
      this.#again = false;
      delayMs = await this.#once();
    } while (this.#again && this.#failuresInARow === 0 && !this.#stopped);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.look(), delayMs);
  }

  /** @returns when to look again, ms */
  async #once(): Promise<number> {
    const { client, cache, clock, random, log, pollMs, onChange } = this.#deps;
    this.#status.polls += 1;
    try {
      const read = await client.activeEvents();
      const first = this.#status.lastFullReadMs === undefined;
      if (read.kind === 'complete') this.#keep(() => cache.replaceAll(read.events));
      this.#status.lastFullReadMs = clock.nowMs();
      if (read.kind === 'complete' || first) onChange();
      await this.#refreshEnrolment();
      this.#succeeded();
      return pollMs * (0.9 + 0.2 * random());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // Once per kind of trouble, not once per attempt.
      if (this.#status.lastError !== reason) log.warn({ err: error }, `VTN: ${reason}`);
      this.#status.lastError = reason;
      this.#status.failures += 1;
      const asked = error instanceof VtnError ? error.retryAfterMs : undefined;
      if (asked !== undefined) this.#notBeforeMs = clock.nowMs() + asked;
      return asked ?? backoffMs(this.#failuresInARow++, random);
    }
  }

  async #refreshEnrolment(): Promise<void> {
    const { client, cache, clock, log, onChange } = this.#deps;
    if (!this.#enrolmentIsOld && clock.nowMs() - this.#enrolmentReadMs < ENROLMENT_LIFE_MS) return;
    // What is said while this is read counts for the next look.
    this.#enrolmentIsOld = false;
    this.#enrolmentReadMs = -Infinity;
    const enrolment = await client.enrolment();
    if (enrolment === undefined) {
      log.warn('the VTN has no ven for this client: only untargeted events arrive, and nothing is notified');
      this.#enrolmentReadMs = clock.nowMs();
      return;
    }
    let changed = false;
    this.#keep(() => {
      changed = cache.setEnrolment(enrolment);
    });
    this.#enrolmentReadMs = clock.nowMs();
    if (changed) onChange();
  }

  #succeeded(): void {
    const { log } = this.#deps;
    if (this.#status.lastError !== undefined) log.info('VTN: reachable again');
    delete this.#status.lastError;
    this.#failuresInARow = 0;
    this.#notBeforeMs = -Infinity;
  }

  /** A disk that refuses must not stop control: what was read is in force, and the operator is told. */
  #keep(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#deps.log.error({ err: error }, 'the event cache cannot be written; going on from memory');
    }
  }
}
