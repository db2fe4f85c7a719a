import type { Clock } from '@openadr-gateway/shared/time/clock.ts';

/** Beyond this many keys half of them are forgotten. */
const MAX_KEYS = 20_000;

/** Filled with time: one request costs the milliseconds that it takes to earn one. */
interface Bucket {
  earnedMs: number;
  atMs: number;
}

const FULL_MS = 60_000;

/**
 * A token bucket per key: `perMinute` requests at once, then as many per minute, evenly.
 */
export class RateLimit {
  readonly #clock: Clock;
  readonly #costMs: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#costMs = FULL_MS / perMinute;
  }

  /** How many keys it remembers. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one. Returns 0 when there was one, else the seconds after which there is one again. */
  take(key: string): number {
    const bucket = this.#filled(key);
    if (bucket.earnedMs < this.#costMs) return this.#secondsUntilOne(bucket);
    bucket.earnedMs -= this.#costMs;
    return 0;
  }

  /** What `take` would say, without taking. */
  peek(key: string): number {
    const bucket = this.#filled(key);
    return bucket.earnedMs < this.#costMs ? this.#secondsUntilOne(bucket) : 0;
  }

  #secondsUntilOne(bucket: Bucket): number {
    return Math.ceil((this.#costMs - bucket.earnedMs) / 1_000);
  }

  #filled(key: string): Bucket {
    const nowMs = this.#clock.nowMs();
    let bucket = this.#buckets.get(key);
    if (bucket) {
      bucket.earnedMs = Math.min(FULL_MS, bucket.earnedMs + Math.max(0, nowMs - bucket.atMs));
      bucket.atMs = nowMs;
      return bucket;
    }
    if (this.#buckets.size >= MAX_KEYS) this.#makeRoom(nowMs);
    bucket = { earnedMs: FULL_MS, atMs: nowMs };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** First those go that are as good as new, then those that need not wait: a flood of others lets nobody off. */
  #makeRoom(nowMs: number): void {
    for (const neededMs of [FULL_MS, this.#costMs, -Infinity]) {
      for (const [key, { earnedMs, atMs }] of this.#buckets) {
        if (this.#buckets.size <= MAX_KEYS / 2) return;
        if (earnedMs + nowMs - atMs >= neededMs) this.#buckets.delete(key);
      }
    }
  }
}

/**
 * What counts as one peer: an IPv4 address, or the /64 of an IPv6 address, which is the least that anyone is given.
 *
 * @param address as node tells it: `192.0.2.1`, `::ffff:192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const [left, right] = [groups(head), groups(tail)];
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':').toLowerCase()}::/64`;
}
