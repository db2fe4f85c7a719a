import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, fetchToken } from '../../deploy/demo/http.ts';
import { Demo, slotWithTimeLeft, waitFor } from '../support/demo.ts';
import { SunSpecPeer } from '../support/sunspec-peer.ts';

interface Snapshot {
  asset_id: string;
  effective_at: string;
  discharged_energy: { amount: string; unit: string } | null;
  reading_quality: string;
}

const REPORT_SECONDS = 5;

describe('the main job: one limit, down to an inverter register and back', () => {
  let demo: Demo;
  let api: ApiClient;
  let pv: SunSpecPeer;
  let pvId: string;

  beforeAll(async () => {
    await slotWithTimeLeft();
    demo = await Demo.start();
    const { clients, openadrUrl, operationsUrl, assets } = demo.file;
    api = new ApiClient(operationsUrl, await fetchToken(openadrUrl, clients.operator));
    const plant = assets.find((a) => a.kind === 'PV')!;
    pvId = plant.id;
    pv = await SunSpecPeer.connect(plant.modbusUrl, plant.unitId);
  }, 120_000);

  afterAll(async () => {
    await pv?.close();
    await demo?.stop();
  });

  const latest = async (): Promise<Snapshot | undefined> =>
    (await api.send<{ state_snapshots: Snapshot[] }>('GET', `/state-snapshots?asset_ids=${pvId}&latest=true`))
      .state_snapshots[0];

  /** Mean power of a report period, MW. */
  const meanMw = (s: Snapshot): number => (Number(s.discharged_energy?.amount) * 3600) / REPORT_SECONDS;

  it('starts with a solar park that produces about 8 MW and has nothing but its grid connection as a limit', async () => {
    expect(pv.models).toEqual([1, 103, 120, 121, 123]);
    expect(await pv.pvPowerW()).toBeGreaterThan(7e6);
    const limitW = await pv.pvLimitW();
    expect(limitW === undefined || limitW >= 10e6).toBe(true);
    const before = await waitFor('a first snapshot', async () => {
      const s = await latest();
      return s && meanMw(s) > 7 ? s : undefined;
    });
    expect(before.reading_quality).toBe('VALID');
  });

  it('has credentials that sign in for every role, and a utility whose leader one of them is', async () => {
    const { clients, openadrUrl, vtnUrl, utilityId } = demo.file;
    for (const credentials of Object.values(clients)) await fetchToken(openadrUrl, credentials);
    const leader = new ApiClient(`${vtnUrl}/v1/utilities`, await fetchToken(openadrUrl, clients.utility));
    const { data } = await leader.send<{ data: { relationships: { members: unknown } } }>('GET', `/${utilityId}/`);
    expect(data.relationships.members).toEqual({ data: [{ type: 'User', id: 'utility' }], meta: { count: 1 } });
  });

  it('the printed curl line curtails it within a second: register, then power', async () => {
    const line = /^curl -i -X PATCH .*$/m.exec(demo.output)?.[0];
    expect(line).toBeDefined();
    const { stdout } = await promisify(execFile)('bash', ['-c', line!]);
    expect(stdout).toMatch(/^HTTP\/1\.1 204/);
    await waitFor('the register', async () => (await pv.pvLimitW()) === 2e6, 1000);
    await waitFor('the power', async () => (await pv.pvPowerW()) <= 2e6, 1000);
  });

  it('and the state snapshots show it a report later', async () => {
    const after = await waitFor('a snapshot of the curtailed plant', async () => {
      const s = await latest();
      return s && meanMw(s) <= 2.01 && meanMw(s) > 1 ? s : undefined;
    });
    expect(after.reading_quality).toBe('VALID');
  });

  it('taking the limit back gives the power back', async () => {
    const { limits } = await api.send<{ limits: { start_time: string; end_time: string }[] }>(
      'GET',
      `/period-limits?asset_ids=${pvId}&from=${new Date(Date.now() - 3600e3).toISOString()}&to=${new Date(Date.now() + 3600e3).toISOString()}`,
    );
    const query = new URLSearchParams({
      asset_id: pvId,
      start_time: limits[0]!.start_time,
      end_time: limits[0]!.end_time,
      source: 'OPERATIONS',
    });
    await api.send('DELETE', `/period-limits?${query.toString()}`);
    await waitFor('the power', async () => (await pv.pvPowerW()) > 7e6, 3000);
  });

  it('Ctrl-C stops everything cleanly: exit code 0, nothing listens any more', async () => {
    await pv.close();
    const { vtnUrl, mqttUrl, assets } = demo.file;
    expect(await demo.interrupt()).toBe(0);
    for (const url of [vtnUrl, mqttUrl, ...assets.map((a) => a.modbusUrl)]) {
      expect(await listens(new URL(url)), url).toBe(false);
    }
  });
});

function listens(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
