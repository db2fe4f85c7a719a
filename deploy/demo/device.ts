import type { ApiClient } from './http.ts';

const SLOT_MS = 900_000;
const HOUR_MS = 3_600_000;
/** There are prices for so long; schedules reach no further. */
const HOURS = 36;

/** Of demo.json: what is scheduled, and where it is. */
export interface DemoDevice {
  id: string;
  location_id: string;
}

/**
 * Makes the battery a device that can be scheduled, at a location with a tariff; finds those of an earlier run. Every start puts
 * prices of the next hours in place, which are low at noon and at night, and high in the morning and in the evening.
 */
export async function prepareDevice(
  api: ApiClient,
  siteId: string,
  assetId: string,
  nowMs: number,
): Promise<DemoDevice> {
  const { devices } = await api.send<{ devices: DemoDevice[] }>('GET', `/devices?asset_id=${assetId}`);
  const [found] = devices;
  const device = found ?? (await createDevice(api, siteId, assetId));
  const location = await api.send<{ tariff_id: string }>('GET', `/locations/${device.location_id}`);
  await api.send('PUT', `/tariffs/${location.tariff_id}/prices`, { prices: pricesFrom(nowMs) });
  return { id: device.id, location_id: device.location_id };
}

async function createDevice(api: ApiClient, siteId: string, assetId: string): Promise<DemoDevice> {
  const tariff = await api.send<{ id: string }>('POST', '/tariffs', {
    name: 'Demo day-ahead',
    region: 'DE',
    targets: [siteId],
  });
  const location = await api.send<{ id: string }>('POST', '/locations', {
    name: 'Demo site',
    time_zone: 'Europe/Berlin',
    currency: 'EUR',
    tariff_id: tariff.id,
    site_id: siteId,
  });
  const power = { amount: 20, unit: 'MW' };
  return api.send<DemoDevice>('POST', '/devices', {
    name: 'Demo battery',
    type: 'BATTERY',
    location_id: location.id,
    asset_id: assetId,
    capacity: { amount: 40, unit: 'MWh' },
    max_charge_power: power,
    max_discharge_power: power,
    charge_efficiency: 0.95,
    discharge_efficiency: 0.95,
    minimum_state_of_charge: 0.1,
    target_state_of_charge: 0.5,
    state_of_charge: 0.5,
  });
}

function pricesFrom(nowMs: number) {
  const firstMs = Math.floor(nowMs / SLOT_MS) * SLOT_MS;
  return Array.from({ length: (HOURS * HOUR_MS) / SLOT_MS }, (_, n) => {
    const startMs = firstMs + n * SLOT_MS;
    const turns = (startMs / HOUR_MS - 7) / 12;
    const price = Math.round(90 + 50 * Math.cos(2 * Math.PI * turns));
    return {
      start_time: new Date(startMs).toISOString(),
      end_time: new Date(startMs + SLOT_MS).toISOString(),
      import_price: { amount: price, unit: 'EUR/MWh' },
      export_price: { amount: price, unit: 'EUR/MWh' },
      grid_fee: { amount: 5, unit: 'EUR/MWh' },
    };
  });
}
