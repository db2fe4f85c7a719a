import type { Logger } from 'pino';
import { backoffMs } from '@openadr-gateway/shared/retry.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import {
  advanceCursor,
  cursorOf,
  lastOfOutbox,
  outboxAfter,
  passedByAll,
  trimOutbox,
  type OutboxRow,
} from '../store/outbox.ts';
import type { Db, Store } from '../store/store.ts';

/** What a channel did with the rows that it was given. */
export interface Announced {
  /** The row up to which all are dealt with; `undefined`: none. */
  upTo: number | undefined;
  /** Why not all are. */
  failure?: Error;
  /** What has to be stored in the transaction that notes how far the channel has come. */
  store?(db: Db): Promise<void>;
  /** Runs after that transaction. */
  stored?(): void;
}

/** One way in which changes are announced. */
export interface Announcer {
  /** The name under which the outbox knows how far it has come. */
  readonly name: string;
  /** `wait`: nothing can be announced now; `skip`: nobody listens, so that rows are passed without being read. */
  state(): 'ready' | 'wait' | 'skip' | Promise<'ready' | 'wait' | 'skip'>;
  /** @param mayGoOn false once the channel is being stopped */
  announce(rows: readonly OutboxRow[], mayGoOn: () => boolean): Promise<Announced>;
  /** Called with what begins to be `ready`. Returns the function that ends it. */
  onReady?(listener: () => void): () => void;
}

export interface ChannelOptions {
  store: Store;
  clock: Clock;
  log: Logger;
  announcer: Announcer;
  /** How long rows are kept after all channels have passed them, for readers who come back; 0: not at all. */
  keptForMs?: number;
  /** For the waiting times after a failure; [0, 1). */
  random?: () => number;
  /** How many changes are announced together. */
  batchSize?: number;
  /** How often the outbox is looked at although nobody said that there is something new. */
  pollMs?: number;
  /** How long `stop` waits for what is on its way. */
  stopTimeoutMs?: number;
}

const BATCH_SIZE = 200;
const POLL_MS = 5000;
const STOP_TIMEOUT_MS = 3000;
const RETRY_MAX_MS = 60_000;

/**
 * Reads the outbox for one announcer: every committed change at least once, in the order of the commits.
 *
 * ```text
 *   outbox   … 41 42 43 44 45          a row goes when all channels have passed it and nobody wants it kept
 *   mqtt           ▲                   the broker is down: waits, and holds up nobody
 *   webhooks             ▲
 * ```
 *
 * The cursor advances only past what the announcer has dealt with. After a failure, or a kill, the announcing begins again at
 * the first row that is left: readers may hear something twice, never an old state last.
 */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #random: () => number;
  #unsubscribe: (() => void)[] = [];
  #running: Promise<void> | undefined;
  /** There may be more than the present run has seen. */
  #more = false;
  #stopped = true;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    const { store, announcer } = this.#options;
    this.#unsubscribe = [
      // While it fails, the back-off's timer wakes it; a stream of commits must not.
      store.onOutbox(() => {
        if (this.#failures === 0) this.#wake();
      }),
      announcer.onReady?.(() => this.#wake()) ?? (() => undefined),
    ];
    this.#wake();
  }

  /** Waits for what is on its way, for a while; what is not dealt with stays in the outbox. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    if (this.#running === undefined) return;
    let deadline: NodeJS.Timeout | undefined;
    const { stopTimeoutMs = STOP_TIMEOUT_MS } = this.#options;
    const timeout = new Promise<void>((resolve) => (deadline = setTimeout(resolve, stopTimeoutMs)));
    await Promise.race([this.#running, timeout]);
    clearTimeout(deadline);
  }

  #wake(): void {
    this.#more = true;
    if (this.#stopped || this.#running !== undefined) return;
    clearTimeout(this.#timer);
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      this.#sleep();
    });
  }

  #sleep(): void {
    if (this.#stopped) return;
    if (this.#more && this.#failures === 0) return this.#wake();
    const { pollMs = POLL_MS } = this.#options;
    const delayMs =
      this.#failures === 0 ? pollMs : backoffMs(this.#failures - 1, this.#random, { maxMs: RETRY_MAX_MS });
    this.#timer = setTimeout(() => this.#wake(), delayMs);
  }

  async #run(): Promise<void> {
    const { store, announcer, log, batchSize = BATCH_SIZE } = this.#options;
    this.#more = false;
    try {
      const state = await announcer.state();
      if (state === 'wait') return;
      if (state === 'skip') await this.#skip();
      else {
        for (;;) {
          const rows = await store.read(async (db) => outboxAfter(db, await cursorOf(db, announcer.name), batchSize));
          if (rows.length === 0 || this.#stopped) break;
          await this.#pass(await announcer.announce(rows, () => !this.#stopped));
        }
      }
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      const details = { err: error, channel: announcer.name, failures: this.#failures };
      log.warn(details, 'changes could not be announced; they will be again');
    }
  }

  async #skip(): Promise<void> {
    const { store, announcer } = this.#options;
    const hasPassedAll = async (db: Db) => (await cursorOf(db, announcer.name)) >= (await lastOfOutbox(db));
    if (await store.read(hasPassedAll)) return;
    await store.write(async ({ db }) => this.#advance(db, await lastOfOutbox(db)));
  }

  async #pass(announced: Announced): Promise<void> {
    const { store } = this.#options;
    const { upTo, failure } = announced;
    if (upTo !== undefined) {
      await store.write(async ({ db }) => {
        await announced.store?.(db);
        await this.#advance(db, upTo);
      });
      announced.stored?.();
    }
    if (failure !== undefined) throw failure;
  }

  async #advance(db: Db, upTo: number): Promise<void> {
    const { clock, announcer, keptForMs = 0 } = this.#options;
    const passedBefore = await passedByAll(db);
    await advanceCursor(db, announcer.name, upTo);
    await trimOutbox(db, keptForMs === 0 ? Infinity : clock.nowMs() - keptForMs, passedBefore);
  }
}
