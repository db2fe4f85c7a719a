import { Socket } from 'node:net';
import { backoffMs } from '@openadr-gateway/shared/retry.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from 'pino';
import { DeviceError } from '../device.ts';
import { FrameDecoder } from './frame.ts';
import type { MbapFrame } from './frame.ts';

const BACKOFF = { baseMs: 1_000, maxMs: 300_000 };

export interface LinkOptions {
  host: string;
  port: number;
  connectTimeoutMs: number;
  clock: Clock;
  /** 0 <= x < 1, for the jitter of the back-off. */
  random: () => number;
  log: Logger;
}

export interface LinkEvents {
  onUp(): void;
  onFrame(frame: MbapFrame): void;
  /** The connection is gone, by itself or through `drop`; not after `close`. */
  onDown(error: DeviceError): void;
}

/**
 * One TCP connection that is made on demand. After a failure the next attempt waits (full jitter, 1 s doubling to 5 min)
 * and requests in between fail at once; an answer of the device (`heard`) starts the waiting over.
 */
export class TcpLink {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  #socket: Socket | undefined;
  #connecting: Promise<void> | undefined;
  #giveUp: (() => void) | undefined;
  #failures = 0;
  #retryAtMs = 0;
  #heard = false;

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
  }

  get isUp(): boolean {
    return this.#socket !== undefined;
  }

  /** Makes the connection unless it stands; rejects with DeviceError UNREACHABLE. */
  connect(): Promise<void> {
    if (this.#socket !== undefined) return Promise.resolve();
    this.#connecting ??= this.#attempt().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  send(bytes: Buffer): void {
    this.#socket?.write(bytes);
  }

  /** The device answered a request: it lives, the next reconnect need not wait. */
  heard(): void {
    this.#heard = true;
    this.#failures = 0;
    this.#retryAtMs = 0;
  }

  /** Gives the connection up because of a fault of the peer. */
  drop(error: DeviceError): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    socket.destroy();
    if (!this.#heard) this.#failed();
    this.#options.log.warn({ err: error }, 'Modbus connection lost');
    this.#events.onDown(error);
  }

  /** Ends the connection on our own account. */
  close(): void {
    this.#giveUp?.();
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #attempt(): Promise<void> {
    const { host, port, clock, connectTimeoutMs, log } = this.#options;
    const waitMs = this.#retryAtMs - clock.nowMs();
    // A wait longer than the longest back-off can only come from a clock that was set back: try at once.
    if (waitMs > 0 && waitMs <= BACKOFF.maxMs) {
      return Promise.reject(unreachable(`${host}:${port} is tried again in ${Math.ceil(waitMs / 1000)} s`));
    }
    return new Promise((resolve, reject) => {
      const socket = new Socket();
      const fail = (reason: string, cause?: Error): void => {
        clearTimeout(timer);
        this.#giveUp = undefined;
        socket.destroy();
        this.#failed();
        reject(unreachable(`${host}:${port}: ${reason}`, cause));
      };
      const timer = setTimeout(() => fail(`no connection within ${connectTimeoutMs} ms`), connectTimeoutMs);
      this.#giveUp = () => fail('closed by us');
      socket.once('error', (error) => fail(error.message, error));
      socket.connect({ host, port, noDelay: true, keepAlive: true }, () => {
        clearTimeout(timer);
        this.#giveUp = undefined;
        socket.removeAllListeners('error');
        this.#adopt(socket);
        log.info('Modbus connection made');
        this.#events.onUp();
        resolve();
      });
    });
  }

  #adopt(socket: Socket): void {
    const decoder = new FrameDecoder();
    this.#socket = socket;
    this.#heard = false;
    const lost = (reason: string): void => {
      if (this.#socket === socket) this.drop(unreachable(`${this.#options.host}:${this.#options.port}: ${reason}`));
    };
    socket.on('error', (error) => lost(error.message));
    socket.on('close', () => lost('closed by the device'));
    socket.on('data', (chunk) => {
      const { frames, fault } = decoder.push(chunk);
      for (const frame of frames) this.#events.onFrame(frame);
      if (fault !== undefined && this.#socket === socket)
        this.drop(new DeviceError('PROTOCOL', `not Modbus: ${fault}`));
    });
  }

  #failed(): void {
    this.#retryAtMs = this.#options.clock.nowMs() + backoffMs(this.#failures, this.#options.random, BACKOFF);
    this.#failures += 1;
  }
}

function unreachable(message: string, cause?: Error): DeviceError {
  return new DeviceError('UNREACHABLE', message, cause === undefined ? undefined : { cause });
}
