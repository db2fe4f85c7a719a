import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from 'pino';
import { isRefusal } from '../modbus/exceptions.ts';
import { encodeNumber } from './codec.ts';
import type { Blocks } from './measure.ts';
import { MODEL_715, MODEL_802 } from './models/index.ts';
import { pointOf } from './models/model.ts';
import type { Model } from './models/model.ts';
import type { SunSpecUnit } from './unit.ts';

const PERIOD_MS = 1_000;
/** A tick that comes a little early still counts as the next second. */
const TOLERANCE_MS = 100;

interface Counter {
  model: Model;
  point: string;
  resetAt: number;
}

const OF_715: Counter = { model: MODEL_715, point: 'ControllerHb', resetAt: 0x7fffffff };
const OF_802: Counter = { model: MODEL_802, point: 'CtrlHb', resetAt: 0x7fff };

/** Our sign of life for the device: 715.ControllerHb, 802.CtrlHb, one more every second, back to 0 now and then. */
export class Heartbeat {
  readonly #unit: SunSpecUnit;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #refused = new Set<Counter>();
  #beatAtMs: number | undefined;

  constructor(unit: SunSpecUnit, clock: Clock, log: Logger) {
    this.#unit = unit;
    this.#clock = clock;
    this.#log = log;
  }

  /** Beats where the device has a counter and a second is over. Rejects with DeviceError, except for a refusal. */
  async beat({ m715, m802 }: Blocks): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const ageMs = this.#beatAtMs === undefined ? undefined : nowMs - this.#beatAtMs;
    if (ageMs !== undefined && ageMs >= 0 && ageMs < PERIOD_MS - TOLERANCE_MS) return;
    await this.#count(OF_715, m715?.raw('ControllerHb'));
    await this.#count(OF_802, m802?.raw('CtrlHb'));
    this.#beatAtMs = nowMs;
  }

  async #count(counter: Counter, last: number | undefined): Promise<void> {
    if (last === undefined || this.#refused.has(counter)) return;
    const { model, point, resetAt } = counter;
    const words = encodeNumber(pointOf(model, point), last >= resetAt ? 0 : last + 1);
    try {
      await this.#unit.writeMultiple(model, point, words);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#refused.add(counter);
      this.#log.warn({ err: error }, `the device refuses the controller heartbeat (${model.id}.${point})`);
    }
  }
}
