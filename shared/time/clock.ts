/**
 * Where "now" comes from. Nothing in the product asks the machine for the time: programs get `systemClock` from their
 * `main.ts`, tests get a `ManualClock`, and pure code gets a number.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** A clock that stands still until it is told to move. For tests and simulations. */
export class ManualClock implements Clock {
  #nowMs: number;

  constructor(start: number | string) {
    this.#nowMs = typeof start === 'string' ? Date.parse(start) : start;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  set(to: number | string): void {
    this.#nowMs = typeof to === 'string' ? Date.parse(to) : to;
  }

  advance(byMs: number): void {
    this.#nowMs += byMs;
  }
}
