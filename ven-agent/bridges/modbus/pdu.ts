/**
 * Requests and responses of the four functions that the product uses: read holding (03) and input (04) registers, write
 * single (06) and multiple (16) registers. Modbus Application Protocol V1.1b3, sections 6.3, 6.4, 6.6, 6.12. Pure.
 */
import { DeviceError } from '../device.ts';
import { ModbusException } from './exceptions.ts';

export const MAX_READ_REGISTERS = 125;
export const MAX_WRITE_REGISTERS = 123;

/** Addresses are PDU addresses (0-based), registers 0..65535. */
export type ModbusRequest =
  | { functionCode: 3; address: number; count: number }
  | { functionCode: 4; address: number; count: number }
  | { functionCode: 6; address: number; value: number }
  | { functionCode: 16; address: number; values: readonly number[] };

/** The PDU of a request. Throws `RangeError` for what no slave could answer. */
export function encodeRequest(request: ModbusRequest): Buffer {
  checkRange(request.address, 0, 0xffff, 'address');
  switch (request.functionCode) {
    case 3:
    case 4: {
      checkRange(request.count, 1, MAX_READ_REGISTERS, 'count');
      checkRange(request.address + request.count, 1, 0x10000, 'end of the registers');
      const pdu = Buffer.alloc(5);
      pdu.writeUInt8(request.functionCode, 0);
      pdu.writeUInt16BE(request.address, 1);
      pdu.writeUInt16BE(request.count, 3);
      return pdu;
    }
    case 6: {
      checkRange(request.value, 0, 0xffff, 'value');
      const pdu = Buffer.alloc(5);
      pdu.writeUInt8(6, 0);
      pdu.writeUInt16BE(request.address, 1);
      pdu.writeUInt16BE(request.value, 3);
      return pdu;
    }
    case 16: {
      checkRange(request.values.length, 1, MAX_WRITE_REGISTERS, 'count');
      checkRange(request.address + request.values.length, 1, 0x10000, 'end of the registers');
      const pdu = Buffer.alloc(6 + 2 * request.values.length);
      pdu.writeUInt8(16, 0);
      pdu.writeUInt16BE(request.address, 1);
      pdu.writeUInt16BE(request.values.length, 3);
      pdu.writeUInt8(2 * request.values.length, 5);
      request.values.forEach((value, index) => {
        checkRange(value, 0, 0xffff, 'value');
        pdu.writeUInt16BE(value, 6 + 2 * index);
      });
      return pdu;
    }
  }
}

/**
 * The registers that a response carries (none for a write). Throws `ModbusException` for an exception response and
 * `DeviceError` PROTOCOL for a response that does not belong to the request: other function, byte count, or echo.
 */
export function decodeResponse(request: ModbusRequest, pdu: Buffer): number[] {
  const functionCode = pdu[0];
  if (functionCode === (request.functionCode | 0x80)) {
    const exceptionCode = pdu[1];
    if (pdu.length !== 2 || exceptionCode === undefined) throw protocolError('exception response of a wrong length');
    throw new ModbusException(exceptionCode, describeRequest(request));
  }
  if (functionCode !== request.functionCode) {
    throw protocolError(`function ${functionCode} answers function ${request.functionCode}`);
  }
  if (request.functionCode === 3 || request.functionCode === 4) {
    const byteCount = 2 * request.count;
    if (pdu[1] !== byteCount || pdu.length !== 2 + byteCount) {
      throw protocolError(`byte count ${pdu[1]} in ${pdu.length} bytes, expected ${byteCount}`);
    }
    return Array.from({ length: request.count }, (_, index) => pdu.readUInt16BE(2 + 2 * index));
  }
  const second = request.functionCode === 6 ? request.value : request.values.length;
  if (pdu.length !== 5 || pdu.readUInt16BE(1) !== request.address || pdu.readUInt16BE(3) !== second) {
    throw protocolError('the echo of a write differs from the request');
  }
  return [];
}

/** What a master asks, read by a server. Throws `ModbusException` 1 for another function and 3 for malformed data. */
export function decodeRequest(pdu: Buffer): ModbusRequest {
  const functionCode = pdu[0];
  if (functionCode !== 3 && functionCode !== 4 && functionCode !== 6 && functionCode !== 16) {
    throw new ModbusException(1);
  }
  if (functionCode === 16 ? pdu.length < 6 : pdu.length !== 5) throw new ModbusException(3);
  const address = pdu.readUInt16BE(1);
  const second = pdu.readUInt16BE(3);
  if (functionCode === 6) return { functionCode, address, value: second };
  const most = functionCode === 16 ? MAX_WRITE_REGISTERS : MAX_READ_REGISTERS;
  if (second < 1 || second > most) throw new ModbusException(3);
  if (address + second > 0x10000) throw new ModbusException(2);
  if (functionCode !== 16) return { functionCode, address, count: second };
  if (pdu[5] !== 2 * second || pdu.length !== 6 + 2 * second) throw new ModbusException(3);
  return {
    functionCode,
    address,
    values: Array.from({ length: second }, (_, index) => pdu.readUInt16BE(6 + 2 * index)),
  };
}

/** The PDU of a good answer; `registers` only for reads. */
export function encodeResponse(request: ModbusRequest, registers: readonly number[]): Buffer {
  if (request.functionCode === 3 || request.functionCode === 4) {
    const pdu = Buffer.alloc(2 + 2 * registers.length);
    pdu.writeUInt8(request.functionCode, 0);
    pdu.writeUInt8(2 * registers.length, 1);
    registers.forEach((value, index) => pdu.writeUInt16BE(value, 2 + 2 * index));
    return pdu;
  }
  // The answer to a write repeats function, address and value or count: the first five bytes of the request.
  return encodeRequest(request).subarray(0, 5);
}

/** The PDU that refuses a request. */
export function encodeException(functionCode: number, exceptionCode: number): Buffer {
  return Buffer.from([functionCode | 0x80, exceptionCode]);
}

/** A request in words for logs and errors, e.g. `FC03 40000+2`. */
export function describeRequest(request: ModbusRequest): string {
  const registers =
    request.functionCode === 6 ? 1 : request.functionCode === 16 ? request.values.length : request.count;
  return `FC${String(request.functionCode).padStart(2, '0')} ${request.address}+${registers}`;
}

function protocolError(message: string): DeviceError {
  return new DeviceError('PROTOCOL', message);
}

function checkRange(value: number, least: number, most: number, name: string): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} ${value} is not a whole number from ${least} to ${most}`);
  }
}
