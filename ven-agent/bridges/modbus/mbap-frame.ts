/**
 * MBAP framing of Modbus TCP (Modbus Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3): transaction id, protocol id
 * (0), length, unit id, then the PDU. Pure: bytes in, frames out.
 */
export interface MbapFrame {
  /** 0..65535, chosen by the master and echoed by the slave. */
  transactionId: number;
  /** 0..255 */
  unitId: number;
  /** Function code and data, 1..253 bytes. */
  pdu: Buffer;
}

const HEADER_BYTES = 7;
const MAX_PDU_BYTES = 253;

/** The bytes of one frame. Throws `RangeError` for a PDU that is empty or longer than 253 bytes. */
export function encodeFrame(frame: MbapFrame): Buffer {
  if (frame.pdu.length < 1 || frame.pdu.length > MAX_PDU_BYTES) {
    throw new RangeError(`a PDU has 1 to ${MAX_PDU_BYTES} bytes, not ${frame.pdu.length}`);
  }
  const bytes = Buffer.alloc(HEADER_BYTES + frame.pdu.length);
  bytes.writeUInt16BE(frame.transactionId, 0);
  bytes.writeUInt16BE(0, 2);
  bytes.writeUInt16BE(frame.pdu.length + 1, 4);
  bytes.writeUInt8(frame.unitId, 6);
  frame.pdu.copy(bytes, HEADER_BYTES);
  return bytes;
}

/**
 * Cuts a TCP byte stream into frames, whatever the sizes of the chunks. A header with a wrong protocol id or an
 * impossible length means that the stream has lost its frame boundary, which nothing in it can restore: `fault` is then
 * set, the decoder stays dead, and the connection has to be closed.
 */
export class FrameDecoder {
  #rest: Buffer = Buffer.alloc(0);
  #fault: string | undefined;

  /** Adds a chunk; returns the frames that are now complete, and the reason when the stream is broken. */
  push(chunk: Buffer): { frames: MbapFrame[]; fault?: string } {
    const frames: MbapFrame[] = [];
    if (this.#fault === undefined) {
      this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
      while (this.#rest.length >= HEADER_BYTES && this.#fault === undefined) {
        const protocolId = this.#rest.readUInt16BE(2);
        const length = this.#rest.readUInt16BE(4);
        if (protocolId !== 0) {
          this.#fault = `protocol id ${protocolId} instead of 0`;
        } else if (length < 2 || length > MAX_PDU_BYTES + 1) {
          this.#fault = `length field ${length} outside 2..${MAX_PDU_BYTES + 1}`;
        } else if (this.#rest.length < HEADER_BYTES - 1 + length) {
          break;
        } else {
          const end = HEADER_BYTES - 1 + length;
          frames.push({
            transactionId: this.#rest.readUInt16BE(0),
            unitId: this.#rest.readUInt8(6),
            pdu: this.#rest.subarray(HEADER_BYTES, end),
          });
          this.#rest = this.#rest.subarray(end);
        }
      }
    }
    return this.#fault === undefined ? { frames } : { frames, fault: this.#fault };
  }
}
