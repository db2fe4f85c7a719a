import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, fetchToken } from '../../deploy/demo/http.ts';
import { DemoDispatcher } from '../support/demo-dispatch.ts';
import { Demo, slotWithTimeLeft, waitFor } from '../support/demo.ts';
import { SunSpecPeer } from '../support/sunspec-peer.ts';

describe('dispatch commands drive the battery of the demo', () => {
  let demo: Demo;
  let api: ApiClient;
  let bess: SunSpecPeer;
  let dispatcher: DemoDispatcher;

  beforeAll(async () => {
    await slotWithTimeLeft(60_000);
    demo = await Demo.start();
    const { clients, openadrUrl, operationsUrl, assets } = demo.file;
    api = new ApiClient(operationsUrl, await fetchToken(openadrUrl, clients.operator));
    const plant = assets.find((a) => a.kind === 'BESS')!;
    bess = await SunSpecPeer.connect(plant.modbusUrl, plant.unitId);
    dispatcher = await DemoDispatcher.connect(demo);
  }, 180_000);

  afterAll(async () => {
    await dispatcher?.close();
    await bess?.close();
    await demo?.stop();
  });

  const isAt = async (mw: number): Promise<boolean> => Math.abs((await bess.bessPowerW()) - mw * 1e6) < 1e4;

  it('an operator publishes one over MQTT and the battery follows, whatever is reserved', async () => {
    await dispatcher.order(-7);
    await waitFor('charging with 7 MW', () => isAt(-7));
    await dispatcher.order(9);
    await waitFor('discharging with 9 MW', () => isAt(9));
  });

  it('0 is an order: the battery stands still', async () => {
    await dispatcher.order(0);
    await waitFor('nothing', () => isAt(0));
  });

  it('limits bind it all the same', async () => {
    const slotMs = Math.floor(Date.now() / 900_000) * 900_000;
    const limit = {
      asset_id: dispatcher.assetId,
      start_time: new Date(slotMs).toISOString(),
      end_time: new Date(slotMs + 1_800_000).toISOString(),
      source: 'OPERATIONS',
      power_discharge: { amount: 3, unit: 'MW' },
    };
    await api.send('PATCH', '/period-limits', { limits: [limit] });
    await dispatcher.order(12);
    await waitFor('3 MW', () => isAt(3));
  });

  it('the history names each of them', async () => {
    interface Row {
      target_power: { amount: string };
      outcome: string;
    }
    const [from, to] = [-3_600_000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString());
    const path = `/dispatches?asset_ids=${dispatcher.assetId}&from=${from}&to=${to}`;
    const { dispatches } = await api.send<{ dispatches: Row[] }>('GET', path);
    expect(dispatches.map((row) => [row.target_power.amount, row.outcome])).toEqual(
      ['-7', '9', '0', '12'].map((amount) => [amount, 'APPLIED']),
    );
  });
});
