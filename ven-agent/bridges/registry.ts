import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from 'pino';
import type { Device, DeviceKind } from './device.ts';
import { MasterPool } from './modbus/pool.ts';
import { SunSpecDevice } from './sunspec/device.ts';
import { SunSpecMeter } from './sunspec/meter.ts';
import type { PositivePower } from './sunspec/quirks.ts';

/** One device in the agent's configuration. */
export interface DeviceConfig {
  /** The OpenADR resourceName (asset id) that it serves. */
  resourceName: string;
  kind: DeviceKind;
  driver: 'sunspec';
  /** `tcp://host:port`; the port defaults to 502. */
  url: string;
  /** Modbus unit id, 0..255. */
  unitId: number;
  /** Of a METER: which direction it counts as positive; absent: what is known of its maker, else import. */
  positivePower?: PositivePower;
  /** Deadline of one request, ms; default 1000. */
  timeoutMs?: number;
}

export interface DeviceDeps {
  log: Logger;
  clock: Clock;
  /** 0 <= x < 1, for jitter. */
  random: () => number;
  /** Who shares connections with whom; default: every device of the process. */
  pool?: MasterPool;
}

const DEFAULT_TIMEOUT_MS = 1_000;

/** A host answers on one TCP port once, so connections are shared by all devices of the process. */
const processPool = new MasterPool();

/**
 * Makes the device that the configuration describes; nothing is connected before `open`. Devices with the same host and
 * port share one connection. Throws `RangeError` naming what is wrong with `url` or `unitId`.
 */
export function createDevice(config: DeviceConfig, deps: DeviceDeps): Device {
  const { host, port } = parseUrl(config.url);
  if (!Number.isInteger(config.unitId) || config.unitId < 0 || config.unitId > 255) {
    throw new RangeError(`unitId of ${config.resourceName}: ${config.unitId} is not a whole number from 0 to 255`);
  }
  const { resourceName, kind, unitId, positivePower, timeoutMs = DEFAULT_TIMEOUT_MS } = config;
  const { clock, random, log } = deps;
  const common = {
    resourceName,
    unitId,
    timeoutMs,
    acquire: () => (deps.pool ?? processPool).acquire({ host, port, clock, random, log, timeoutMs }),
    clock,
    log,
  };
  if (kind !== 'METER') return new SunSpecDevice({ ...common, kind });
  return new SunSpecMeter(positivePower === undefined ? common : { ...common, positivePower });
}

function parseUrl(url: string): { host: string; port: number } {
  const match = /^tcp:\/\/(\[[0-9a-fA-F:.]+\]|[^\s/:@?#]+)(?::(\d{1,5}))?\/?$/.exec(url);
  const port = Number(match?.[2] ?? 502);
  const host = match?.[1]?.replace(/^\[|\]$/g, '');
  if (host === undefined || port < 1 || port > 65_535) {
    throw new RangeError(`url of a device: "${url}" is not tcp://host:port`);
  }
  return { host, port };
}
