import { createLocalJWKSet, errors } from 'jose';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { unavailable } from '../api/errors.ts';

/** After so long the keys are fetched again. */
const FRESH_MS = 10 * 60_000;
/** For so long an unreachable issuer's keys are still good. */
const STALE_MS = 24 * 3_600_000;
/** Between two attempts, so that tokens with made-up key ids do not become requests to the issuer. */
const COOLDOWN_MS = 30_000;
/** The same while there are no keys to go by. */
const URGENT_COOLDOWN_MS = 5_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1_048_576;

export interface RemoteKeysOptions {
  url: string;
  clock: Clock;
  log: Logger;
  /** Called when a key is gone from the set: what it had signed is to be looked at again. */
  onWithdrawn: () => void;
}

/**
 * An issuer's public keys, fetched from its JWKS URL and kept: a short absence of the issuer is not noticed, a new key of it is
 * known as soon as a token names it, and one that it withdraws is forgotten within ten minutes.
 */
export class RemoteKeys {
  readonly #options: RemoteKeysOptions;
  #keys: JWTVerifyGetKey | undefined;
  #ids: readonly string[] = [];
  #fetchedMs = -Infinity;
  #triedMs = -Infinity;
  #pending: Promise<void> | undefined;

  constructor(options: RemoteKeysOptions) {
    this.#options = options;
  }

  /** The key that a token names. @throws ApiError 503 when that cannot be told because the issuer is not to be reached. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (!this.#usable) await this.#refresh();
    if (!this.#keys || !this.#usable) throw unreachable();
    try {
      return await this.#keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#refresh();
      if (this.#fetchedMs < this.#triedMs) throw unreachable();
      return this.#keys(header, token);
    }
  };

  /** Fetches the keys if they are old. Failures are logged, and tried again later. */
  async keepFresh(): Promise<void> {
    if (this.#options.clock.nowMs() - this.#fetchedMs >= FRESH_MS) await this.#refresh();
  }

  get #usable(): boolean {
    return this.#keys !== undefined && this.#options.clock.nowMs() - this.#fetchedMs < STALE_MS;
  }

  /** One request at a time; none while the last attempt is young. */
  #refresh(): Promise<void> {
    if (this.#pending) return this.#pending;
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#triedMs < (this.#usable ? COOLDOWN_MS : URGENT_COOLDOWN_MS)) return Promise.resolve();
    this.#triedMs = nowMs;
    this.#pending = this.#fetch(nowMs).finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  async #fetch(nowMs: number): Promise<void> {
    const { url, log, onWithdrawn } = this.#options;
    try {
      const set = await fetchKeys(url);
      this.#keys = createLocalJWKSet(set);
      this.#fetchedMs = nowMs;
      const ids = set.keys.map((key) => key.kid ?? JSON.stringify(key));
      const isGone = this.#ids.some((id) => !ids.includes(id));
      this.#ids = ids;
      if (isGone) onWithdrawn();
    } catch (err) {
      log.warn({ err, url }, "an issuer's keys could not be fetched; those that are known stay good for a day");
    }
  }
}

const unreachable = () => unavailable("the keys of the token's issuer cannot be fetched at the moment; try again");

async function fetchKeys(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    // Only the configured address is trusted with keys.
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status !== 200 || !response.body) throw new Error(`expected 200 and a body, got ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`expected at most ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as JSONWebKeySet;
}
