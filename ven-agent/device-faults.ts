import { isSameLine, parseLineAddress, placeOf, unitIdRange } from './bridges/modbus/address.ts';
import { faultsOfMap } from './bridges/registers/map.ts';
import type { DeviceEntry } from './config.ts';

export interface DeviceFault {
  /** From the list of devices on. */
  path: (string | number)[];
  message: string;
}

/** What is wrong with devices that are each well formed: settings that do not go together. Every fault at once. */
export function faultsOfDevices(devices: readonly DeviceEntry[]): DeviceFault[] {
  return devices.flatMap((entry, index) => {
    const earlier = devices.slice(0, index);
    const faults = [
      ...faultsOfName(entry, earlier),
      ...(entry.kind === 'METER' ? faultsOfMeter(entry, earlier) : []),
      ...faultsOfDriver(entry),
      ...faultsOfLine(entry, earlier),
    ];
    return faults.map(({ path, message }) => ({ path: [index, ...path], message }));
  });
}

function faultsOfName({ resourceName }: DeviceEntry, earlier: readonly DeviceEntry[]): DeviceFault[] {
  if (!earlier.some((other) => other.resourceName === resourceName)) return [];
  return [{ path: ['resourceName'], message: `expected every resourceName once, got ${resourceName} again` }];
}

function faultsOfMeter(entry: DeviceEntry, earlier: readonly DeviceEntry[]): DeviceFault[] {
  const faults: DeviceFault[] = [];
  const say = (key: keyof DeviceEntry, message: string): number => faults.push({ path: [key], message });
  const noOrders = 'a METER takes no orders';
  if (earlier.some(({ kind }) => kind === 'METER')) {
    say('kind', 'expected one METER at most: that of the point of connection');
  }
  if (entry.whenNoSetpoint !== 'release') say('whenNoSetpoint', noOrders);
  if (Object.keys(entry.limits).length > 0) say('limits', noOrders);
  for (const key of ['rampUpWPerSecond', 'simple', 'ratedW'] as const) if (entry[key] !== undefined) say(key, noOrders);
  if (Object.keys(entry.soc).length > 0) say('soc', 'a METER stores nothing');
  return faults;
}

function faultsOfDriver({ driver, kind, registers, quirks }: DeviceEntry): DeviceFault[] {
  if (driver === 'sunspec') {
    return registers === undefined ? [] : [{ path: ['registers'], message: 'expected only with driver: registers' }];
  }
  if (registers === undefined) return [{ path: ['registers'], message: 'expected with driver: registers' }];
  const faults: DeviceFault[] = faultsOfMap(registers, kind).map(([path, message]) => ({
    path: ['registers', ...path],
    message,
  }));
  if (Object.keys(quirks).length > 0) faults.push({ path: ['quirks'], message: 'expected only with driver: sunspec' });
  return faults;
}

/** Units that their line cannot have, and lines that two devices describe differently. */
function faultsOfLine({ url, unitId }: DeviceEntry, earlier: readonly DeviceEntry[]): DeviceFault[] {
  const faults: DeviceFault[] = [];
  const address = parseLineAddress(url);
  const place = placeOf(address);
  const [least, most] = unitIdRange(address);
  if (unitId < least || unitId > most) {
    faults.push({ path: ['unitId'], message: `expected ${least} to ${most} on this line` });
  }
  const first = earlier.map((other) => parseLineAddress(other.url)).find((other) => placeOf(other) === place);
  if (first !== undefined && !isSameLine(first, address)) {
    const message = `expected the same protocol and settings as another device at ${place}`;
    faults.push({ path: ['url'], message });
  }
  return faults;
}
