import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { backoffMs } from '@openadr-gateway/shared/retry.ts';
import { ApiError, unavailable } from '../../api/errors.ts';
import { outboxBounds } from '../../store/outbox.ts';
import type { Change, Store } from '../../store/store.ts';
import { chunksOf, readFeed, READ_AGAIN, type FeedPage } from './changes.ts';
import { FeedGroups } from './groups.ts';
import { FeedReader, TOKEN_OVER, type FeedRequest, type GrantOf } from './reader.ts';
import { FeedReaders, type FeedLimits } from './readers.ts';
import { changesGrants, concerned, feedCandidates, feedEntries } from './routing.ts';
import { comeBackAfter, heartbeat, namedEvent } from './stream.ts';

export interface EventFeedOptions extends FeedLimits {
  store: Store;
  log: Logger;
  /** The same as for `GET /events`. */
  grantOf: GrantOf;
  heartbeatMs: number;
  /** For the times after which readers come back and the loop tries again; [0, 1). */
  random?: () => number;
}

const STOPPING = 'the server stops';
const PAGE_SIZE = 200;
/** Writes to readers before requests get their turn. */
const AT_A_STRETCH = 250;
const RETRY_MAX_MS = 10_000;
/** When the server stops, its readers do not all come back in the same instant. */
const COME_BACK_MS = { from: 1_000, spread: 4_000 };

/**
 * The event feed: every committed change of an event for every reader who may see it, in the order of the commits.
 *
 * One loop reads the log of changes for all. A reader who comes back is first told what he missed, at his own pace, and joins
 * the others when he has caught up; his cursor keeps him from hearing anything twice.
 */
export class EventFeed {
  readonly #options: EventFeedOptions;
  readonly #random: () => number;
  readonly #readers: FeedReaders;
  /** Those who have caught up. */
  readonly #live = new FeedGroups<FeedReader>();
  /** The row that the live readers are being told of, or were last; and the last that all of them were told of. */
  #position = 0;
  #told = 0;
  #more = false;
  #running: Promise<void> | undefined;
  #cutOff = 0;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #heart: NodeJS.Timeout | undefined;
  #beating = false;
  #unsubscribe: () => void = () => undefined;
  #stopped = true;

  constructor(options: EventFeedOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#readers = new FeedReaders(options);
  }

  /** How many readers are connected. */
  get readers(): number {
    return this.#readers.size;
  }

  /** How many were cut off since the start because they were too slow. */
  get cutOff(): number {
    return this.#cutOff;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#unsubscribe = this.#options.store.onOutbox(() => {
      if (this.#failures === 0) this.#wake();
    });
    this.#heart = setInterval(() => void this.#beat(), this.#options.heartbeatMs);
  }

  /** Ends all connections; whoever comes back resumes where he was. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    clearTimeout(this.#retry);
    clearInterval(this.#heart);
    for (const { stream } of this.#readers.all()) stream.end(STOPPING);
    await this.#running;
  }

  /** @throws ApiError 429 when this client, 503 when the server has as many readers as it takes, or stops */
  admit(clientId: string): void {
    if (this.#stopped) throw unavailable(STOPPING);
    this.#readers.admit(clientId);
  }

  /** Takes over a response whose head is written; it lasts until either side ends it. */
  serve(response: ServerResponse, request: FeedRequest): void {
    const { log } = this.#options;
    const { clientId: client } = request.caller;
    const reader = new FeedReader(request, response, () => {
      this.#cutOff += 1;
      log.warn({ client }, 'a reader of the event feed is too slow and is cut off');
    });
    this.#readers.add(reader, () => this.#live.remove(reader));
    if (this.#stopped) return reader.stream.end(STOPPING);
    reader.stream.send(comeBackAfter(COME_BACK_MS.from + this.#random() * COME_BACK_MS.spread));
    this.#begin(reader).catch((err: unknown) => {
      if (!this.#stopped) log.error({ err, client }, 'a reader of the event feed cannot be told what he missed');
      reader.stream.end('the server cannot read its log');
    });
  }

  /** Ends the connections of a client that was revoked. */
  cut(clientId: string): void {
    for (const { stream } of this.#readers.of(clientId)) stream.end(TOKEN_OVER);
  }

  /** Finds where a reader begins, and tells him what he missed. */
  async #begin(reader: FeedReader): Promise<void> {
    const { lastEventId } = reader.request;
    const { forgotten, newest } = await this.#options.store.read((db) => outboxBounds(db));
    const asked = /^\d{1,15}$/.test(lastEventId ?? '') ? Number(lastEventId) : undefined;
    const isKnown = asked !== undefined && asked >= forgotten && asked <= newest;
    reader.cursor = isKnown ? asked : newest;
    if (lastEventId !== undefined && !isKnown) {
      const reason = 'the changes after your Last-Event-ID are no longer known: read GET /events again';
      reader.stream.send(namedEvent('reset', { reason }, newest));
    }
    await this.#catchUp(reader, isKnown);
  }

  async #catchUp(reader: FeedReader, isResumed: boolean): Promise<void> {
    const { store, log, grantOf } = this.#options;
    for (;;) {
      const position = this.#position;
      const page = await store.read((db) => readFeed(db, reader.cursor, PAGE_SIZE, log));
      // Later than the page, so that no change of what he holds falls between it and the readers whom he joins.
      const audience = reader.audience(await grantOf(reader.request.caller));
      if (reader.stream.closed) return;
      const isConcerned = page.changes.some(({ change }) => concerns(change, reader, audience.held));
      if (isConcerned && !audience.isAll) reader.stream.send(namedEvent('reset', { reason: READ_AGAIN }));
      for (const { seq, change } of page.changes) {
        const entry = feedEntries(change, page.programTargets)(audience);
        if (entry === undefined) continue;
        reader.tell(seq, chunksOf(seq)(entry));
        await reader.stream.drained();
        if (reader.stream.closed) return;
      }
      reader.cursor = Math.max(reader.cursor, page.last ?? 0, page.isLast ? position : 0);
      const isAlone = this.#live.size === 0 && this.#running === undefined;
      if (!page.isLast || (reader.cursor < this.#position && !isAlone)) continue;
      if (isAlone) this.#position = reader.cursor;
      this.#live.put(reader, audience);
      reader.stream.send(namedEvent('ready', { resumed: isResumed }, reader.cursor));
      return this.#wake();
    }
  }

  #wake(): void {
    this.#more = true;
    if (this.#stopped || this.#running !== undefined || this.#live.size === 0) return;
    clearTimeout(this.#retry);
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#stopped || !this.#more) return;
      if (this.#failures === 0) return this.#wake();
      const delayMs = backoffMs(this.#failures - 1, this.#random, { maxMs: RETRY_MAX_MS });
      this.#retry = setTimeout(() => this.#wake(), delayMs);
    });
  }

  async #run(): Promise<void> {
    const { store, log } = this.#options;
    try {
      for (this.#more = false; !this.#stopped && this.#live.size > 0;) {
        const page = await store.read((db) => readFeed(db, this.#position, PAGE_SIZE, log));
        await this.#regroup(page.changes.map(({ change }) => change));
        await this.#tell(page);
        this.#told = this.#position;
        this.#failures = 0;
        if (page.isLast) return;
      }
    } catch (err) {
      this.#failures += 1;
      this.#more = true;
      log.warn({ err, failures: this.#failures }, 'the event feed could not go on; it will try again');
    }
  }

  /** Vens or resources have changed: whoever holds other targets now is put with others, and told so. */
  async #regroup(changes: readonly Change[]): Promise<void> {
    const readers = new Set<FeedReader>();
    for (const change of changes.filter(changesGrants)) {
      const { clientIds, venIds } = concerned(change);
      for (const id of clientIds) for (const reader of this.#readers.of(id)) readers.add(reader);
      for (const group of this.#live.holding(venIds)) for (const reader of group.members) readers.add(reader);
    }
    for (const reader of readers) {
      const grant = await this.#options.grantOf(reader.request.caller);
      // Those who are still catching up look for themselves.
      if (!this.#live.has(reader)) continue;
      if (this.#live.put(reader, reader.audience(grant)))
        reader.stream.send(namedEvent('reset', { reason: READ_AGAIN }));
    }
  }

  async #tell({ changes, programTargets, last }: FeedPage): Promise<void> {
    let stretch = 0;
    for (const { seq, change } of changes) {
      this.#position = seq;
      const entryFor = feedEntries(change, programTargets);
      const chunkOf = chunksOf(seq);
      for (const group of this.#live.holding(feedCandidates(change, programTargets))) {
        if (++stretch % AT_A_STRETCH === 0) await nextTurn();
        const entry = entryFor(group.audience);
        if (entry === undefined) continue;
        for (const reader of group.members) {
          reader.tell(seq, chunkOf(entry));
          if (++stretch % AT_A_STRETCH === 0) await nextTurn();
        }
      }
    }
    this.#position = Math.max(this.#position, last ?? 0);
  }

  /** Looks whether every reader's token is still good, and tells him that the feed is alive and where he is. */
  async #beat(): Promise<void> {
    if (this.#beating) return;
    this.#beating = true;
    let stretch = 0;
    for (const reader of this.#live.members) {
      try {
        await reader.request.recheck();
        reader.stream.send(heartbeat(Math.max(reader.cursor, this.#told)));
      } catch (error) {
        // When the database cannot be asked, nothing is known against him.
        if (error instanceof ApiError) reader.stream.end(TOKEN_OVER);
      }
      if (++stretch % AT_A_STRETCH === 0) await nextTurn();
    }
    this.#beating = false;
  }
}

/** Has the change given or taken targets of this reader? */
function concerns(change: Change, { request }: FeedReader, held: readonly string[]): boolean {
  if (!changesGrants(change)) return false;
  const { clientIds, venIds } = concerned(change);
  return clientIds.includes(request.caller.clientId) || venIds.some((id) => held.includes(id));
}
