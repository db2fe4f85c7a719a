import type { UnitCounters } from './counters.ts';
import type { ModbusMaster } from './master.ts';
import type { MasterLease } from './pool.ts';

export interface ConnectionOptions {
  unitId: number;
  /** Deadline of one request, ms. */
  timeoutMs: number;
  /** Gets a share of the line. */
  acquire: () => MasterLease;
}

/** A device's share of the line to it, from its first use to `close`. */
export class LineShare {
  readonly #options: ConnectionOptions;
  #lease: MasterLease | undefined;
  #traffic: UnitCounters | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** The master of the line, which connects when it is asked for something. */
  get master(): ModbusMaster {
    this.#lease ??= this.#options.acquire();
    return this.#lease.master;
  }

  /** What happened on the line on behalf of this unit; `undefined` before its first use. */
  get traffic(): UnitCounters | undefined {
    return this.#lease?.master.counters(this.#options.unitId) ?? this.#traffic;
  }

  /** Rejects at once what is under way for this unit; the last share closes the line. */
  close(): void {
    this.#traffic = this.traffic;
    this.#lease?.master.cancel(this.#options.unitId);
    this.#lease?.release();
    this.#lease = undefined;
  }
}
