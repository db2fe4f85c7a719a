import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Message } from '../../../../ven-agent/bridges/modbus/framing.ts';
import { crc16, encodeRtu } from '../../../../ven-agent/bridges/modbus/rtu-frame.ts';

/** A hand-made slave behind a serial device server: the test decides byte for byte what it answers. */
export interface RtuSlave {
  port: number;
  /** Every request whose CRC is right, in order. */
  received: Message[];
  sockets: Set<Socket>;
  close(): Promise<void>;
}

export async function startRtuSlave(onRequest: (request: Message, socket: Socket) => void): Promise<RtuSlave> {
  const received: Message[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let rest = Buffer.alloc(0);
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
    sockets,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function requestLength(bytes: Buffer): number {
  if (bytes.length < 8) return Infinity;
  return bytes.readUInt8(1) === 16 ? 9 + bytes.readUInt8(6) : 8;
}

/** The good answer to a read: registers that all hold `value`. */
export function rtuRegisters({ unitId, pdu }: Message, value: number): Buffer {
  const count = pdu.readUInt16BE(3);
  const answer = Buffer.alloc(2 + 2 * count);
  answer.writeUInt8(pdu.readUInt8(0), 0);
  answer.writeUInt8(2 * count, 1);
  for (let index = 0; index < count; index += 1) answer.writeUInt16BE(value, 2 + 2 * index);
  return encodeRtu({ unitId, pdu: answer });
}
