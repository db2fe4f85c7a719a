import { describe, expect, it } from 'vitest';
import { DeviceError } from '../../../../ven-agent/bridges/device.ts';
import { ModbusException } from '../../../../ven-agent/bridges/modbus/exceptions.ts';
import { discover } from '../../../../ven-agent/bridges/sunspec/discovery.ts';

const MARKER = [0x5375, 0x6e53];
const COMMON = [1, 66, ...Array<number>(66).fill(0)];

/** Registers from `base` on; every other address is refused. */
function reader(base: number, words: readonly number[], asked: string[] = []) {
  return async (address: number, count: number): Promise<number[]> => {
    asked.push(`${address}+${count}`);
    if (address < base || address + count > base + words.length) throw new ModbusException(2);
    return words.slice(address - base, address - base + count);
  };
}

describe('SunSpec discovery', () => {
  it.each([40_000, 0, 50_000])('finds the map at %i', async (base) => {
    const found = await discover(reader(base, [...MARKER, ...COMMON, 0xffff, 0]));
    expect(found).toEqual([{ id: 1, address: base + 2, length: 66 }]);
  });

  it('looks at 40000, 0 and 50000 in this order and then says that there is no map', async () => {
    const asked: string[] = [];
    await expect(discover(reader(10, [], asked))).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    expect(asked).toEqual(['40000+2', '0+2', '50000+2']);
  });

  it('reads ID and L apart, because the end marker may be the last register that there is', async () => {
    const asked: string[] = [];
    await discover(reader(40_000, [...MARKER, ...COMMON, 0xffff], asked));
    expect(asked).toEqual(['40000+2', '40002+1', '40003+1', '40070+1']);
  });

  it('takes exception 2 for the end of a map without an end marker', async () => {
    const found = await discover(reader(40_000, [...MARKER, ...COMMON]));
    expect(found).toHaveLength(1);
  });

  it('does not take a passing fault for the end of the map', async () => {
    const read = reader(40_000, [...MARKER, ...COMMON, 103, 50]);
    const faulty = (address: number, count: number): Promise<number[]> =>
      address === 40_070 ? Promise.reject(new ModbusException(4)) : read(address, count);
    await expect(discover(faulty)).rejects.toMatchObject({ code: 'EXCEPTION', exceptionCode: 4 });
  });

  it('lists unknown and repeated models and steps over them by their length', async () => {
    const words = [...MARKER, ...COMMON, 64_111, 3, 9, 9, 9, 701, 1, 0, 701, 0, 0xffff, 0];
    expect(await discover(reader(40_000, words))).toEqual([
      { id: 1, address: 40_002, length: 66 },
      { id: 64_111, address: 40_070, length: 3 },
      { id: 701, address: 40_075, length: 1 },
      { id: 701, address: 40_078, length: 0 },
    ]);
  });

  it('accepts a common model of length 65 and no other', async () => {
    const short = [1, 65, ...Array<number>(65).fill(0)];
    expect(await discover(reader(0, [...MARKER, ...short, 0xffff]))).toHaveLength(1);
    const wrong = [1, 64, ...Array<number>(64).fill(0)];
    await expect(discover(reader(0, [...MARKER, ...wrong, 0xffff]))).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    await expect(discover(reader(0, [...MARKER, 103, 50]))).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });

  it('stops after 100 models on a map that never ends', async () => {
    const read = async (address: number, count: number): Promise<number[]> => {
      if (address === 40_000) return MARKER;
      if (address < 40_070) return [address === 40_002 ? 1 : 66].slice(0, count);
      return [address % 2 === 0 ? 64_000 : 0];
    };
    expect(await discover(read)).toHaveLength(100);
  });

  it('stops at the end of the address space', async () => {
    const read = async (address: number): Promise<number[]> => {
      if (address === 40_000) throw new ModbusException(2);
      if (address === 0) return MARKER;
      return [address === 2 ? 1 : address === 3 ? 66 : address === 70 ? 64_000 : 65_400];
    };
    expect(await discover(read)).toHaveLength(2);
  });

  it('passes on that the device does not answer', async () => {
    const read = (): Promise<number[]> => Promise.reject(new DeviceError('TIMEOUT', 'no answer'));
    await expect(discover(read)).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});
