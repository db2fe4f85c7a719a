import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from 'pino';
import type { DeviceKind } from '../bridges/device.ts';
import { ModbusTcpServer } from '../bridges/modbus/server.ts';
import type { ModbusFault } from '../bridges/modbus/server.ts';
import { BessPlant } from './bess.ts';
import type { BessOptions } from './bess.ts';
import { SimulatedMeter } from './meter.ts';
import type { MeterOptions } from './meter.ts';
import { UNIT_ID } from './plant.ts';
import type { SimulatedPlant } from './plant.ts';
import { PvPlant } from './pv.ts';
import type { PvOptions } from './pv.ts';

export type PlantOptions = BessOptions | PvOptions | MeterOptions;

export interface SimulatedSiteOptions {
  host: string;
  /** Port per plant id; 0 or absent picks a free one. */
  ports?: Readonly<Record<string, number>>;
  clock: Clock;
  log: Logger;
  plants: readonly PlantOptions[];
}

/** Where a simulated device answers: what the agent's configuration needs of it. */
export interface SimulatedAsset {
  id: string;
  kind: DeviceKind;
  /** `tcp://host:port` */
  url: string;
  unitId: number;
}

export interface SimulatedSite {
  assets: SimulatedAsset[];
  /** The plant itself, to look at its true power. Throws for an unknown id. */
  plant(id: string): SimulatedPlant;
  /** Lets one device answer late, refuse everything or vanish, until `{kind: 'none'}`. Throws for an unknown id. */
  setFault(id: string, fault: ModbusFault): void;
  /** What the site uses beside its plants from now on, W; as its meters see it. */
  setLoad(loadW: number): void;
  stop(): Promise<void>;
}

/** The physics go on at least this often, so that nothing has to be made up for after a long silence. */
const TICK_MS = 1_000;

/** Starts one Modbus TCP server per device. Rejects when a port is taken, and then nothing is left listening. */
export async function startSimulatedSite(options: SimulatedSiteOptions): Promise<SimulatedSite> {
  const { host, ports, clock, log } = options;
  const running = new Map<string, Running>();
  const assets: SimulatedAsset[] = [];
  const timer = setInterval(() => {
    for (const one of running.values()) follow(one);
  }, TICK_MS);
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    await Promise.all([...running.values()].map(({ server }) => server.stop()));
  };
  const find = (id: string): Running => {
    const found = running.get(id);
    if (found === undefined) throw new RangeError(`the simulated site has no plant ${id}`);
    return found;
  };
  try {
    for (const plantOptions of options.plants) {
      const { id, kind } = plantOptions;
      if (running.has(id)) throw new RangeError(`the simulated site has two plants ${id}`);
      const plant = plantOf(plantOptions, () => [...running.values()].map((one) => one.plant), clock);
      const server = new ModbusTcpServer({ host, port: ports?.[id] ?? 0, units: new Map([[UNIT_ID, plant]]) });
      const { port } = await server.start();
      running.set(id, { plant, server, fault: { kind: 'none' } });
      assets.push({ id, kind, url: `tcp://${host}:${port}`, unitId: UNIT_ID });
      log.info({ id, kind, host, port }, 'simulated device listening');
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    assets,
    plant: (id) => find(id).plant,
    setFault: (id, fault) => {
      const one = find(id);
      one.fault = fault;
      follow(one);
    },
    setLoad: (loadW) => {
      for (const { plant } of running.values()) if (plant instanceof SimulatedMeter) plant.setLoad(() => loadW);
    },
    stop,
  };
}

interface Running {
  plant: SimulatedPlant;
  server: ModbusTcpServer;
  /** What was asked for. */
  fault: ModbusFault;
}

/** Moves a plant on, and lets its server misbehave as it was told, or sleep. */
function follow({ plant, server, fault }: Running): void {
  plant.advance();
  server.setFault(plant.isAsleep === true ? { kind: 'drop' } : fault);
}

/** @param all every device of the site; a meter measures the others */
function plantOf(options: PlantOptions, all: () => SimulatedPlant[], clock: Clock): SimulatedPlant {
  switch (options.kind) {
    case 'BESS':
      return new BessPlant(options, clock);
    case 'PV':
      return new PvPlant(options, clock);
    case 'METER':
      return new SimulatedMeter(options, () => all().filter(({ kind }) => kind !== 'METER'), clock);
  }
}
