/** What happened on behalf of one unit since the program started. Counters only grow. */
export interface UnitCounters {
  /** Requests put on the wire. */
  requests: number;
  /** Requests without an answer before their deadline. */
  timeouts: number;
  /** Answers that refused the request. */
  exceptions: number;
  /** Answers after the deadline; never given to any request. */
  lateReplies: number;
  /** Answers that belong to no request or contradict theirs. */
  protocolErrors: number;
  /** Connections made after the first one. */
  reconnects: number;
}

/** The counters of every unit on one line. */
export class CounterBook {
  readonly #units = new Map<number, UnitCounters>();
  #connections = 0;

  /** The counters of one unit, to be changed in place. */
  of(unitId: number): UnitCounters {
    let counters = this.#units.get(unitId);
    if (counters === undefined) {
      counters = { requests: 0, timeouts: 0, exceptions: 0, lateReplies: 0, protocolErrors: 0, reconnects: 0 };
      this.#units.set(unitId, counters);
    }
    return counters;
  }

  /** The connection that all of them use was made. */
  countConnection(): void {
    this.#connections += 1;
    if (this.#connections === 1) return;
    for (const counters of this.#units.values()) counters.reconnects += 1;
  }
}
