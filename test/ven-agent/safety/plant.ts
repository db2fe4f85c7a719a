import type { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { DeviceError } from '../../../ven-agent/bridges/device.ts';
import type {
  Device,
  DeviceCapabilities,
  DeviceCommand,
  DeviceReading,
  WriteOutcome,
} from '../../../ven-agent/bridges/device.ts';

/**
 * What a device does wrong. `away`: no answer; `hanging`: an answer that is waited for in vain, for longer than a tick;
 * `deaf`: reads well, every write fails; `mute`: it does as it is told, but its answer is lost; `refusing`: it rejects
 * commands; `garbage`: absurd figures; `no-soc`: everything but the state of charge; `local`: somebody works it on site.
 */
export type Fault = 'none' | 'away' | 'hanging' | 'deaf' | 'mute' | 'refusing' | 'garbage' | 'no-soc' | 'local';

export interface PlantSpec {
  name: string;
  kind: 'BESS' | 'PV';
  ratedW: number;
  capacityWh: number;
  safeReversion: boolean;
  socFraction: number;
}

/** Full swing from one end to the other takes this long. */
const SWING_SECONDS = 2;
const EFFICIENCY = 0.92;
/** A driver gives up waiting after that. */
const DEADLINE_SECONDS = 3;

/** A battery or PV plant in memory: power, energy, command, lease and reversion, one second at a time. */
export class Plant implements Device {
  readonly resourceName: string;
  readonly spec: PlantSpec;
  readonly #clock: ManualClock;
  /** True power, W, + discharge. */
  powerW = 0;
  socFraction: number;
  /** What a battery does when nobody tells it, and what the sun gives. */
  ownWishW = 0;
  fault: Fault = 'none';
  /** The command in force, and those of this tick with what the device had said before. */
  command: DeviceCommand | undefined;
  #leaseLeftSeconds = 0;
  heard: { command: DeviceCommand; saidSoc: number | undefined }[] = [];
  /** The state of charge that it said last. */
  protected saidSoc: number | undefined;
  #waiting: { leftSeconds: number; giveUp: (why: DeviceError) => void }[] = [];

  constructor(spec: PlantSpec, clock: ManualClock) {
    this.resourceName = spec.name;
    this.spec = spec;
    this.socFraction = spec.socFraction;
    this.#clock = clock;
  }

  get capabilities(): DeviceCapabilities {
    const { kind, ratedW, capacityWh, safeReversion } = this.spec;
    const isBattery = kind === 'BESS';
    return {
      ...{ kind, manufacturer: 'Maker', model: kind, serialNumber: '1', maxDischargeW: ratedW },
      ...{ maxChargeW: isBattery ? ratedW : 0, canSetPower: isBattery, canLimitOutput: true, safeReversion },
      ...(isBattery ? { capacityWh } : {}),
    };
  }

  /** Does it keep the agent waiting for longer than a tick? */
  get hangs(): boolean {
    return this.fault === 'hanging';
  }

  async open(): Promise<DeviceCapabilities> {
    await this.#answer();
    return this.capabilities;
  }

  async read(): Promise<DeviceReading> {
    await this.#answer();
    const reading: DeviceReading = { readAtMs: this.#clock.nowMs(), powerW: this.powerW };
    if (this.fault === 'local') reading.state = 'LOCAL';
    if (this.fault === 'garbage')
      reading.powerW = [NaN, 1e300, -Infinity][Math.floor(this.socFraction * 1e6) % 3] ?? NaN;
    if (this.spec.kind === 'BESS') {
      reading.capacityWh = this.spec.capacityWh;
      const said = this.fault === 'garbage' ? 7 : this.fault === 'no-soc' ? undefined : this.socFraction;
      if (said !== undefined) reading.socFraction = said;
      this.saidSoc = said === 7 ? undefined : said;
    }
    return reading;
  }

  async write(command: DeviceCommand): Promise<WriteOutcome> {
    await this.#answer();
    this.heard.push({ command, saidSoc: this.saidSoc });
    if (this.fault === 'deaf') throw new DeviceError('TIMEOUT', 'no answer');
    if (this.fault === 'refusing' || this.fault === 'local') return { kind: 'rejected', reason: 'no' };
    this.command = command;
    this.#leaseLeftSeconds = command.leaseSeconds;
    if (this.fault === 'mute') throw new DeviceError('TIMEOUT', 'the answer was lost');
    return { kind: 'applied', registersWritten: 1 };
  }

  close = async (): Promise<void> => undefined;

  /** A second of physics. */
  advance(): void {
    this.#waiting = this.#waiting.filter(
      (one) => --one.leftSeconds > 0 || one.giveUp(new DeviceError('TIMEOUT', 'late')),
    );
    if (this.command !== undefined && --this.#leaseLeftSeconds < 0) this.#revert(this.command);
    const { ratedW, kind, capacityWh } = this.spec;
    const step = (2 * ratedW) / SWING_SECONDS;
    this.powerW += Math.min(Math.max(this.#targetW() - this.powerW, -step), step);
    if (kind !== 'BESS') return;
    const drain = this.powerW > 0 ? this.powerW / EFFICIENCY : this.powerW * EFFICIENCY;
    this.socFraction = Math.min(1, Math.max(0, this.socFraction - drain / 3600 / capacityWh));
    if ((this.socFraction === 0 && this.powerW > 0) || (this.socFraction === 1 && this.powerW < 0)) this.powerW = 0;
  }

  /** Each function by its own timer: without a set-point in force none runs out into another. */
  #revert(command: DeviceCommand): void {
    const { fallback, setpointW } = command;
    this.#leaseLeftSeconds = Infinity;
    // A timer that can only release is not armed where a limit is to hold.
    if (!this.spec.safeReversion && fallback?.outputLimit.kind === 'limited') return;
    const held = this.spec.safeReversion ? fallback : undefined;
    const still = setpointW === undefined || held?.setpointW === undefined ? {} : { setpointW: held.setpointW };
    const outputLimit = held?.outputLimit ?? { kind: 'unlimited' };
    this.command = { outputLimit, ...still, leaseSeconds: Infinity };
  }

  #targetW(): number {
    const { ratedW, kind } = this.spec;
    const least = kind === 'BESS' ? -ratedW : 0;
    if (this.fault === 'local') return Math.min(Math.max(this.ownWishW, least), ratedW);
    const { outputLimit, setpointW } = this.command ?? {};
    const most = outputLimit?.kind === 'limited' ? Math.min(outputLimit.maxW, ratedW) : ratedW;
    return Math.max(least, Math.min(setpointW ?? this.ownWishW, most));
  }

  async #answer(): Promise<void> {
    if (this.fault === 'away') throw new DeviceError('UNREACHABLE', 'gone');
    if (!this.hangs) return;
    await new Promise<never>((_resolve, giveUp) => this.#waiting.push({ leftSeconds: DEADLINE_SECONDS, giveUp }));
  }
}

/** The meter at the point of connection. */
export class Meter implements Device {
  readonly resourceName = 'METER';
  readonly #clock: ManualClock;
  readonly #siteW: () => number;
  fault: 'none' | 'away' | 'garbage' = 'none';

  constructor(clock: ManualClock, siteW: () => number) {
    this.#clock = clock;
    this.#siteW = siteW;
  }

  async open(): Promise<DeviceCapabilities> {
    if (this.fault === 'away') throw new DeviceError('UNREACHABLE', 'gone');
    return {
      ...{ kind: 'METER', manufacturer: 'Maker', model: 'Meter', serialNumber: '1', maxDischargeW: 0, maxChargeW: 0 },
      ...{ canSetPower: false, canLimitOutput: false, safeReversion: false },
    };
  }

  async read(): Promise<DeviceReading> {
    if (this.fault === 'away') throw new DeviceError('UNREACHABLE', 'gone');
    return { readAtMs: this.#clock.nowMs(), powerW: this.fault === 'garbage' ? NaN : this.#siteW() };
  }

  write = async (): Promise<WriteOutcome> => ({ kind: 'rejected', reason: 'a meter takes no orders' });
  close = async (): Promise<void> => undefined;
}
