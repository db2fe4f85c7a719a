/** What happened on behalf of one unit since the master was made. Counters only grow. */
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

/** All zero. */
export function newCounters(): UnitCounters {
  return { requests: 0, timeouts: 0, exceptions: 0, lateReplies: 0, protocolErrors: 0, reconnects: 0 };
}
