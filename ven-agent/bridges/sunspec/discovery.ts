import { DeviceError } from '../device.ts';
import { ModbusException } from '../modbus/exceptions.ts';

/** One model where a device has it. */
export interface FoundModel {
  id: number;
  /** PDU address of the ID register. */
  address: number;
  /** The L register: registers after ID and L. */
  length: number;
}

/** FC03 on the unit in question. */
export type ReadRegisters = (address: number, count: number) => Promise<readonly number[]>;

/** Where maps begin (SunSpec Device Information Model Specification 1.1, section 6.1), usual one first. */
const BASES = [40_000, 0, 50_000];
const MARKER = [0x5375, 0x6e53];
const END_ID = 0xffff;
const MAX_MODELS = 100;

/**
 * Walks the SunSpec map of a device: every model in order, unknown and repeated ids included. Rejects with DeviceError
 * NOT_SUPPORTED when there is no map or it does not begin with the common model, else with what `read` rejects with.
 */
export async function discover(read: ReadRegisters): Promise<FoundModel[]> {
  const base = await findBase(read);
  const models: FoundModel[] = [];
  let address = base + MARKER.length;
  while (models.length < MAX_MODELS && address <= 0xfffe) {
    // ID and L are read apart: the end marker may be the very last register that the device has.
    const id = await readOne(read, address);
    if (id === undefined || id === END_ID || id === 0) break;
    const length = await readOne(read, address + 1);
    // A model that would end beyond the address space is noise after the end.
    if (length === undefined || address + 2 + length > 0x10000) break;
    models.push({ id, address, length });
    address += 2 + length;
  }
  const [first] = models;
  if (first?.id !== 1 || (first.length !== 65 && first.length !== 66)) {
    throw new DeviceError('NOT_SUPPORTED', `the SunSpec map at ${base} does not begin with the common model`);
  }
  return models;
}

async function findBase(read: ReadRegisters): Promise<number> {
  for (const base of BASES) {
    const [high, low] = (await unlessRefused(read(base, 2), [1, 2, 3, 4])) ?? [];
    if (high === MARKER[0] && low === MARKER[1]) return base;
  }
  throw new DeviceError('NOT_SUPPORTED', `no SunSpec marker at ${BASES.join(', ')}`);
}

async function readOne(read: ReadRegisters, address: number): Promise<number | undefined> {
  const registers = await unlessRefused(read(address, 1), [2]);
  return registers?.[0];
}

/**
 * `undefined` where the device refuses the address. While looking for the base any of the exceptions 1..4 says "not
 * here"; within the map only 2 is its end, because a passing fault (4) must not look like a shorter map.
 */
async function unlessRefused(
  registers: Promise<readonly number[]>,
  meaningNothing: readonly number[],
): Promise<readonly number[] | undefined> {
  try {
    return await registers;
  } catch (error) {
    if (error instanceof ModbusException && meaningNothing.includes(error.exceptionCode)) return undefined;
    throw error;
  }
}
