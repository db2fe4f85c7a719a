import type { Selectable } from 'kysely';
import { chunked } from './chunks.ts';
import { kept } from './kept.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** The agent that is enrolled for a site. */
export type GatewayRow = Selectable<Database['gateways']>;

export async function gatewayOfSite(db: Db, siteId: string): Promise<GatewayRow | undefined> {
  return db.selectFrom('gateways').selectAll().where('site_id', '=', siteId).executeTakeFirst();
}

/** Stores the enrolment; where the site has one, it is overwritten and created_ms stays. */
export async function putGateway(db: Db, row: GatewayRow): Promise<void> {
  await db
    .insertInto('gateways')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('site_id').doUpdateSet((eb) => ({
        client_id: eb.ref('excluded.client_id'),
        ven_id: eb.ref('excluded.ven_id'),
        updated_ms: eb.ref('excluded.updated_ms'),
      })),
    )
    .execute();
}

export async function deleteGateway(db: Db, siteId: string): Promise<void> {
  await db.deleteFrom('gateways').where('site_id', '=', siteId).execute();
}

const assetsBehind = kept((db, clientId: string, names: readonly string[]) =>
  db
    .selectFrom('resources')
    .innerJoin('resource_targets', 'resource_targets.resource_id', 'resources.id')
    .innerJoin('assets', 'assets.id', 'resources.name')
    .select('assets.id')
    .where('resources.client_id', '=', clientId)
    .where('resources.name', 'in', names)
    .whereRef('resource_targets.target', '=', 'assets.id'),
);

/**
 * Those of the names under which this client may speak for an asset: it has a resource of that name, and business logic
 * granted it the asset's target. A resource that a VEN only calls like an asset is none.
 */
export async function assetsOfClient(db: Db, clientId: string, names: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const some of chunked([...new Set(names)])) {
    const { rows } = await assetsBehind(db, clientId, some);
    for (const row of rows) found.add(row.id);
  }
  return [...found];
}
