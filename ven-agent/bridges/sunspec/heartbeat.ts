import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from 'pino';
import { isRefusal } from '../modbus/exceptions.ts';
import { encodeNumber } from './codec.ts';
import type { Blocks } from './measure.ts';
import { MODEL_715 } from './models/index.ts';
import { pointOf } from './models/model.ts';
import type { SunSpecUnit } from './unit.ts';

const PERIOD_MS = 1_000;
/** A tick that comes a little early still counts as the next second. */
const TOLERANCE_MS = 100;
const RESET_AT = 0x7fffffff;

/** Our sign of life for the device: 715.ControllerHb, one more every second, back to 0 now and then. */
export class Heartbeat {
  readonly #unit: SunSpecUnit;
  readonly #clock: Clock;
  readonly #log: Logger;
  #beatAtMs: number | undefined;
  #isRefused = false;

  constructor(unit: SunSpecUnit, clock: Clock, log: Logger) {
    this.#unit = unit;
    this.#clock = clock;
    this.#log = log;
  }

  /** Beats when the device has the point and a second is over. Rejects with DeviceError, except for a refusal. */
  async beat({ m715 }: Blocks): Promise<void> {
    const last = m715?.raw('ControllerHb');
    const nowMs = this.#clock.nowMs();
    const ageMs = this.#beatAtMs === undefined ? undefined : nowMs - this.#beatAtMs;
    if (last === undefined || this.#isRefused) return;
    if (ageMs !== undefined && ageMs >= 0 && ageMs < PERIOD_MS - TOLERANCE_MS) return;
    const next = last >= RESET_AT ? 0 : last + 1;
    try {
      await this.#unit.writeMultiple(MODEL_715, 'ControllerHb', encodeNumber(pointOf(MODEL_715, 'ControllerHb'), next));
      this.#beatAtMs = nowMs;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#isRefused = true;
      this.#log.warn({ err: error }, 'the device refuses the controller heartbeat (715.ControllerHb)');
    }
  }
}
