/** Which registers to ask for in which requests. Pure. */
import { MAX_READ_REGISTERS } from '../modbus/pdu.ts';
import { sizeOf } from './point.ts';
import type { RegisterPoint } from './point.ts';

export interface Wanted {
  name: string;
  point: RegisterPoint;
  functionCode: 3 | 4;
}

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
