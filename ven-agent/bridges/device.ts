import type { UnitCounters } from './modbus/counters.ts';

/**
 * What the agent asks of hardware, whatever protocol speaks to it. Signs follow SunSpec's `WSet`: + discharge or
 * generation, - charge. `undefined` means unknown, never 0; "no limit" is `{kind: 'unlimited'}`, never 0.
 */
export type DeviceKind = 'BESS' | 'PV' | 'METER';

/**
 * What the device can do, learnt once when it is opened and again after every reconnect. A METER measures the site's point
 * of connection: it can be given no orders, and its powers here are 0.
 */
export interface DeviceCapabilities {
  kind: DeviceKind;
  manufacturer: string;
  model: string;
  serialNumber: string;
  /** Largest power that it may deliver, W >= 0 (SunSpec 702.WMax / 121.WMax: the setting, not the nameplate). */
  maxDischargeW: number;
  /** Largest power that it may take, W >= 0; 0 for PV. */
  maxChargeW: number;
  /** Energy between empty and full, Wh; absent where there is no storage or the device does not say. */
  capacityWh?: number;
  /** Can it be given a set-point (704.WSet)? */
  canSetPower: boolean;
  /** Can its output be limited (704 or 123 WMaxLimPct)? */
  canLimitOutput: boolean;
  /** Does it fall back to a programmed safe value when the agent goes silent? Model 123 can only release or keep the limit. */
  safeReversion: boolean;
}

export type OperatingState = 'NORMAL' | 'STANDBY' | 'OFF' | 'FAULT' | 'LOCAL';

/** One frozen picture of the device. */
export interface DeviceReading {
  readAtMs: number;
  /** Of a METER: + what leaves the site, - what it takes. */
  powerW?: number;
  /** 0..1 */
  socFraction?: number;
  capacityWh?: number;
  /** Lifetime counters, >= 0; they wrap or reset, so only differences of neighbours count. Of a METER: out of, into the site. */
  dischargedTotalWh?: number;
  chargedTotalWh?: number;
  state?: OperatingState;
  /** What the device says is in force, read back from its registers. */
  outputLimit?: Limit;
  /** Absent where no set-point is in force. */
  setpointW?: number;
  /** A reversion timer was refused or does not count: `safeReversion` is not to be relied on. */
  isReversionDoubted?: boolean;
}

export type Limit = { kind: 'unlimited' } | { kind: 'limited'; maxW: number };

/** What shall be in force from now on. The whole of it is stated every time: a command is a lease, not a change. */
export interface DeviceCommand {
  /** Upper bound of the output (discharge or generation), W >= 0. */
  outputLimit: Limit;
  /** Power to run at; `undefined` hands the choice back to the device. Already inside every limit. */
  setpointW?: number;
  /**
   * Where the device shall go when the agent goes silent and the device supports it: the output bound and set-point to
   * revert to. Absent: the device releases its limit. One that can only release keeps the order instead, where this bounds it.
   */
  fallback?: { outputLimit: Limit; setpointW?: number };
  /** How long the device keeps the command without a refresh, seconds (SunSpec RvrtTms). */
  leaseSeconds: number;
}

/** What became of a command; `applied` only when reading it back gave what was written. */
export type WriteOutcome =
  | { kind: 'unchanged' }
  | { kind: 'applied'; registersWritten: number }
  | { kind: 'rejected'; reason: string }
  | { kind: 'mismatch'; point: string; wrote: number; readBack: number };

/** A device that cannot be reached or answers nonsense. The agent logs it, backs off and goes on with the others. */
export class DeviceError extends Error {
  readonly code: 'UNREACHABLE' | 'TIMEOUT' | 'EXCEPTION' | 'PROTOCOL' | 'NOT_SUPPORTED';

  constructor(code: DeviceError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DeviceError';
    this.code = code;
  }
}

/** One piece of hardware. Every method rejects with `DeviceError` within its deadline and never hangs. */
export interface Device {
  /** The OpenADR resourceName that it serves (the asset id). */
  readonly resourceName: string;
  /** What happened on its line on its behalf; absent before it was opened first, and where nobody counts. */
  readonly traffic?: UnitCounters | undefined;
  /** Connects and discovers. May be called again after a failure. */
  open(): Promise<DeviceCapabilities>;
  read(): Promise<DeviceReading>;
  /** Writes what differs from what is in force (or refreshes the lease when half of it is over) and reads it back. */
  write(command: DeviceCommand): Promise<WriteOutcome>;
  /** Ends the connection at once; requests in flight are rejected. */
  close(): Promise<void>;
}
