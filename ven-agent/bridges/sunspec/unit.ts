import { DeviceError } from '../device.ts';
import type { ModbusMaster } from '../modbus/master.ts';
import { MAX_READ_REGISTERS } from '../modbus/pdu.ts';
import { Block } from './block.ts';
import { discover } from './discovery.ts';
import type { FoundModel } from './discovery.ts';
import { MODELS } from './models/index.ts';
import { pointOf } from './models/model.ts';
import type { Model } from './models/model.ts';

/** A unit behind a Modbus master whose SunSpec map is known. */
export class SunSpecUnit {
  readonly #master: ModbusMaster;
  readonly #unitId: number;
  readonly #timeoutMs: number;
  readonly #found: readonly FoundModel[];

  constructor(master: ModbusMaster, unitId: number, timeoutMs: number, found: readonly FoundModel[]) {
    this.#master = master;
    this.#unitId = unitId;
    this.#timeoutMs = timeoutMs;
    this.#found = found;
  }

  /** Walks the device's map, behind the reads of other units on the line. Rejects as `discover` does. */
  static async discover(master: ModbusMaster, unitId: number, timeoutMs: number): Promise<SunSpecUnit> {
    const found = await discover((address, count) =>
      master.readHolding(unitId, address, count, { timeoutMs, priority: 'slow' }),
    );
    return new SunSpecUnit(master, unitId, timeoutMs, found);
  }

  /** Ids of the models that the device has, in its order. */
  get modelIds(): number[] {
    return this.#found.map((model) => model.id);
  }

  /** Every model that the device has, known or not, in its order. */
  get found(): readonly FoundModel[] {
    return this.#found;
  }

  /** Models of a known id whose block is too short for the layout of the standard; they are not used. */
  get tooShort(): FoundModel[] {
    return this.#found.filter(({ id, length }) => id !== 1 && length < (MODELS.get(id)?.length ?? 0));
  }

  has(model: Model): boolean {
    return this.#find(model) !== undefined;
  }

  /** The first of these models that the device has. */
  firstOf<M extends Model>(models: readonly M[]): M | undefined {
    return models.find((model) => this.has(model));
  }

  /**
   * Reads a model from its ID register, to its end or up to the point `upTo`, in requests of at most 125 registers, and
   * checks that ID and L still stand there. Rejects with DeviceError.
   */
  async read<Name extends string>(model: Model<Name>, upTo?: Name): Promise<Block<Name>> {
    const { address, length } = this.#require(model);
    const last = upTo === undefined ? undefined : pointOf(model, upTo);
    // L 65 of the common model only lacks the pad, so the device's own length counts when it is shorter.
    const count = last === undefined ? 2 + Math.min(length, model.length) : last.offset + last.size;
    const registers: number[] = [];
    while (registers.length < count) {
      const some = Math.min(count - registers.length, MAX_READ_REGISTERS);
      const options = { timeoutMs: this.#timeoutMs };
      registers.push(...(await this.#master.readHolding(this.#unitId, address + registers.length, some, options)));
    }
    if (registers[0] !== model.id || registers[1] !== length) {
      const seen = `${registers[0]}/${registers[1]}`;
      throw new DeviceError(
        'PROTOCOL',
        `at ${address} stands ${seen} instead of model ${model.id}/${length}: map changed`,
      );
    }
    return new Block(model, registers);
  }

  /** FC16 from a point of a model on. */
  async writeMultiple(model: Model, point: string, words: readonly number[]): Promise<void> {
    const address = this.#require(model).address + pointOf(model, point).offset;
    await this.#master.writeMultiple(this.#unitId, address, words, { timeoutMs: this.#timeoutMs });
  }

  /** FC06 at a point of one register. */
  async writeSingle(model: Model, point: string, word: number): Promise<void> {
    const address = this.#require(model).address + pointOf(model, point).offset;
    await this.#master.writeSingle(this.#unitId, address, word, { timeoutMs: this.#timeoutMs });
  }

  #find(model: Model): FoundModel | undefined {
    return this.#found.find(({ id, length }) => id === model.id && (id === 1 || length >= model.length));
  }

  #require(model: Model): FoundModel {
    const found = this.#find(model);
    if (found === undefined) throw new DeviceError('NOT_SUPPORTED', `the device has no model ${model.id}`);
    return found;
  }
}
