import type { Logger } from '@openadr-gateway/shared/log.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Facts } from './facts.ts';

export interface SiteClockDeps {
  /** The machine's clock, which somebody may set. */
  wall: Clock;
  /** Milliseconds since any instant; never steps. */
  monotonicMs: () => number;
  facts: Facts;
  /** Changes at every boot of the machine. */
  bootId: string;
  log: Logger;
}

export interface ClockStatus {
  /** Whether the VTN has told the time since the start. Until then the machine's clock counts, steps included. */
  confirmedByVtn: boolean;
  /** How far the time of the site is ahead of the machine's clock, ms. */
  aheadOfMachineMs: number;
  /** How often either clock stepped by more than two seconds. */
  steps: number;
}

const STEP_MS = 2_000;
const LOOK_MS = 1_000;
/** An answer that took longer says too little about now. */
const LONGEST_ROUND_TRIP_MS = 2_000;
const FACT = 'clockAhead';

/**
 * The time by which a site works: UTC as the VTN tells it, so that both mean the same instant by an event's start. Between its
 * answers time goes on evenly, whatever is done to the machine's clock; a process that is restarted while the VTN is silent goes
 * on by what the last one knew, until the next boot.
 *
 * ```text
 *   machine  10:00:00 ── 10:00:10 ── 11:00:20 (set forward) ── …
 *   site     10:00:00 ── 10:00:10 ── 10:00:20 ──────────────── …
 * ```
 */
export class SiteClock implements Clock {
  readonly #deps: SiteClockDeps;
  /** What the monotonic time is short of. */
  #offsetMs: number | undefined;
  /** How far the machine's clock was ahead of ours when it was looked at last. */
  #machineAheadMs = 0;
  #confirmed = false;
  #steps = 0;
  /** What the disk says: how far we are ahead of the machine in this boot. */
  #rememberedMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: SiteClockDeps) {
    this.#deps = deps;
  }

  nowMs(): number {
    this.#offsetMs ??= this.#initialOffsetMs();
    return Math.round(this.#deps.monotonicMs() + this.#offsetMs);
  }

  get status(): ClockStatus {
    return {
      confirmedByVtn: this.#confirmed,
      aheadOfMachineMs: this.nowMs() - this.#deps.wall.nowMs(),
      steps: this.#steps,
    };
  }

  /** Watches the machine's clock from now on. */
  start(): void {
    this.#timer = setInterval(() => this.look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Notices whether somebody set the machine's clock. */
  look(): void {
    const { wall, log } = this.#deps;
    const aheadMs = wall.nowMs() - this.nowMs();
    const stepMs = aheadMs - this.#machineAheadMs;
    this.#machineAheadMs = aheadMs;
    if (Math.abs(stepMs) <= STEP_MS) return;
    this.#steps += 1;
    log.warn({ stepMs, followed: !this.#confirmed }, "the machine's clock was set");
    // What the VTN said counts for more; without it nobody knows better than whoever set the clock.
    if (!this.#confirmed) this.#shift(aheadMs);
  }

  /** Takes over the VTN's time when ours is off by more than its `Date`, which is cut to the second, can say. */
  heard(vtnMs: number, roundTripMs: number): void {
    if (roundTripMs > LONGEST_ROUND_TRIP_MS) return;
    const offMs = vtnMs + 500 - this.nowMs();
    this.#confirmed = true;
    if (Math.abs(offMs) > STEP_MS) {
      this.#steps += 1;
      this.#deps.log.warn({ stepMs: offMs }, "the time of the site was set to the VTN's");
      this.#shift(offMs);
    }
    this.#remember();
  }

  #shift(byMs: number): void {
    this.#offsetMs = (this.#offsetMs ?? 0) + byMs;
    this.#machineAheadMs -= byMs;
  }

  #initialOffsetMs(): number {
    const { wall, monotonicMs, facts, bootId } = this.#deps;
    const [boot, aheadMs] = facts.get(FACT)?.split(' ') ?? [];
    if (boot === bootId && Number.isFinite(Number(aheadMs))) this.#rememberedMs = Number(aheadMs);
    const known = this.#rememberedMs ?? 0;
    this.#machineAheadMs = -known;
    return wall.nowMs() - monotonicMs() + known;
  }

  /** How far we are ahead of the machine, for the next start; not each second's worth of drift. */
  #remember(): void {
    const { facts, bootId, log } = this.#deps;
    const aheadMs = this.status.aheadOfMachineMs;
    if (this.#rememberedMs !== undefined && Math.abs(this.#rememberedMs - aheadMs) < STEP_MS) return;
    try {
      facts.set(FACT, `${bootId} ${aheadMs}`);
      this.#rememberedMs = aheadMs;
    } catch (error) {
      log.error({ err: error }, 'the time cannot be remembered');
    }
  }
}
