import { ApiError, unavailable } from '../../api/errors.ts';
import type { FeedReader } from './reader.ts';

export interface FeedLimits {
  maxReaders: number;
  maxReadersPerClient: number;
}

/** Everybody who is connected to the event feed, by client. */
export class FeedReaders {
  readonly #limits: FeedLimits;
  readonly #byClient = new Map<string, Set<FeedReader>>();
  #count = 0;

  constructor(limits: FeedLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#count;
  }

  /** @throws ApiError 429 when this client, 503 when the server has as many readers as it takes */
  admit(clientId: string): void {
    const { maxReaders, maxReadersPerClient } = this.#limits;
    if (this.#count >= maxReaders) throw unavailable('there are as many readers of the feed as this server takes');
    if (this.of(clientId).size < maxReadersPerClient) return;
    throw new ApiError({
      status: 429,
      code: 'too_many_requests',
      title: 'Too Many Requests',
      detail: `this client has ${maxReadersPerClient} connections to the feed already; end one of them first`,
    });
  }

  /** Keeps a reader until his connection closes; `onGone` is called then. */
  add(reader: FeedReader, onGone: () => void): void {
    const { clientId } = reader.request.caller;
    const readers = this.#byClient.get(clientId) ?? new Set();
    this.#byClient.set(clientId, readers.add(reader));
    this.#count += 1;
    reader.stream.onClosed(() => {
      this.#count -= 1;
      readers.delete(reader);
      if (readers.size === 0) this.#byClient.delete(clientId);
      onGone();
    });
  }

  of(clientId: string): ReadonlySet<FeedReader> {
    return this.#byClient.get(clientId) ?? new Set();
  }

  *all(): Iterable<FeedReader> {
    for (const readers of this.#byClient.values()) yield* readers;
  }
}
