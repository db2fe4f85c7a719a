import type { Clock } from '@openadr-gateway/shared/time/clock.ts';

/** Beyond this many keys the older half is forgotten. */
const MAX_KEYS = 20_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * A token bucket per key: `perMinute` requests at once, then as many per minute, evenly.
 */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perMinute: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** Takes one. Returns 0 when there was one, else the seconds after which there is one again. */
  take(key: string): number {
    const bucket = this.#filled(key);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return this.#secondsUntilOne(bucket);
  }

  /** What `take` would say, without taking. */
  peek(key: string): number {
    const bucket = this.#filled(key);
    return bucket.tokens >= 1 ? 0 : this.#secondsUntilOne(bucket);
  }

  #secondsUntilOne(bucket: Bucket): number {
    return Math.ceil(((1 - bucket.tokens) * 60) / this.#perMinute);
  }

  #filled(key: string): Bucket {
    const nowMs = this.#clock.nowMs();
    let bucket = this.#buckets.get(key);
    if (bucket) {
      const gained = (Math.max(0, nowMs - bucket.atMs) / 60_000) * this.#perMinute;
      bucket.tokens = Math.min(this.#perMinute, bucket.tokens + gained);
      bucket.atMs = nowMs;
      return bucket;
    }
    if (this.#buckets.size >= MAX_KEYS) this.#forgetOldest();
    bucket = { tokens: this.#perMinute, atMs: nowMs };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #forgetOldest(): void {
    let left = MAX_KEYS / 2;
    for (const key of this.#buckets.keys()) {
      if (left-- <= 0) return;
      this.#buckets.delete(key);
    }
  }
}
