import type { ModbusRequest } from './pdu.ts';

/** What goes to and comes from a unit, whatever it is wrapped in. */
export interface Message {
  /** 0..255 */
  unitId: number;
  /** Function code and data, 1..253 bytes. */
  pdu: Buffer;
}

/** A message that came, and what it is to us. */
export type Heard =
  /** It answers the request on the wire. */
  | { kind: 'answer'; message: Message }
  /** It answers a request that was given up before; nobody may get it. */
  | { kind: 'late'; unitId: number }
  /** Nobody asked for it. */
  | { kind: 'stray'; unitId: number };

/** May a unit be asked? `probe`: only after this was answered. `quarantined`: not before so many ms are over. */
export type Readiness =
  { kind: 'ready' } | { kind: 'probe'; request: ModbusRequest } | { kind: 'quarantined'; forMs: number };

/** How messages travel on one line, and which answer belongs to which request. One request is on the wire at a time. */
export interface Framing {
  /** True where an answer on its way collides with the next request: then even an unwanted answer has to be awaited. */
  readonly isHalfDuplex: boolean;
  /** Bytes that came and belong to no message. */
  readonly noiseBytes: number;
  readiness(unitId: number, nowMs: number): Readiness;
  /** The bytes of a request, which is on the wire from now on. */
  begin(message: Message): Buffer;
  /** What came; one request has one answer, whatever else comes with it. `fault`: the stream is broken for good and has to be made anew. */
  push(bytes: Buffer): { heard: Heard[]; fault?: string };
  /** The request on the wire has its answer. */
  end(): void;
  /** The request on the wire is given up; its answer may still come. */
  giveUp(nowMs: number): void;
  /** How long the line has to be silent before the next request, ms. */
  restMs(after: 'answer' | 'given-up'): number;
  /** The connection is gone; the next bytes come from another one. */
  clear(nowMs: number): void;
}
