import type { Framing, Heard, Message, Readiness } from './framing.ts';
import { encodeFrame, FrameDecoder } from './mbap-frame.ts';
import { Transactions } from './transactions.ts';

/** Modbus TCP: an answer belongs to the request whose transaction id it carries, or to nobody. */
export class MbapFraming implements Framing {
  readonly isHalfDuplex = false;
  readonly noiseBytes = 0;
  readonly #transactions = new Transactions();
  #decoder = new FrameDecoder();
  #onWire: { transactionId: number; unitId: number } | undefined;
  #isAnswered = false;

  readiness(): Readiness {
    return { kind: 'ready' };
  }

  begin({ unitId, pdu }: Message): Buffer {
    const transactionId = this.#transactions.take();
    this.#onWire = { transactionId, unitId };
    this.#isAnswered = false;
    return encodeFrame({ transactionId, unitId, pdu });
  }

  push(bytes: Buffer): { heard: Heard[]; fault?: string } {
    const { frames, ...fault } = this.#decoder.push(bytes);
    return { heard: frames.map((frame) => this.#meaningOf(frame)), ...fault };
  }

  end(): void {
    this.#onWire = undefined;
  }

  giveUp(): void {
    if (this.#onWire !== undefined) this.#transactions.expire(this.#onWire.transactionId, this.#onWire.unitId);
    this.#onWire = undefined;
  }

  restMs(): number {
    return 0;
  }

  clear(): void {
    this.#transactions.clear();
    this.#decoder = new FrameDecoder();
    this.#onWire = undefined;
  }

  #meaningOf({ transactionId, ...message }: Message & { transactionId: number }): Heard {
    if (transactionId === this.#onWire?.transactionId && !this.#isAnswered) {
      this.#isAnswered = true;
      return { kind: 'answer', message };
    }
    const owner = this.#transactions.claimLate(transactionId);
    return owner === undefined ? { kind: 'stray', unitId: message.unitId } : { kind: 'late', unitId: owner };
  }
}
