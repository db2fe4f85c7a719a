import type { ApiClient } from './http.ts';

export interface DemoAsset {
  id: string;
  kind: 'BESS' | 'PV';
}

export interface DemoSite {
  siteId: string;
  assets: DemoAsset[];
  ven: { id: string; secret: string };
}

const CODE = 'DEMO';
const PLACE = { region: 'DE', delivery_area: '50HZ' };
const mw = (amount: number): { amount: number; unit: 'MW' } => ({ amount, unit: 'MW' });
const mwh = (amount: number): { amount: number; unit: 'MWh' } => ({ amount, unit: 'MWh' });

/** The two plants of the demo, as the operations API describes them. */
const PLANTS = [
  {
    kind: 'BESS',
    name: 'Demo battery',
    ratedMw: 20,
    spec: {
      rated_power: mw(20),
      grid_connection_max_power: mw(20),
      max_capacity: mwh(40),
      charge_efficiency: 0.95,
      discharge_efficiency: 0.95,
    },
  },
  {
    kind: 'PV',
    name: 'Demo solar park',
    ratedMw: 10,
    spec: { rated_power: mw(10), grid_connection_max_power: mw(10) },
  },
] as const;

/**
 * Makes the demo's site with its two assets and enrols a gateway for it; finds what an earlier run made. The gateway's secret is
 * rotated at every start, because the VTN never tells it twice.
 */
export async function prepareSite(api: ApiClient, validFrom: string): Promise<DemoSite> {
  const { sites } = await api.send<{ sites: { id: string; code: string }[] }>('GET', '/sites?limit=1000');
  const found = sites.find((site) => site.code === CODE);
  const siteId = found?.id ?? (await createSite(api));
  const assets = found ? await existingAssets(api) : await createPlants(api, siteId, validFrom);
  const gateway = await api.send<{ client_id: string; client_secret: string }>('PUT', `/sites/${siteId}/gateway`);
  return { siteId, assets, ven: { id: gateway.client_id, secret: gateway.client_secret } };
}

async function createSite(api: ApiClient): Promise<string> {
  const site = await api.send<{ id: string }>('POST', '/sites', {
    name: 'Demo site',
    code: CODE,
    ...PLACE,
    dispatch_mode: {
      name: 'PRICE_BASED',
      floor_price: { amount: 0, unit: 'EUR/MWh' },
      strike_price: { amount: 100, unit: 'EUR/MWh' },
    },
  });
  return site.id;
}

async function createPlants(api: ApiClient, siteId: string, validFrom: string): Promise<DemoAsset[]> {
  const assets: DemoAsset[] = [];
  for (const plant of PLANTS) {
    const asset = await api.send<{ id: string }>('POST', '/assets', {
      code: CODE,
      name: plant.name,
      type: plant.kind,
      ...PLACE,
      provider: 'ASSET_SIMULATOR',
    });
    await api.send('PUT', '/specs', { asset_id: asset.id, valid_from: validFrom, ...plant.spec });
    await api.send('POST', `/sites/${siteId}/inverters`, {
      rated_power: mw(plant.ratedMw),
      charge_efficiency: 0.98,
      discharge_efficiency: 0.98,
      asset_ids: [asset.id],
    });
    assets.push({ id: asset.id, kind: plant.kind });
  }
  return assets;
}

async function existingAssets(api: ApiClient): Promise<DemoAsset[]> {
  const { assets } = await api.send<{ assets: { id: string; code: string; type: 'BESS' | 'PV' }[] }>(
    'GET',
    '/assets?provider=ASSET_SIMULATOR&limit=1000',
  );
  return PLANTS.flatMap(({ kind }) => {
    const asset = assets.find((a) => a.code === CODE && a.type === kind);
    return asset ? [{ id: asset.id, kind }] : [];
  });
}
