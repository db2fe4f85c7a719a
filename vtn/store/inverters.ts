import type { Selectable } from 'kysely';
import { chunked } from './chunks.ts';
import type { Database } from './schema.ts';
import type { Db } from './store.ts';

/** An inverter with the ids of the assets that it serves, in order. */
export type InverterRow = Selectable<Database['inverters']> & { asset_ids: string[] };

export async function insertInverter(db: Db, { asset_ids, ...row }: InverterRow): Promise<void> {
  await db.insertInto('inverters').values(row).execute();
  await linkAssets(db, row.id, asset_ids);
}

export async function inverterById(db: Db, siteId: string, id: string): Promise<InverterRow | undefined> {
  return (await invertersOfSites(db, [siteId])).find((inverter) => inverter.id === id);
}

/** The inverters of some sites with their assets, by creation, then id. */
export async function invertersOfSites(db: Db, siteIds: readonly string[]): Promise<InverterRow[]> {
  const inverters: InverterRow[] = [];
  for (const some of chunked(siteIds)) {
    const rows = await db.selectFrom('inverters').selectAll().where('site_id', 'in', some).execute();
    const links = await db
      .selectFrom('inverter_assets')
      .innerJoin('inverters', 'inverters.id', 'inverter_assets.inverter_id')
      .select(['inverter_id', 'asset_id'])
      .where('inverters.site_id', 'in', some)
      .orderBy('asset_id')
      .execute();
    const assetIds = new Map<string, string[]>(rows.map((row) => [row.id, []]));
    for (const link of links) assetIds.get(link.inverter_id)?.push(link.asset_id);
    inverters.push(...rows.map((row) => ({ ...row, asset_ids: assetIds.get(row.id) ?? [] })));
  }
  return inverters.sort((a, b) => a.created_ms - b.created_ms || (a.id < b.id ? -1 : 1));
}

/** Which inverters of which sites serve these assets. */
export async function inverterLinks(
  db: Db,
  assetIds: readonly string[],
): Promise<{ asset_id: string; inverter_id: string; site_id: string }[]> {
  const links: { asset_id: string; inverter_id: string; site_id: string }[] = [];
  for (const some of chunked([...new Set(assetIds)])) {
    links.push(
      ...(await db
        .selectFrom('inverter_assets')
        .innerJoin('inverters', 'inverters.id', 'inverter_assets.inverter_id')
        .select(['inverter_assets.asset_id', 'inverter_assets.inverter_id', 'inverters.site_id'])
        .where('inverter_assets.asset_id', 'in', some)
        .orderBy('inverter_assets.inverter_id')
        .execute()),
    );
  }
  return links;
}

export type InverterPatch = Partial<Pick<InverterRow, 'rated_power_w' | 'charge_efficiency' | 'discharge_efficiency'>>;

/** Overwrites what is given; `assetIds` replaces the whole set. */
export async function updateInverter(
  db: Db,
  id: string,
  patch: InverterPatch,
  assetIds: readonly string[] | undefined,
  nowMs: number,
): Promise<void> {
  await db
    .updateTable('inverters')
    .set({ ...patch, updated_ms: nowMs })
    .where('id', '=', id)
    .execute();
  if (!assetIds) return;
  await db.deleteFrom('inverter_assets').where('inverter_id', '=', id).execute();
  await linkAssets(db, id, assetIds);
}

export async function deleteInverter(db: Db, id: string): Promise<void> {
  await db.deleteFrom('inverters').where('id', '=', id).execute();
}

async function linkAssets(db: Db, inverterId: string, assetIds: readonly string[]): Promise<void> {
  const links = [...new Set(assetIds)].map((asset_id) => ({ inverter_id: inverterId, asset_id }));
  for (const some of chunked(links)) await db.insertInto('inverter_assets').values(some).execute();
}
