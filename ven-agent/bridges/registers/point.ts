/** One value in registers of a device that has no SunSpec map: how it is kept there. Pure. */

/** Registers per type. */
export const REGISTER_TYPES = { int16: 1, uint16: 1, int32: 2, uint32: 2, int64: 4, uint64: 4, float32: 2 } as const;

export type RegisterType = keyof typeof REGISTER_TYPES;

export interface RegisterPoint {
  /** PDU address of its first register. */
  address: number;
  type: RegisterType;
  /** value = sign x raw x scale */
  scale: number;
  sign: 1 | -1;
  /** Of more than one register: which word comes first. */
  wordOrder: 'high-first' | 'low-first';
}

/** Registers that a point takes. */
export function sizeOf({ type }: RegisterPoint): number {
  return REGISTER_TYPES[type];
}

/** The number in the registers of a point, not yet scaled; `undefined` where it is no number (NaN, infinity, beyond 2^53). */
export function rawOf({ type, wordOrder }: RegisterPoint, words: readonly number[]): number | undefined {
  const view = new DataView(new ArrayBuffer(8));
  inOrder(words, wordOrder).forEach((word, index) => view.setUint16(2 * index, word));
  const raw = readers[type](view);
  return Number.isFinite(raw) && Math.abs(raw) <= Number.MAX_SAFE_INTEGER ? raw : undefined;
}

const readers: Record<RegisterType, (view: DataView) => number> = {
  int16: (view) => view.getInt16(0),
  uint16: (view) => view.getUint16(0),
  int32: (view) => view.getInt32(0),
  uint32: (view) => view.getUint32(0),
  int64: (view) => Number(view.getBigInt64(0)),
  uint64: (view) => Number(view.getBigUint64(0)),
  float32: (view) => view.getFloat32(0),
};

/** The value of a point in its unit. */
export function valueOf({ scale, sign }: RegisterPoint, raw: number): number {
  return sign * raw * scale + 0;
}

/**
 * The raw number of a value. Rounded toward zero, so that neither a limit nor a set-point asks for more than was allowed;
 * hair-thin binary fractions do not push it to the next one.
 */
export function rawFor({ type, scale, sign }: RegisterPoint, value: number): number {
  const exact = (sign * value) / scale;
  if (type === 'float32') return Math.fround(exact);
  const nearest = Math.round(exact);
  return (Math.abs(exact - nearest) <= 1e-9 * Math.max(1, Math.abs(exact)) ? nearest : Math.trunc(exact)) + 0;
}

/** The registers of a raw number. Throws `RangeError` where it does not fit the type. */
export function wordsOf(point: RegisterPoint, raw: number): number[] {
  const { type, wordOrder } = point;
  const view = new DataView(new ArrayBuffer(8));
  if (type === 'float32') view.setFloat32(0, raw);
  else if (Number.isSafeInteger(raw)) view.setBigInt64(0, BigInt(raw) << BigInt(64 - 16 * sizeOf(point)));
  const words = Array.from({ length: sizeOf(point) }, (_, index) => view.getUint16(2 * index));
  const ordered = inOrder(words, wordOrder);
  if (rawOf(point, ordered) !== raw) throw new RangeError(`${raw} does not fit ${type} at ${point.address}`);
  return ordered;
}

function inOrder(words: readonly number[], wordOrder: RegisterPoint['wordOrder']): number[] {
  return wordOrder === 'high-first' ? [...words] : [...words].reverse();
}
