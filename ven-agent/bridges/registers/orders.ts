/** From a command to the registers of a device without SunSpec. Pure. */
import type { DeviceCapabilities, DeviceCommand, Limit } from '../device.ts';
import type { RegisterMap, WritePoint } from './map.ts';
import { rawFor, valueOf } from './point.ts';

/** What one register point shall hold. */
export interface Order {
  /** As it is called in the map. */
  name: string;
  point: WritePoint;
  raw: number;
  /** It switches something off, which need not be said again and again. */
  isRelease: boolean;
}

/** What the device can do, as the map says. */
export function abilitiesOf(map: RegisterMap): Pick<DeviceCapabilities, 'canSetPower' | 'canLimitOutput'> {
  const { outputLimitW, outputLimitPercent, setpointW } = map.write;
  return {
    canLimitOutput: outputLimitW !== undefined || outputLimitPercent !== undefined,
    canSetPower: setpointW !== undefined,
  };
}

/** Everything that the command asks, in the order of writing: what is switched off, values, the timer, what is switched on. */
export function ordersOf(map: RegisterMap, command: DeviceCommand): Order[] {
  const { write, maxDischargeW = 0, maxChargeW = 0 } = map;
  const off: Order[] = [];
  const values: Order[] = [];
  const on: Order[] = [];
  const isLimited = command.outputLimit.kind === 'limited';
  const limitW =
    command.outputLimit.kind === 'limited' ? Math.min(command.outputLimit.maxW, maxDischargeW) : maxDischargeW;
  // Where nothing switches the limit off, "no limit" is all that the device has.
  if (isLimited || write.outputLimitEnable === undefined) {
    push(values, 'outputLimitW', write.outputLimitW, limitW);
    push(values, 'outputLimitPercent', write.outputLimitPercent, (limitW * 100) / maxDischargeW);
  }
  push(isLimited ? on : off, 'outputLimitEnable', write.outputLimitEnable, isLimited);
  const { setpointW } = command;
  const isSet = setpointW !== undefined;
  if (isSet) push(values, 'setpointW', write.setpointW, Math.max(-maxChargeW, Math.min(maxDischargeW, setpointW)));
  push(isSet ? on : off, 'setpointEnable', write.setpointEnable, isSet);
  if (isLimited || isSet) push(values, 'timerSeconds', write.timerSeconds, command.leaseSeconds);
  return [...off, ...values, ...on];
}

/** The limit that the registers say is in force. `rawIn` gives what a point holds; `undefined` where that is unknown. */
export function limitIn(map: RegisterMap, rawIn: (name: string) => number | undefined): Limit | undefined {
  const { write, maxDischargeW = 0 } = map;
  const enable = write.outputLimitEnable;
  if (enable !== undefined) {
    const switched = rawIn('outputLimitEnable');
    if (switched === undefined) return undefined;
    if (switched !== enable.on) return { kind: 'unlimited' };
  }
  const name = write.outputLimitW === undefined ? 'outputLimitPercent' : 'outputLimitW';
  const point = write[name];
  const raw = rawIn(name);
  if (point === undefined || raw === undefined) return undefined;
  const maxW = name === 'outputLimitW' ? valueOf(point, raw) : (valueOf(point, raw) * maxDischargeW) / 100;
  return maxW >= maxDischargeW ? { kind: 'unlimited' } : { kind: 'limited', maxW };
}

/** The set-point that the registers say is in force, W; `undefined` where there is none. */
export function setpointIn(map: RegisterMap, rawIn: (name: string) => number | undefined): number | undefined {
  const { setpointW, setpointEnable } = map.write;
  const raw = rawIn('setpointW');
  if (setpointW === undefined || raw === undefined || rawIn('setpointEnable') !== setpointEnable?.on) return undefined;
  return valueOf(setpointW, raw);
}

function push(
  orders: Order[],
  name: string,
  point: WritePoint | (WritePoint & { on: number; off: number }) | undefined,
  value: number | boolean,
): void {
  if (point === undefined) return;
  if (typeof value === 'number') orders.push({ name, point, raw: rawFor(point, value), isRelease: false });
  else if ('on' in point) orders.push({ name, point, raw: value ? point.on : point.off, isRelease: !value });
}
