import type { ObjectType, Subscription } from '@openadr-gateway/shared/openadr/objects.ts';
import { chunked } from './chunks.ts';
import { createdAfter, paged, parsed, parsedOrUndefined, type Page } from './lists.ts';
import type { Database } from './schema.ts';
import type { Change, Db } from './store.ts';

export interface SubscriptionFilter extends Page {
  programId?: string | undefined;
  /** `clientName` as the subscription says it. */
  clientName?: string | undefined;
  /** Only subscriptions of this client: object privacy for VENs. */
  clientId?: string | undefined;
  /** Only subscriptions to at least one of these object types. An empty list finds nothing. */
  objects?: readonly ObjectType[] | undefined;
}

/** What each callback of a subscription is called with, in the order of `objectOperations`; `undefined`: nothing. */
export type CallbackTokens = readonly (string | undefined)[];

/** The subscription's JSON text as it is sent. */
export async function subscriptionBody(db: Db, id: string): Promise<string | undefined> {
  return (await db.selectFrom('subscriptions').select('body').where('id', '=', id).executeTakeFirst())?.body;
}

export async function subscriptionById(db: Db, id: string): Promise<Subscription | undefined> {
  return parsedOrUndefined(await subscriptionBody(db, id));
}

/** JSON texts in the order of lists: createdDateTime, then id. */
export async function listSubscriptionBodies(db: Db, filter: SubscriptionFilter = {}): Promise<string[]> {
  const { programId, clientName, clientId, objects } = filter;
  let query = db.selectFrom('subscriptions').select('body').orderBy('created_ms').orderBy('id');
  if (programId !== undefined) query = query.where('program_id', '=', programId);
  if (clientName !== undefined) query = query.where('client_name', '=', clientName);
  if (clientId !== undefined) query = query.where('client_id', '=', clientId);
  if (objects) query = query.where((eb) => eb.or(objects.map((type) => eb('objects', 'like', `%,${type},%`))));
  if (filter.after) query = query.where(createdAfter(filter.after));
  return (await paged(query, filter).execute()).map((row) => row.body);
}

export async function listSubscriptions(db: Db, filter: SubscriptionFilter = {}): Promise<Subscription[]> {
  return parsed(await listSubscriptionBodies(db, filter));
}

/**
 * The bearer tokens of a subscription's callbacks. They are kept apart from the subscription, in plain text since they have to
 * be sent, and are for nothing but the calls.
 */
export async function callbackTokens(db: Db, { id, objectOperations }: Subscription): Promise<CallbackTokens> {
  const rows = await db.selectFrom('subscription_tokens').selectAll().where('subscription_id', '=', id).execute();
  const tokens = new Map(rows.map((row) => [row.position, row.bearer_token]));
  return objectOperations.map((_, position) => tokens.get(position));
}

/** Replaces the tokens of a subscription that is stored. They go when it is deleted. */
export async function storeCallbackTokens(db: Db, id: string, tokens: CallbackTokens): Promise<void> {
  await db.deleteFrom('subscription_tokens').where('subscription_id', '=', id).execute();
  const rows = tokens.flatMap((bearer_token, position) =>
    bearer_token === undefined ? [] : [{ subscription_id: id, position, bearer_token }],
  );
  for (const some of chunked(rows, 3)) await db.insertInto('subscription_tokens').values(some).execute();
}

/** What is kept of whoever subscribed. */
export type SubscriptionOwner = Omit<Database['subscription_owners'], 'subscription_id'>;

export async function storeSubscriptionOwner(db: Db, subscriptionId: string, owner: SubscriptionOwner): Promise<void> {
  await db
    .insertInto('subscription_owners')
    .values({ subscription_id: subscriptionId, ...owner })
    .execute();
}

/** The deletion of what a client has subscribed to, oldest first. */
export async function endSubscriptionsChanges(db: Db, clientId: string): Promise<Change[]> {
  const subscriptions = await listSubscriptions(db, { clientId });
  return subscriptions.map((object) => ({ operation: 'DELETE', object }));
}
