import type { Logger } from '@openadr-gateway/shared/log.ts';
import { backoffMs } from '@openadr-gateway/shared/retry.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { VtnError } from '../client/answers.ts';
import type { VtnClient } from '../client/vtn-client.ts';
import type { QueuedReport, ReportOutbox } from './outbox.ts';

export interface SenderDeps {
  outbox: ReportOutbox;
  client: Pick<VtnClient, 'postReport'>;
  clock: Clock;
  random: () => number;
  log: Logger;
}

/** Old reports between two looks at the newest, and the pause after them: the backlog does not crowd out control. */
const BACKLOG_BATCH = 10;
const BACKLOG_PAUSE_MS = 1000;

/** Sends what waits in the outbox: the newest first, then the backlog in order beside it, at a limited rate. */
export class ReportSender {
  readonly #deps: SenderDeps;
  #stopped = true;
  #sending: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #failuresInARow = 0;
  #notBeforeMs = -Infinity;
  #lastSuccessMs: number | undefined;
  #lastError: string | undefined;

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  get status(): { lastSuccessMs?: number; lastError?: string } {
    return {
      ...(this.#lastSuccessMs === undefined ? {} : { lastSuccessMs: this.#lastSuccessMs }),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  start(): void {
    this.#stopped = false;
    this.kick();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sending;
  }

  /** There is something to send. Does nothing while the VTN asked for, or failures impose, a pause. */
  kick(): void {
    if (this.#stopped || this.#deps.clock.nowMs() < this.#notBeforeMs) return;
    if (this.#sending !== undefined) {
      this.#again = true;
      return;
    }
    this.#sending = this.#round().finally(() => {
      this.#sending = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.kick();
    });
  }

  async #round(): Promise<void> {
    const { outbox, log } = this.#deps;
    try {
      const newest = outbox.newest();
      if (newest === undefined || !(await this.#send(newest))) return;
      for (const report of outbox.oldest(BACKLOG_BATCH)) {
        if (this.#stopped || !(await this.#send(report))) return;
      }
      if (outbox.newest() !== undefined) this.#later(BACKLOG_PAUSE_MS);
    } catch (error) {
      log.error({ err: error }, 'the report outbox cannot be used');
      this.#later(backoffMs(this.#failuresInARow++, this.#deps.random));
    }
  }

  /** @returns whether to go on */
  async #send(report: QueuedReport): Promise<boolean> {
    const { outbox, client, clock, log, random } = this.#deps;
    try {
      await client.postReport(report.body);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof VtnError && isPoisoned(error.status)) {
        log.error({ report: report.name, status: error.status }, `the VTN refuses a report for good: ${reason}`);
        outbox.bury(report.seq, error.status, error.answer);
        return true;
      }
      if (this.#lastError === undefined) log.warn(`reports wait: ${reason}`);
      this.#lastError = reason;
      const asked = error instanceof VtnError ? error.retryAfterMs : undefined;
      const delayMs = asked ?? backoffMs(this.#failuresInARow++, random);
      this.#notBeforeMs = clock.nowMs() + delayMs;
      this.#later(delayMs);
      return false;
    }
    outbox.acknowledge(report.seq);
    if (this.#lastError !== undefined) log.info('reports flow again');
    this.#lastError = undefined;
    this.#lastSuccessMs = clock.nowMs();
    this.#failuresInARow = 0;
    return true;
  }

  #later(delayMs: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#notBeforeMs = -Infinity;
      this.kick();
    }, delayMs);
  }
}

/** A refusal that no repetition will change. Tokens (401), timeouts (408) and rates (429) pass. */
function isPoisoned(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 408, 429].includes(status);
}
