import { ApiClient, fetchToken } from '../../deploy/demo/http.ts';
import { waitFor, type Demo } from '../support/demo.ts';
import { SunSpecPeer } from '../support/sunspec-peer.ts';

const SLOT_MS = 900_000;

/**
 * The main job, timed from outside with the whole demo running as processes of its own: from sending PATCH period-limits to the
 * moment another Modbus master reads the new limit from the inverter. One sample a round, ms.
 */
export async function limitToRegister(demo: Demo, rounds: number): Promise<number[]> {
  const { clients, openadrUrl, operationsUrl, assets } = demo.file;
  const api = new ApiClient(operationsUrl, await fetchToken(openadrUrl, clients.operator));
  const plant = assets.find((a) => a.kind === 'PV');
  if (!plant) throw new Error('the demo has no PV plant');
  const pv = await SunSpecPeer.connect(plant.modbusUrl, plant.unitId);
  const samples: number[] = [];
  try {
    for (let i = 0; i < rounds; i++) {
      const limitMw = 2 + (i % 5);
      const slotMs = Math.floor(Date.now() / SLOT_MS) * SLOT_MS;
      const body = {
        limits: [
          {
            asset_id: plant.id,
            start_time: new Date(slotMs).toISOString(),
            // Two slots, so that a round at the end of a slot is as good as any other.
            end_time: new Date(slotMs + 2 * SLOT_MS).toISOString(),
            source: 'OPERATIONS',
            power_discharge: { amount: limitMw, unit: 'MW' },
          },
        ],
      };
      const from = performance.now();
      await api.send('PATCH', '/period-limits', body);
      await waitFor('the register', async () => (await pv.pvLimitW()) === limitMw * 1e6, 10_000);
      samples.push(performance.now() - from);
    }
  } finally {
    await pv.close();
  }
  return samples;
}
