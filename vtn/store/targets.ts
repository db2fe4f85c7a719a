import { chunked } from './chunks.ts';
import type { Db } from './store.ts';

/** A ven and those of the targets asked for that were granted to it. */
export interface Holder {
  venId: string;
  clientId: string;
  held: string[];
}

/**
 * What BL granted to the ven of a client: the targets of the ven and of its resources, and the ven's own id, sorted.
 * Empty for a client that has no ven: it sees what is untargeted.
 */
export async function grantedTargets(db: Db, clientId: string): Promise<string[]> {
  const ven = await db.selectFrom('vens').select('id').where('client_id', '=', clientId).executeTakeFirst();
  return ven ? grantedTargetsOfVen(db, ven.id) : [];
}

/** The same by the ven's id. */
export async function grantedTargetsOfVen(db: Db, venId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('ven_targets')
    .select('target')
    .where('ven_id', '=', venId)
    .union(
      db
        .selectFrom('resource_targets')
        .innerJoin('resources', 'resources.id', 'resource_targets.resource_id')
        .select('resource_targets.target')
        .where('resources.ven_id', '=', venId),
    )
    .execute();
  return [...new Set([venId, ...rows.map((row) => row.target)])].sort();
}

/** The vens that hold at least one of the targets, in the order of their ids, each with those that it holds, sorted. */
export async function vensHolding(db: Db, targets: readonly string[]): Promise<Holder[]> {
  const holders = new Map<string, Holder>();
  const note = (row: { venId: string; clientId: string; target: string }) => {
    const holder = holders.get(row.venId) ?? { venId: row.venId, clientId: row.clientId, held: [] };
    holders.set(row.venId, holder);
    if (!holder.held.includes(row.target)) holder.held.push(row.target);
  };
  for (const some of chunked([...new Set(targets)], 3)) {
    const rows = await db
      .selectFrom('ven_targets')
      .innerJoin('vens', 'vens.id', 'ven_targets.ven_id')
      .select(['vens.id as venId', 'vens.client_id as clientId', 'ven_targets.target as target'])
      .where('ven_targets.target', 'in', some)
      .union(
        db
          .selectFrom('resource_targets')
          .innerJoin('resources', 'resources.id', 'resource_targets.resource_id')
          .innerJoin('vens', 'vens.id', 'resources.ven_id')
          .select(['vens.id as venId', 'vens.client_id as clientId', 'resource_targets.target as target'])
          .where('resource_targets.target', 'in', some),
      )
      .union(
        db
          .selectFrom('vens')
          .select(['vens.id as venId', 'vens.client_id as clientId', 'vens.id as target'])
          .where('vens.id', 'in', some),
      )
      .execute();
    rows.forEach(note);
  }
  for (const holder of holders.values()) holder.held.sort();
  return [...holders.values()].sort((a, b) => (a.venId < b.venId ? -1 : 1));
}
