import { sql, type Selectable } from 'kysely';
import type { Subscription } from '@openadr-gateway/shared/openadr/objects.ts';
import { chunked } from './chunks.ts';
import { kept } from './kept.ts';
import { paged, type Page } from './lists.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** Where callbacks of a client go, and how it goes there. */
export type EndpointRow = Selectable<Database['webhook_endpoints']>;
/** A message that somebody has still to hear. */
export type DeliveryRow = Selectable<Database['webhook_deliveries']>;
/** With the message itself. */
export type WaitingRow = DeliveryRow & { message_id: string; body: string };

/** The callback URLs of a client that were given up. */
export async function parkedUrls(db: Db, clientId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('webhook_endpoints')
    .select('url')
    .where('client_id', '=', clientId)
    .where('parked_ms', 'is not', null)
    .execute();
  return rows.map(({ url }) => url);
}

/** A subscription with all that calling for it needs. */
export interface StoredListener {
  subscription: Subscription;
  /** What the subscriber's token said, else what our own list of clients says. */
  role: string | null;
  version: string | null;
  signingSecret: string | null;
  /** Bearer tokens by the place of their entry. */
  tokens: ReadonlyMap<number, string>;
}

/** All subscriptions of clients that are not revoked. */
export async function storedListeners(db: Db): Promise<StoredListener[]> {
  const rows = await db
    .selectFrom('subscriptions')
    .leftJoin('subscription_owners', 'subscription_owners.subscription_id', 'subscriptions.id')
    .leftJoin('clients', 'clients.id', 'subscriptions.client_id')
    .where('clients.revoked_ms', 'is', null)
    .select(['subscriptions.id', 'subscriptions.body', 'version', 'signing_secret as signingSecret'])
    .select((eb) => eb.fn.coalesce('clients.role', 'subscription_owners.role').as('role'))
    .execute();
  const tokens = new Map<string, Map<number, string>>();
  for (const row of await db.selectFrom('subscription_tokens').selectAll().execute()) {
    const own = tokens.get(row.subscription_id) ?? new Map<number, string>();
    tokens.set(row.subscription_id, own.set(row.position, row.bearer_token));
  }
  return rows.map(({ id, body, ...rest }) => ({
    subscription: JSON.parse(body) as Subscription,
    tokens: tokens.get(id) ?? new Map<number, string>(),
    ...rest,
  }));
}

export async function allEndpoints(db: Db): Promise<EndpointRow[]> {
  return db.selectFrom('webhook_endpoints').selectAll().execute();
}

export async function insertEndpoints(db: Db, rows: readonly EndpointRow[]): Promise<void> {
  for (const some of chunked(rows)) await db.insertInto('webhook_endpoints').values(some).execute();
}

/** Forgets endpoints and what they had still to hear. */
export async function deleteEndpoints(db: Db, ids: readonly string[]): Promise<void> {
  for (const some of chunked(ids)) {
    await db.deleteFrom('webhook_deliveries').where('endpoint_id', 'in', some).execute();
    await db.deleteFrom('webhook_endpoints').where('id', 'in', some).execute();
  }
  await db.deleteFrom('webhook_messages').where(isHeard).execute();
}

/** How it goes at an endpoint: all that changes of its row. */
export type EndpointState = Pick<EndpointRow, 'id' | 'failures' | 'failing_since_ms' | 'parked_ms' | 'reason'>;

export async function storeEndpointState(db: Db, { id, ...state }: EndpointState): Promise<void> {
  await db.updateTable('webhook_endpoints').set(state).where('id', '=', id).execute();
}

export interface EndpointFilter extends Page {
  id?: string | undefined;
  clientId?: string | undefined;
  state?: 'ACTIVE' | 'FAILING' | 'PARKED' | undefined;
}

/** With how many messages wait for it. */
export type ListedEndpoint = EndpointRow & { waiting: number };

export async function endpointById(db: Db, id: string): Promise<ListedEndpoint | undefined> {
  return (await listEndpoints(db, { id }))[0];
}

/** Endpoints by their ids. */
export async function listEndpoints(db: Db, filter: EndpointFilter = {}): Promise<ListedEndpoint[]> {
  let query = db.selectFrom('webhook_endpoints').selectAll().orderBy('id');
  const { id, clientId, state } = filter;
  if (id !== undefined) query = query.where('id', '=', id);
  if (clientId !== undefined) query = query.where('client_id', '=', clientId);
  if (state !== undefined) query = query.where('parked_ms', state === 'PARKED' ? 'is not' : 'is', null);
  if (state === 'ACTIVE') query = query.where('failures', '=', 0);
  if (state === 'FAILING') query = query.where('failures', '>', 0);
  const rows = await paged(query, filter).execute();
  if (rows.length === 0) return [];
  const counts = await db
    .selectFrom('webhook_deliveries')
    .select(['endpoint_id', (eb) => eb.fn.countAll<number>().as('n')])
    .where(
      'endpoint_id',
      'in',
      rows.map(({ id }) => id),
    )
    .groupBy('endpoint_id')
    .execute();
  const waiting = new Map(counts.map(({ endpoint_id, n }) => [endpoint_id, n]));
  return rows.map((row) => ({ ...row, waiting: waiting.get(row.id) ?? 0 }));
}

const insertMessage = kept((db, row: { id: string; body: string; created_ms: number }) =>
  db.insertInto('webhook_messages').values(row).returning('n'),
);
const insertDeliveries = kept((db, rows: readonly DeliveryRow[]) => db.insertInto('webhook_deliveries').values(rows));

/** @returns the number that the message was given; later ones are greater */
export async function storeMessage(db: Db, message: { id: string; body: string; created_ms: number }): Promise<number> {
  return (await insertMessage(db, message)).rows[0]?.n ?? 0;
}

export async function storeDeliveries(db: Db, rows: readonly DeliveryRow[]): Promise<void> {
  for (const some of chunked(rows)) await insertDeliveries(db, some);
}

const nextOf = kept((db, endpointId: string, after: number, limit: number) =>
  db
    .selectFrom('webhook_deliveries')
    .innerJoin('webhook_messages', 'webhook_messages.n', 'webhook_deliveries.message_n')
    .selectAll('webhook_deliveries')
    .select(['webhook_messages.id as message_id', 'webhook_messages.body'])
    .where('endpoint_id', '=', endpointId)
    .where('message_n', '>', after)
    .orderBy('message_n')
    .limit(limit),
);

/** What an endpoint has still to hear, after message `after`, in order. */
export async function waitingFor(db: Db, endpointId: string, after: number, limit: number): Promise<WaitingRow[]> {
  return (await nextOf(db, endpointId, after, limit)).rows;
}

/** How much there is to hear, for all endpoints together. */
export async function countWaiting(db: Db): Promise<number> {
  const row = await db
    .selectFrom('webhook_deliveries')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirst();
  return row?.n ?? 0;
}

/** The endpoints that have something to hear. */
export async function endpointsWaiting(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('webhook_deliveries').select('endpoint_id').distinct().execute();
  return rows.map(({ endpoint_id }) => endpoint_id);
}

const deleteOfMessage = kept((db, n: number, endpoints: readonly string[]) =>
  db.deleteFrom('webhook_deliveries').where('message_n', '=', n).where('endpoint_id', 'in', endpoints),
);
const deleteOfEndpoint = kept((db, endpoint: string, ns: readonly number[]) =>
  db.deleteFrom('webhook_deliveries').where('endpoint_id', '=', endpoint).where('message_n', 'in', ns),
);
/** True of messages that nobody has to hear any more. */
const isHeard = sql<boolean>`not exists (select 1 from webhook_deliveries d where d.message_n = webhook_messages.n)`;
const deleteHeard = kept((db, ns: readonly number[]) =>
  db.deleteFrom('webhook_messages').where('n', 'in', ns).where(isHeard),
);

/** Forgets what was delivered, and messages that everybody has heard by now. */
export async function deleteDelivered(
  db: Db,
  delivered: readonly Pick<DeliveryRow, 'message_n' | 'endpoint_id'>[],
): Promise<void> {
  const byMessage = groups(delivered, 'message_n', 'endpoint_id');
  const byEndpoint = groups(delivered, 'endpoint_id', 'message_n');
  if (byMessage.size <= byEndpoint.size) {
    for (const [n, ids] of byMessage) for (const some of chunked(ids)) await deleteOfMessage(db, n, some);
  } else {
    for (const [id, ns] of byEndpoint) for (const some of chunked(ns)) await deleteOfEndpoint(db, id, some);
  }
  for (const some of chunked([...byMessage.keys()])) await deleteHeard(db, some);
}

function groups<T, K extends keyof T, V extends keyof T>(rows: readonly T[], key: K, value: V): Map<T[K], T[V][]> {
  const result = new Map<T[K], T[V][]>();
  for (const row of rows) {
    const group = result.get(row[key]);
    if (group) group.push(row[value]);
    else result.set(row[key], [row[value]]);
  }
  return result;
}

/**
 * Gives up what was made before `keptSinceMs`, and counts it at the endpoints that have not heard it.
 *
 * @returns the first message that is left, `undefined` when nothing was given up
 */
export async function dropOldMessages(db: Db, keptSinceMs: number): Promise<number | undefined> {
  const oldest = await db.selectFrom('webhook_messages').selectAll().orderBy('n').limit(1).executeTakeFirst();
  if (oldest === undefined || oldest.created_ms >= keptSinceMs) return undefined;
  const first = await db
    .selectFrom('webhook_messages')
    .select('n')
    .where('created_ms', '>=', keptSinceMs)
    .orderBy('n')
    .limit(1)
    .executeTakeFirst();
  const end = first?.n ?? Number.MAX_SAFE_INTEGER;
  const late = await db
    .selectFrom('webhook_deliveries')
    .select(['endpoint_id', (eb) => eb.fn.countAll<number>().as('n')])
    .where('message_n', '<', end)
    .groupBy('endpoint_id')
    .execute();
  for (const { endpoint_id, n } of late) {
    await db
      .updateTable('webhook_endpoints')
      .set((eb) => ({ dropped: eb('dropped', '+', n) }))
      .where('id', '=', endpoint_id)
      .execute();
  }
  await db.deleteFrom('webhook_deliveries').where('message_n', '<', end).execute();
  await db.deleteFrom('webhook_messages').where('n', '<', end).execute();
  return end;
}
