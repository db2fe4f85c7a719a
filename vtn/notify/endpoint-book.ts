import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Store } from '../store/store.ts';
import { allEndpoints, deleteEndpoints, endpointsWaiting, insertEndpoints } from '../store/webhooks.ts';
import { Endpoint } from './endpoint.ts';
import type { Subscriber } from './listeners.ts';

const NEW_ENDPOINT = { failures: 0, failing_since_ms: null, parked_ms: null, reason: null, dropped: 0 };

/** The endpoints that are known: one for each client and URL that somebody wants to be called at. */
export class EndpointBook {
  readonly #deps: { store: Store; clock: Clock; ids: IdSource };
  readonly #byId = new Map<string, Endpoint>();
  readonly #byPlace = new Map<string, Endpoint>();

  constructor(deps: { store: Store; clock: Clock; ids: IdSource }) {
    this.#deps = deps;
  }

  /** Takes up those that were known when the VTN was stopped. */
  async load(): Promise<void> {
    const { rows, waiting } = await this.#deps.store.read(async (db) => ({
      rows: await allEndpoints(db),
      waiting: new Set(await endpointsWaiting(db)),
    }));
    for (const row of rows) this.#know(new Endpoint(row, !waiting.has(row.id)));
  }

  /** Makes those that are wanted now, and forgets those that nobody wants to be called at any more. */
  async setSubscribers(subscribers: Iterable<Subscriber>): Promise<void> {
    const { store, clock, ids } = this.#deps;
    const wanted = new Map<string, { client_id: string; url: string }>();
    for (const { clientId, callbacks } of subscribers)
      for (const { url } of callbacks) wanted.set(placeOf(clientId, url), { client_id: clientId, url });
    const gone = [...this.#byPlace].filter(([place]) => !wanted.has(place)).map(([, endpoint]) => endpoint);
    const rows = [...wanted]
      .filter(([place]) => !this.#byPlace.has(place))
      .map(([, where]) => ({ ...NEW_ENDPOINT, id: ids.next(), created_ms: clock.nowMs(), ...where }));
    if (gone.length === 0 && rows.length === 0) return;
    const goneIds = gone.map(({ id }) => id);
    await store.write(async ({ db }) => {
      await insertEndpoints(db, rows);
      if (goneIds.length > 0) await deleteEndpoints(db, goneIds);
    });
    for (const endpoint of gone) this.#forget(endpoint);
    for (const row of rows) this.#know(new Endpoint(row, true));
  }

  all(): Iterable<Endpoint> {
    return this.#byId.values();
  }

  byId(id: string): Endpoint | undefined {
    return this.#byId.get(id);
  }

  /** Where a callback goes. */
  at(clientId: string, url: string): Endpoint | undefined {
    return this.#byPlace.get(placeOf(clientId, url));
  }

  #know(endpoint: Endpoint): void {
    this.#byId.set(endpoint.id, endpoint);
    this.#byPlace.set(placeOf(endpoint.clientId, endpoint.url), endpoint);
  }

  #forget(endpoint: Endpoint): void {
    clearTimeout(endpoint.timer);
    this.#byId.delete(endpoint.id);
    this.#byPlace.delete(placeOf(endpoint.clientId, endpoint.url));
  }
}

const placeOf = (clientId: string, url: string): string => `${clientId}\n${url}`;
