import { formatMw } from '@openadr-gateway/shared/units.ts';
import type { Quantity } from '@openadr-gateway/shared/units.ts';
import { withdraw } from '../../publisher.ts';
import { unknownAssets } from '../../store/assets.ts';
import { countUp } from '../../store/counters.ts';
import { deleteInverter, insertInverter, inverterById, inverterLinks, updateInverter } from '../../store/inverters.ts';
import type { InverterPatch, InverterRow } from '../../store/inverters.ts';
import type { Db } from '../../store/store.ts';
import { conflict, notFound } from '../errors.ts';
import type { OperationsDeps } from './deps.ts';
import { Faults } from './fields.ts';
import { syncGateway } from './gateway-resources.ts';
import type { Handle } from './index.ts';
import { requireSite } from './sites.ts';

interface InverterIn {
  rated_power?: Quantity | null;
  charge_efficiency?: number | string | null;
  discharge_efficiency?: number | string | null;
  asset_ids?: string[] | null;
}

export function inverterOperations({ store, ...deps }: OperationsDeps): Record<string, Handle> {
  return {
    createInverter: async ({ params, body }) => {
      const sent = body as InverterIn;
      const patch = readInverter(sent) as Required<InverterPatch>;
      const assetIds = [...new Set(sent.asset_ids)];
      const nowMs = deps.clock.nowMs();
      const row = await store.write(async (tx) => {
        const site = await requireSite(tx.db, params['site_id'] ?? '');
        await requireFreeAssets(tx.db, site.id, assetIds);
        const prefix = `${site.id}_INV`;
        const created: InverterRow = {
          id: `${prefix}_${await countUp(tx.db, `inverter:${prefix}`)}`,
          site_id: site.id,
          ...patch,
          asset_ids: assetIds.sort(),
          created_ms: nowMs,
          updated_ms: nowMs,
        };
        await insertInverter(tx.db, created);
        await syncGateway(tx, site.id, deps);
        return created;
      });
      return { status: 201, body: inverterAnswer(row), headers: { location: `inverters/${row.id}` } };
    },
    patchInverter: async ({ params, body }) => {
      const sent = body as InverterIn;
      const patch = readInverter(sent);
      await store.write(async (tx) => {
        const inverter = await requireInverter(tx.db, params);
        const assetIds = sent.asset_ids ?? undefined;
        if (assetIds) await requireFreeAssets(tx.db, inverter.site_id, assetIds);
        await updateInverter(tx.db, inverter.id, patch, assetIds, deps.clock.nowMs());
        await syncGateway(tx, inverter.site_id, deps, inverter.asset_ids);
      });
      return { status: 204 };
    },
    deleteInverter: async ({ params }) => {
      await store.write(async (tx) => {
        const inverter = await requireInverter(tx.db, params);
        await withdraw(tx, inverter.id);
        await deleteInverter(tx.db, inverter.id);
        await syncGateway(tx, inverter.site_id, deps, [inverter.id, ...inverter.asset_ids]);
      });
      return { status: 204 };
    },
  };
}

export function inverterAnswer(row: InverterRow) {
  return {
    id: row.id,
    site_id: row.site_id,
    rated_power: formatMw(row.rated_power_w),
    charge_efficiency: row.charge_efficiency,
    discharge_efficiency: row.discharge_efficiency,
    asset_ids: row.asset_ids,
  };
}

/** What is given and not null; the document requires all of it where an inverter is made. */
function readInverter(sent: InverterIn): InverterPatch {
  const faults = new Faults();
  const ratedW = faults.quantity(['body', 'rated_power'], sent.rated_power, 'power');
  if (ratedW !== null && ratedW <= 0) {
    faults.add(['body', 'rated_power', 'amount'], 'greater_than', 'expected more than 0', sent.rated_power?.amount, {
      above: 0,
    });
  }
  const charge = faults.efficiency(['body', 'charge_efficiency'], sent.charge_efficiency);
  const discharge = faults.efficiency(['body', 'discharge_efficiency'], sent.discharge_efficiency);
  faults.throwIfAny();
  return {
    ...(ratedW === null ? {} : { rated_power_w: ratedW }),
    ...(charge === null ? {} : { charge_efficiency: charge }),
    ...(discharge === null ? {} : { discharge_efficiency: discharge }),
  };
}

/** @throws ApiError 404 for an unknown site, and for an inverter that is not at it */
export async function requireInverter(db: Db, params: Readonly<Record<string, string>>): Promise<InverterRow> {
  const site = await requireSite(db, params['site_id'] ?? '');
  const id = params['inverter_id'] ?? '';
  const inverter = await inverterById(db, site.id, id);
  if (!inverter) throw notFound(`unknown inverter_id: ${id} at ${site.id}`);
  return inverter;
}

/** @throws ApiError 422 naming all unknown assets; 409 when another site serves one: two agents would command it. */
async function requireFreeAssets(db: Db, siteId: string, assetIds: readonly string[]): Promise<void> {
  const unknown = new Set(await unknownAssets(db, assetIds));
  const faults = new Faults();
  assetIds.forEach((id, i) => {
    if (unknown.has(id)) faults.add(['body', 'asset_ids', i], 'unknown_asset', `unknown asset_id: ${id}`, id);
  });
  faults.throwIfAny();
  const elsewhere = (await inverterLinks(db, assetIds)).filter((link) => link.site_id !== siteId);
  if (elsewhere.length > 0) {
    const links = elsewhere.map((link) => `${link.asset_id} by ${link.inverter_id}`).join(', ');
    throw conflict('Served elsewhere', `served at another site already: ${links}`);
  }
}
