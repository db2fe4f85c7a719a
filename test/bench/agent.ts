import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { ManualClock, systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { configSchema } from '../../ven-agent/config.ts';
import { Control } from '../../ven-agent/control.ts';
import { targetBook } from '../../ven-agent/scheduler/subjects.ts';
import { buildTimeline } from '../../ven-agent/scheduler/timeline.ts';
import { startSimulatedSite } from '../../ven-agent/simulate/site.ts';
import { DeviceUnit } from '../../ven-agent/unit.ts';
import { waitFor } from '../support/demo.ts';
import { cached, event, MINUTE, NOON, payload } from '../ven-agent/builders.ts';
import { FakeVtn } from '../ven-agent/fake-vtn.ts';
import { Plant } from '../ven-agent/safety/plant.ts';
import { footprint } from './footprint.ts';
import { quantile } from './table.ts';
import type { Cell } from './table.ts';

const MW = 1_000_000;
const log = createLog({ name: 'bench', level: 'silent' });
const agentProgram = join(import.meta.dirname, '../../dist/ven-agent.js');
const STARTS = 5;
/** An agent runs for months. */
const WARM_UP = 200;

/** What the control core costs and how soon it acts: rows of the table. */
export async function measureAgent(seconds: number): Promise<Cell[][]> {
  const ticksMs = await decideFor(32, 1_000);
  const { startsMs, rssMb, cpuPercent } = await fourDevices(seconds);
  const starts = [undefined, undefined, quantile(startsMs, 0.5), quantile(startsMs, 1)];
  return [
    ['agent: one decision for 32 devices', undefined, undefined, quantile(ticksMs, 0.5), quantile(ticksMs, 0.99)],
    [`agent: start to first command, ${startsMs.length} starts`, ...starts],
    [`agent: four devices and a meter at 1 Hz, ${seconds} s`, ...Array<undefined>(5), rssMb, cpuPercent],
  ];
}

/**
 * CPU time of single decisions, ms: envelopes of a day of quarter-hours for each of so many devices, half of them batteries,
 * behind inverters of four, with caps of every inverter and the site.
 */
async function decideFor(count: number, rounds: number): Promise<number[]> {
  const clock = new ManualClock(NOON);
  const names = Array.from({ length: count }, (_, n) => `${n % 2 === 0 ? 'BESS' : 'PV'}_${n + 1}`);
  const entry = { driver: 'sunspec', url: 'tcp://plant.example:502' };
  const config = configSchema.parse({
    vtn: { url: 'http://vtn.example', clientId: 'c', clientSecret: 's' },
    site: { id: 'SITE_1' },
    dataDir: 'unused',
    devices: names.map((resourceName, n) => ({
      ...{ ...entry, resourceName, kind: n % 2 === 0 ? 'BESS' : 'PV', inverterId: `INV_${Math.floor(n / 4)}` },
    })),
  });
  const plants = config.devices.map(({ resourceName: name, kind }) => {
    const spec = { ratedW: 10 * MW, capacityWh: 20 * MW, safeReversion: true, socFraction: 0.5 };
    return new Plant({ ...spec, name, kind: kind === 'PV' ? 'PV' : 'BESS' }, clock);
  });
  const units = plants.map((plant) => {
    return new DeviceUnit(plant, { clock, random: () => 0, log, onOpened: () => undefined });
  });
  const quarters = Array.from({ length: 96 }, (_, id) => ({
    id,
    payloads: [payload('EXPORT_CAPACITY_LIMIT', 1000 * (1 + (id % 9))), payload('IMPORT_CAPACITY_LIMIT', 5000)],
  }));
  const day = { start: new Date(NOON - 720 * MINUTE).toISOString(), duration: 'PT15M' };
  const targets = [...names, ...new Set(config.devices.flatMap((d) => d.inverterId ?? [])), 'SITE_1'];
  const events = targets.map((target) =>
    cached(event([], { targets: [target], intervalPeriod: day, intervals: quarters })),
  );
  const book = targetBook(config.site, config.devices, undefined);
  const schedule = { book, timeline: buildTimeline(events, book, NOON) };
  const control = new Control(config);
  const samples: number[] = [];
  for (let round = -WARM_UP; round < rounds; round += 1) {
    clock.advance(1_000);
    for (const plant of plants) plant.powerW = (plant.powerW + 0.3 * MW) % (8 * MW);
    await Promise.all(units.map((unit) => unit.poll()));
    const before = process.cpuUsage();
    control.decide(units, schedule, clock.nowMs(), 'CONNECTED');
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) samples.push((user + system) / 1000);
  }
  return samples;
}

/** The built program against two batteries, two PV plants and a meter over Modbus TCP. */
async function fourDevices(seconds: number): Promise<{ startsMs: number[]; rssMb: number; cpuPercent: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-bench-'));
  const vtn = new FakeVtn();
  const url = await vtn.start();
  const site = await startSimulatedSite({
    ...{ host: '127.0.0.1', clock: systemClock, log },
    plants: [
      { id: 'BESS_1', kind: 'BESS' },
      { id: 'BESS_2', kind: 'BESS' },
      { id: 'PV_1', kind: 'PV' },
      { id: 'PV_2', kind: 'PV' },
      { id: 'METER_1', kind: 'METER' },
    ],
  });
  vtn.resources = site.assets.map(({ id }) => ({ id: `r-${id}`, venID: 'ven-1', resourceName: id, targets: [id] }));
  const devices = site.assets.map(({ id, kind, url: at, unitId }) => ({
    ...{ resourceName: id, kind, driver: 'sunspec', url: at, unitId },
  }));
  let child: ChildProcess | undefined;
  try {
    const startsMs: number[] = [];
    for (let n = 1; n <= STARTS; n += 1) {
      await stop(child);
      const file = configFile(join(folder, String(n)), { url, devices });
      // Another limit each time, so that it is the new agent that is seen.
      const start = new Date(Date.now() - 3_600_000).toISOString();
      const period = { start, duration: 'P1D' };
      vtn.events = [event([payload('EXPORT_CAPACITY_LIMIT', n * 500)], { targets: ['PV_1'], intervalPeriod: period })];
      const from = performance.now();
      child = spawn(process.execPath, [agentProgram, 'run', '--config', file], { stdio: 'ignore' });
      await waitFor('the limit', () => Math.abs(site.plant('PV_1').powerW - n * 500_000) < 10_000);
      startsMs.push(performance.now() - from);
    }
    const { rssMb, cpuPercent } = await footprint(child?.pid ?? 0, seconds);
    return { startsMs, rssMb, cpuPercent };
  } finally {
    await stop(child);
    await site.stop();
    await vtn.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function configFile(folder: string, { url, devices }: { url: string; devices: object[] }): string {
  mkdirSync(folder);
  const file = join(folder, 'agent.json');
  const vtn = { url, clientId: 'client', clientSecret: 'secret', pollSeconds: 5 };
  const site = { id: 'SITE_1', limits: { exportMaxW: 30 * MW, importMaxW: 30 * MW } };
  writeFileSync(file, JSON.stringify({ vtn, site, dataDir: 'data', devices, log: { level: 'warn' } }));
  return file;
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
