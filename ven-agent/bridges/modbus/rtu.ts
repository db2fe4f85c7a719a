import type { Framing, Heard, Message, Readiness } from './framing.ts';
import { encodeRtu, RtuDecoder } from './rtu-frame.ts';

/** After this long a unit that did not answer is taken not to answer any more. */
const QUARANTINE_MS = 10_000;
/** Of silence, after a request that was given up: its answer may be stuck in buffers between the line and us. */
const DRAIN_MS = 50;

/** Requests of one unit whose answers may still come. */
interface Doubt {
  /** Their function codes, in the order of sending, each at most once. */
  functionCodes: number[];
  /** When the last of them was given up. */
  sinceMs: number;
}

/**
 * RTU frames carry no transaction id: an answer that comes late looks like the answer to the next request. But a unit
 * answers in order, and with the function code that it was asked with. So after a request was given up
 *
 * ```text
 * FC03 ──► (deadline)  FC04 probe ──►      late FC03 ◄── counted        FC04 or its refusal ◄── all before it is settled
 *                                                                       FC03 ──► … ◄── this one is the answer
 * ```
 *
 * the same unit is asked with a function code that none of the missing answers can have; when that is answered, whatever
 * was missing before has come or never will. Where none is left, the unit is not asked for 10 s.
 */
export class RtuFraming implements Framing {
  readonly isHalfDuplex = true;
  readonly #gapMs: number;
  readonly #decoder = new RtuDecoder();
  readonly #doubts = new Map<number, Doubt>();
  #onWire: Message | undefined;
  #isAnswered = false;

  /** @param gapMs the silence that separates two frames: 3.5 characters */
  constructor(gapMs: number) {
    this.#gapMs = gapMs;
  }

  get noiseBytes(): number {
    return this.#decoder.noiseBytes;
  }

  readiness(unitId: number, nowMs: number): Readiness {
    const doubt = this.#doubts.get(unitId);
    if (doubt === undefined) return { kind: 'ready' };
    const forMs = doubt.sinceMs + QUARANTINE_MS - nowMs;
    // More than the whole of it can only come from a clock that was set back.
    if (forMs > QUARANTINE_MS) doubt.sinceMs = nowMs;
    if (forMs <= 0) {
      this.#doubts.delete(unitId);
      return { kind: 'ready' };
    }
    const functionCode = ([4, 3] as const).find((code) => !doubt.functionCodes.includes(code));
    if (functionCode === undefined) return { kind: 'quarantined', forMs: Math.min(forMs, QUARANTINE_MS) };
    return { kind: 'probe', request: { functionCode, address: 0, count: 1 } };
  }

  begin(message: Message): Buffer {
    this.#decoder.reset();
    this.#onWire = message;
    this.#isAnswered = false;
    return encodeRtu(message);
  }

  push(bytes: Buffer): { heard: Heard[] } {
    return { heard: this.#decoder.push(bytes).map((message) => this.#meaningOf(message)) };
  }

  end(): void {
    if (this.#onWire !== undefined) this.#doubts.delete(this.#onWire.unitId);
    this.#onWire = undefined;
  }

  giveUp(nowMs: number): void {
    if (this.#onWire === undefined) return;
    const { unitId, pdu } = this.#onWire;
    const doubt = this.#doubts.get(unitId) ?? { functionCodes: [], sinceMs: nowMs };
    this.#doubts.set(unitId, {
      functionCodes: [...doubt.functionCodes, pdu.readUInt8(0)],
      sinceMs: nowMs,
    });
    this.#onWire = undefined;
  }

  restMs(after: 'answer' | 'given-up'): number {
    return after === 'answer' ? this.#gapMs : Math.max(DRAIN_MS, this.#gapMs);
  }

  clear(nowMs: number): void {
    this.#decoder.reset();
    // A unit behind a serial device server may answer into the next connection what it was asked in this one.
    this.giveUp(nowMs);
  }

  #meaningOf(message: Message): Heard {
    const { unitId, pdu } = message;
    const functionCode = pdu.readUInt8(0) & 0x7f;
    const doubt = this.#doubts.get(unitId);
    const place = doubt?.functionCodes.indexOf(functionCode) ?? -1;
    if (doubt !== undefined && place >= 0) {
      // Answers come in order: what was asked before this one will not be answered any more.
      doubt.functionCodes.splice(0, place + 1);
      if (doubt.functionCodes.length === 0) this.#doubts.delete(unitId);
      return { kind: 'late', unitId };
    }
    const isAsked = this.#onWire?.unitId === unitId && this.#onWire.pdu.readUInt8(0) === functionCode;
    if (!isAsked || this.#isAnswered) return { kind: 'stray', unitId };
    this.#isAnswered = true;
    return { kind: 'answer', message };
  }
}

/** 3.5 characters of 11 bits, and no less than 1.75 ms (Modbus over Serial Line V1.02, 2.5.1.1); whole ms, rounded up. */
export function frameGapMs(baudRate: number): number {
  return Math.ceil(Math.max(1.75, (3.5 * 11 * 1_000) / baudRate));
}
