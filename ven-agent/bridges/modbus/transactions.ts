const MEMORY = 256;

/**
 * The transaction ids of one connection. An id whose request ran out of time is remembered with its unit, so that the
 * late answer can be counted, and is not given out again before that.
 */
export class Transactions {
  readonly #late = new Map<number, number>();
  #next = 1;

  /** A fresh id, 0..65535. */
  take(): number {
    while (this.#late.has(this.#next)) this.#next = (this.#next + 1) & 0xffff;
    const id = this.#next;
    this.#next = (id + 1) & 0xffff;
    return id;
  }

  /** The request with this id ran out of time. Only the newest 256 are remembered. */
  expire(id: number, unitId: number): void {
    this.#late.set(id, unitId);
    const [oldest] = this.#late.keys();
    if (this.#late.size > MEMORY && oldest !== undefined) this.#late.delete(oldest);
  }

  /** The unit whose request this late answer belonged to; `undefined` when nobody asked. */
  claimLate(id: number): number | undefined {
    const unitId = this.#late.get(id);
    this.#late.delete(id);
    return unitId;
  }

  /** The connection is gone and with it every answer that could still come. */
  clear(): void {
    this.#late.clear();
  }
}
