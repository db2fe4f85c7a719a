import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, fetchToken } from '../../deploy/demo/http.ts';
import { plannedMw } from '../../deploy/demo/plan.ts';
import { Demo, slotWithTimeLeft, waitFor } from '../support/demo.ts';
import { SunSpecPeer } from '../support/sunspec-peer.ts';

const SLOT_MS = 900_000;
const REPORT_SECONDS = 5;

describe('reservations drive the battery of the demo', () => {
  let demo: Demo;
  let api: ApiClient;
  let bess: SunSpecPeer;
  let bessId: string;
  let slot: { start_time: string; end_time: string };

  beforeAll(async () => {
    await slotWithTimeLeft(90_000);
    demo = await Demo.start();
    const { clients, openadrUrl, operationsUrl, assets } = demo.file;
    api = new ApiClient(operationsUrl, await fetchToken(openadrUrl, clients.operator));
    const plant = assets.find((a) => a.kind === 'BESS')!;
    bessId = plant.id;
    bess = await SunSpecPeer.connect(plant.modbusUrl, plant.unitId);
    const startMs = Math.floor(Date.now() / SLOT_MS) * SLOT_MS;
    slot = { start_time: new Date(startMs).toISOString(), end_time: new Date(startMs + SLOT_MS).toISOString() };
  }, 180_000);

  afterAll(async () => {
    await bess?.close();
    await demo?.stop();
  });

  const isAt = async (mw: number): Promise<boolean> => Math.abs((await bess.bessPowerW()) - mw * 1e6) < 1e4;

  it('npm start puts a plan in place, which the battery follows', async () => {
    await waitFor('the planned power', () => isAt(plannedMw(Date.parse(slot.start_time))));
  });

  it('the printed curl line makes it sell 12 MW: the register follows within seconds', async () => {
    const line = /^curl -i -X PUT .*$/m.exec(demo.output)?.[0];
    expect(line).toBeDefined();
    const { stdout } = await promisify(execFile)('bash', ['-c', line!]);
    expect(stdout).toMatch(/^HTTP\/1\.1 204/);
    await waitFor('12 MW', () => isAt(12));
  });

  it('and the state snapshots show what it moved', async () => {
    interface Snapshot {
      discharged_energy: { amount: string } | null;
    }
    await waitFor('a report of 12 MW', async () => {
      const path = `/state-snapshots?asset_ids=${bessId}&latest=true`;
      const [latest] = (await api.send<{ state_snapshots: Snapshot[] }>('GET', path)).state_snapshots;
      const meanMw = (Number(latest?.discharged_energy?.amount ?? 0) * 3600) / REPORT_SECONDS;
      return Math.abs(meanMw - 12) < 0.1;
    });
  });

  it('a limit goes before a reservation', async () => {
    const limit = { asset_id: bessId, source: 'OPERATIONS', power_discharge: { amount: 5, unit: 'MW' }, ...slot };
    await api.send('PATCH', '/period-limits', { limits: [limit] });
    await waitFor('5 MW', () => isAt(5));
  });

  it('a limit of its inverter binds it too, although the configuration of the agent names no inverter', async () => {
    const { siteId } = demo.file;
    const { inverters } = await api.send<{ inverters: { id: string; asset_ids: string[] }[] }>(
      'GET',
      `/sites/${siteId}`,
    );
    const inverter = inverters.find(({ asset_ids }) => asset_ids.includes(bessId));
    const limits = [{ ...slot, max_export_to_grid: { amount: 3, unit: 'MW' } }];
    await api.send('PUT', `/sites/${siteId}/inverters/${inverter?.id}/limits`, { limits });
    await waitFor('3 MW', () => isAt(3));
  });

  it('an inverter that is added while the agent runs binds what it serves, and nothing else', async () => {
    const { siteId, assets } = demo.file;
    const inverter = await api.send<{ id: string }>('POST', `/sites/${siteId}/inverters`, {
      ...{ rated_power: { amount: 20, unit: 'MW' }, charge_efficiency: 0.98, discharge_efficiency: 0.98 },
      asset_ids: [bessId],
    });
    const limits = [{ ...slot, max_export_to_grid: { amount: 1, unit: 'MW' } }];
    await api.send('PUT', `/sites/${siteId}/inverters/${inverter.id}/limits`, { limits });
    await waitFor('1 MW', () => isAt(1));
    const plant = assets.find((a) => a.kind === 'PV')!;
    const pv = await SunSpecPeer.connect(plant.modbusUrl, plant.unitId);
    await waitFor('the solar park at its full power', async () => (await pv.pvPowerW()) > 7e6);
    await pv.close();
  });
});
