import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from 'pino';
import { faultOf } from '../command.ts';
import { DeviceError } from '../device.ts';
import type { Device, DeviceCapabilities, DeviceCommand, DeviceKind, DeviceReading, WriteOutcome } from '../device.ts';
import type { UnitCounters } from '../modbus/counters.ts';
import { isRefusal } from '../modbus/exceptions.ts';
import { readControls, readSettings, readState } from './blocks.ts';
import { blockOf, plansFor } from './command.ts';
import { SunSpecConnection } from './connection.ts';
import type { ConnectionOptions } from '../modbus/share.ts';
import type { ControlPlan } from './control.ts';
import { Heartbeat } from './heartbeat.ts';
import { capabilitiesOf, readingOf, wMaxW } from './measure.ts';
import type { Blocks } from './measure.ts';
import { MODEL_1, MODEL_701 } from './models/index.ts';
import { makerOf, quirksOf } from './quirks.ts';
import type { Quirks } from './quirks.ts';
import { isLocal } from './state.ts';
import type { SunSpecUnit } from './unit.ts';
import { PlanWriter } from './writer.ts';

export interface SunSpecDeviceOptions extends ConnectionOptions {
  resourceName: string;
  kind: Exclude<DeviceKind, 'METER'>;
  /** What is heeded instead of what is known of its maker. */
  quirks?: Partial<Quirks>;
  clock: Clock;
  log: Logger;
}

/** A reading of this age still says what stands in the registers. */
const FRESH_MS = 500;

/** What `open` learnt. */
interface Opened {
  unit: SunSpecUnit;
  quirks: Quirks;
  writer: PlanWriter;
  heartbeat: Heartbeat;
  capabilities: DeviceCapabilities;
  /** 100 % of WMaxLimPct, W. */
  maxW: number;
}

/** A battery or PV inverter that speaks SunSpec over Modbus TCP, by the models of the 7xx family or the older 1xx. */
export class SunSpecDevice implements Device {
  readonly resourceName: string;
  readonly #options: SunSpecDeviceOptions;
  readonly #connection: SunSpecConnection;
  readonly #log: Logger;
  #opened: Opened | undefined;
  #wasFaulty = false;
  /** What the last reading saw, for the write that follows it. */
  #seen: { blocks: Blocks; atMs: number } | undefined;

  constructor(options: SunSpecDeviceOptions) {
    this.resourceName = options.resourceName;
    this.#options = options;
    this.#connection = new SunSpecConnection(options);
    this.#log = options.log.child({ resourceName: options.resourceName });
  }

  /** Connects, walks the map, reads who it is and what it can do. Also NOT_SUPPORTED: no SunSpec, no rated power. */
  async open(): Promise<DeviceCapabilities> {
    const { kind, clock } = this.#options;
    this.#opened = undefined;
    const unit = await this.#connection.open();
    for (const model of unit.tooShort) this.#log.warn(model, 'SunSpec model shorter than the standard: not used');
    const maker = makerOf(await unit.read(MODEL_1, 'SN'));
    const quirks = quirksOf(maker, this.#options.quirks);
    const blocks = { ...(await readSettings(unit)), ...(await readState(unit, kind)) };
    const abilities = capabilitiesOf(kind, blocks);
    const maxW = wMaxW(blocks);
    if (abilities === undefined || maxW === undefined) {
      throw new DeviceError('NOT_SUPPORTED', 'the device does not say its rated power (models 702, 121, 120)');
    }
    const capabilities: DeviceCapabilities = {
      ...abilities,
      manufacturer: maker.manufacturer,
      model: maker.model,
      serialNumber: maker.serialNumber,
    };
    const writer = new PlanWriter(unit, quirks, clock, this.#log);
    this.#opened = { unit, quirks, writer, heartbeat: new Heartbeat(unit, clock, this.#log), capabilities, maxW };
    this.#log.info({ models: unit.modelIds, version: maker.version, quirks, capabilities }, 'SunSpec device opened');
    return capabilities;
  }

  async read(): Promise<DeviceReading> {
    const opened = this.#require();
    const readAtMs = this.#options.clock.nowMs();
    const blocks = await readState(opened.unit, this.#options.kind);
    this.#seen = { blocks, atMs: readAtMs };
    const reading = readingOf(readAtMs, blocks, opened.maxW, opened.quirks);
    if (opened.writer.doubtsTimers) reading.isReversionDoubted = true;
    const isFaulty = reading.state === 'FAULT';
    if (isFaulty && !this.#wasFaulty && opened.unit.has(MODEL_701)) {
      const whole = await opened.unit.read(MODEL_701);
      this.#log.error({ alarms: whole.raw('Alrm'), text: whole.text('MnAlrmInfo') }, 'the device reports a fault');
    }
    this.#wasFaulty = isFaulty;
    return reading;
  }

  async write(command: DeviceCommand): Promise<WriteOutcome> {
    const opened = this.#require();
    const nonsense = faultOf(command);
    if (nonsense !== undefined) return { kind: 'rejected', reason: nonsense };
    const before = this.#takeSeen() ?? (await readControls(opened.unit, this.#options.kind));
    if (isLocal(before))
      return { kind: 'rejected', reason: 'the device is under local control (715 or 802 LocRemCtl)' };
    const outcome = await this.#apply(opened, command, before);
    await opened.heartbeat.beat(before);
    const { canSetPower, canLimitOutput } = opened.capabilities;
    if (command.outputLimit.kind === 'limited' && !canLimitOutput) {
      return { kind: 'rejected', reason: 'the device has no output limit (704 or 123 WMaxLimPct, 124)' };
    }
    if (command.setpointW !== undefined && !canSetPower) {
      return { kind: 'rejected', reason: 'the device has no power set-point (704 WSet, 124)' };
    }
    return outcome;
  }

  get traffic(): UnitCounters | undefined {
    return this.#connection.traffic;
  }

  async close(): Promise<void> {
    this.#opened = undefined;
    this.#seen = undefined;
    this.#connection.close();
  }

  async #apply(opened: Opened, command: DeviceCommand, before: Blocks): Promise<WriteOutcome> {
    const isDue = (plan: ControlPlan): boolean => {
      const block = blockOf(before, plan);
      return block !== undefined && opened.writer.isDue(plan, block, command.leaseSeconds);
    };
    try {
      if (!plansFor(opened.capabilities, opened.maxW, command, before).some(isDue)) return { kind: 'unchanged' };
      // The limit is a percentage of a setting that somebody may have changed since.
      opened.maxW = wMaxW(await readSettings(opened.unit)) ?? opened.maxW;
      const due = plansFor(opened.capabilities, opened.maxW, command, before).filter(isDue);
      let registersWritten = 0;
      for (const plan of due) registersWritten += await opened.writer.write(plan, blockOf(before, plan));
      const after = await readControls(opened.unit, this.#options.kind);
      for (const plan of due) {
        const block = blockOf(after, plan);
        const difference = block === undefined ? undefined : opened.writer.differenceOf(plan, block);
        if (difference !== undefined) return { kind: 'mismatch', ...difference };
      }
      return registersWritten === 0 ? { kind: 'unchanged' } : { kind: 'applied', registersWritten };
    } catch (error) {
      if (isRefusal(error)) return { kind: 'rejected', reason: error.message };
      if (error instanceof RangeError) return { kind: 'rejected', reason: error.message };
      throw error;
    }
  }

  /** What was read just now need not be read again to see what differs; once only, because writing changes it. */
  #takeSeen(): Blocks | undefined {
    const seen = this.#seen;
    this.#seen = undefined;
    const ageMs = seen === undefined ? Infinity : this.#options.clock.nowMs() - seen.atMs;
    return ageMs >= 0 && ageMs < FRESH_MS ? seen?.blocks : undefined;
  }

  #require(): Opened {
    if (this.#opened === undefined) throw new DeviceError('UNREACHABLE', `${this.resourceName} is not open`);
    return this.#opened;
  }
}
