import type { UnitCounters } from '../modbus/counters.ts';
import { LineShare } from '../modbus/share.ts';
import type { ConnectionOptions } from '../modbus/share.ts';
import { SunSpecUnit } from './unit.ts';

/** A SunSpec device's share of the line to it, from `open` to `close`. */
export class SunSpecConnection {
  readonly #options: ConnectionOptions;
  readonly #line: LineShare;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#line = new LineShare(options);
  }

  /** Connects where it is not yet, and walks the map. Rejects with DeviceError. */
  async open(): Promise<SunSpecUnit> {
    return SunSpecUnit.discover(this.#line.master, this.#options.unitId, this.#options.timeoutMs);
  }

  /** What happened on the line on behalf of this unit. */
  get traffic(): UnitCounters | undefined {
    return this.#line.traffic;
  }

  /** Rejects at once what is under way for this unit; the last share closes the line. */
  close(): void {
    this.#line.close();
  }
}
