import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { encodeFrame, FrameDecoder } from '../../../../ven-agent/bridges/modbus/mbap-frame.ts';
import type { MbapFrame } from '../../../../ven-agent/bridges/modbus/mbap-frame.ts';

/** A hand-made slave: the test decides byte for byte what it answers. */
export interface Slave {
  port: number;
  received: MbapFrame[];
  sockets: Set<Socket>;
  close(): Promise<void>;
}

export async function startSlave(onFrame: (frame: MbapFrame, socket: Socket) => void): Promise<Slave> {
  const received: MbapFrame[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const decoder = new FrameDecoder();
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      for (const frame of decoder.push(chunk).frames) {
        received.push(frame);
        onFrame(frame, socket);
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

/** The good answer to a read: registers that all hold `value`. */
export function registersOf(frame: MbapFrame, value: number): Buffer {
  const count = frame.pdu.readUInt16BE(3);
  const pdu = Buffer.alloc(2 + 2 * count);
  pdu.writeUInt8(frame.pdu[0] ?? 0, 0);
  pdu.writeUInt8(2 * count, 1);
  for (let index = 0; index < count; index += 1) pdu.writeUInt16BE(value, 2 + 2 * index);
  return encodeFrame({ ...frame, pdu });
}
