import { ModbusTcpMaster } from './master.ts';
import type { ModbusMasterOptions } from './master.ts';

/** A share of a connection. */
export interface MasterLease {
  master: ModbusTcpMaster;
  /** Gives the share back; the last one closes the connection. */
  release(): void;
}

/** One master per host and port, however many devices stand behind it: many gateways take a single TCP client only. */
export class MasterPool {
  readonly #shared = new Map<string, { master: ModbusTcpMaster; leases: number }>();

  /** The master of that host and port, made with these options when nobody holds it yet. */
  acquire(options: ModbusMasterOptions): MasterLease {
    const key = `${options.host}:${options.port}`;
    const entry = this.#shared.get(key) ?? { master: new ModbusTcpMaster(options), leases: 0 };
    entry.leases += 1;
    this.#shared.set(key, entry);
    let isHeld = true;
    return {
      master: entry.master,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        entry.leases -= 1;
        if (entry.leases > 0) return;
        this.#shared.delete(key);
        entry.master.close();
      },
    };
  }
}
