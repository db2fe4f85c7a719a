import type { ApiClient } from './http.ts';
import type { DemoAsset } from './site.ts';

const PLANTS = {
  BESS: { name: 'DEMO_BATTERY', capacity_mw: 20 },
  PV: { name: 'DEMO_SOLAR', capacity_mw: 10 },
} as const;

/**
 * Makes the customer's two plants, which are the demo's assets; finds those of an earlier run.
 *
 * @param api of the customer, at `/api/v0`
 * @returns their names, by which unavailabilities speak of them
 */
export async function preparePlants(api: ApiClient, assets: readonly DemoAsset[]): Promise<string[]> {
  const known = await api.send<{ name: string }[]>('GET', '/plants/');
  for (const { id, kind } of assets) {
    const plant = { ...PLANTS[kind], timezone: 'Europe/Berlin', asset_id: id };
    if (!known.some(({ name }) => name === plant.name)) await api.send('POST', '/plants/', plant);
  }
  return assets.map(({ kind }) => PLANTS[kind].name);
}
