import type { Socket } from 'node:net';
import type { Message } from '../../../../ven-agent/bridges/modbus/framing.ts';
import { crc16, encodeRtu } from '../../../../ven-agent/bridges/modbus/rtu-frame.ts';
import { answerOf, listenAsSlave } from './tcp-slave.ts';
import type { TcpSlave } from './tcp-slave.ts';

/** A hand-made slave behind a serial device server: the test decides byte for byte what it answers. */
export interface RtuSlave extends TcpSlave {
  /** Every request whose CRC is right, in order. */
  received: Message[];
}

export async function startRtuSlave(onRequest: (request: Message, socket: Socket) => void): Promise<RtuSlave> {
  const received: Message[] = [];
  const slave = await listenAsSlave((socket) => {
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (let length = requestLength(rest); rest.length >= length; length = requestLength(rest)) {
        const frame = rest.subarray(0, length);
        rest = rest.subarray(length);
        if (crc16(frame.subarray(0, -2)) !== frame.readUInt16LE(length - 2)) throw new Error('wrong CRC of a request');
        const request = { unitId: frame.readUInt8(0), pdu: frame.subarray(1, -2) };
        received.push(request);
        onRequest(request, socket);
      }
    });
  });
  return { ...slave, received };
}

function requestLength(bytes: Buffer): number {
  if (bytes.length < 8) return Infinity;
  return bytes.readUInt8(1) === 16 ? 9 + bytes.readUInt8(6) : 8;
}

/** The good answer to a read: registers that all hold `value`. */
export function rtuRegisters({ unitId, pdu }: Message, value: number): Buffer {
  return encodeRtu({ unitId, pdu: answerOf(pdu, value) });
}
