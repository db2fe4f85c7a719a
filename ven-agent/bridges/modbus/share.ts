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

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** The master of the line, which connects when it is asked for something. */
  get master(): ModbusMaster {
    this.#lease ??= this.#options.acquire();
    return this.#lease.master;
  }

  /** Rejects at once what is under way for this unit; the last share closes the line. */
  close(): void {
    this.#lease?.master.cancel(this.#options.unitId);
    this.#lease?.release();
    this.#lease = undefined;
  }
}
