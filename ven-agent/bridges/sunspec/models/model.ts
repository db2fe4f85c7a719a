/** A model as data: the vendor's point names in register order; offsets follow from the sizes. Pure. */

/** Registers per point type. */
export const POINT_SIZES = {
  uint16: 1,
  int16: 1,
  enum16: 1,
  bitfield16: 1,
  sunssf: 1,
  pad: 1,
  uint32: 2,
  int32: 2,
  acc32: 2,
  bitfield32: 2,
  float32: 2,
  uint64: 4,
  string8: 8,
  string16: 16,
  string32: 32,
} as const;

export type PointType = keyof typeof POINT_SIZES;

/** Name, type, point that holds the scale factor, and 'rw' where a master may write. */
export type Row = readonly [name: string, type: PointType, scaleFactor?: string | undefined, access?: 'rw'];

export interface Point {
  name: string;
  type: PointType;
  /** Registers from the model's ID register. */
  offset: number;
  /** Registers. */
  size: number;
  scaleFactor: string | undefined;
  isWritable: boolean;
}

export interface Model<Name extends string = string> {
  id: number;
  /** Registers after ID and L, as the standard lays it out; a device may append more. */
  length: number;
  points: ReadonlyMap<Name, Point>;
}

/** Lays the rows out one after the other, from the ID register on. */
export function defineModel<const Rows extends readonly Row[]>(id: number, rows: Rows): Model<Rows[number][0]> {
  const points = new Map<Rows[number][0], Point>();
  let offset = 0;
  for (const [name, type, scaleFactor, access] of rows) {
    const size = POINT_SIZES[type];
    points.set(name, { name, type, offset, size, scaleFactor, isWritable: access === 'rw' });
    offset += size;
  }
  return { id, length: offset - 2, points };
}

/** The point of that name; throws for a name that the model does not have (a mistake in the program). */
export function pointOf(model: Model, name: string): Point {
  const point = model.points.get(name);
  if (point === undefined) throw new Error(`model ${model.id} has no point ${name}`);
  return point;
}
