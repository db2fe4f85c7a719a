import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { ModbusException } from './exceptions.ts';
import { encodeFrame, FrameDecoder } from './mbap-frame.ts';
import type { MbapFrame } from './mbap-frame.ts';
import { decodeRequest, encodeException, encodeResponse } from './pdu.ts';

/** What stands behind one unit id. Both functions throw `ModbusException` to refuse. Addresses are PDU addresses. */
export interface ModbusUnit {
  read(address: number, count: number): readonly number[];
  write(address: number, values: readonly number[], functionCode: 6 | 16): void;
}

/** How the server shall misbehave: answer late, refuse everything, or cut every connection. */
export type ModbusFault =
  | { kind: 'none' }
  | { kind: 'stall'; delayMs: number }
  | { kind: 'exception'; exceptionCode: number }
  | { kind: 'drop' };

export interface ModbusServerOptions {
  host: string;
  /** 0 picks a free one. */
  port: number;
  units: ReadonlyMap<number, ModbusUnit>;
}

/** A small Modbus TCP slave with several units: FC03 and FC04 over the same registers, FC06, FC16. */
export class ModbusTcpServer {
  readonly #options: ModbusServerOptions;
  readonly #sockets = new Set<Socket>();
  readonly #stalled = new Set<NodeJS.Timeout>();
  #server: Server | undefined;
  #fault: ModbusFault = { kind: 'none' };

  constructor(options: ModbusServerOptions) {
    this.#options = options;
  }

  /** Listens; rejects when the port is taken. */
  async start(): Promise<{ host: string; port: number }> {
    const { host, port } = this.#options;
    const server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
    this.#server = server;
    return { host, port: (server.address() as AddressInfo).port };
  }

  /** Misbehaves from now on, until told otherwise. */
  setFault(fault: ModbusFault): void {
    this.#fault = fault;
    if (fault.kind === 'drop') this.#cutAll();
  }

  /** Stops listening and cuts every connection. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const timer of this.#stalled) clearTimeout(timer);
    this.#stalled.clear();
    this.#cutAll();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  #serve(socket: Socket): void {
    if (this.#fault.kind === 'drop') {
      socket.destroy();
      return;
    }
    const decoder = new FrameDecoder();
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // A broken connection is its master's affair; 'close' follows.
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      const { frames, fault } = decoder.push(chunk);
      for (const frame of frames) this.#answer(socket, frame);
      if (fault !== undefined) socket.destroy();
    });
  }

  #answer(socket: Socket, frame: MbapFrame): void {
    const bytes = encodeFrame({ ...frame, pdu: this.#respond(frame) });
    if (this.#fault.kind !== 'stall') {
      socket.write(bytes);
      return;
    }
    const timer = setTimeout(() => {
      this.#stalled.delete(timer);
      if (!socket.destroyed) socket.write(bytes);
    }, this.#fault.delayMs);
    this.#stalled.add(timer);
  }

  #respond(frame: MbapFrame): Buffer {
    const functionCode = frame.pdu[0] ?? 0;
    try {
      if (this.#fault.kind === 'exception') throw new ModbusException(this.#fault.exceptionCode);
      const unit = this.#options.units.get(frame.unitId);
      if (unit === undefined) throw new ModbusException(11);
      const request = decodeRequest(frame.pdu);
      if (request.functionCode === 3 || request.functionCode === 4) {
        return encodeResponse(request, unit.read(request.address, request.count));
      }
      const values = request.functionCode === 6 ? [request.value] : request.values;
      unit.write(request.address, values, request.functionCode);
      return encodeResponse(request, []);
    } catch (error) {
      return encodeException(functionCode, error instanceof ModbusException ? error.exceptionCode : 4);
    }
  }
}
