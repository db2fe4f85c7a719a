import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from 'pino';
import { faultOf } from '../command.ts';
import { DeviceError } from '../device.ts';
import type {
  Device,
  DeviceCapabilities,
  DeviceCommand,
  DeviceKind,
  DeviceReading,
  OperatingState,
  WriteOutcome,
} from '../device.ts';
import type { UnitCounters } from '../modbus/counters.ts';
import { isRefusal } from '../modbus/exceptions.ts';
import { LineShare } from '../modbus/share.ts';
import type { ConnectionOptions } from '../modbus/share.ts';
import type { RegisterMap } from './map.ts';
import { abilitiesOf, limitIn, ordersOf, setpointIn } from './orders.ts';
import type { Order } from './orders.ts';
import { valueOf, wordsOf } from './point.ts';
import { readRaws } from './reads.ts';
import type { Raws, Wanted } from './reads.ts';

export interface RegisterDeviceOptions extends ConnectionOptions {
  resourceName: string;
  kind: DeviceKind;
  map: RegisterMap;
  clock: Clock;
  log: Logger;
}

/** A device without SunSpec, whose registers the configuration describes. It has no fallback that the agent could set. */
export class RegisterDevice implements Device {
  readonly resourceName: string;
  readonly #options: RegisterDeviceOptions;
  readonly #line: LineShare;
  readonly #measured: readonly Wanted[];
  readonly #controls: readonly Wanted[];
  /** What was written to registers that cannot be read. */
  readonly #written = new Map<string, number>();
  #isOpen = false;
  #isLocal = false;
  #refreshedAtMs: number | undefined;

  constructor(options: RegisterDeviceOptions) {
    this.resourceName = options.resourceName;
    this.#options = options;
    this.#line = new LineShare(options);
    const { read, write } = options.map;
    this.#measured = Object.entries(read).map(([name, point]) => ({ name, point, functionCode: point.functionCode }));
    this.#controls = Object.entries(write).flatMap(([name, point]): Wanted[] =>
      typeof point === 'object' && point.readBack ? [{ name, point, functionCode: 3 }] : [],
    );
  }

  /** Connects and reads everything once. */
  async open(): Promise<DeviceCapabilities> {
    const { kind, map, log } = this.#options;
    this.#isOpen = false;
    this.#written.clear();
    this.#refreshedAtMs = undefined;
    await this.#read([...this.#measured, ...this.#controls]);
    this.#isOpen = true;
    const capabilities: DeviceCapabilities = {
      kind,
      manufacturer: map.manufacturer,
      model: map.model,
      serialNumber: '',
      maxDischargeW: map.maxDischargeW ?? 0,
      maxChargeW: map.maxChargeW ?? 0,
      ...(map.capacityWh === undefined ? {} : { capacityWh: map.capacityWh }),
      ...abilitiesOf(map),
      safeReversion: false,
    };
    log.info({ resourceName: this.resourceName, capabilities }, 'device opened by its register map');
    return capabilities;
  }

  async read(): Promise<DeviceReading> {
    this.#requireOpen();
    const { clock, map } = this.#options;
    const readAtMs = clock.nowMs();
    const raws = await this.#read([...this.#measured, ...this.#controls]);
    const rawIn = (name: string): number | undefined => raws.get(name) ?? this.#written.get(name);
    const valueIn = (name: 'powerW' | 'socFraction' | 'dischargedTotalWh' | 'chargedTotalWh'): number | undefined => {
      const point = map.read[name];
      const raw = raws.get(name);
      return point === undefined || raw === undefined || raw === point.unknown ? undefined : valueOf(point, raw);
    };
    const reading = {
      powerW: valueIn('powerW'),
      socFraction: valueIn('socFraction'),
      dischargedTotalWh: valueIn('dischargedTotalWh'),
      chargedTotalWh: valueIn('chargedTotalWh'),
      state: this.#stateOf(raws.get('state')),
      outputLimit: limitIn(map, rawIn),
      setpointW: setpointIn(map, rawIn),
    };
    this.#isLocal = reading.state === 'LOCAL';
    const known = Object.entries(reading).filter(([, value]) => value !== undefined);
    return { readAtMs, ...(Object.fromEntries(known) as Omit<DeviceReading, 'readAtMs'>) };
  }

  async write(command: DeviceCommand): Promise<WriteOutcome> {
    this.#requireOpen();
    const { map } = this.#options;
    const { canLimitOutput, canSetPower } = abilitiesOf(map);
    const nonsense = faultOf(command);
    if (nonsense !== undefined) return { kind: 'rejected', reason: nonsense };
    if (this.#isLocal) return { kind: 'rejected', reason: 'the device is under local control (state)' };
    const outcome = await this.#apply(command);
    if (command.outputLimit.kind === 'limited' && !canLimitOutput) {
      return { kind: 'rejected', reason: 'the register map has no output limit' };
    }
    if (command.setpointW !== undefined && !canSetPower) {
      return { kind: 'rejected', reason: 'the register map has no set-point' };
    }
    return outcome;
  }

  get traffic(): UnitCounters | undefined {
    return this.#line.traffic;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    this.#line.close();
  }

  async #apply(command: DeviceCommand): Promise<WriteOutcome> {
    const nowMs = this.#options.clock.nowMs();
    try {
      const orders = ordersOf(this.#options.map, command);
      const before = await this.#read(this.#controls);
      const differs = ({ name, raw }: Order, raws: Raws): boolean =>
        (raws.get(name) ?? this.#written.get(name)) !== raw;
      const isRefresh = this.#isRefreshDue(command, nowMs);
      const hasChanged = orders.some((order) => differs(order, before));
      // A timer that stands still in its register runs out all the same: whatever is written starts it over.
      const due = orders.filter(
        (order) =>
          differs(order, before) || (isRefresh && !order.isRelease) || (hasChanged && order.name === 'timerSeconds'),
      );
      let registersWritten = 0;
      for (const order of due) registersWritten += await this.#writeOrder(order);
      if (due.length === 0) return { kind: 'unchanged' };
      this.#refreshedAtMs = nowMs;
      const after = await this.#read(this.#controls);
      const wrong = due.find((order) => differs(order, after));
      if (wrong === undefined) return { kind: 'applied', registersWritten };
      const readBack = after.get(wrong.name);
      return {
        kind: 'mismatch',
        point: wrong.name,
        wrote: valueOf(wrong.point, wrong.raw),
        readBack: readBack === undefined ? Number.NaN : valueOf(wrong.point, readBack),
      };
    } catch (error) {
      if (isRefusal(error) || error instanceof RangeError) return { kind: 'rejected', reason: error.message };
      throw error;
    }
  }

  /** Orders are written again at half of their lease where the device has a timer, or as often as the map says. */
  #isRefreshDue(command: DeviceCommand, nowMs: number): boolean {
    const { timerSeconds, refreshSeconds } = this.#options.map.write;
    const periods = [
      ...(timerSeconds === undefined ? [] : [command.leaseSeconds / 2]),
      ...(refreshSeconds === undefined ? [] : [refreshSeconds]),
    ];
    if (periods.length === 0) return false;
    const ageMs = this.#refreshedAtMs === undefined ? undefined : nowMs - this.#refreshedAtMs;
    return ageMs === undefined || ageMs < 0 || ageMs >= Math.min(...periods) * 1_000;
  }

  async #writeOrder({ name, point, raw }: Order): Promise<number> {
    const { unitId, timeoutMs } = this.#options;
    const words = wordsOf(point, raw);
    const [word] = words;
    if (point.functionCode === 6 && word !== undefined) {
      await this.#line.master.writeSingle(unitId, point.address, word, { timeoutMs });
    } else {
      await this.#line.master.writeMultiple(unitId, point.address, words, { timeoutMs });
    }
    if (!point.readBack) this.#written.set(name, raw);
    return words.length;
  }

  #read(wanted: readonly Wanted[]): Promise<Raws> {
    const { unitId, timeoutMs } = this.#options;
    return readRaws((request) => this.#line.master.request(unitId, request, { timeoutMs }), wanted);
  }

  #stateOf(raw: number | undefined): OperatingState | undefined {
    const states = this.#options.map.read.state?.states ?? {};
    const found = Object.entries(states).find(([, raws]) => raw !== undefined && raws?.includes(raw));
    return found?.[0] as OperatingState | undefined;
  }

  #requireOpen(): void {
    if (!this.#isOpen) throw new DeviceError('UNREACHABLE', `${this.resourceName} is not open`);
  }
}
