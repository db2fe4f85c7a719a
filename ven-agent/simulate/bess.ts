import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { ModbusException } from '../bridges/modbus/exceptions.ts';
import { MODEL_1, MODEL_701, MODEL_702, MODEL_704, MODEL_713, MODEL_715 } from '../bridges/sunspec/models/index.ts';
import { describeBess } from './bess-registers.ts';
import { RAMP_PER_SECOND } from './plant.ts';
import type { SimulatedPlant } from './plant.ts';
import type { PlantQuirk } from './quirks.ts';
import { RegisterBank } from './register-bank.ts';
import { ReversionTimer } from './reversion-timer.ts';
import { Stepper } from './stepper.ts';
import type { Motion } from './stepper.ts';

export interface BessOptions {
  id: string;
  kind: 'BESS';
  /** Charging and discharging alike, at most 32 MW; default 20 MW. */
  ratedW?: number;
  /** Default 40 MWh. */
  capacityWh?: number;
  /** Energy at the start, 0..1; default 0.6. */
  socFraction?: number;
  /** Part of the power that survives each way, 0..1; default 0.95. */
  efficiency?: number;
  /** What it does without a set-point, W; default: cycles, see `cycle`. */
  localProgram?: (socFraction: number) => number;
  /** Those of the map. */
  quirks?: readonly PlantQuirk[];
}

/** Discharges at that power down to 10 %, charges at it up to 90 %, and so on. */
export function cycle(powerW: number): (socFraction: number) => number {
  let isCharging = false;
  return (socFraction) => {
    if (socFraction <= 0.1) isCharging = true;
    if (socFraction >= 0.9) isCharging = false;
    return isCharging ? -powerW : powerW;
  };
}

/** A battery behind one inverter of the 7xx family: models 1, 701, 702, 704, 713, 715. */
export class BessPlant implements SimulatedPlant, Motion {
  readonly id: string;
  readonly kind = 'BESS';
  readonly #clock: Clock;
  readonly #bank: RegisterBank;
  readonly #capacityWh: number;
  readonly #efficiency: number;
  readonly #localProgram: (socFraction: number) => number;
  readonly #limitTimer = new ReversionTimer();
  readonly #setpointTimer = new ReversionTimer();
  readonly #startMs: number;
  readonly #stepper: Stepper;
  #storedWh: number;
  #injectedWh = 0;
  #absorbedWh = 0;

  constructor(options: BessOptions, clock: Clock) {
    const ratedW = options.ratedW ?? 20_000_000;
    this.id = options.id;
    this.#clock = clock;
    this.#bank = new RegisterBank([MODEL_1, MODEL_701, MODEL_702, MODEL_704, MODEL_713, MODEL_715], options.quirks);
    this.#capacityWh = options.capacityWh ?? 40_000_000;
    this.#storedWh = this.#capacityWh * (options.socFraction ?? 0.6);
    this.#efficiency = options.efficiency ?? 0.95;
    this.#localProgram = options.localProgram ?? cycle(Math.min(6_000_000, ratedW));
    describeBess(this.#bank, { id: this.id, ratedW, capacityWh: this.#capacityWh });
    this.#startMs = clock.nowMs();
    this.#stepper = new Stepper(this, this.#startMs, ratedW * RAMP_PER_SECOND);
    this.#show();
  }

  get powerW(): number {
    this.advance();
    return this.#stepper.powerW;
  }

  /** 0..1 */
  get socFraction(): number {
    this.advance();
    return this.#storedWh / this.#capacityWh;
  }

  /** A technician turns the key: 715.LocRemCtl. */
  setLocal(isLocal: boolean): void {
    this.#bank.set(MODEL_715, { LocRemCtl: isLocal ? 1 : 0 });
  }

  advance(): void {
    this.#stepper.advanceTo(this.#clock.nowMs());
    this.#show();
  }

  read(address: number, count: number): number[] {
    this.advance();
    return this.#bank.read(address, count);
  }

  write(address: number, values: readonly number[]): void {
    this.advance();
    const written = this.#bank.write(address, values, () => this.#check());
    const nowMs = this.#clock.nowMs();
    const controls = this.#bank.block(MODEL_704);
    const touches = (prefix: string): boolean =>
      written.some(({ model, name }) => model === MODEL_704 && name.startsWith(prefix));
    // Writing any point of a function starts its reversion timer over; a disabled function has none running.
    if (touches('WMaxLimPct')) {
      const isEnabled = controls.raw('WMaxLimPctEna') === 1;
      this.#limitTimer.start(nowMs, isEnabled ? (controls.raw('WMaxLimPctRvrtTms') ?? 0) : 0);
    }
    if (touches('WSet')) {
      const isEnabled = controls.raw('WSetEna') === 1;
      this.#setpointTimer.start(nowMs, isEnabled ? (controls.raw('WSetRvrtTms') ?? 0) : 0);
    }
    this.#show();
  }

  targetW(atMs: number): number {
    this.#revert(atMs);
    const { chargeW, dischargeW } = this.#boundsW();
    const soc = this.#storedWh / this.#capacityWh;
    const wantedW = this.#setpointW() ?? this.#localProgram(soc);
    const boundedW = Math.max(-chargeW, Math.min(dischargeW, wantedW));
    if (boundedW > 0 && soc <= 0) return 0;
    return boundedW < 0 && soc >= 1 ? 0 : boundedW;
  }

  nextChangeMs(atMs: number, powerW: number): number {
    const drainW = powerW > 0 ? powerW / this.#efficiency : powerW * this.#efficiency;
    const roomWh = drainW > 0 ? this.#storedWh : this.#capacityWh - this.#storedWh;
    const untilBoundMs = drainW === 0 || roomWh <= 0 ? Infinity : (roomWh / Math.abs(drainW)) * 3_600_000;
    return Math.min(this.#limitTimer.endsAtMs, this.#setpointTimer.endsAtMs, atMs + untilBoundMs);
  }

  integrate(meanW: number, hours: number): void {
    if (meanW > 0) this.#injectedWh += meanW * hours;
    else this.#absorbedWh -= meanW * hours;
    const drainW = meanW > 0 ? meanW / this.#efficiency : meanW * this.#efficiency;
    const leftWh = this.#storedWh - drainW * hours;
    // A hair's breadth from empty or full is empty or full, or the last step would take for ever.
    const hairWh = 1e-6 * this.#capacityWh;
    if (drainW > 0 && leftWh < hairWh) this.#storedWh = 0;
    else if (drainW < 0 && leftWh > this.#capacityWh - hairWh) this.#storedWh = this.#capacityWh;
    else this.#storedWh = leftWh;
  }

  #revert(atMs: number): void {
    const controls = this.#bank.block(MODEL_704);
    if (this.#limitTimer.takeExpiry(atMs)) {
      this.#bank.set(MODEL_704, {
        WMaxLimPctEna: controls.raw('WMaxLimPctEnaRvrt') ?? 0,
        WMaxLimPct: controls.value('WMaxLimPctRvrt') ?? 100,
      });
    }
    if (this.#setpointTimer.takeExpiry(atMs)) {
      this.#bank.set(MODEL_704, {
        WSetEna: controls.raw('WSetEnaRvrt') ?? 0,
        WSet: controls.value('WSetRvrt') ?? 0,
        WSetPct: controls.value('WSetPctRvrt') ?? 0,
      });
    }
  }

  #boundsW(): { chargeW: number; dischargeW: number } {
    const settings = this.#bank.block(MODEL_702);
    const controls = this.#bank.block(MODEL_704);
    const maxW = settings.value('WMax') ?? 0;
    const percent = controls.raw('WMaxLimPctEna') === 1 ? (controls.value('WMaxLimPct') ?? 100) : 100;
    return {
      chargeW: Math.min(maxW, settings.value('WChaRteMax') ?? 0),
      dischargeW: Math.min((maxW * percent) / 100, settings.value('WDisChaRteMax') ?? 0),
    };
  }

  #setpointW(): number | undefined {
    const controls = this.#bank.block(MODEL_704);
    if (controls.raw('WSetEna') !== 1) return undefined;
    if (controls.raw('WSetMod') === 1) return controls.value('WSet');
    return ((controls.value('WSetPct') ?? 0) / 100) * (this.#bank.block(MODEL_702).value('WMax') ?? 0);
  }

  #check(): void {
    const controls = this.#bank.block(MODEL_704);
    const settings = this.#bank.block(MODEL_702);
    const ratedW = settings.value('WMaxRtg') ?? 0;
    const enums = ['WMaxLimPctEna', 'WMaxLimPctEnaRvrt', 'WSetEna', 'WSetMod', 'WSetEnaRvrt'] as const;
    const percents = ['WMaxLimPct', 'WMaxLimPctRvrt', 'WSetPct', 'WSetPctRvrt'] as const;
    const powers = ['WSet', 'WSetRvrt'] as const;
    const isSound =
      enums.every((name) => [0, 1].includes(controls.raw(name) ?? -1)) &&
      percents.every((name) => Math.abs(controls.value(name) ?? Infinity) <= 100) &&
      powers.every((name) => Math.abs(controls.value(name) ?? Infinity) <= ratedW) &&
      (settings.value('WMax') ?? Infinity) <= ratedW;
    if (!isSound) throw new ModbusException(3);
  }

  #show(): void {
    const nowMs = this.#clock.nowMs();
    const { powerW } = this.#stepper;
    const isLimited = this.#bank.block(MODEL_704).raw('WMaxLimPctEna') === 1;
    const isThrottled = isLimited && powerW >= this.#boundsW().dischargeW;
    this.#bank.set(MODEL_701, {
      W: powerW,
      VA: Math.abs(powerW),
      TotWhInj: this.#injectedWh,
      TotWhAbs: this.#absorbedWh,
      InvSt: isThrottled ? 4 : 3,
    });
    this.#bank.set(MODEL_713, {
      WHAvail: this.#storedWh,
      SoC: (this.#storedWh / this.#capacityWh) * 100,
    });
    this.#bank.set(MODEL_704, {
      WMaxLimPctRvrtRem: this.#limitTimer.remainingSeconds(nowMs),
      WSetRvrtRem: this.#setpointTimer.remainingSeconds(nowMs),
    });
    this.#bank.set(MODEL_715, { DERHb: Math.max(0, Math.floor((nowMs - this.#startMs) / 1_000)) });
  }
}
