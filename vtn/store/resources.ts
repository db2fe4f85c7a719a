import type { Resource } from '@openadr-gateway/shared/openadr/objects.ts';
import { createdAfter, hasTarget, paged, parsed, parsedOrUndefined, type Page } from './lists.ts';
import type { Db } from './store.ts';

export interface ResourceFilter extends Page {
  venId?: string | undefined;
  name?: string | undefined;
  /** Only resources of this client: object privacy for VENs. */
  clientId?: string | undefined;
  targets?: readonly string[] | undefined;
}

/** The resource's JSON text as it is sent. */
export async function resourceBody(db: Db, id: string): Promise<string | undefined> {
  return (await db.selectFrom('resources').select('body').where('id', '=', id).executeTakeFirst())?.body;
}

export async function resourceById(db: Db, id: string): Promise<Resource | undefined> {
  return parsedOrUndefined(await resourceBody(db, id));
}

/** JSON texts in the order of lists: createdDateTime, then id. */
export async function listResourceBodies(db: Db, filter: ResourceFilter = {}): Promise<string[]> {
  let query = db.selectFrom('resources').select('body').orderBy('created_ms').orderBy('id');
  if (filter.venId !== undefined) query = query.where('ven_id', '=', filter.venId);
  if (filter.name !== undefined) query = query.where('name', '=', filter.name);
  if (filter.clientId !== undefined) query = query.where('client_id', '=', filter.clientId);
  if (filter.targets) query = query.where(hasTarget('id', 'resource_targets', 'resource_id', filter.targets));
  if (filter.after) query = query.where(createdAfter(filter.after));
  return (await paged(query, filter).execute()).map((row) => row.body);
}

export async function listResources(db: Db, filter: ResourceFilter = {}): Promise<Resource[]> {
  return parsed(await listResourceBodies(db, filter));
}

/** All resources of a ven, oldest first. */
export const resourcesOfVen = (db: Db, venId: string): Promise<Resource[]> => listResources(db, { venId });

/** Resources of that name, of whatever ven: names are unique within a ven only (Definition "Object names"). */
export const resourcesByName = (db: Db, name: string): Promise<Resource[]> => listResources(db, { name });
