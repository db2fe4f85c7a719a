import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { ApiClient } from '../../deploy/demo/http.ts';
import { configSchema } from '../../ven-agent/config.ts';
import { createVenAgent } from '../../ven-agent/main.ts';
import type { VenAgent, VenAgentDeps } from '../../ven-agent/main.ts';
import { startSimulatedSite } from '../../ven-agent/simulate/site.ts';
import type { SimulatedSite } from '../../ven-agent/simulate/site.ts';
import { waitFor } from './demo.ts';
import { SunSpecPeer } from './sunspec-peer.ts';
import type { VtnProcess } from './vtn-process.ts';

export const MW = 1_000_000;
/** What the park may give at most, by its grid connection. */
export const PV_SUBSCRIPTION_W = 7 * MW;
export const LOAD_W = 3 * MW;
const TICK_MS = 100;
/** Registers of the plants count in steps of 1 kW. */
const RESOLUTION_W = 3_000;
const SLOT_MS = 900_000;

const program = join(import.meta.dirname, '../../dist/ven-agent.js');
const log = pino({ level: 'silent' });

export interface AgentStatus {
  mode: string;
  ticks: number;
  clock: { steps: number };
  vtn: { polls: number; failures: number; notifications: { state: string; notifications: number } };
  site: { meter: string };
  devices: { resourceName: string; reachable: boolean; ordered?: { setpointW?: number; outputLimit: object } }[];
}

/** A site as the VTN knows it. */
export interface KnownSite {
  siteId: string;
  bessId: string;
  pvId: string;
  client: { clientId: string; clientSecret: string };
  /** Bounds what the site exports, and takes, for at least a quarter of an hour, at most half an hour. */
  limit(exportW: number, importW?: number): Promise<void>;
  /** The battery has no set-point any more. */
  endDispatch(): Promise<void>;
}

/** A battery that shall give 4 MW, a solar park of 8 MW that may give 7, and their gateway. */
export async function makeSite({
  operations,
  openadr,
}: {
  operations: ApiClient;
  openadr: ApiClient;
}): Promise<KnownSite> {
  const place = { name: 'Plugs', code: 'PLUG', region: 'DE', delivery_area: '50HZ' };
  const mode = { dispatch_mode: { name: 'MANUAL' } };
  const { id: siteId } = await operations.send<{ id: string }>('POST', '/sites', { ...place, ...mode });
  const [bessId = '', pvId = ''] = await Promise.all(
    ['BESS', 'PV'].map(async (type) => {
      const plant = { ...place, type, provider: 'ASSET_SIMULATOR' };
      const { id: asset_id } = await operations.send<{ id: string }>('POST', '/assets', plant);
      const inverter = { rated_power: { amount: 20, unit: 'MW' }, charge_efficiency: 1, discharge_efficiency: 1 };
      await operations.send('POST', `/sites/${siteId}/inverters`, { ...inverter, asset_ids: [asset_id] });
      return asset_id;
    }),
  );
  const grid_connection_max_power = { amount: PV_SUBSCRIPTION_W, unit: 'W' };
  const valid_from = new Date(Date.now() - 3_600_000).toISOString();
  await operations.send('PUT', '/specs', { asset_id: pvId, valid_from, grid_connection_max_power });
  const gateway = await operations.send<Record<string, string>>('PUT', `/sites/${siteId}/gateway`);
  const startMs = Math.floor(Date.now() / SLOT_MS) * SLOT_MS;
  const period = {
    start_time: new Date(startMs).toISOString(),
    end_time: new Date(startMs + 2 * SLOT_MS).toISOString(),
  };
  const { id: programID } = await openadr.send<{ id: string }>('POST', '/programs', { programName: 'plugs' });
  const dispatch = await openadr.send<{ id: string }>('POST', '/events', {
    ...{ programID, targets: [bessId], intervalPeriod: { start: period.start_time, duration: 'PT30M' } },
    intervals: [{ id: 0, payloads: [{ type: 'DISPATCH_SETPOINT', values: [-4_000] }] }],
  });
  return {
    ...{ siteId, bessId, pvId },
    client: { clientId: gateway['client_id'] ?? '', clientSecret: gateway['client_secret'] ?? '' },
    limit: async (exportW, importW) => {
      const most = { max_export_to_grid: { amount: exportW, unit: 'W' } };
      const taken = importW === undefined ? {} : { max_import_from_grid: { amount: importW, unit: 'W' } };
      await operations.send('PUT', `/sites/${siteId}/limits`, { limits: [{ ...period, ...most, ...taken }] });
    },
    endDispatch: async () => {
      await openadr.send('DELETE', `/events/${dispatch.id}`);
    },
  };
}

/** Time goes on as it does, and by as much more as a test lets pass. */
export class PlantTime {
  #passedMs = 0;
  nowMs = () => Date.now() + this.#passedMs;
  pass(ms: number): void {
    this.#passedMs += ms;
  }
}

/**
 * The site itself, in simulation: the battery gives 1 MW when nobody tells it anything, the park 8; a load takes 3; a meter measures
 * it all. Its agent runs in this process or in one of its own. Whether it keeps to its limits an independent master tells.
 */
export class PluggedSite {
  readonly time: PlantTime;
  readonly plants: SimulatedSite;
  meter: SunSpecPeer;
  /** What the battery does when nobody tells it anything. */
  readonly own: { powerW: number };
  readonly #known: KnownSite;
  #agent: VenAgent | undefined;
  #child: ChildProcess | undefined;
  #statusUrl = '';

  private constructor(
    known: KnownSite,
    time: PlantTime,
    plants: SimulatedSite,
    meter: SunSpecPeer,
    own: { powerW: number },
  ) {
    this.#known = known;
    this.time = time;
    this.plants = plants;
    this.meter = meter;
    this.own = own;
  }

  static async start(known: KnownSite, ports: Record<string, number> = {}): Promise<PluggedSite> {
    const time = new PlantTime();
    const own = { powerW: MW };
    const plants = await startSimulatedSite({
      ...{ host: '127.0.0.1', ports, clock: time, log },
      plants: [
        { id: known.bessId, kind: 'BESS', localProgram: () => own.powerW },
        { id: known.pvId, kind: 'PV' },
        { id: 'METER', kind: 'METER', load: () => LOAD_W },
      ],
    });
    const url = plants.assets.find(({ kind }) => kind === 'METER')?.url ?? '';
    return new PluggedSite(known, time, plants, await SunSpecPeer.connect(url, 1), own);
  }

  /** Which port each of its devices listens on. */
  get ports(): Record<string, number> {
    return Object.fromEntries(this.plants.assets.map(({ id, url }) => [id, Number(new URL(url).port)]));
  }

  /** An independent master of one of its devices. */
  peer(id: string): Promise<SunSpecPeer> {
    return SunSpecPeer.connect(this.plants.assets.find((asset) => asset.id === id)?.url ?? '', 1);
  }

  powerW(id: string): number {
    return this.plants.plant(id).powerW;
  }

  #config(vtn: VtnProcess, dataDir: string): object {
    return {
      vtn: { url: vtn.openadrUrl, ...this.#known.client, pollSeconds: 1, timeoutMs: 1_000 },
      // The rest of the site makes 1 MW at most: that counts while nobody measures.
      site: { id: this.#known.siteId, limits: { exportMaxW: 9 * MW }, rest: { exportMaxW: 1 * MW } },
      ...{ dataDir, tick: { intervalMs: TICK_MS } },
      devices: this.plants.assets.map(({ id, kind, url }) => ({
        ...{ resourceName: id, kind, driver: 'sunspec', url, timeoutMs: 300 },
      })),
    };
  }

  /** In this process, with a short wait before anything is tried again. */
  async runAgent(vtn: VtnProcess, dataDir: string, deps: VenAgentDeps = {}): Promise<void> {
    const config = configSchema.parse(this.#config(vtn, dataDir));
    this.#agent = createVenAgent(config, { log, random: () => 0.05, ...deps });
    ({ statusUrl: this.#statusUrl } = await this.#agent.start());
  }

  /** As it is shipped, in a process of its own. */
  async spawnAgent(vtn: VtnProcess, dataDir: string): Promise<void> {
    const file = `${dataDir}.json`;
    writeFileSync(file, JSON.stringify(this.#config(vtn, dataDir)));
    const child = spawn(process.execPath, [program, 'run', '--config', file], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    this.#statusUrl = await waitFor('the agent', () => {
      if (child.exitCode !== null) throw new Error(`the agent ended with ${child.exitCode}: ${output}`);
      return /"statusUrl":"([^"]+)"/.exec(output)?.[1];
    });
  }

  /** Ends the agent's process. Resolves with its exit code, null after SIGKILL. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return null;
    const gone = once(child, 'exit');
    child.kill(signal);
    return ((await gone) as [number | null])[0];
  }

  async status(): Promise<AgentStatus> {
    return (await (await fetch(`${this.#statusUrl}/status`)).json()) as AgentStatus;
  }

  async isReachable(id: string): Promise<boolean> {
    return (await this.status()).devices.find(({ resourceName }) => resourceName === id)?.reachable ?? false;
  }

  /** Waits until the independent meter shows no more export than that, W, and at least `leastW`. */
  async exports(mostW: number, leastW = -Infinity): Promise<void> {
    await waitFor(`an export of ${leastW} to ${mostW} W`, async () => {
      const powerW = await this.meter.meterPowerW();
      return powerW >= leastW && powerW <= mostW + RESOLUTION_W;
    });
  }

  async stop(): Promise<void> {
    await this.end('SIGKILL');
    await this.#agent?.stop();
    await this.meter.close();
    await this.plants.stop();
  }
}
