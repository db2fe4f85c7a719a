import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** What masters of a test connect to. */
export interface TcpSlave {
  port: number;
  sockets: Set<Socket>;
  close(): Promise<void>;
}

/** Listens on a free port. @param onConnection wires what the slave does with what it hears */
export async function listenAsSlave(onConnection: (socket: Socket) => void): Promise<TcpSlave> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The good answer to a read: registers that all hold `value`. */
export function answerOf(request: Buffer, value: number): Buffer {
  const count = request.readUInt16BE(3);
  const answer = Buffer.alloc(2 + 2 * count);
  answer.writeUInt8(request.readUInt8(0), 0);
  answer.writeUInt8(2 * count, 1);
  for (let index = 0; index < count; index += 1) answer.writeUInt16BE(value, 2 + 2 * index);
  return answer;
}
