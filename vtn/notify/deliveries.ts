import type { Logger } from 'pino';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import { backoffMs } from '@openadr-gateway/shared/retry.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Store } from '../store/store.ts';
import { countWaiting, dropOldMessages, storeEndpointState, waitingFor } from '../store/webhooks.ts';
import type { CallbackCaller, CallbackOutcome } from './callback-caller.ts';
import { USER_AGENT } from './challenge.ts';
import { DeliveryLedger } from './delivery-ledger.ts';
import type { Delivery, Endpoint } from './endpoint.ts';
import { EndpointBook } from './endpoint-book.ts';
import { Lanes, type LaneOptions } from './lanes.ts';
import type { Subscriber } from './listeners.ts';
import { signatureHeaders } from './signature.ts';

export interface DeliveriesOptions {
  store: Store;
  clock: Clock;
  ids: IdSource;
  log: Logger;
  caller: CallbackCaller;
  /** How long an endpoint may fail before it is parked. */
  retryForMs: number;
  /** How long messages wait for an endpoint. */
  keptForMs: number;
  /** For the waiting times after a failure; [0, 1). */
  random?: () => number;
  retryBaseMs?: number;
  lanes?: LaneOptions;
}

const RETRY_MAX_MS = 300_000;
const CLEAN_MS = 60_000;
const GONE = 410;

/**
 * Calls subscribers: each endpoint hears its messages in order, one at a time and at least once; endpoints do not wait for each
 * other. What is to be told is stored before it gets here, and forgotten after a 2xx. An endpoint that has failed for too long,
 * or says 410 Gone, is parked: it is called no more until somebody resumes it, and its messages wait for as long as they are kept.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #random: () => number;
  readonly #lanes: Lanes;
  readonly #endpoints: EndpointBook;
  readonly #ledger: DeliveryLedger;
  #subscribers: ReadonlyMap<string, Subscriber> = new Map();
  #cleanTimer: NodeJS.Timeout | undefined;
  #stopped = true;
  #failedCount = 0;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#lanes = new Lanes(options.lanes);
    this.#endpoints = new EndpointBook(options);
    this.#ledger = new DeliveryLedger(options.store, options.log);
  }

  /** Takes up what was left when the VTN was stopped. @param subscribers by the ids of their subscriptions */
  async start(subscribers: ReadonlyMap<string, Subscriber>): Promise<void> {
    this.#stopped = false;
    await this.#endpoints.load();
    await this.setSubscribers(subscribers);
    for (const endpoint of this.#endpoints.all()) this.#work(endpoint);
    this.#cleanTimer = setInterval(() => void this.clean(), CLEAN_MS);
  }

  /** Begins no more calls, and stores what is known of those that have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#cleanTimer);
    for (const endpoint of this.#endpoints.all()) clearTimeout(endpoint.timer);
    await this.#ledger.stop();
  }

  /** Makes an endpoint for each client and URL, and forgets those that nobody wants to be called at any more. */
  async setSubscribers(subscribers: ReadonlyMap<string, Subscriber>): Promise<void> {
    this.#subscribers = subscribers;
    await this.#endpoints.setSubscribers(subscribers.values());
  }

  /** Where a callback goes. */
  endpointOf(clientId: string, url: string): Endpoint | undefined {
    return this.#endpoints.at(clientId, url);
  }

  /** Begins to deliver what is stored. */
  add(deliveries: readonly { endpoint: Endpoint; delivery: Delivery }[]): void {
    for (const { endpoint, delivery } of deliveries) {
      endpoint.add(delivery);
      this.#work(endpoint);
    }
  }

  /** Calls a parked or failing endpoint again. @returns false when there is none of this id */
  async resume(id: string): Promise<boolean> {
    const endpoint = this.#endpoints.byId(id);
    if (endpoint === undefined) return false;
    if (endpoint.failures === 0) return true;
    this.#recover(endpoint);
    await this.#options.store.write(({ db }) => storeEndpointState(db, endpoint.state));
    this.#work(endpoint);
    return true;
  }

  /** The same for one that has just proved to be there. */
  async resumeAt(clientId: string, url: string): Promise<void> {
    const endpoint = this.endpointOf(clientId, url);
    if (endpoint !== undefined) await this.resume(endpoint.id);
  }

  /** Gives up what has waited for too long. */
  async clean(): Promise<void> {
    const { store, clock, keptForMs, log } = this.#options;
    try {
      const first = await store.write(({ db }) => dropOldMessages(db, clock.nowMs() - keptForMs));
      if (first !== undefined) for (const endpoint of this.#endpoints.all()) endpoint.dropBefore(first);
    } catch (err) {
      log.error({ err }, 'old webhook messages could not be dropped');
    }
  }

  /** How many messages wait. For metrics. */
  waiting(): Promise<number> {
    return this.#options.store.read((db) => countWaiting(db));
  }

  /** Calls by how they ended. For metrics. */
  get calls(): { delivered: number; failed: number } {
    return { delivered: this.#ledger.deliveredCount, failed: this.#failedCount };
  }

  /** How many endpoints there are by how it goes there. For metrics. */
  get states(): { active: number; failing: number; parked: number } {
    const counts = { active: 0, failing: 0, parked: 0 };
    for (const { parkedMs, failures } of this.#endpoints.all()) {
      counts[parkedMs !== undefined ? 'parked' : failures > 0 ? 'failing' : 'active'] += 1;
    }
    return counts;
  }

  #work(endpoint: Endpoint): void {
    const isWaiting = endpoint.isBusy || endpoint.timer !== undefined || endpoint.parkedMs !== undefined;
    if (this.#stopped || isWaiting || (endpoint.isComplete && endpoint.queue.length === 0)) return;
    endpoint.isBusy = true;
    void this.#drain(endpoint)
      .catch((error: unknown) => {
        this.#options.log.error({ err: error }, 'a webhook could not be delivered');
        this.#postpone(endpoint, RETRY_MAX_MS);
      })
      .finally(() => (endpoint.isBusy = false));
  }

  async #drain(endpoint: Endpoint): Promise<void> {
    for (;;) {
      if (endpoint.queue.length === 0 && !endpoint.isComplete) {
        await endpoint.load((after, limit) => this.#waiting(endpoint, after, limit));
      }
      const head = endpoint.queue[0];
      if (head === undefined && !endpoint.isComplete) continue;
      if (head === undefined || this.#stopped) return;
      const outcome = await this.#deliver(endpoint, head);
      // Forgotten or stopped meanwhile.
      if (this.#stopped || this.#endpoints.byId(endpoint.id) !== endpoint) return;
      if (outcome !== undefined && !isTaken(outcome)) return this.#fail(endpoint, outcome);
      if (endpoint.queue[0] === head) endpoint.queue.shift();
      this.#ledger.delivered(endpoint, head.messageN);
      if (endpoint.failures > 0 && outcome !== undefined) {
        this.#recover(endpoint);
        this.#ledger.changed(endpoint);
      }
    }
  }

  /** @returns undefined when nobody wants to hear it any more */
  async #deliver(endpoint: Endpoint, { subscriptionId, position, body, messageId }: Delivery) {
    const subscriber = this.#subscribers.get(subscriptionId);
    const callback = [subscriber?.callbacks[position], ...(subscriber?.callbacks ?? [])].find(
      (one) => one?.url === endpoint.url,
    );
    if (subscriber === undefined || callback === undefined) return undefined;
    const leave = await this.#lanes.enter(endpoint.failures > 0);
    try {
      // It may have waited for its turn.
      if (this.#stopped || this.#subscribers.get(subscriptionId) === undefined) return undefined;
      const token = subscriber.tokens.get(callback.position);
      const { signingSecret } = subscriber;
      const nowMs = this.#options.clock.nowMs();
      const signed = signingSecret && signatureHeaders(signingSecret, { id: messageId, body, nowMs });
      return await this.#options.caller.call({
        method: 'POST',
        url: endpoint.url,
        headers: {
          'content-type': 'application/json',
          'user-agent': USER_AGENT,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(signed ? signed : {}),
        },
        body,
      });
    } finally {
      leave();
    }
  }

  #fail(endpoint: Endpoint, outcome: CallbackOutcome): void {
    const { clock, log, retryForMs, retryBaseMs = 1_000 } = this.#options;
    const nowMs = clock.nowMs();
    endpoint.failures += 1;
    endpoint.failingSinceMs ??= nowMs;
    endpoint.reason = outcome.kind === 'failed' ? outcome.reason : `it answered ${outcome.status}`;
    this.#failedCount += 1;
    this.#ledger.changed(endpoint);
    const isGone = outcome.kind === 'answered' && outcome.status === GONE;
    const { reason, clientId } = endpoint;
    // The rest of the URL may be secret.
    const details = { endpoint: endpoint.id, clientId, origin: new URL(endpoint.url).origin, reason };
    if (isGone || nowMs - endpoint.failingSinceMs >= retryForMs) {
      endpoint.parkedMs = nowMs;
      log.warn(details, 'a webhook endpoint is parked: it is called no more until it is resumed');
      return;
    }
    if (endpoint.failures === 1) log.info(details, 'a webhook endpoint fails; it will be called again');
    const askedMs = outcome.kind === 'answered' ? (outcome.retryAfterSeconds ?? 0) * 1_000 : 0;
    const delayMs = backoffMs(endpoint.failures - 1, this.#random, { baseMs: retryBaseMs, maxMs: RETRY_MAX_MS });
    this.#postpone(endpoint, Math.min(RETRY_MAX_MS, Math.max(askedMs, delayMs)));
  }

  #postpone(endpoint: Endpoint, delayMs: number): void {
    endpoint.timer = setTimeout(() => {
      endpoint.timer = undefined;
      this.#work(endpoint);
    }, delayMs);
  }

  #recover(endpoint: Endpoint): void {
    clearTimeout(endpoint.timer);
    endpoint.timer = undefined;
    endpoint.failures = 0;
    endpoint.failingSinceMs = undefined;
    endpoint.parkedMs = undefined;
    endpoint.reason = undefined;
  }

  async #waiting(endpoint: Endpoint, after: number, limit: number): Promise<Delivery[]> {
    const rows = await this.#options.store.read((db) => waitingFor(db, endpoint.id, after, limit));
    return rows.map((row) => ({
      messageN: row.message_n,
      messageId: row.message_id,
      body: row.body,
      subscriptionId: row.subscription_id,
      position: row.position,
    }));
  }
}

const isTaken = (outcome: CallbackOutcome): boolean =>
  outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
