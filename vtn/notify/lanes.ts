/** So many at a time; who comes later waits in turn. */
class Slots {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async acquire(): Promise<void> {
    if (this.#used < this.#limit) this.#used += 1;
    // Whoever releases hands its slot over.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Takes one in any case. */
  force(): void {
    this.#used += 1;
  }

  release(): void {
    this.#used -= 1;
    if (this.#used >= this.#limit) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#used += 1;
    next();
  }
}

export interface LaneOptions {
  prompt?: number;
  slow?: number;
  /** After so long a call is no longer prompt. */
  promptMs?: number;
}

/**
 * How many calls are on their way at a time. Those who answer promptly never wait for those who do not: a call that takes longer
 * than a second moves to the slow lane, and whoever failed last time begins there.
 */
export class Lanes {
  readonly #prompt: Slots;
  readonly #slow: Slots;
  readonly #promptMs: number;

  constructor({ prompt = 128, slow = 512, promptMs = 1_000 }: LaneOptions = {}) {
    this.#prompt = new Slots(prompt);
    this.#slow = new Slots(slow);
    this.#promptMs = promptMs;
  }

  /** Resolves when the call may be made, with what has to be called after it. */
  async enter(isSuspect: boolean): Promise<() => void> {
    let lane = isSuspect ? this.#slow : this.#prompt;
    await lane.acquire();
    if (isSuspect) return () => lane.release();
    const timer = setTimeout(() => {
      lane.release();
      lane = this.#slow;
      lane.force();
    }, this.#promptMs);
    return () => {
      clearTimeout(timer);
      lane.release();
    };
  }
}
