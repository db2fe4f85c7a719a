/** A SunSpec reversion timer (xxxRvrtTms): started by every write, counts down, acts once. */
export class ReversionTimer {
  #endsAtMs = Infinity;

  /** When it acts, ms since 1970; Infinity while it does not run. */
  get endsAtMs(): number {
    return this.#endsAtMs;
  }

  /** 0 seconds stop it. */
  start(nowMs: number, seconds: number): void {
    this.#endsAtMs = seconds > 0 ? nowMs + seconds * 1_000 : Infinity;
  }

  /** True exactly once after the time is over. */
  takeExpiry(nowMs: number): boolean {
    if (nowMs < this.#endsAtMs) return false;
    this.#endsAtMs = Infinity;
    return true;
  }

  /** Whole seconds left (xxxRvrtRem); 0 while it does not run. */
  remainingSeconds(nowMs: number): number {
    return Number.isFinite(this.#endsAtMs) ? Math.max(0, Math.ceil((this.#endsAtMs - nowMs) / 1_000)) : 0;
  }
}
