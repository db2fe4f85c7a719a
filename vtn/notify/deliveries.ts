import type { Logger } from 'pino';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import { backoffMs } from '@openadr-gateway/shared/retry.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Store } from '../store/store.ts';
import {
  allEndpoints,
  countWaiting,
  deleteDelivered,
  deleteEndpoints,
  dropOldMessages,
  endpointsWaiting,
  insertEndpoints,
  storeEndpointState,
  waitingFor,
  type DeliveryRow,
} from '../store/webhooks.ts';
import type { CallbackCaller, CallbackOutcome } from './callback-caller.ts';
import { USER_AGENT } from './challenge.ts';
import { Endpoint, type Delivery } from './endpoint.ts';
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
/** What was delivered is forgotten together with what was delivered shortly before. */
const FLUSH_MS = 20;
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
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #byPlace = new Map<string, Endpoint>();
  readonly #delivered: Pick<DeliveryRow, 'message_n' | 'endpoint_id'>[] = [];
  readonly #changed = new Set<Endpoint>();
  #subscribers: ReadonlyMap<string, Subscriber> = new Map();
  #flushTimer: NodeJS.Timeout | undefined;
  #cleanTimer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #stopped = true;
  /** Calls by how they ended; for metrics. */
  readonly calls = { delivered: 0, failed: 0 };

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#lanes = new Lanes(options.lanes);
  }

  /** Takes up what was left when the VTN was stopped. @param subscribers by the ids of their subscriptions */
  async start(subscribers: ReadonlyMap<string, Subscriber>): Promise<void> {
    this.#stopped = false;
    const { store } = this.#options;
    const { rows, waiting } = await store.read(async (db) => ({
      rows: await allEndpoints(db),
      waiting: new Set(await endpointsWaiting(db)),
    }));
    for (const row of rows) this.#know(new Endpoint(row, !waiting.has(row.id)));
    await this.setSubscribers(subscribers);
    for (const endpoint of this.#endpoints.values()) this.#work(endpoint);
    this.#cleanTimer = setInterval(() => void this.clean(), CLEAN_MS);
  }

  /** Begins no more calls, and stores what is known of those that have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#cleanTimer);
    for (const endpoint of this.#endpoints.values()) clearTimeout(endpoint.timer);
    clearTimeout(this.#flushTimer);
    this.#flush();
    await this.#flushing;
  }

  /** Makes an endpoint for each client and URL, and forgets those that nobody wants to be called at any more. */
  async setSubscribers(subscribers: ReadonlyMap<string, Subscriber>): Promise<void> {
    const { store, clock, ids } = this.#options;
    this.#subscribers = subscribers;
    const wanted = new Map<string, { client_id: string; url: string }>();
    for (const { clientId, callbacks } of subscribers.values())
      for (const { url } of callbacks) wanted.set(placeOf(clientId, url), { client_id: clientId, url });
    const gone = [...this.#byPlace].filter(([place]) => !wanted.has(place)).map(([, endpoint]) => endpoint);
    const rows = [...wanted]
      .filter(([place]) => !this.#byPlace.has(place))
      .map(([, where]) => ({ ...NEW_ENDPOINT, id: ids.next(), created_ms: clock.nowMs(), ...where }));
    if (gone.length === 0 && rows.length === 0) return;
    await store.write(async ({ db }) => {
      await insertEndpoints(db, rows);
      if (gone.length > 0)
        await deleteEndpoints(
          db,
          gone.map(({ id }) => id),
        );
    });
    for (const endpoint of gone) this.#forget(endpoint);
    for (const row of rows) this.#know(new Endpoint(row, true));
  }

  /** Where a callback goes. */
  endpointOf(clientId: string, url: string): Endpoint | undefined {
    return this.#byPlace.get(placeOf(clientId, url));
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
    const endpoint = this.#endpoints.get(id);
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
      if (first !== undefined) for (const endpoint of this.#endpoints.values()) endpoint.dropBefore(first);
    } catch (err) {
      log.error({ err }, 'old webhook messages could not be dropped');
    }
  }

  /** How many messages wait. For metrics. */
  waiting(): Promise<number> {
    return this.#options.store.read((db) => countWaiting(db));
  }

  /** How many endpoints there are by how it goes there. For metrics. */
  get states(): { active: number; failing: number; parked: number } {
    const counts = { active: 0, failing: 0, parked: 0 };
    for (const { parkedMs, failures } of this.#endpoints.values()) {
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
      if (this.#stopped || this.#endpoints.get(endpoint.id) !== endpoint) return;
      if (outcome !== undefined && !isTaken(outcome)) return this.#fail(endpoint, outcome);
      if (endpoint.queue[0] === head) endpoint.queue.shift();
      this.#delivered.push({ message_n: head.messageN, endpoint_id: endpoint.id });
      if (endpoint.failures > 0 && outcome !== undefined) {
        this.#recover(endpoint);
        this.#changed.add(endpoint);
      }
      this.#flushSoon();
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
    this.calls.failed += 1;
    this.#changed.add(endpoint);
    this.#flushSoon();
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

  #flushSoon(): void {
    this.#flushTimer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  #flush(): void {
    this.#flushTimer = undefined;
    const delivered = this.#delivered.splice(0);
    const changed = [...this.#changed];
    this.#changed.clear();
    if (delivered.length === 0 && changed.length === 0) return;
    this.calls.delivered += delivered.length;
    const { store, log } = this.#options;
    const write = store.write(async ({ db }) => {
      await deleteDelivered(db, delivered);
      for (const { state } of changed) await storeEndpointState(db, state);
    });
    // After a failure they are delivered once more at the next start.
    const done = write.catch((err: unknown) => log.error({ err }, 'delivered webhooks could not be noted'));
    this.#flushing = Promise.all([this.#flushing, done]).then(() => undefined);
  }

  #know(endpoint: Endpoint): void {
    this.#endpoints.set(endpoint.id, endpoint);
    this.#byPlace.set(placeOf(endpoint.clientId, endpoint.url), endpoint);
  }

  #forget(endpoint: Endpoint): void {
    clearTimeout(endpoint.timer);
    this.#endpoints.delete(endpoint.id);
    this.#byPlace.delete(placeOf(endpoint.clientId, endpoint.url));
  }
}

const NEW_ENDPOINT = { failures: 0, failing_since_ms: null, parked_ms: null, reason: null, dropped: 0 };

const placeOf = (clientId: string, url: string): string => `${clientId}\n${url}`;

const isTaken = (outcome: CallbackOutcome): boolean =>
  outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
