import type { MasterLease } from '../modbus/pool.ts';
import { SunSpecUnit } from './unit.ts';

export interface ConnectionOptions {
  unitId: number;
  /** Deadline of one request, ms. */
  timeoutMs: number;
  /** Gets a share of the line. */
  acquire: () => MasterLease;
}

/** A device's share of the line to it, from `open` to `close`. */
export class SunSpecConnection {
  readonly #options: ConnectionOptions;
  #lease: MasterLease | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Connects where it is not yet, and walks the map. Rejects with DeviceError. */
  open(): Promise<SunSpecUnit> {
    const { acquire, unitId, timeoutMs } = this.#options;
    this.#lease ??= acquire();
    return SunSpecUnit.discover(this.#lease.master, unitId, timeoutMs);
  }

  /** Rejects at once what is under way for this unit; the last share closes the line. */
  close(): void {
    this.#lease?.master.cancel(this.#options.unitId);
    this.#lease?.release();
    this.#lease = undefined;
  }
}
