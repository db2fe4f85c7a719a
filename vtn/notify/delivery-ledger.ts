import type { Logger } from 'pino';
import type { Store } from '../store/store.ts';
import { deleteDelivered, storeEndpointState, type DeliveryRow } from '../store/webhooks.ts';
import type { Endpoint } from './endpoint.ts';

/** What was delivered is forgotten together with what was delivered shortly before. */
const FLUSH_MS = 20;

/** Notes durably what was delivered and how endpoints do, many at a time. What was not noted is delivered once more. */
export class DeliveryLedger {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #delivered: Pick<DeliveryRow, 'message_n' | 'endpoint_id'>[] = [];
  readonly #changed = new Set<Endpoint>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Since the start; for metrics. */
  deliveredCount = 0;

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  delivered(endpoint: Endpoint, messageN: number): void {
    this.#delivered.push({ message_n: messageN, endpoint_id: endpoint.id });
    this.#soon();
  }

  changed(endpoint: Endpoint): void {
    this.#changed.add(endpoint);
    this.#soon();
  }

  /** Notes the rest. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#flush();
    await this.#writing;
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  #flush(): void {
    this.#timer = undefined;
    const delivered = this.#delivered.splice(0);
    const changed = [...this.#changed];
    this.#changed.clear();
    if (delivered.length === 0 && changed.length === 0) return;
    this.deliveredCount += delivered.length;
    const write = this.#store.write(async ({ db }) => {
      await deleteDelivered(db, delivered);
      for (const { state } of changed) await storeEndpointState(db, state);
    });
    const done = write.catch((err: unknown) => this.#log.error({ err }, 'delivered webhooks could not be noted'));
    this.#writing = Promise.all([this.#writing, done]).then(() => undefined);
  }
}
