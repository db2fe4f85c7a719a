import { decodeNumber, decodeText, scaleUp } from './codec.ts';
import type { Registers } from './codec.ts';
import { pointOf } from './models/model.ts';
import type { Model } from './models/model.ts';

/** What can be asked of a block when several models share some points. */
export interface Points<Name extends string> {
  raw(name: Name): number | undefined;
  value(name: Name): number | undefined;
}

/** The registers of one model as they were read in one go, with its points by name. Pure. */
export class Block<Name extends string = string> implements Points<Name> {
  readonly #model: Model<Name>;
  readonly #registers: Registers;

  /** `registers` begin with the ID register; points beyond their end read as not implemented. */
  constructor(model: Model<Name>, registers: Registers) {
    this.#model = model;
    this.#registers = registers;
  }

  /** The number in the register, unscaled; `undefined` where not implemented. */
  raw(name: Name): number | undefined {
    const point = pointOf(this.#model, name);
    return point.offset + point.size > this.#registers.length ? undefined : decodeNumber(point, this.#registers);
  }

  /** The scale factor of a point: 0 where it has none, `undefined` where the device leaves it open or out of range. */
  scaleFactor(name: Name): number | undefined {
    const point = pointOf(this.#model, name);
    if (point.scaleFactor === undefined) return 0;
    const factor = this.raw(point.scaleFactor as Name);
    return factor === undefined || factor < -10 || factor > 10 ? undefined : factor;
  }

  /** The number in the point's unit; `undefined` where the value or its scale factor is not implemented. */
  value(name: Name): number | undefined {
    const raw = this.raw(name);
    const factor = this.scaleFactor(name);
    if (raw === undefined || factor === undefined) return undefined;
    return scaleUp(raw, factor);
  }

  /** A string point; `undefined` where not implemented. */
  text(name: Name): string | undefined {
    return decodeText(pointOf(this.#model, name), this.#registers);
  }
}
