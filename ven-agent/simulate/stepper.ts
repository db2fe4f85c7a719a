/** The law of motion of one plant. Times are ms since 1970, powers W (+ into the grid). */
export interface Motion {
  /** Lets timers that are over act and says which power the plant goes for from this instant on. */
  targetW(atMs: number): number;
  /** The next instant at which the target may change by itself; Infinity when never. */
  nextChangeMs(atMs: number, powerW: number): number;
  /** Takes note of `hours` at the mean power `meanW`. */
  integrate(meanW: number, hours: number): void;
}

const LONGEST_STEP_MS = 1_000;
const SHORTEST_STEP_MS = 0.001;

/** Moves a plant to "now", exactly: power ramps linearly to its target, steps end where the target changes. */
export class Stepper {
  readonly #motion: Motion;
  readonly #rampWPerMs: number;
  #atMs: number;
  #powerW: number;

  /** Begins settled at the target of `startMs`. */
  constructor(motion: Motion, startMs: number, rampWPerSecond: number) {
    this.#motion = motion;
    this.#rampWPerMs = rampWPerSecond / 1_000;
    this.#atMs = startMs;
    this.#powerW = motion.targetW(startMs);
  }

  get powerW(): number {
    return this.#powerW;
  }

  /** Goes on to `nowMs`. A clock that was set back moves nothing. */
  advanceTo(nowMs: number): void {
    if (nowMs < this.#atMs) this.#atMs = nowMs;
    while (this.#atMs < nowMs) this.#step(nowMs);
    // What is due at this very instant acts now, not at the next call.
    this.#motion.targetW(nowMs);
  }

  #step(nowMs: number): void {
    const targetW = this.#motion.targetW(this.#atMs);
    const missingW = targetW - this.#powerW;
    const rampMs = Math.abs(missingW) / this.#rampWPerMs;
    const changeMs = this.#motion.nextChangeMs(this.#atMs, this.#powerW) - this.#atMs;
    const wantedMs = Math.min(LONGEST_STEP_MS, changeMs, rampMs > 0 ? rampMs : LONGEST_STEP_MS);
    const stepMs = Math.min(nowMs - this.#atMs, Math.max(SHORTEST_STEP_MS, wantedMs));
    const powerW = stepMs >= rampMs ? targetW : this.#powerW + Math.sign(missingW) * this.#rampWPerMs * stepMs;
    this.#motion.integrate((this.#powerW + powerW) / 2, stepMs / 3_600_000);
    this.#powerW = powerW;
    this.#atMs += stepMs;
  }
}
