import type { Logger } from 'pino';
import { backoffMs } from '@openadr-gateway/shared/retry.ts';
import { clearOutbox, deleteOutbox } from '../store/outbox.ts';
import type { Store } from '../store/store.ts';
import { publishInOrder } from './publish.ts';
import { nextMessages } from './resolve.ts';
import type { NotificationTransport } from './transport.ts';

export interface NotifierOptions {
  store: Store;
  log: Logger;
  transport: NotificationTransport;
  /** Called with a client that has lost its ven, when it has been told so. */
  onBereft?: (clientId: string) => void;
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
 * Announces every committed change at least once, in the order of the commits.
 *
 * A row leaves the outbox only after all its messages and those of all rows before it were acknowledged. After a failure, or a
 * kill, the announcing begins again at the first row that is left: readers may hear something twice, never an old state last.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #random: () => number;
  #unsubscribe: (() => void)[] = [];
  #running: Promise<void> | undefined;
  /** There may be more than the present run has seen. */
  #more = false;
  #stopped = true;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    const { store, transport } = this.#options;
    this.#unsubscribe = [
      // While it fails, the back-off's timer wakes it; a stream of commits must not.
      store.onOutbox(() => {
        if (this.#failures === 0) this.#wake();
      }),
      transport.onConnected(() => this.#wake()),
    ];
    this.#wake();
  }

  /** Waits for what is on its way, for a while; what is not acknowledged stays in the outbox. */
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
    const { store, transport, log, batchSize = BATCH_SIZE, onBereft = () => undefined } = this.#options;
    this.#more = false;
    if (!transport.connected) return;
    try {
      if (transport.silent) {
        await store.write(({ db }) => clearOutbox(db));
        this.#failures = 0;
        return;
      }
      for (;;) {
        const announcements = await store.read((db) => nextMessages(db, batchSize, log));
        if (announcements.length === 0 || this.#stopped) break;
        const { done, failure } = await publishInOrder(transport, announcements, () => !this.#stopped);
        for (const { bereft } of announcements.slice(0, done.length)) if (bereft !== undefined) onBereft(bereft);
        if (done.length > 0) await store.write(({ db }) => deleteOutbox(db, done));
        if (failure !== undefined) throw failure;
      }
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      log.warn({ err: error, failures: this.#failures }, 'changes could not be announced; they will be again');
    }
  }
}
