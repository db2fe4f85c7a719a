import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModbusException } from '../../../../ven-agent/bridges/modbus/exceptions.ts';
import {
  decodeRequest,
  decodeResponse,
  encodeException,
  encodeRequest,
  encodeResponse,
} from '../../../../ven-agent/bridges/modbus/pdu.ts';
import type { ModbusRequest } from '../../../../ven-agent/bridges/modbus/pdu.ts';

const register = fc.integer({ min: 0, max: 0xffff });
const address = fc.integer({ min: 0, max: 0xff00 });
const request: fc.Arbitrary<ModbusRequest> = fc.oneof(
  fc.record({
    functionCode: fc.constantFrom(3 as const, 4 as const),
    address,
    count: fc.integer({ min: 1, max: 125 }),
  }),
  fc.record({ functionCode: fc.constant(6 as const), address, value: register }),
  fc.record({
    functionCode: fc.constant(16 as const),
    address,
    values: fc.array(register, { minLength: 1, maxLength: 123 }),
  }),
);
const read: ModbusRequest = { functionCode: 3, address: 40_000, count: 2 };

function exceptionCode(action: () => unknown): number | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof ModbusException) return error.exceptionCode;
    throw error;
  }
  return undefined;
}

describe('PDUs', () => {
  it('reads every request back as it was written', () => {
    fc.assert(
      fc.property(request, (each) => {
        expect(decodeRequest(encodeRequest(each))).toEqual(each);
      }),
    );
  });

  it('gives a read the registers of its answer and a write nothing', () => {
    fc.assert(
      fc.property(request, fc.array(register, { minLength: 125, maxLength: 125 }), (each, pool) => {
        const registers = 'count' in each ? pool.slice(0, each.count) : [];
        expect(decodeResponse(each, encodeResponse(each, registers))).toEqual(registers);
      }),
    );
  });

  it('encodes FC03, FC06 and FC16 as the standard shows them', () => {
    expect(encodeRequest({ functionCode: 3, address: 0x6b, count: 3 }).toString('hex')).toBe('03006b0003');
    expect(encodeRequest({ functionCode: 6, address: 1, value: 3 }).toString('hex')).toBe('0600010003');
    const multiple = encodeRequest({ functionCode: 16, address: 1, values: [0x000a, 0x0102] });
    expect(multiple.toString('hex')).toBe('100001000204000a0102');
  });

  it('turns an exception response into the named exception', () => {
    const answer = encodeException(3, 2);
    expect(() => decodeResponse(read, answer)).toThrow('FC03 40000+2 refused with exception 2 ILLEGAL_DATA_ADDRESS');
    expect(exceptionCode(() => decodeResponse(read, answer))).toBe(2);
  });

  it.each([
    ['another function', '04040001ffff'],
    ['the exception of another function', '8402'],
    ['a byte count of one register', '03020001'],
    ['a byte count of one register before two', '030200010002'],
    ['fewer bytes than it counts', '03040001'],
    ['more bytes than it counts', '0304000100020003'],
  ])('refuses an answer with %s', (_, hex) => {
    expect(() => decodeResponse(read, Buffer.from(hex, 'hex'))).toThrow(expect.objectContaining({ code: 'PROTOCOL' }));
  });

  it('refuses the echo of another write', () => {
    const write: ModbusRequest = { functionCode: 6, address: 1, value: 3 };
    for (const echo of ['0600010004', '0600020003', '06000100', '060001000300']) {
      expect(() => decodeResponse(write, Buffer.from(echo, 'hex'))).toThrow('echo');
    }
    const many: ModbusRequest = { functionCode: 16, address: 1, values: [1, 2] };
    expect(() => decodeResponse(many, Buffer.from('1000010001', 'hex'))).toThrow('echo');
  });

  it('refuses to ask for what no slave could answer', () => {
    expect(() => encodeRequest({ functionCode: 3, address: 0, count: 126 })).toThrow(RangeError);
    expect(() => encodeRequest({ functionCode: 3, address: 65_535, count: 2 })).toThrow(RangeError);
    expect(() => encodeRequest({ functionCode: 16, address: 0, values: [] })).toThrow(RangeError);
    expect(() => encodeRequest({ functionCode: 6, address: 0, value: 1.5 })).toThrow(RangeError);
  });

  it('answers a malformed request with the exception of the standard', () => {
    expect(exceptionCode(() => decodeRequest(Buffer.from('0100000001', 'hex')))).toBe(1);
    expect(exceptionCode(() => decodeRequest(Buffer.from('0300000000', 'hex')))).toBe(3);
    expect(exceptionCode(() => decodeRequest(Buffer.from('03ffff0002', 'hex')))).toBe(2);
    expect(exceptionCode(() => decodeRequest(Buffer.from('100000000202000a', 'hex')))).toBe(3);
    expect(exceptionCode(() => decodeRequest(Buffer.from('03', 'hex')))).toBe(3);
  });
});
