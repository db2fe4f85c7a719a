import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { ModbusException } from '../bridges/modbus/exceptions.ts';
import { MODEL_1, MODEL_203 } from '../bridges/sunspec/models/index.ts';
import type { SimulatedPlant } from './plant.ts';
import { RegisterBank } from './register-bank.ts';

export interface MeterOptions {
  id: string;
  kind: 'METER';
  /** What else the site uses (+) or produces (-), W, at a time; default nothing. */
  load?: (nowMs: number) => number;
}

const ACC32 = 0x100000000;
const MS_PER_HOUR = 3_600_000;

/** The meter at the point of connection (models 1, 203): what the plants give less what the load takes. Import is positive. */
export class SimulatedMeter implements SimulatedPlant {
  readonly id: string;
  readonly kind = 'METER';
  readonly #clock: Clock;
  readonly #bank = new RegisterBank([MODEL_1, MODEL_203]);
  readonly #plants: () => readonly SimulatedPlant[];
  #load: (nowMs: number) => number;
  #atMs: number;
  // A counter of 0 would mean "not implemented".
  #exportedWh = 1;
  #importedWh = 1;

  /** @param plants those behind it, at any time */
  constructor(options: MeterOptions, plants: () => readonly SimulatedPlant[], clock: Clock) {
    this.id = options.id;
    this.#plants = plants;
    this.#clock = clock;
    this.#load = options.load ?? (() => 0);
    this.#atMs = clock.nowMs();
    this.#bank.setText(MODEL_1, { Mn: 'OpenADR Gateway', Md: 'Simulated meter', Vr: '1', SN: this.id });
    this.#bank.set(MODEL_1, { DA: 1 });
    this.#bank.set(MODEL_203, { W_SF: 3, TotWh_SF: 0, Hz_SF: -2, V_SF: 0, A_SF: 0, VA_SF: 3, VAR_SF: 3, PF_SF: -2 });
    this.#bank.set(MODEL_203, { TotVAh_SF: 0, TotVArh_SF: 0, Hz: 50, Evt: 0 });
    this.#show();
  }

  get powerW(): number {
    const nowMs = this.#clock.nowMs();
    return this.#plants().reduce((sum, plant) => sum + plant.powerW, 0) - this.#load(nowMs);
  }

  /** The load is another one from now on. */
  setLoad(load: (nowMs: number) => number): void {
    this.advance();
    this.#load = load;
    this.#show();
  }

  advance(): void {
    const nowMs = this.#clock.nowMs();
    const wattHours = (this.powerW * Math.max(0, nowMs - this.#atMs)) / MS_PER_HOUR;
    this.#exportedWh += Math.max(0, wattHours);
    this.#importedWh += Math.max(0, -wattHours);
    this.#atMs = nowMs;
    this.#show();
  }

  read(address: number, count: number): number[] {
    this.advance();
    return this.#bank.read(address, count);
  }

  write(): void {
    throw new ModbusException(2);
  }

  #show(): void {
    const counter = (wattHours: number): number => Math.max(1, Math.floor(wattHours) % ACC32);
    this.#bank.set(MODEL_203, {
      W: -this.powerW,
      TotWhExp: counter(this.#exportedWh),
      TotWhImp: counter(this.#importedWh),
    });
  }
}
