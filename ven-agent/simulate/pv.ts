import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { ModbusException } from '../bridges/modbus/exceptions.ts';
import { MODEL_1, MODEL_103, MODEL_120, MODEL_121, MODEL_123 } from '../bridges/sunspec/models/index.ts';
import { RAMP_PER_SECOND } from './plant.ts';
import type { SimulatedPlant } from './plant.ts';
import type { PlantQuirk } from './quirks.ts';
import { RegisterBank } from './register-bank.ts';
import { ReversionTimer } from './reversion-timer.ts';
import { Stepper } from './stepper.ts';
import type { Motion } from './stepper.ts';

export interface PvOptions {
  id: string;
  kind: 'PV';
  /** At most 32 MW; default 10 MW. */
  ratedW?: number;
  /** Available part of the rated power, 0..1, at a time; default 0.8 at any hour, so that there is always something to limit. */
  irradiance?: (nowMs: number) => number;
  /** Model 1 Mn; some makers are known for their quirks. */
  manufacturer?: string;
  quirks?: readonly PlantQuirk[];
}

/** Of `standby-at-zero`. */
const STANDBY_MS = 60_000;

const ACC32 = 0x100000000;

/** A PV plant behind one central inverter of the older SunSpec family: models 1, 103, 120, 121, 123. */
export class PvPlant implements SimulatedPlant, Motion {
  readonly id: string;
  readonly kind = 'PV';
  readonly #clock: Clock;
  readonly #irradiance: (nowMs: number) => number;
  readonly #quirks: readonly PlantQuirk[];
  readonly #bank: RegisterBank;
  readonly #timer = new ReversionTimer();
  readonly #stepper: Stepper;
  // A counter of 0 would mean "not implemented".
  #generatedWh = 1_000_000;
  /** What is in force of the limit, in percent, where that is not what the registers say. */
  #takenPercent = 100;
  #standbyUntilMs = -Infinity;

  constructor(options: PvOptions, clock: Clock) {
    const ratedW = options.ratedW ?? 10_000_000;
    this.id = options.id;
    this.#clock = clock;
    this.#irradiance = options.irradiance ?? (() => 0.8);
    this.#quirks = options.quirks ?? [];
    this.#bank = new RegisterBank([MODEL_1, MODEL_103, MODEL_120, MODEL_121, MODEL_123], this.#quirks);
    this.#describe(ratedW, options.manufacturer ?? 'OpenADR Gateway');
    this.#stepper = new Stepper(this, clock.nowMs(), ratedW * RAMP_PER_SECOND);
    this.#show();
  }

  get powerW(): number {
    this.advance();
    return this.#stepper.powerW;
  }

  advance(): void {
    this.#stepper.advanceTo(this.#clock.nowMs());
    this.#show();
  }

  read(address: number, count: number): number[] {
    this.advance();
    return this.#bank.read(address, count);
  }

  /** Whether nobody is answered: the inverter's electronics live on the sun. */
  get isAsleep(): boolean {
    return this.#quirks.includes('sleeps-at-night') && this.#irradiance(this.#clock.nowMs()) <= 0;
  }

  write(address: number, values: readonly number[], functionCode: 6 | 16): void {
    this.advance();
    const wasEnabled = this.#bank.block(MODEL_123).raw('WMaxLim_Ena') === 1;
    const written = this.#bank.write(address, values, (points) => {
      const isLimit = points.some(({ name }) => name.startsWith('WMaxLim'));
      if (isLimit && functionCode === 16 && this.#quirks.includes('single-writes')) throw new ModbusException(1);
      this.#check();
    });
    if (!wasEnabled) this.#takenPercent = this.#bank.block(MODEL_123).value('WMaxLimPct') ?? 100;
    // Any write to the limit starts its timer over (model 123, note on WMaxLimPct_RvrtTms).
    if (written.some(({ model, name }) => model === MODEL_123 && name.startsWith('WMaxLim'))) {
      const controls = this.#bank.block(MODEL_123);
      const isEnabled = controls.raw('WMaxLim_Ena') === 1;
      this.#timer.start(this.#clock.nowMs(), isEnabled ? (controls.raw('WMaxLimPct_RvrtTms') ?? 0) : 0);
    }
    this.#show();
  }

  targetW(atMs: number): number {
    // The timer of model 123 can only release.
    if (this.#timer.takeExpiry(atMs)) this.#bank.set(MODEL_123, { WMaxLim_Ena: 0 });
    const limitW = this.#limitW();
    if (limitW === 0 && this.#quirks.includes('standby-at-zero')) this.#standbyUntilMs = atMs + STANDBY_MS;
    return atMs < this.#standbyUntilMs ? 0 : Math.min(this.#availableW(atMs), limitW);
  }

  nextChangeMs(atMs: number): number {
    return Math.min(this.#timer.endsAtMs, atMs < this.#standbyUntilMs ? this.#standbyUntilMs : Infinity);
  }

  integrate(meanW: number, hours: number): void {
    this.#generatedWh += meanW * hours;
  }

  #availableW(atMs: number): number {
    const ratedW = this.#bank.block(MODEL_120).value('WRtg') ?? 0;
    return ratedW * Math.max(0, Math.min(1, this.#irradiance(atMs)));
  }

  #limitW(): number {
    const controls = this.#bank.block(MODEL_123);
    const maxW = this.#bank.block(MODEL_121).value('WMax') ?? 0;
    const written = controls.value('WMaxLimPct') ?? 100;
    const taken = this.#quirks.includes('limit-needs-toggle') ? this.#takenPercent : written;
    const percent = controls.raw('WMaxLim_Ena') === 1 ? taken : 100;
    return (maxW * percent) / 100;
  }

  #check(): void {
    const controls = this.#bank.block(MODEL_123);
    const ratedW = this.#bank.block(MODEL_120).value('WRtg') ?? 0;
    const isEnum = [0, 1].includes(controls.raw('WMaxLim_Ena') ?? -1);
    const isPercent = (controls.value('WMaxLimPct') ?? Infinity) <= 100;
    const isSetting = (this.#bank.block(MODEL_121).value('WMax') ?? Infinity) <= ratedW;
    if (!isEnum || !isPercent || !isSetting) throw new ModbusException(3);
  }

  #describe(ratedW: number, manufacturer: string): void {
    this.#bank.setText(MODEL_1, { Mn: manufacturer, Md: 'Simulated PV', Vr: '1', SN: this.id });
    this.#bank.set(MODEL_1, { DA: 1 });
    this.#bank.set(MODEL_120, { WRtg_SF: 3, DERTyp: 4 });
    this.#bank.set(MODEL_120, { WRtg: ratedW });
    this.#bank.set(MODEL_121, { WMax_SF: 3 });
    this.#bank.set(MODEL_121, { WMax: ratedW });
    this.#bank.set(MODEL_123, { WMaxLimPct_SF: -2 });
    this.#bank.set(MODEL_123, { WMaxLimPct: 100, WMaxLim_Ena: 0 });
    this.#bank.set(MODEL_123, { WMaxLimPct_WinTms: 0, WMaxLimPct_RvrtTms: 0, WMaxLimPct_RmpTms: 0 });
    this.#bank.set(MODEL_103, { W_SF: 3, VA_SF: 3, Hz_SF: -2, WH_SF: 0, V_SF: 0 });
    this.#bank.set(MODEL_103, { Hz: 50, PPVphAB: 20_000, PPVphBC: 20_000, PPVphCA: 20_000 });
    this.#bank.set(MODEL_103, { Evt1: 0, Evt2: 0 });
  }

  #show(): void {
    const { powerW } = this.#stepper;
    const isThrottled = this.#limitW() < this.#availableW(this.#clock.nowMs());
    this.#bank.set(MODEL_103, {
      W: powerW,
      VA: powerW,
      WH: Math.max(1, Math.floor(this.#generatedWh) % ACC32),
      St: isThrottled ? 5 : powerW > 0 ? 4 : 2,
    });
  }
}
