/**
 * RTU framing (Modbus over Serial Line V1.02, 2.5.1): unit id, PDU, CRC with its low byte first. Nothing in a frame says
 * how long it is, so the end of an answer follows from its function code and byte count. Pure: bytes in, frames out.
 */
import type { Message } from './framing.ts';

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >> 1 : (crc >> 1) ^ 0xa001;
  return crc;
});

/** CRC-16 of Modbus. */
export function crc16(bytes: Buffer): number {
  let crc = 0xffff;
  for (const byte of bytes) crc = (crc >> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return crc;
}

/** The bytes of one frame. */
export function encodeRtu({ unitId, pdu }: Message): Buffer {
  const bytes = Buffer.alloc(pdu.length + 3);
  bytes.writeUInt8(unitId, 0);
  pdu.copy(bytes, 1);
  bytes.writeUInt16LE(crc16(bytes.subarray(0, -2)), bytes.length - 2);
  return bytes;
}

/** Longest frame of the standard: what is longer without being a frame is noise. */
const MOST_BYTES = 256;

/**
 * Finds answers in a stream of bytes, whatever the sizes of the chunks and whatever noise stands before them. What may still
 * become a frame is waited for: bytes inside of it can look like a frame, too. What is none is never given out: it is thrown
 * away by `reset`.
 */
export class RtuDecoder {
  #rest: Buffer = Buffer.alloc(0);
  #noiseBytes = 0;

  /** Bytes that were thrown away so far. */
  get noiseBytes(): number {
    return this.#noiseBytes;
  }

  push(chunk: Buffer): Message[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Message[] = [];
    for (let found = this.#first(); found !== undefined; found = this.#first()) {
      frames.push(found.message);
      this.#noiseBytes += found.start;
      this.#rest = this.#rest.subarray(found.end);
    }
    if (this.#rest.length > MOST_BYTES) {
      this.#noiseBytes += this.#rest.length - MOST_BYTES;
      this.#rest = this.#rest.subarray(-MOST_BYTES);
    }
    return frames;
  }

  /** The line fell silent: what has not become a frame never will. */
  reset(): void {
    this.#noiseBytes += this.#rest.length;
    this.#rest = Buffer.alloc(0);
  }

  #first(): { message: Message; start: number; end: number } | undefined {
    for (let start = 0; start + 5 <= this.#rest.length; start += 1) {
      const length = answerLength(this.#rest.subarray(start));
      if (length === undefined) continue;
      const end = start + length;
      if (end > this.#rest.length) return undefined;
      const frame = this.#rest.subarray(start, end);
      if (crc16(frame.subarray(0, -2)) !== frame.readUInt16LE(frame.length - 2)) continue;
      return { message: { unitId: frame.readUInt8(0), pdu: frame.subarray(1, -2) }, start, end };
    }
    return undefined;
  }
}

const EXCEPTION = 0x80;

/** Bytes of the answer that begins here, CRC included; `undefined` where none can begin. At least three bytes. */
function answerLength(bytes: Buffer): number | undefined {
  const functionCode = bytes.readUInt8(1);
  if (functionCode === 6 || functionCode === 16) return 8;
  // What the master asks for, refused with a code that is never 0.
  if ([3, 4, 6, 16].includes(functionCode - EXCEPTION)) return bytes.readUInt8(2) > 0 ? 5 : undefined;
  if (functionCode !== 3 && functionCode !== 4) return undefined;
  const byteCount = bytes.readUInt8(2);
  return byteCount > 0 && byteCount % 2 === 0 && byteCount <= 250 ? 5 + byteCount : undefined;
}
