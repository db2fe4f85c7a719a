import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from 'pino';
import type { Device, DeviceKind } from './device.ts';
import { parseLineAddress, unitIdRange } from './modbus/address.ts';
import { MasterPool } from './modbus/pool.ts';
import type { ConnectionOptions } from './modbus/share.ts';
import { RegisterDevice } from './registers/device.ts';
import type { RegisterMap } from './registers/map.ts';
import { SunSpecDevice } from './sunspec/device.ts';
import { SunSpecMeter } from './sunspec/meter.ts';
import type { Quirks } from './sunspec/quirks.ts';

/** One device in the agent's configuration. */
export interface DeviceConfig {
  /** The OpenADR resourceName (asset id) that it serves. */
  resourceName: string;
  kind: DeviceKind;
  /** `registers`: a device without SunSpec, as `registers` describes it. */
  driver: 'sunspec' | 'registers';
  /** Where its line is, as `parseLineAddress` reads it. */
  url: string;
  /** Modbus unit id, 0..255, on serial lines 1..247. */
  unitId: number;
  /** Of SunSpec devices: what is heeded instead of what is known of their makers. */
  quirks?: Partial<Quirks>;
  /** With the driver `registers`. */
  registers?: RegisterMap;
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

/** A line takes one master, so lines are shared by all devices of the process. */
const processPool = new MasterPool();

/**
 * Makes the device that the configuration describes; nothing is connected before `open`. Devices with the same host and
 * port, or serial port, share one line. Throws `RangeError` naming what is wrong with `url`, `unitId` or
 * `registers`.
 */
export function createDevice(config: DeviceConfig, deps: DeviceDeps): Device {
  const { resourceName, kind, driver, registers, quirks = {} } = config;
  const { clock, log } = deps;
  const common = { resourceName, ...connectionOf(config, deps), clock, log };
  if (driver === 'registers') {
    if (registers === undefined) throw new RangeError(`registers of ${resourceName} are missing`);
    return new RegisterDevice({ ...common, kind, map: registers });
  }
  return kind === 'METER' ? new SunSpecMeter({ ...common, quirks }) : new SunSpecDevice({ ...common, kind, quirks });
}

/** How a unit is reached. Throws `RangeError` as `createDevice` does. */
export function connectionOf(
  { resourceName, url, unitId, timeoutMs = DEFAULT_TIMEOUT_MS }: Omit<DeviceConfig, 'kind' | 'driver'>,
  { pool, clock, random, log }: DeviceDeps,
): ConnectionOptions {
  const address = parseLineAddress(url);
  const [least, most] = unitIdRange(address);
  if (!Number.isInteger(unitId) || unitId < least || unitId > most) {
    throw new RangeError(`unitId of ${resourceName}: ${unitId} is not a whole number from ${least} to ${most}`);
  }
  const acquire = () => (pool ?? processPool).acquire({ address, clock, random, log, timeoutMs });
  return { unitId, timeoutMs, acquire };
}
