import { backoffMs } from '@openadr-gateway/shared/retry.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from 'pino';
import { DeviceError } from '../device.ts';
import type { Dial, Wire } from './wire.ts';

/** Short, because a device's own back-off comes on top: together they are what an outage lasts longer than it has to. */
const BACKOFF = { baseMs: 1_000, maxMs: 10_000 };

export interface LineOptions {
  /** What it is called in errors: host and port, or the path of a serial port. */
  place: string;
  dial: Dial;
  connectTimeoutMs: number;
  clock: Clock;
  /** 0 <= x < 1, for the jitter of the back-off. */
  random: () => number;
  log: Logger;
}

export interface LineEvents {
  onUp(): void;
  onBytes(bytes: Buffer): void;
  /** The connection is gone, by itself or through `drop`; not after `close`. */
  onDown(error: DeviceError): void;
}

/**
 * One connection that is made on demand. After a failure the next attempt waits (full jitter, 1 s doubling to 10 s) and
 * requests in between fail at once; an answer of a device (`heard`) starts the waiting over.
 */
export class Line {
  readonly #options: LineOptions;
  readonly #events: LineEvents;
  #wire: Wire | undefined;
  #connecting: Promise<void> | undefined;
  #giveUp: AbortController | undefined;
  #failures = 0;
  #retryAtMs = 0;
  #heard = false;

  constructor(options: LineOptions, events: LineEvents) {
    this.#options = options;
    this.#events = events;
  }

  get isUp(): boolean {
    return this.#wire !== undefined;
  }

  /** Makes the connection unless it stands; rejects with DeviceError UNREACHABLE. */
  connect(): Promise<void> {
    if (this.#wire !== undefined) return Promise.resolve();
    this.#connecting ??= this.#attempt().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  send(bytes: Buffer): void {
    this.#wire?.send(bytes);
  }

  /** A device answered a request: it lives, the next reconnect need not wait. */
  heard(): void {
    this.#heard = true;
    this.#failures = 0;
    this.#retryAtMs = 0;
  }

  /** Gives the connection up because of a fault of the peer. */
  drop(error: DeviceError): void {
    const wire = this.#wire;
    if (wire === undefined) return;
    this.#wire = undefined;
    wire.close();
    if (!this.#heard) this.#failed();
    this.#options.log.warn({ err: error }, 'Modbus connection lost');
    this.#events.onDown(error);
  }

  /** Ends the connection on our own account. */
  close(): void {
    this.#giveUp?.abort(new Error('closed by us'));
    this.#wire?.close();
    this.#wire = undefined;
  }

  async #attempt(): Promise<void> {
    const { place, dial, clock, connectTimeoutMs, log } = this.#options;
    const waitMs = this.#retryAtMs - clock.nowMs();
    // A wait longer than the longest back-off can only come from a clock that was set back: try at once.
    if (waitMs > 0 && waitMs <= BACKOFF.maxMs) {
      throw new DeviceError('UNREACHABLE', `${place} is tried again in ${Math.ceil(waitMs / 1000)} s`);
    }
    const giveUp = new AbortController();
    this.#giveUp = giveUp;
    const late = new Error(`no connection within ${connectTimeoutMs} ms`);
    const timer = setTimeout(() => giveUp.abort(late), connectTimeoutMs);
    try {
      const wire = await dial(
        {
          onBytes: (bytes) => this.#events.onBytes(bytes),
          onLost: (reason) => this.drop(new DeviceError('UNREACHABLE', `${place}: ${reason}`)),
        },
        giveUp.signal,
      );
      if (giveUp.signal.aborted) {
        wire.close();
        throw giveUp.signal.reason;
      }
      this.#wire = wire;
    } catch (error) {
      this.#failed();
      if (error instanceof DeviceError) throw error;
      throw new DeviceError('UNREACHABLE', `${place}: ${(error as Error).message}`, { cause: error });
    } finally {
      clearTimeout(timer);
      this.#giveUp = undefined;
    }
    this.#heard = false;
    log.info('Modbus connection made');
    this.#events.onUp();
  }

  #failed(): void {
    this.#retryAtMs = this.#options.clock.nowMs() + backoffMs(this.#failures, this.#options.random, BACKOFF);
    this.#failures += 1;
  }
}
