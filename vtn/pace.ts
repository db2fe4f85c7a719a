import { setTimeout as delay } from 'node:timers/promises';

/** The longest rest, ms: a long job gets done however busy everybody else is. */
const LONGEST_REST_MS = 50;

/**
 * The pace of a long job of many small steps: after each it rests for as long as the step took (with what the step had to wait
 * for), so that it takes half of the time at most, and others find the event loop free. It measures durations, so it goes by
 * monotonic time, not by the product's clock.
 */
export class Pace {
  readonly #startedMs = performance.now();
  #stepMs = performance.now();
  #isOver = false;

  /** The job is to stop at its next rest. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** How long the job has run, ms. */
  get elapsedMs(): number {
    return Math.round(performance.now() - this.#startedMs);
  }

  end(): void {
    this.#isOver = true;
  }

  /** To be called after each step. @throws when the job is to end */
  async rest(): Promise<void> {
    await delay(Math.min(performance.now() - this.#stepMs, LONGEST_REST_MS));
    if (this.#isOver) throw new Error('the job was told to end');
    this.#stepMs = performance.now();
  }
}
