import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Page, Position } from '../../store/lists.ts';
import type { Store, Versions } from '../../store/store.ts';
import { etagOf } from '../etag.ts';
import type { ApiAnswer } from '../http.ts';
import { Bookmarks } from './bookmarks.ts';
import { pageOf } from './objects.ts';

/** A list as JSON texts, and the instant from which it would look different although nothing was written. */
export interface LoadedList {
  bodies: readonly string[];
  expiresMs?: number;
  /** Where the last of the objects is, when there may be more. */
  last?: Position | undefined;
}

/** Which list is asked for, by whom. */
export interface ListRequest {
  name: string;
  /** Whose walk from page to page it is. */
  reader: string;
  /** Readers with the same one see the same. */
  viewer: string;
  /** As validated. */
  query: Readonly<Record<string, unknown>>;
  /** Whose commits make the list old. */
  collections: readonly (keyof Versions)[];
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
  readonly #listKeys = new WeakMap<object, string>();
  readonly #lasts = new WeakMap<ApiAnswer, Position>();
  readonly #bookmarks: Bookmarks;
  #bytes = 0;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#bookmarks = new Bookmarks(clock);
  }

  /**
   * A page of a list, which goes on where the reader's page before ended, whatever was written meanwhile.
   *
   * @param load the page of the list.
   */
  page(request: ListRequest, load: (page: Page, nowMs: number) => Promise<LoadedList>): ApiAnswer | Promise<ApiAnswer> {
    const { name, viewer, query, collections } = request;
    const skip = (query['skip'] as number | undefined) ?? 0;
    const after = skip > 0 ? this.#bookmarks.find(this.#walkOf(request), skip) : undefined;
    const place = after === undefined ? name : `${name} ${JSON.stringify(after)}`;
    const answer = this.get(place, viewer, query, collections, (nowMs) => {
      const page = pageOf(query);
      return load(after === undefined ? page : { limit: page.limit, after }, nowMs);
    });
    if (!(answer instanceof Promise)) return this.#noted(answer, request);
    return answer.then((loaded) => this.#noted(loaded, request));
  }

  #noted(answer: ApiAnswer, request: ListRequest): ApiAnswer {
    const last = this.#lasts.get(answer);
    if (last === undefined) return answer;
    const { skip, limit } = pageOf(request.query);
    this.#bookmarks.put(this.#walkOf(request), skip + limit, last);
    return answer;
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
    // What clients name themselves comes last, so that it cannot be taken for anything else.
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
    const { bodies, expiresMs = Infinity, last } = await load(nowMs);
    const body = Buffer.from(`[${bodies.join(',')}]`);
    const answer = { status: 200, body, headers: { etag: etagOf(body), 'cache-control': 'private, no-cache' } };
    if (last !== undefined) this.#lasts.set(answer, last);
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

  /** The reader's walk through this list: all its pages. */
  #walkOf({ name, reader, query }: ListRequest): string {
    let list = this.#listKeys.get(query);
    if (list === undefined) {
      list = `${name}\n${JSON.stringify({ ...query, skip: undefined, limit: undefined })}\n`;
      this.#listKeys.set(query, list);
    }
    return list + reader;
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

/** Where the last object of a full page is; after a page that is not full there is nothing. */
export function lastOf(bodies: readonly string[], { limit }: Page): Position | undefined {
  const last = bodies.at(-1);
  if (last === undefined || bodies.length !== limit) return undefined;
  const { createdDateTime, id, priority } = JSON.parse(last) as {
    createdDateTime: string;
    id: string;
    priority?: number;
  };
  return { createdMs: Date.parse(createdDateTime), id, priority };
}

/** With what its compressed forms may take. */
const sizeOf = (body: Buffer) => Math.ceil(body.length * 1.5) + OVERHEAD_BYTES;
