import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Store, Versions } from '../../store/store.ts';
import { etagOf } from '../etag.ts';
import type { ApiAnswer } from '../http.ts';

/** A list as JSON texts, and the instant from which it would look different although nothing was written. */
export interface LoadedList {
  bodies: readonly string[];
  expiresMs?: number;
}

interface Entry {
  version: number;
  expiresMs: number;
  answer: ApiAnswer;
}

const MAX_BYTES = 64 * 1_048_576;
/** What an entry costs beside its text. */
const OVERHEAD_BYTES = 1_000;

/**
 * Answers to lists, as bytes that are ready to send. One holds until a commit touches a collection it was made of, which a
 * version tells, so that a poll of an unchanged list costs neither a query nor JSON.
 */
export class ListCache {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #loading = new Map<string, Promise<ApiAnswer>>();
  readonly #queryKeys = new WeakMap<object, string>();
  #bytes = 0;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * @param name of the list. @param viewer callers with the same one see the same. @param query as validated.
   * @param collections whose commits make the list old.
   */
  get(
    name: string,
    viewer: string,
    query: Readonly<Record<string, unknown>>,
    collections: readonly (keyof Versions)[],
    load: (nowMs: number) => Promise<LoadedList>,
  ): ApiAnswer | Promise<ApiAnswer> {
    const key = `${name}\n${this.#keyOf(query)}\n${viewer}`;
    let version = 0;
    // Each counter only rises, so that their sum tells whether one has moved.
    for (const collection of collections) version += this.#store.versions[collection];
    const nowMs = this.#clock.nowMs();
    const entry = this.#entries.get(key);
    if (entry?.version === version && nowMs < entry.expiresMs) return entry.answer;
    const flight = `${version} ${nowMs} ${key}`;
    const loading =
      this.#loading.get(flight) ?? this.#load(key, version, nowMs, load).finally(() => this.#loading.delete(flight));
    this.#loading.set(flight, loading);
    return loading;
  }

  async #load(
    key: string,
    version: number,
    nowMs: number,
    load: (nowMs: number) => Promise<LoadedList>,
  ): Promise<ApiAnswer> {
    const { bodies, expiresMs = Infinity } = await load(nowMs);
    const body = Buffer.from(`[${bodies.join(',')}]`);
    const answer = { status: 200, body, headers: { etag: etagOf(body), 'cache-control': 'private, no-cache' } };
    this.#drop(key);
    const size = sizeOf(body);
    if (size > MAX_BYTES / 4 || expiresMs <= nowMs) return answer;
    if (this.#bytes + size > MAX_BYTES) {
      this.#entries.clear();
      this.#bytes = 0;
    }
    this.#entries.set(key, { version, expiresMs, answer });
    this.#bytes += size;
    return answer;
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= sizeOf(entry.answer.body as Buffer);
  }

  /** The same query string comes as the same object (see `parameterReader`). */
  #keyOf(query: object): string {
    const known = this.#queryKeys.get(query);
    if (known !== undefined) return known;
    const key = JSON.stringify(query);
    this.#queryKeys.set(query, key);
    return key;
  }
}

/** With what its compressed forms may take. */
const sizeOf = (body: Buffer) => Math.ceil(body.length * 1.5) + OVERHEAD_BYTES;
