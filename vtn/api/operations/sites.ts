import type { Quantity } from '@openadr-gateway/shared/units.ts';
import { withdraw } from '../../publisher.ts';
import { countUp } from '../../store/counters.ts';
import { invertersOfSites } from '../../store/inverters.ts';
import { deleteSite, insertSite, listSites, siteById, updateSite } from '../../store/sites.ts';
import type { SiteRow } from '../../store/sites.ts';
import type { Db } from '../../store/store.ts';
import { notFound } from '../errors.ts';
import { checkNaming, prefixOf } from './assets.ts';
import type { Naming } from './assets.ts';
import type { OperationsDeps } from './deps.ts';
import { readDispatchMode } from './dispatch-mode.ts';
import type { DispatchMode, DispatchModeIn } from './dispatch-mode.ts';
import { pageOf, stamps } from './fields.ts';
import { removeGateway } from './gateway.ts';
import type { Handle } from './index.ts';
import { inverterAnswer } from './inverters.ts';

interface CreateSite extends Naming {
  name: string;
  dispatch_mode: DispatchModeIn;
}

interface PatchSite {
  name?: string | null;
  dispatch_mode_name?: string | null;
  dispatch_mode_floor_price?: Quantity | null;
  dispatch_mode_strike_price?: Quantity | null;
}

export function siteOperations({ store, clock, tokens }: OperationsDeps): Record<string, Handle> {
  return {
    listSites: async ({ query }) => {
      const page = pageOf(query);
      const { sites, inverters } = await store.read(async (db) => {
        const rows = await listSites(db, query, page);
        const ids = rows.map((row) => row.id);
        return {
          sites: rows,
          inverters: query['expand'] === 'inverters' ? await invertersOfSites(db, ids) : undefined,
        };
      });
      const answers = sites.map((site) => ({
        ...siteAnswer(site),
        ...(inverters ? { inverters: inverters.filter((i) => i.site_id === site.id).map(inverterAnswer) } : {}),
      }));
      return { status: 200, body: { ...page, sites: answers } };
    },
    createSite: async ({ body }) => {
      const site = body as CreateSite;
      checkNaming(site);
      const mode = readDispatchMode(site.dispatch_mode, {
        floor_price: ['body', 'dispatch_mode', 'floor_price'],
        strike_price: ['body', 'dispatch_mode', 'strike_price'],
      });
      const nowMs = clock.nowMs();
      const row = await store.write(async ({ db }) => {
        const prefix = `${prefixOf(site)}_SITE`;
        const created: SiteRow = {
          id: `${prefix}_${await countUp(db, `site:${prefix}`)}`,
          name: site.name,
          code: site.code,
          region: site.region,
          delivery_area: site.delivery_area,
          dispatch_mode: JSON.stringify(mode),
          created_ms: nowMs,
          updated_ms: nowMs,
        };
        await insertSite(db, created);
        return created;
      });
      return { status: 201, body: { ...siteAnswer(row), inverters: [] }, headers: { location: `sites/${row.id}` } };
    },
    getSite: async ({ params }) => {
      const body = await store.read(async (db) => {
        const site = await requireSite(db, params['site_id'] ?? '');
        return { ...siteAnswer(site), inverters: (await invertersOfSites(db, [site.id])).map(inverterAnswer) };
      });
      return { status: 200, body };
    },
    patchSite: async ({ params, body }) => {
      const sent = body as PatchSite;
      await store.write(async ({ db }) => {
        const site = await requireSite(db, params['site_id'] ?? '');
        const patch = {
          ...(sent.name == null ? {} : { name: sent.name }),
          dispatch_mode: JSON.stringify(patchedMode(JSON.parse(site.dispatch_mode) as DispatchMode, sent)),
        };
        await updateSite(db, site.id, patch, clock.nowMs());
      });
      return { status: 204 };
    },
    deleteSite: async ({ params }) => {
      await store.write(async (tx) => {
        const { id } = await requireSite(tx.db, params['site_id'] ?? '');
        const inverters = await invertersOfSites(tx.db, [id]);
        for (const subject of [id, ...inverters.map((inverter) => inverter.id)]) await withdraw(tx, subject);
        await removeGateway(tx, id, { clock });
        await deleteSite(tx.db, id);
      });
      await tokens.checkRevocations();
      return { status: 204 };
    },
  };
}

/** @throws ApiError 404 */
export async function requireSite(db: Db, id: string): Promise<SiteRow> {
  const site = await siteById(db, id);
  if (!site) throw notFound(`unknown site_id: ${id}`);
  return site;
}

function patchedMode(mode: DispatchMode, sent: PatchSite): DispatchMode {
  const name = sent.dispatch_mode_name ?? mode.name;
  const kept = name === 'PRICE_BASED' ? mode : { floor_price: null, strike_price: null };
  const wanted = {
    name,
    floor_price: sent.dispatch_mode_floor_price ?? kept.floor_price,
    strike_price: sent.dispatch_mode_strike_price ?? kept.strike_price,
  };
  return readDispatchMode(wanted, {
    floor_price: ['body', 'dispatch_mode_floor_price'],
    strike_price: ['body', 'dispatch_mode_strike_price'],
  });
}

function siteAnswer(row: SiteRow) {
  const { created_ms, updated_ms, dispatch_mode, ...site } = row;
  return { ...site, dispatch_mode: JSON.parse(dispatch_mode) as DispatchMode, ...stamps({ created_ms, updated_ms }) };
}
