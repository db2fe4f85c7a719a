import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, fetchToken } from '../../deploy/demo/http.ts';
import { Demo, waitFor } from '../support/demo.ts';
import { SunSpecPeer } from '../support/sunspec-peer.ts';

describe('from what a customer says to a lower inverter limit', () => {
  let demo: Demo;
  let customer: ApiClient;
  let pv: SunSpecPeer;

  beforeAll(async () => {
    demo = await Demo.start();
    const { clients, openadrUrl, customerUrl, assets } = demo.file;
    customer = new ApiClient(customerUrl, await fetchToken(openadrUrl, clients.customer));
    const plant = assets.find(({ kind }) => kind === 'PV')!;
    pv = await SunSpecPeer.connect(plant.modbusUrl, plant.unitId);
  }, 120_000);
  afterAll(async () => {
    await pv?.close();
    await demo?.stop();
  });

  const powerIs = (check: (powerW: number) => boolean) =>
    waitFor('the power', async () => check(await pv.pvPowerW()), 10_000);

  it('the customer has two plants, which are the assets of the demo', async () => {
    const { plants, assets } = demo.file;
    const found = await customer.send<{ name: string; asset_id: string }[]>('GET', '/plants/');
    expect(found.map(({ name, asset_id }) => [name, asset_id])).toEqual(plants.map((name, i) => [name, assets[i]?.id]));
  });

  it('an unavailability in percent bounds the inverter at once, and deleting it gives the power back', async () => {
    await powerIs((powerW) => powerW > 7e6);
    const record = {
      plant_id: 'DEMO_SOLAR',
      start_time_utc: new Date(Date.now() - 60_000).toISOString(),
      end_time_utc: new Date(Date.now() + 3_600_000).toISOString(),
      source_unit: '%',
      source_value: 30,
      availability_type: 'CURTAILMENT',
    };
    const made = await customer.send<{ id: string; available_power_mw: number }>('POST', '/unavailabilities/', record);
    expect(made.available_power_mw).toBe(3);
    await waitFor('the register', async () => (await pv.pvLimitW()) === 3e6, 10_000);
    await powerIs((powerW) => powerW <= 3e6);
    await customer.send('DELETE', `/unavailabilities/${made.id}/`);
    await powerIs((powerW) => powerW > 7e6);
  });
});
