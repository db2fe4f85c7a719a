import type { Ven } from '@openadr-gateway/shared/openadr/objects.ts';
import { chunked } from './chunks.ts';
import { revokedAmong } from './clients.ts';
import { kept } from './kept.ts';
import { createdAfter, hasTarget, paged, parsed, parsedOrUndefined, type Page } from './lists.ts';
import { resourcesOfVen } from './resources.ts';
import type { Change, Db } from './store.ts';

export interface VenFilter extends Page {
  name?: string | undefined;
  /** Only the ven of this client: object privacy for VENs. */
  clientId?: string | undefined;
  targets?: readonly string[] | undefined;
}

async function bodyWhere(db: Db, column: 'id' | 'client_id' | 'name', value: string): Promise<string | undefined> {
  return (await db.selectFrom('vens').select('body').where(column, '=', value).executeTakeFirst())?.body;
}

export async function venById(db: Db, id: string): Promise<Ven | undefined> {
  return parsedOrUndefined(await bodyWhere(db, 'id', id));
}

/** A client has at most one ven. */
export async function venByClientId(db: Db, clientId: string): Promise<Ven | undefined> {
  return parsedOrUndefined(await bodyWhere(db, 'client_id', clientId));
}

export async function venByName(db: Db, name: string): Promise<Ven | undefined> {
  return parsedOrUndefined(await bodyWhere(db, 'name', name));
}

/** JSON texts in the order of lists: createdDateTime, then id. */
export async function listVenBodies(db: Db, filter: VenFilter = {}): Promise<string[]> {
  let query = db.selectFrom('vens').select('body').orderBy('created_ms').orderBy('id');
  if (filter.name !== undefined) query = query.where('name', '=', filter.name);
  if (filter.clientId !== undefined) query = query.where('client_id', '=', filter.clientId);
  if (filter.targets) query = query.where(hasTarget('id', 'ven_targets', 'ven_id', filter.targets));
  if (filter.after) query = query.where(createdAfter(filter.after));
  return (await paged(query, filter).execute()).map((row) => row.body);
}

export async function listVens(db: Db, filter: VenFilter = {}): Promise<Ven[]> {
  return parsed(await listVenBodies(db, filter));
}

const vensAmong = kept((db, clientIds: readonly string[]) =>
  db.selectFrom('vens').select(['id', 'client_id']).where('client_id', 'in', clientIds),
);

/** The ids of the vens of these clients, by client. Clients that are revoked are left out. */
export async function vensOfClients(db: Db, clientIds: readonly string[]): Promise<Map<string, string[]>> {
  const revoked = await revokedAmong(db, clientIds);
  const found = new Map<string, string[]>();
  for (const id of clientIds) if (!revoked.has(id)) found.set(id, []);
  for (const some of chunked(clientIds)) {
    const { rows } = await vensAmong(db, some);
    for (const { id, client_id } of rows) found.get(client_id)?.push(id);
  }
  return found;
}

/** The deletion of a ven with its resources: the resources first. Its reports stay; they belong to their events. */
export async function deleteVenChanges(db: Db, ven: Ven): Promise<Change[]> {
  const resources = await resourcesOfVen(db, ven.id);
  return [...resources, ven].map((object) => ({ operation: 'DELETE', object }));
}
