import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from 'pino';
import { isRefusal } from '../modbus/exceptions.ts';
import type { Block } from './block.ts';
import { encodeNumber } from './codec.ts';
import { firstDifference, registersOf } from './control.ts';
import type { ControlPlan } from './control.ts';
import { pointOf } from './models/model.ts';
import type { Quirks } from './quirks.ts';
import type { SunSpecUnit } from './unit.ts';

/** A device may take this long until its countdown shows. */
const START_TOLERANCE_MS = 2_000;

/** How this device wants a function to be written: found out once, by being refused. */
interface Manner {
  writtenAtMs?: number;
  refusesBlock: boolean;
  isTimerDoubted: boolean;
  /** Timers that the device does not take: what is not asked for any more. */
  refused: Set<string>;
}

/** Writes control plans and remembers when, so that a lease is renewed at half its time. */
export class PlanWriter {
  readonly #unit: SunSpecUnit;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #manners = new Map<string, Manner>();
  readonly #togglesLimit: boolean;
  #refusesFc16: boolean;

  constructor(
    unit: SunSpecUnit,
    { togglesLimit, singleWrites }: Pick<Quirks, 'togglesLimit' | 'singleWrites'>,
    clock: Clock,
    log: Logger,
  ) {
    this.#unit = unit;
    this.#togglesLimit = togglesLimit;
    this.#refusesFc16 = singleWrites;
    this.#clock = clock;
    this.#log = log;
  }

  /** Has a reversion timer turned out not to count, or was one refused: will the device keep its orders when we go silent? */
  get doubtsTimers(): boolean {
    return [...this.#manners.values()].some(({ isTimerDoubted, refused }) => isTimerDoubted || refused.size > 0);
  }

  /** What the device holds otherwise than planned, but for timers that it does not take. */
  differenceOf(plan: ControlPlan, block: Block): ReturnType<typeof firstDifference> {
    return firstDifference(plan, block, this.#mannerOf(plan).refused);
  }

  /** Does the plan have to be written: does it differ from `block`, or is half of its lease over? */
  isDue(plan: ControlPlan, block: Block, leaseSeconds: number): boolean {
    if (this.differenceOf(plan, block) !== undefined) return true;
    if (!plan.isLease) return false;
    const { writtenAtMs } = this.#mannerOf(plan);
    const ageMs = writtenAtMs === undefined ? undefined : this.#clock.nowMs() - writtenAtMs;
    const remainingSeconds = plan.remaining === undefined ? undefined : block.raw(plan.remaining);
    // Nothing left of a lease that is still in force by its values: the device does not count, so our clock has to.
    const isCounting = remainingSeconds !== undefined && (remainingSeconds > 0 || ageMs === undefined);
    if (isCounting && remainingSeconds <= leaseSeconds / 2) return true;
    if (!isCounting && remainingSeconds === 0 && ageMs !== undefined && ageMs >= START_TOLERANCE_MS) {
      this.#doubtTimer(plan);
    }
    if (ageMs === undefined) return !isCounting;
    return ageMs < 0 || ageMs >= leaseSeconds * 500;
  }

  /**
   * Writes the plan: one FC16; where the device refuses that with exception 1, 2 or 3, point by point, and a single
   * register with FC06 where FC16 is refused altogether. `before` is what stands there. Returns the number of registers written. Rejects with
   * `DeviceError` (a `ModbusException` when the device refuses every way) or `RangeError` (a value does not fit).
   */
  async write(plan: ControlPlan, before: Block | undefined): Promise<number> {
    const manner = this.#mannerOf(plan);
    const [first] = plan.values;
    if (first === undefined) return 0;
    const words = registersOf(plan);
    let written = words.length;
    if (before !== undefined) await this.#switchOff(plan, before);
    if (manner.refusesBlock || this.#refusesFc16) {
      written = await this.#writeOneByOne(plan);
    } else {
      try {
        await this.#unit.writeMultiple(plan.model, first.name, words);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        written = await this.#writeOneByOne(plan);
        manner.refusesBlock = true;
      }
    }
    manner.writtenAtMs = this.#clock.nowMs();
    return written;
  }

  /** For devices that keep an old value for as long as its function is on. The limit is gone for the moment in between. */
  async #switchOff(plan: ControlPlan, before: Block): Promise<void> {
    const { enable } = plan;
    if (!this.#togglesLimit || enable === undefined || before.raw(enable) !== 1) return;
    const isChanged = plan.values.some(({ name, raw }) => !name.endsWith('Tms') && before.raw(name) !== raw);
    if (isChanged) await this.#writePoint(plan, enable, encodeNumber(pointOf(plan.model, enable), 0));
  }

  async #writeOneByOne(plan: ControlPlan): Promise<number> {
    let written = 0;
    const { refused } = this.#mannerOf(plan);
    for (const name of plan.oneByOne) {
      const value = plan.values.find((each) => each.name === name);
      if (value === undefined || !value.isImplemented || refused.has(name)) continue;
      const words = encodeNumber(pointOf(plan.model, name), value.raw);
      try {
        await this.#writePoint(plan, name, words);
        written += words.length;
      } catch (error) {
        // A limit without its timer is better than none.
        if (!isRefusal(error) || !name.endsWith('Tms')) throw error;
        refused.add(name);
        this.#log.warn({ err: error, point: name }, 'the device refuses a timer: it keeps orders when we go silent');
      }
    }
    return written;
  }

  async #writePoint(plan: ControlPlan, name: string, words: readonly number[]): Promise<void> {
    const [word, ...more] = words;
    const single = more.length === 0 ? word : undefined;
    if (single === undefined || !this.#refusesFc16) {
      try {
        await this.#unit.writeMultiple(plan.model, name, words);
        return;
      } catch (error) {
        if (single === undefined || !isRefusal(error)) throw error;
      }
    }
    await this.#unit.writeSingle(plan.model, name, single);
    this.#refusesFc16 = true;
  }

  #doubtTimer(plan: ControlPlan): void {
    const manner = this.#mannerOf(plan);
    if (manner.isTimerDoubted) return;
    manner.isTimerDoubted = true;
    this.#log.warn({ point: plan.remaining }, 'the reversion timer does not count: no fallback when we go silent');
  }

  #mannerOf(plan: ControlPlan): Manner {
    const key = `${plan.model.id}.${plan.values[0]?.name}`;
    let manner = this.#manners.get(key);
    if (manner === undefined) {
      manner = { refusesBlock: false, isTimerDoubted: false, refused: new Set() };
      this.#manners.set(key, manner);
    }
    return manner;
  }
}
