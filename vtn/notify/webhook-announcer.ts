import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import {
  eventTo30,
  programTo30,
  reportTo30,
  resourceTo30,
  subscriptionTo30,
  venTo30,
} from '@openadr-gateway/shared/openadr/dialect-3.0.ts';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import type { Resource, StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { OutboxRow } from '../store/outbox.ts';
import { resourcesOfVen } from '../store/resources.ts';
import type { Change, Db, Store } from '../store/store.ts';
import { vensHolding } from '../store/targets.ts';
import { storedListeners, storeDeliveries, storeMessage } from '../store/webhooks.ts';
import { callsFor, type CallbackAudience } from './callback-routing.ts';
import type { Announced, Announcer } from './channel.ts';
import type { Deliveries } from './deliveries.ts';
import type { Delivery, Endpoint } from './endpoint.ts';
import { subscriberOf, type Subscriber } from './listeners.ts';
import { changesOf, targetsOfPrograms } from './resolve.ts';
import { programsToResolve, targetsToResolve } from './routing.ts';

export interface WebhookAnnouncerOptions {
  store: Store;
  clock: Clock;
  ids: IdSource;
  log: Logger;
  deliveries: Deliveries;
}

/** Beyond so many messages the rest of the rows waits for the next transaction, for which requests need not wait as long. */
const MAX_AT_ONCE = 500;

/** A message and for whom it is. */
interface Letter {
  id: string;
  body: string;
  to: Map<Endpoint, { subscriptionId: string; position: number }>;
}

/** The world as it is now, for some changes. */
interface World extends CallbackAudience {
  /** For the vens of 3.0.1, which carry their resources. */
  resourcesOf(venId: string): readonly Resource[];
}

/**
 * Makes of each change the messages for those who subscribed to it, and stores them for `Deliveries`. One message serves all who
 * are told the same. How many there are costs the request that made the change nothing: this runs after it, and yields.
 */
export class WebhookAnnouncer implements Announcer {
  readonly name = 'webhooks';
  readonly #options: WebhookAnnouncerOptions;
  #subscribers = new Map<string, Subscriber>();
  #version = -1;
  #lastTookMs = 0;

  constructor(options: WebhookAnnouncerOptions) {
    this.#options = options;
  }

  /** Looks who has subscribed, and takes up what was left when the VTN was stopped. */
  async start(): Promise<void> {
    await this.#load();
    await this.#options.deliveries.start(this.#subscribers);
  }

  async state(): Promise<'ready' | 'skip'> {
    if (this.#version !== this.#options.store.versions.subscriptions) await this.#refresh();
    return this.#subscribers.size === 0 ? 'skip' : 'ready';
  }

  /** Tells a client that was revoked nothing more, whatever waits for it. */
  async forget(clientId: string): Promise<void> {
    for (const [id, subscriber] of this.#subscribers) {
      if (subscriber.clientId === clientId) this.#subscribers.delete(id);
    }
    await this.#options.deliveries.setSubscribers(this.#subscribers);
  }

  async announce(rows: readonly OutboxRow[]): Promise<Announced> {
    const { store, log, deliveries } = this.#options;
    // No more than a third of the time: requests come first.
    if (this.#lastTookMs > 1) await delay(2 * this.#lastTookMs);
    const startedMs = performance.now();
    // Another process, the command line, may have ended subscriptions.
    const isStale = this.#version !== store.versions.subscriptions;
    if (isStale || rows.some((row) => row.object_type === 'SUBSCRIPTION')) await this.#refresh();
    const read = changesOf(rows, log);
    const world = await store.read((db) =>
      this.#worldOf(
        db,
        read.flatMap(({ change }) => change ?? []),
      ),
    );
    const letters: Letter[] = [];
    let upTo: number | undefined;
    let count = 0;
    for (const { row, change } of read) {
      const own = change === undefined ? [] : this.#lettersFor(change, row.created_ms, world);
      letters.push(...own);
      upTo = row.seq;
      count += own.reduce((sum, { to }) => sum + to.size, 0);
      if (count >= MAX_AT_ONCE) break;
    }
    const made: { endpoint: Endpoint; delivery: Delivery }[] = [];
    this.#lastTookMs = performance.now() - startedMs;
    return {
      upTo,
      store: async (db) => {
        const beganMs = performance.now();
        made.push(...(await this.#store(db, letters)));
        this.#lastTookMs += performance.now() - beganMs;
      },
      stored: () => deliveries.add(made),
    };
  }

  async #refresh(): Promise<void> {
    await this.#load();
    await this.#options.deliveries.setSubscribers(this.#subscribers);
  }

  async #load(): Promise<void> {
    const { store } = this.#options;
    const version = store.versions.subscriptions;
    const stored = await store.read((db) => storedListeners(db));
    this.#subscribers = new Map(stored.map((one) => [one.subscription.id, subscriberOf(one)]));
    this.#version = version;
  }

  #lettersFor(change: Change, changedMs: number, world: World): Letter[] {
    const { ids, deliveries } = this.#options;
    const letters = new Map<string, Letter[]>();
    const write = writer(world);
    for (const subscriber of this.#subscribers.values()) {
      // Who came later has read, or will read, what there is.
      if (subscriber.createdMs > changedMs) continue;
      for (const { callback, operation, object } of callsFor(change, subscriber, world)) {
        const { clientId, subscriptionId, version } = subscriber;
        const endpoint = deliveries.endpointOf(clientId, callback.url);
        if (endpoint === undefined) continue;
        const body = write(version, operation, object);
        const alike = letters.get(body) ?? [];
        letters.set(body, alike);
        // Two subscriptions of a client with one URL: it is told twice.
        let letter = alike.find(({ to }) => !to.has(endpoint));
        if (letter === undefined) alike.push((letter = { id: ids.next(), body, to: new Map() }));
        letter.to.set(endpoint, { subscriptionId, position: callback.position });
      }
    }
    return [...letters.values()].flat();
  }

  async #store(db: Db, letters: readonly Letter[]): Promise<{ endpoint: Endpoint; delivery: Delivery }[]> {
    const createdMs = this.#options.clock.nowMs();
    const made: { endpoint: Endpoint; delivery: Delivery }[] = [];
    for (const { id, body, to } of letters) {
      const messageN = await storeMessage(db, { id, body, created_ms: createdMs });
      for (const [endpoint, who] of to) made.push({ endpoint, delivery: { messageN, messageId: id, body, ...who } });
    }
    const rows = made.map(({ endpoint, delivery: { messageN, subscriptionId, position } }) => ({
      message_n: messageN,
      endpoint_id: endpoint.id,
      subscription_id: subscriptionId,
      position,
    }));
    await storeDeliveries(db, rows);
    return made;
  }

  async #worldOf(db: Db, changes: readonly Change[]): Promise<World> {
    const programs = await targetsOfPrograms(db, [...new Set(changes.flatMap(programsToResolve))]);
    const programTargets = (id: string) => programs.get(id);
    const targets = [...new Set(changes.flatMap((change) => targetsToResolve(change, programTargets)))];
    const holders = targets.length === 0 ? [] : await vensHolding(db, targets);
    const held = new Map(holders.map((holder) => [holder.clientId, holder.held]));
    const ofEvents = await programsOfEvents(db, changes);
    const resources = new Map<string, readonly Resource[]>();
    if ([...this.#subscribers.values()].some(({ version }) => version === '3.0.1')) {
      for (const { object } of changes)
        if (object.objectType === 'VEN') resources.set(object.id, await resourcesOfVen(db, object.id));
    }
    return {
      programTargets,
      held: (clientId) => held.get(clientId) ?? [],
      programOfEvent: (id) => ofEvents.get(id),
      resourcesOf: (venId) => resources.get(venId) ?? [],
    };
  }
}

/** The programs of the events that reports are about, of those too that are deleted together with them. */
async function programsOfEvents(db: Db, changes: readonly Change[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const asked = new Set<string>();
  for (const { object } of changes) {
    if (object.objectType === 'EVENT') found.set(object.id, object.programID);
    if (object.objectType === 'REPORT') asked.add(object.eventID);
  }
  const missing = [...asked].filter((id) => !found.has(id));
  if (missing.length === 0) return found;
  const rows = await db.selectFrom('events').select(['id', 'program_id']).where('id', 'in', missing).execute();
  for (const row of rows) found.set(row.id, row.program_id);
  return found;
}

/** Notifications of one change as JSON; what many are told is written once. */
function writer(world: World): (version: Subscriber['version'], operation: string, object: StoredObject) => string {
  const written = new WeakMap<object, Map<string, string>>();
  return (version, operation, object) => {
    const texts = written.get(object) ?? new Map<string, string>();
    written.set(object, texts);
    const key = `${version} ${operation}`;
    const known = texts.get(key);
    if (known !== undefined) return known;
    const shown = version === '3.1' ? object : shownIn30(object, world);
    const text = JSON.stringify({ objectType: object.objectType, operation, object: shown });
    texts.set(key, text);
    return text;
  };
}

function shownIn30(object: StoredObject, world: World): object {
  switch (object.objectType) {
    case 'PROGRAM':
      return programTo30(object);
    case 'EVENT':
      return eventTo30(object);
    case 'REPORT':
      return reportTo30(object, world.programOfEvent(object.eventID) ?? '');
    case 'SUBSCRIPTION':
      return subscriptionTo30(object);
    case 'VEN':
      return venTo30(object, world.resourcesOf(object.id));
    case 'RESOURCE':
      return resourceTo30(object);
  }
}
