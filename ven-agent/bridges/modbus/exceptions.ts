import { DeviceError } from '../device.ts';

/** Exception codes and their names (Modbus Application Protocol V1.1b3, section 7). */
export const EXCEPTION_NAMES: Readonly<Record<number, string>> = {
  1: 'ILLEGAL_FUNCTION',
  2: 'ILLEGAL_DATA_ADDRESS',
  3: 'ILLEGAL_DATA_VALUE',
  4: 'SERVER_DEVICE_FAILURE',
  5: 'ACKNOWLEDGE',
  6: 'SERVER_DEVICE_BUSY',
  8: 'MEMORY_PARITY_ERROR',
  10: 'GATEWAY_PATH_UNAVAILABLE',
  11: 'GATEWAY_TARGET_FAILED_TO_RESPOND',
};

/** The name of an exception code, or `EXCEPTION_<code>` for one that the standard does not know. */
export function exceptionName(exceptionCode: number): string {
  return EXCEPTION_NAMES[exceptionCode] ?? `EXCEPTION_${exceptionCode}`;
}

/** The slave understood the request and refused it. Also what a server's unit throws in order to refuse. */
export class ModbusException extends DeviceError {
  readonly exceptionCode: number;

  constructor(exceptionCode: number, what = 'request') {
    super('EXCEPTION', `${what} refused with exception ${exceptionCode} ${exceptionName(exceptionCode)}`);
    this.name = 'ModbusException';
    this.exceptionCode = exceptionCode;
  }
}

/** Did the device refuse this kind of access (1, 2, 3), as opposed to being busy or broken? */
export function isRefusal(error: unknown): error is ModbusException {
  return error instanceof ModbusException && error.exceptionCode >= 1 && error.exceptionCode <= 3;
}
