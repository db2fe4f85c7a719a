import { isSameLine, placeOf } from './address.ts';
import type { LineAddress } from './address.ts';
import { ModbusMaster } from './master.ts';
import type { ModbusMasterOptions } from './master.ts';
import { LineMemory } from './memory.ts';

/** A share of a line. */
export interface MasterLease {
  master: ModbusMaster;
  /** Gives the share back; the last one closes the connection. */
  release(): void;
}

/**
 * One master per line, however many devices stand behind it: many gateways take a single TCP client only, and on a serial
 * line only one may speak at a time.
 */
export class MasterPool {
  readonly #shared = new Map<string, { address: LineAddress; master: ModbusMaster; leases: number }>();
  /** By address. A device that is given up and opened again goes on with what is known of its line. */
  readonly #memories = new Map<string, LineMemory>();

  /**
   * The master of that line, made with these options when nobody holds it yet. Throws `RangeError` while somebody holds
   * the same place with another protocol or other settings.
   */
  acquire(options: ModbusMasterOptions): MasterLease {
    const { address } = options;
    const place = placeOf(address);
    const entry = this.#shared.get(place) ?? { address, master: this.#make(options), leases: 0 };
    if (!isSameLine(entry.address, address)) throw new RangeError(`${place} is in use with other settings`);
    entry.leases += 1;
    this.#shared.set(place, entry);
    let isHeld = true;
    return {
      master: entry.master,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        entry.leases -= 1;
        if (entry.leases > 0) return;
        this.#shared.delete(place);
        entry.master.close();
      },
    };
  }

  #make(options: ModbusMasterOptions): ModbusMaster {
    const key = JSON.stringify(options.address);
    const memory = this.#memories.get(key) ?? new LineMemory(options.address);
    this.#memories.set(key, memory);
    return new ModbusMaster({ ...options, memory });
  }
}
