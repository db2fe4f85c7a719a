import type { Socket } from 'node:net';
import { encodeFrame, FrameDecoder } from '../../../../ven-agent/bridges/modbus/mbap-frame.ts';
import type { MbapFrame } from '../../../../ven-agent/bridges/modbus/mbap-frame.ts';
import { answerOf, listenAsSlave } from './tcp-slave.ts';
import type { TcpSlave } from './tcp-slave.ts';

/** A hand-made slave: the test decides byte for byte what it answers. */
export interface Slave extends TcpSlave {
  received: MbapFrame[];
}

export async function startSlave(onFrame: (frame: MbapFrame, socket: Socket) => void): Promise<Slave> {
  const received: MbapFrame[] = [];
  const slave = await listenAsSlave((socket) => {
    const decoder = new FrameDecoder();
    socket.on('data', (chunk) => {
      for (const frame of decoder.push(chunk).frames) {
        received.push(frame);
        onFrame(frame, socket);
      }
    });
  });
  return { ...slave, received };
}

/** The good answer to a read: registers that all hold `value`. */
export function registersOf(frame: MbapFrame, value: number): Buffer {
  return encodeFrame({ ...frame, pdu: answerOf(frame.pdu, value) });
}
