import { MAX_READ_REGISTERS } from '../modbus/pdu.ts';
import { rawOf, sizeOf } from './point.ts';
import type { RegisterPoint } from './point.ts';

export interface Wanted {
  name: string;
  point: RegisterPoint;
  functionCode: 3 | 4;
}

/** Numbers by the name of their point, not yet scaled; those that are no number are absent. */
export type Raws = ReadonlyMap<string, number>;

export interface ReadRequest {
  functionCode: 3 | 4;
  address: number;
  count: number;
}

/** As few requests as possible without asking for a register that nobody wants: devices refuse those they do not have. */
export function planReads(wanted: readonly Wanted[]): ReadRequest[] {
  const requests: ReadRequest[] = [];
  const sorted = [...wanted].sort((a, b) => a.functionCode - b.functionCode || a.point.address - b.point.address);
  for (const { point, functionCode } of sorted) {
    const last = requests.at(-1);
    const end = point.address + sizeOf(point);
    const joins = last?.functionCode === functionCode && point.address <= last.address + last.count;
    if (last !== undefined && joins && end - last.address <= MAX_READ_REGISTERS) {
      last.count = Math.max(last.count, end - last.address);
    } else {
      requests.push({ functionCode, address: point.address, count: sizeOf(point) });
    }
  }
  return requests;
}

/** Reads all points. Rejects with what `read` rejects with. */
export async function readRaws(
  read: (request: ReadRequest) => Promise<readonly number[]>,
  wanted: readonly Wanted[],
): Promise<Raws> {
  const words = new Map<string, number>();
  for (const request of planReads(wanted)) {
    const registers = await read(request);
    registers.forEach((word, index) => words.set(`${request.functionCode}/${request.address + index}`, word));
  }
  const raws = new Map<string, number>();
  for (const { name, point, functionCode } of wanted) {
    const at = (index: number): number => words.get(`${functionCode}/${point.address + index}`) ?? 0;
    const raw = rawOf(
      point,
      Array.from({ length: sizeOf(point) }, (_, index) => at(index)),
    );
    if (raw !== undefined) raws.set(name, raw);
  }
  return raws;
}
