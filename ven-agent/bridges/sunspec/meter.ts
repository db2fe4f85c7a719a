import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from 'pino';
import { DeviceError } from '../device.ts';
import type { Device, DeviceCapabilities, DeviceReading, WriteOutcome } from '../device.ts';
import { SunSpecConnection } from './connection.ts';
import type { UnitCounters } from '../modbus/counters.ts';
import type { ConnectionOptions } from '../modbus/share.ts';
import { meterReadingOf } from './measure.ts';
import { METER_MODELS, MODEL_1 } from './models/index.ts';
import type { Model } from './models/model.ts';
import { makerOf, quirksOf } from './quirks.ts';
import type { Quirks } from './quirks.ts';
import type { SunSpecUnit } from './unit.ts';

export interface SunSpecMeterOptions extends ConnectionOptions {
  resourceName: string;
  /** What is heeded instead of what is known of its maker. */
  quirks?: Partial<Quirks>;
  clock: Clock;
  log: Logger;
}

/** A meter that speaks SunSpec (201..204, 211..214). It is only ever read. */
export class SunSpecMeter implements Device {
  readonly resourceName: string;
  readonly #options: SunSpecMeterOptions;
  readonly #connection: SunSpecConnection;
  readonly #log: Logger;
  #opened: { unit: SunSpecUnit; model: Model; sign: 1 | -1 } | undefined;

  constructor(options: SunSpecMeterOptions) {
    this.resourceName = options.resourceName;
    this.#options = options;
    this.#connection = new SunSpecConnection(options);
    this.#log = options.log.child({ resourceName: options.resourceName });
  }

  /** Connects and looks for a meter model. Also NOT_SUPPORTED: there is none. */
  async open(): Promise<DeviceCapabilities> {
    this.#opened = undefined;
    const unit = await this.#connection.open();
    const model = unit.firstOf(METER_MODELS);
    if (model === undefined) {
      throw new DeviceError('NOT_SUPPORTED', 'the device has no meter (models 201 to 204, 211 to 214)');
    }
    const maker = makerOf(await unit.read(MODEL_1, 'SN'));
    const { positivePower } = quirksOf(maker, this.#options.quirks);
    this.#opened = { unit, model, sign: positivePower === 'export' ? 1 : -1 };
    this.#log.info({ models: unit.modelIds, maker, positivePower }, 'SunSpec meter opened');
    return {
      kind: 'METER',
      manufacturer: maker.manufacturer,
      model: maker.model,
      serialNumber: maker.serialNumber,
      maxDischargeW: 0,
      maxChargeW: 0,
      canSetPower: false,
      canLimitOutput: false,
      safeReversion: false,
    };
  }

  async read(): Promise<DeviceReading> {
    if (this.#opened === undefined) throw new DeviceError('UNREACHABLE', `${this.resourceName} is not open`);
    const { unit, model, sign } = this.#opened;
    const readAtMs = this.#options.clock.nowMs();
    // The energies and, of integers, their scale factor; what follows is of no use here and would take a second request.
    const upTo = model.points.has('TotWh_SF') ? 'TotWh_SF' : 'TotWhImp';
    return meterReadingOf(readAtMs, await unit.read(model, upTo), sign);
  }

  async write(): Promise<WriteOutcome> {
    return { kind: 'rejected', reason: 'a meter takes no commands' };
  }

  get traffic(): UnitCounters | undefined {
    return this.#connection.traffic;
  }

  async close(): Promise<void> {
    this.#opened = undefined;
    this.#connection.close();
  }
}
