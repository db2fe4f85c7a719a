import type { EndpointRow, EndpointState } from '../store/webhooks.ts';

/** A message on its way to an endpoint. */
export interface Delivery {
  messageN: number;
  messageId: string;
  body: string;
  subscriptionId: string;
  position: number;
}

/** Most messages that are held in memory for an endpoint; the others wait in the database. */
const MAX_HELD = 50;

/** Where callbacks of a client go: what waits for it, in order, and how it goes there. */
export class Endpoint {
  readonly id: string;
  readonly clientId: string;
  readonly url: string;
  failures: number;
  failingSinceMs: number | undefined;
  parkedMs: number | undefined;
  reason: string | undefined;
  /** The first messages that wait. */
  queue: Delivery[] = [];
  /** Whether nothing waits that is not in the queue. */
  isComplete: boolean;
  /** The last message that was put into the queue. */
  lastN = 0;
  isBusy = false;
  #hasMissed = false;
  /** Set while it waits for the next attempt. */
  timer: NodeJS.Timeout | undefined;

  constructor(row: EndpointRow, isComplete: boolean) {
    this.id = row.id;
    this.clientId = row.client_id;
    this.url = row.url;
    this.failures = row.failures;
    this.failingSinceMs = row.failing_since_ms ?? undefined;
    this.parkedMs = row.parked_ms ?? undefined;
    this.reason = row.reason ?? undefined;
    this.isComplete = isComplete;
  }

  /** Takes a message that is stored, and newer than all before. */
  add(delivery: Delivery): void {
    if (this.isComplete && this.queue.length < MAX_HELD) this.#hold(delivery);
    else {
      this.isComplete = false;
      this.#hasMissed = true;
    }
  }

  /** Fills the empty queue from the database. */
  async load(waiting: (afterN: number, limit: number) => Promise<Delivery[]>): Promise<void> {
    this.#hasMissed = false;
    const found = await waiting(this.lastN, MAX_HELD);
    for (const delivery of found) this.#hold(delivery);
    // What was added while the database was read may not be among what it gave.
    this.isComplete = found.length < MAX_HELD && !this.#hasMissed;
  }

  /** Forgets what is older than this message. */
  dropBefore(n: number): void {
    this.queue = this.queue.filter(({ messageN }) => messageN >= n);
  }

  get state(): EndpointState {
    return {
      id: this.id,
      failures: this.failures,
      failing_since_ms: this.failingSinceMs ?? null,
      parked_ms: this.parkedMs ?? null,
      reason: this.reason ?? null,
    };
  }

  #hold(delivery: Delivery): void {
    this.queue.push(delivery);
    this.lastN = delivery.messageN;
  }
}
