import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { mayBeDeleted } from '../../domain/lifecycle.ts';
import type { Lifecycle } from '../../domain/lifecycle.ts';
import { deliveryAreasOf, isAreaOf } from '../../domain/markets.ts';
import type { DeliveryArea } from '../../domain/markets.ts';
import { publishSpec, withdraw } from '../../publisher.ts';
import { assetById, assetsByIds, deleteAsset, insertAsset, listAssets, updateAsset } from '../../store/assets.ts';
import { countUp } from '../../store/counters.ts';
import type { AssetFilter, AssetPatch, AssetRow } from '../../store/assets.ts';
import { deviceOfAsset } from '../../store/devices.ts';
import { inverterLinks } from '../../store/inverters.ts';
import { specsOf } from '../../store/specs.ts';
import type { Db } from '../../store/store.ts';
import { conflict, notFound } from '../errors.ts';
import type { OperationsDeps } from './deps.ts';
import { Faults, pageOf, stamps } from './fields.ts';
import type { Handle } from './index.ts';

/** What makes the id of an asset or a site. */
export interface Naming {
  code: string;
  region: Region;
  delivery_area: DeliveryArea;
}

interface CreateAsset extends Naming {
  name: string;
  type: string;
  provider: string;
}

export function assetOperations({ store, ...deps }: OperationsDeps): Record<string, Handle> {
  return {
    listAssets: async ({ query }) => {
      const page = pageOf(query);
      const rows = await store.read((db) => listAssets(db, query as AssetFilter, page));
      return { status: 200, body: { ...page, assets: rows.map(assetAnswer) } };
    },
    createAsset: async ({ body }) => {
      const asset = body as CreateAsset;
      checkNaming(asset);
      const nowMs = deps.clock.nowMs();
      const row = await store.write(async ({ db }) => {
        const prefix = prefixOf(asset);
        const created: AssetRow = {
          id: `${prefix}_${await countUp(db, `asset:${prefix}`)}`,
          code: asset.code,
          name: asset.name,
          type: asset.type,
          region: asset.region,
          delivery_area: asset.delivery_area,
          lifecycle: 'DRAFT',
          provider: asset.provider,
          go_live_date: null,
          created_ms: nowMs,
          updated_ms: nowMs,
        };
        await insertAsset(db, created);
        return created;
      });
      return { status: 201, body: assetAnswer(row), headers: { location: `assets/${row.id}` } };
    },
    getAsset: async ({ params }) => {
      const row = await store.read((db) => requireAsset(db, params['asset_id'] ?? ''));
      return { status: 200, body: assetAnswer(row) };
    },
    patchAsset: async ({ params, body }) => {
      const sent = body as { name?: string | null; type?: string | null; provider?: string | null } & AssetPatch;
      const patch: AssetPatch = {
        ...(sent.name == null ? {} : { name: sent.name }),
        ...(sent.type == null ? {} : { type: sent.type }),
        ...(sent.provider == null ? {} : { provider: sent.provider }),
        // The only field that may be empty, so the only one that null clears.
        ...(sent.go_live_date === undefined ? {} : { go_live_date: sent.go_live_date }),
      };
      await store.write(async (tx) => {
        const { id, type } = await requireAsset(tx.db, params['asset_id'] ?? '');
        await updateAsset(tx.db, id, patch, deps.clock.nowMs());
        // PV takes nothing from the grid, and so its subscription differs.
        if (patch.type !== undefined && patch.type !== type && (await specsOf(tx.db, [id])).length > 0) {
          await publishSpec(tx, id, deps);
        }
      });
      return { status: 204 };
    },
    deleteAsset: async ({ params }) => {
      await store.write(async (tx) => {
        const asset = await requireAsset(tx.db, params['asset_id'] ?? '');
        if (!mayBeDeleted(asset.lifecycle as Lifecycle)) {
          throw conflict(
            'Not deletable',
            `${asset.id} is ${asset.lifecycle}; only assets in DRAFT or DECOMMISSIONED can be deleted`,
          );
        }
        const links = await inverterLinks(tx.db, [asset.id]);
        if (links.length > 0) {
          const inverters = links.map((link) => link.inverter_id).join(', ');
          throw conflict('Still served', `${asset.id} is served by ${inverters}; take it off there first`);
        }
        const device = await deviceOfAsset(tx.db, asset.id);
        if (device) throw conflict('Still linked', `${asset.id} is linked to ${device.id}; take it off there first`);
        await withdraw(tx, asset.id);
        await deleteAsset(tx.db, asset.id);
      });
      return { status: 204 };
    },
  };
}

/** @throws ApiError 404 */
export async function requireAsset(db: Db, id: string): Promise<AssetRow> {
  const asset = await assetById(db, id);
  if (!asset) throw unknownAssetIds([id]);
  return asset;
}

/** The markets of these assets. @throws ApiError 404 naming all that do not exist */
export async function regionsOf(db: Db, ids: readonly string[]): Promise<Map<string, Region>> {
  const regions = new Map((await assetsByIds(db, ids)).map((asset) => [asset.id, asset.region as Region]));
  const unknown = ids.filter((id) => !regions.has(id));
  if (unknown.length > 0) throw unknownAssetIds(unknown);
  return regions;
}

/** 404 that names all assets that do not exist. */
export const unknownAssetIds = (ids: readonly string[]) => notFound(`unknown asset_id: ${ids.join(', ')}`);

/** @throws ApiError 422 for a delivery area of another region, and for codes that could make the id of something else. */
export function checkNaming({ code, region, delivery_area }: Naming): void {
  const faults = new Faults();
  if (!isAreaOf(delivery_area, region)) {
    const areas = deliveryAreasOf(region);
    faults.add(
      ['body', 'delivery_area'],
      'region_mismatch',
      `expected a delivery area of ${region}: ${areas.join(', ')}`,
      delivery_area,
      { allowed: areas },
    );
  }
  if (/(^|_)SITE(_|$)/i.test(code)) {
    faults.add(
      ['body', 'code'],
      'reserved',
      'expected a code without the word SITE, which marks the ids of sites',
      code,
    );
  }
  faults.throwIfAny();
}

/** `DE_50HZ_WU` */
export const prefixOf = ({ region, delivery_area, code }: Naming) => `${region}_${delivery_area}_${code}`;

function assetAnswer(row: AssetRow) {
  const { created_ms, updated_ms, ...asset } = row;
  return { ...asset, ...stamps({ created_ms, updated_ms }) };
}
