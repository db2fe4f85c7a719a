import { ModbusException } from '../bridges/modbus/exceptions.ts';
import { Block } from '../bridges/sunspec/block.ts';
import { encodeNumber, encodeText, notImplemented, scaleDown } from '../bridges/sunspec/codec.ts';
import { pointOf } from '../bridges/sunspec/models/model.ts';
import type { Model, Point } from '../bridges/sunspec/models/model.ts';
import type { PlantQuirk } from './quirks.ts';

const BASE = 40_000;
const MARKER = [0x5375, 0x6e53];

/** A point that a master has just written. */
export interface Written {
  model: Model;
  name: string;
}

/** The SunSpec map of a simulated device: marker, models, end marker; every point not implemented until it is set. */
export class RegisterBank {
  readonly #models: readonly Model[];
  readonly #starts = new Map<number, number>();
  #registers: number[];

  /** @param quirks of which those that concern the map count */
  constructor(models: readonly Model[], quirks: readonly PlantQuirk[] = []) {
    this.#models = models;
    this.#registers = [...MARKER];
    for (const model of models) {
      this.#starts.set(model.id, this.#registers.length);
      const isShort = model.id === 1 && quirks.includes('short-common');
      for (const point of model.points.values()) {
        if (!(isShort && point.name === 'Pad')) this.#registers.push(...notImplemented(point));
      }
      this.#put(model, 'ID', encodeNumber(pointOf(model, 'ID'), model.id));
      this.#put(model, 'L', encodeNumber(pointOf(model, 'L'), isShort ? model.length - 1 : model.length));
    }
    if (!quirks.includes('no-end-marker')) this.#registers.push(0xffff, 0);
  }

  /** The points of a model as they stand. */
  block<Name extends string>(model: Model<Name>): Block<Name> {
    const start = this.#startOf(model);
    return new Block(model, this.#registers.slice(start, start + 2 + model.length));
  }

  /** Sets numbers, in the unit of the point; its scale factor has to be set before. Rounds integers to the nearest. */
  set<Name extends string>(model: Model<Name>, values: Partial<Record<Name, number>>): void {
    for (const [name, value] of Object.entries<number | undefined>(values)) {
      if (value === undefined) continue;
      const factor = this.block(model).scaleFactor(name as Name);
      if (factor === undefined) throw new Error(`the scale factor of ${name} is not set`);
      const point = pointOf(model, name);
      const raw = point.type === 'float32' ? value : scaleDown(value, factor, 'nearest');
      this.#put(model, name, encodeNumber(point, raw));
    }
  }

  /** Sets text points. */
  setText<Name extends string>(model: Model<Name>, values: Partial<Record<Name, string>>): void {
    for (const [name, text] of Object.entries<string | undefined>(values)) {
      if (text !== undefined) this.#put(model, name, encodeText(pointOf(model, name), text));
    }
  }

  /** What FC03 gives. Throws `ModbusException` 2 outside the map. */
  read(address: number, count: number): number[] {
    const from = address - BASE;
    if (from < 0 || from + count > this.#registers.length) throw new ModbusException(2);
    return this.#registers.slice(from, from + count);
  }

  /**
   * What FC06 and FC16 do: all or nothing. Throws `ModbusException` 2 where a register is not writable, 3 for the value
   * that means "not implemented", and whatever `check` throws, which
   * is told the points and sees the map as it would be.
   */
  write(address: number, values: readonly number[], check: (written: readonly Written[]) => void): Written[] {
    const from = address - BASE;
    const written = new Map<string, Written>();
    values.forEach((_, index) => {
      const found = this.#pointAt(from + index);
      if (found === undefined || !found.point.isWritable || this.#isAbsent(found.model, found.point)) {
        throw new ModbusException(2);
      }
      written.set(`${found.model.id}.${found.point.name}`, { model: found.model, name: found.point.name });
    });
    const before = this.#registers;
    this.#registers = before.map((word, at) => values[at - from] ?? word);
    try {
      const isVoid = [...written.values()].some(({ model, name }) => this.#isAbsent(model, pointOf(model, name)));
      if (isVoid) throw new ModbusException(3);
      check([...written.values()]);
    } catch (error) {
      this.#registers = before;
      throw error;
    }
    return [...written.values()];
  }

  #put(model: Model, name: string, words: readonly number[]): void {
    const at = this.#startOf(model) + pointOf(model, name).offset;
    this.#registers.splice(at, words.length, ...words);
  }

  #startOf(model: Model): number {
    const start = this.#starts.get(model.id);
    if (start === undefined) throw new Error(`the map has no model ${model.id}`);
    return start;
  }

  #pointAt(at: number): { model: Model; point: Point } | undefined {
    for (const model of this.#models) {
      const offset = at - this.#startOf(model);
      for (const point of model.points.values()) {
        if (offset >= point.offset && offset < point.offset + point.size) return { model, point };
      }
    }
    return undefined;
  }

  #isAbsent(model: Model, point: Point): boolean {
    const at = this.#startOf(model) + point.offset;
    return notImplemented(point).every((word, index) => this.#registers[at + index] === word);
  }
}
