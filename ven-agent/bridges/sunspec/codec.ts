/**
 * SunSpec values in registers: big-endian, high word first, with a value of each type that means "not implemented".
 * That value reads as `undefined` and can never be encoded. Pure.
 */
import type { Point } from './models/model.ts';

export type Registers = readonly number[];

/** Toward the safe side: `down` for an upper bound, `towardZero` for a set-point. */
export type Rounding = 'down' | 'towardZero' | 'nearest';

/** The raw number of a point in the registers of its model; `undefined` where not implemented. Not for strings. */
export function decodeNumber(point: Point, registers: Registers): number | undefined {
  const word = (index: number): number => registers[point.offset + index] ?? 0;
  const long = (): number => word(0) * 0x10000 + word(1);
  switch (point.type) {
    case 'uint16':
    case 'enum16':
    case 'bitfield16':
      return word(0) === 0xffff ? undefined : word(0);
    case 'int16':
    case 'sunssf':
      return word(0) === 0x8000 ? undefined : (word(0) << 16) >> 16;
    case 'uint32':
      return long() === 0xffffffff ? undefined : long();
    case 'bitfield32':
      // The most significant bit says that the other 31 mean nothing.
      return long() >= 0x80000000 ? undefined : long();
    case 'acc32':
      return long() === 0 ? undefined : long();
    case 'int32':
      return long() === 0x80000000 ? undefined : long() | 0;
    case 'float32': {
      const float = new DataView(new ArrayBuffer(4));
      float.setUint32(0, long());
      return Number.isFinite(float.getFloat32(0)) ? float.getFloat32(0) : undefined;
    }
    case 'uint64': {
      const value = [0, 1, 2, 3].reduce((sum, index) => (sum << 16n) | BigInt(word(index)), 0n);
      // Counters of watt-hours stay far below 2^53; what is above reads as not implemented rather than rounded.
      return value > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(value);
    }
    case 'pad':
    case 'string8':
    case 'string16':
    case 'string32':
      throw new TypeError(`${point.name} is not a number`);
  }
}

/** The text of a string point, without padding; `undefined` where not implemented (all NUL). */
export function decodeText(point: Point, registers: Registers): string | undefined {
  const bytes = registers.slice(point.offset, point.offset + point.size).flatMap((word) => [word >> 8, word & 0xff]);
  const end = bytes.indexOf(0);
  const text = Buffer.from(end < 0 ? bytes : bytes.slice(0, end))
    .toString('utf8')
    .trimEnd();
  return text === '' ? undefined : text;
}

/** Smallest and largest raw number per type, without the one that means "not implemented". */
const RANGES = {
  uint16: [0, 0xfffe],
  enum16: [0, 0xfffe],
  bitfield16: [0, 0xfffe],
  int16: [-0x7fff, 0x7fff],
  sunssf: [-10, 10],
  uint32: [0, 0xfffffffe],
  bitfield32: [0, 0x7fffffff],
  acc32: [1, 0xffffffff],
  int32: [-0x7fffffff, 0x7fffffff],
  uint64: [0, Number.MAX_SAFE_INTEGER],
} as const;

/** The registers of a raw number. Throws `RangeError` outside the type's range, the not-implemented value included. */
export function encodeNumber(point: Point, raw: number): number[] {
  if (point.type === 'float32') return encodeFloat(point, raw);
  if (!(point.type in RANGES)) throw new TypeError(`${point.name} is not a number`);
  const [least, most] = RANGES[point.type as keyof typeof RANGES];
  if (!Number.isInteger(raw) || raw < least || raw > most) {
    throw new RangeError(`${point.name} = ${raw} does not fit ${point.type} (${least}..${most})`);
  }
  const words: number[] = [];
  let rest = BigInt.asUintN(16 * point.size, BigInt(raw));
  for (let index = 0; index < point.size; index += 1) {
    words.unshift(Number(rest & 0xffffn));
    rest >>= 16n;
  }
  return words;
}

function encodeFloat(point: Point, value: number): number[] {
  const float = new DataView(new ArrayBuffer(4));
  float.setFloat32(0, value);
  if (!Number.isFinite(float.getFloat32(0))) throw new RangeError(`${point.name} = ${value} does not fit float32`);
  return [float.getUint16(0), float.getUint16(2)];
}

/** The registers of a text, cut to the point's size and padded with NUL. */
export function encodeText(point: Point, text: string): number[] {
  const bytes = Buffer.alloc(2 * point.size);
  bytes.write(text, 'utf8');
  return Array.from({ length: point.size }, (_, index) => bytes.readUInt16BE(2 * index));
}

/** The registers that say "not implemented". */
export function notImplemented(point: Point): number[] {
  switch (point.type) {
    case 'int16':
    case 'sunssf':
    case 'pad':
      return [0x8000];
    case 'int32':
      return [0x8000, 0];
    case 'float32':
      return [0x7fc0, 0];
    case 'acc32':
    case 'string8':
    case 'string16':
    case 'string32':
      return Array.from({ length: point.size }, () => 0);
    case 'uint16':
    case 'enum16':
    case 'bitfield16':
    case 'uint32':
    case 'bitfield32':
    case 'uint64':
      return Array.from({ length: point.size }, () => 0xffff);
  }
}

/** raw x 10^scaleFactor. Divides for negative factors, so that 80 % with factor -2 is exactly 80. */
export function scaleUp(raw: number, scaleFactor: number): number {
  return scaleFactor < 0 ? raw / 10 ** -scaleFactor : raw * 10 ** scaleFactor;
}

/** value / 10^scaleFactor as a whole number. Hair-thin binary fractions (1e-9) do not push it to the next one. */
export function scaleDown(value: number, scaleFactor: number, rounding: Rounding): number {
  const exact = scaleFactor < 0 ? value * 10 ** -scaleFactor : value / 10 ** scaleFactor;
  const nearest = Math.round(exact);
  if (Math.abs(exact - nearest) <= 1e-9 * Math.max(1, Math.abs(exact))) return nearest === 0 ? 0 : nearest;
  switch (rounding) {
    case 'down':
      return Math.floor(exact);
    case 'towardZero':
      return Math.trunc(exact) + 0;
    case 'nearest':
      return nearest + 0;
  }
}
