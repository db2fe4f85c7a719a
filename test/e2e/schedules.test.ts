import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, fetchToken } from '../../deploy/demo/http.ts';
import { plannedMw } from '../../deploy/demo/plan.ts';
import { Demo, slotWithTimeLeft, waitFor } from '../support/demo.ts';
import { SunSpecPeer } from '../support/sunspec-peer.ts';

const SLOT_MS = 900_000;

interface Entry {
  start_time: string;
  power: { value: number };
  vpp_event: boolean;
}

describe('a schedule drives the battery of the demo', () => {
  let demo: Demo;
  let api: ApiClient;
  let openadr: ApiClient;
  let bess: SunSpecPeer;

  beforeAll(async () => {
    await slotWithTimeLeft(90_000);
    demo = await Demo.start();
    const { clients, openadrUrl, operationsUrl, assets } = demo.file;
    const token = await fetchToken(openadrUrl, clients.operator);
    api = new ApiClient(operationsUrl, token);
    openadr = new ApiClient(openadrUrl, token);
    const plant = assets.find((a) => a.kind === 'BESS')!;
    bess = await SunSpecPeer.connect(plant.modbusUrl, plant.unitId);
  }, 180_000);

  afterAll(async () => {
    await bess?.close();
    await demo?.stop();
  });

  const isAt = async (mw: number): Promise<boolean> => Math.abs((await bess.bessPowerW()) - mw * 1e6) < 1e4;
  /** The set-point of the schedule's event now, kW. */
  const scheduledKw = async (): Promise<unknown> => {
    const events = await openadr.send<
      { eventName: string; intervals: { intervalPeriod: { start: string }; payloads: { values: unknown[] }[] }[] }[]
    >('GET', '/events?limit=50');
    const event = events.find(({ eventName }) => eventName === `schedule/${demo.file.devices[0]?.id}`);
    const running = event?.intervals.filter((i) => Date.parse(i.intervalPeriod.start) <= Date.now()).at(-1);
    return running?.payloads[0]?.values[0];
  };

  it('the printed curl line plans a day around the reservations, and the battery follows', async () => {
    const line = /^curl -i -X POST .*\/schedules\/soc\/.*$/m.exec(demo.output)?.[0];
    expect(line).toBeDefined();
    const { stdout } = await promisify(execFile)('bash', ['-c', line!]);
    expect(stdout).toMatch(/^HTTP\/1\.1 200/);
    const schedule = JSON.parse(stdout.slice(stdout.indexOf('\r\n\r\n'))) as { data: { schedule: Entry[] }[] };
    const entries = schedule.data[0]?.schedule ?? [];
    const nowMw = plannedMw(Date.now());
    expect(entries[0]).toMatchObject({ power: { value: 0 - nowMw * 1e6 }, vpp_event: true });
    // Beyond the reservations prices decide.
    expect(entries.some((entry) => !entry.vpp_event && entry.power.value !== 0)).toBe(true);
    expect(await scheduledKw()).toBe(0 - nowMw * 1e3);
    await waitFor('the scheduled power', () => isAt(nowMw));
  });

  it('what is sold anew comes to the battery by a new schedule, within seconds', async () => {
    const startMs = Math.floor(Date.now() / SLOT_MS) * SLOT_MS;
    const slot = { start_time: new Date(startMs).toISOString(), end_time: new Date(startMs + SLOT_MS).toISOString() };
    const { id } = demo.file.assets.find((a) => a.kind === 'BESS')!;
    const power = { amount: 7, unit: 'MW' };
    const reservation = { asset_id: id, ...slot, market: 'DAA', source: 'OPTIMISATION', power };
    await api.send('PUT', '/reservations', { reservations: [reservation] });
    await waitFor('the schedule', async () => (await scheduledKw()) === -7_000);
    await waitFor('7 MW', () => isAt(7));
  });
});
