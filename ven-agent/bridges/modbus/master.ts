import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from 'pino';
import { DeviceError } from '../device.ts';
import { placeOf } from './address.ts';
import type { LineAddress } from './address.ts';
import type { CounterBook, UnitCounters } from './counters.ts';
import { Exchange } from './exchange.ts';
import type { Job } from './exchange.ts';
import type { Framing } from './framing.ts';
import { Line } from './line.ts';
import { LineMemory } from './memory.ts';
import { describeRequest, encodeRequest } from './pdu.ts';
import type { ModbusRequest } from './pdu.ts';
import { PriorityQueue } from './queue.ts';
import type { Priority } from './queue.ts';
import { dialOf } from './wire.ts';

export interface ModbusMasterOptions {
  address: LineAddress;
  clock: Clock;
  /** 0 <= x < 1 */
  random: () => number;
  log: Logger;
  /** Deadline of connecting and of a request that names none, ms; default 1000. */
  timeoutMs?: number;
  /** What an earlier master of the same line left behind; default: nothing. */
  memory?: LineMemory;
}

export interface RequestOptions {
  /** Default: `write` for writes, `fast` for reads. */
  priority?: Priority;
  /** From sending to the answer, ms; default the master's. */
  timeoutMs?: number;
}

interface Waiting extends Job {
  timer: NodeJS.Timeout | undefined;
}

const DEFAULT_TIMEOUT_MS = 1_000;
/** A request waits at most this many of its deadlines for its turn. */
const QUEUE_DEADLINES = 4;

/**
 * The Modbus master of one line, whoever is behind it: one waiting line for all its units, one request on the wire at a
 * time. An answer is given to the request that it belongs to or to nobody. Every request settles: with its registers, or
 * with a `DeviceError` (TIMEOUT, EXCEPTION as `ModbusException`, PROTOCOL, UNREACHABLE).
 */
export class ModbusMaster {
  readonly #timeoutMs: number;
  readonly #line: Line;
  readonly #framing: Framing;
  readonly #exchange: Exchange;
  readonly #queue = new PriorityQueue<Waiting>();
  readonly #counters: CounterBook;
  #isConnecting = false;
  #closed = false;

  constructor(options: ModbusMasterOptions) {
    const { address, clock, random } = options;
    const place = placeOf(address);
    const log = options.log.child({ modbus: place });
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const memory = options.memory ?? new LineMemory(address);
    this.#counters = memory.counters;
    this.#framing = memory.framing;
    this.#line = new Line(
      { place, dial: dialOf(address), connectTimeoutMs: this.#timeoutMs, clock, random, log },
      {
        onUp: () => this.#counters.countConnection(),
        onBytes: (bytes) => this.#exchange.onBytes(bytes),
        onDown: (error) => this.#rejectAll(error),
      },
    );
    this.#exchange = new Exchange({
      framing: this.#framing,
      counters: this.#counters,
      clock,
      line: this.#line,
      dropsSilentLine: address.kind !== 'serial',
      onIdle: () => this.#pump(),
    });
  }

  /** FC03: `count` (1..125) registers from PDU address `address`. */
  readHolding(unitId: number, address: number, count: number, options?: RequestOptions): Promise<number[]> {
    return this.request(unitId, { functionCode: 3, address, count }, options);
  }

  /** FC04: as FC03, from the input registers. */
  readInput(unitId: number, address: number, count: number, options?: RequestOptions): Promise<number[]> {
    return this.request(unitId, { functionCode: 4, address, count }, options);
  }

  /** FC06: one register. */
  async writeSingle(unitId: number, address: number, value: number, options?: RequestOptions): Promise<void> {
    await this.request(unitId, { functionCode: 6, address, value }, options);
  }

  /** FC16: 1..123 registers at once. */
  async writeMultiple(
    unitId: number,
    address: number,
    values: readonly number[],
    options?: RequestOptions,
  ): Promise<void> {
    await this.request(unitId, { functionCode: 16, address, values }, options);
  }

  /** Any request. Rejects with `RangeError` for one that no slave could answer, else with `DeviceError`. */
  request(unitId: number, request: ModbusRequest, options: RequestOptions = {}): Promise<number[]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new DeviceError('UNREACHABLE', 'the Modbus master is closed');
      const isWrite = request.functionCode === 6 || request.functionCode === 16;
      const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
      const pdu = encodeRequest(request);
      const waiting: Waiting = { unitId, request, pdu, timeoutMs, timer: undefined, resolve, reject };
      waiting.timer = setTimeout(() => this.#expireInQueue(waiting), timeoutMs * QUEUE_DEADLINES);
      this.#queue.push(options.priority ?? (isWrite ? 'write' : 'fast'), waiting);
      this.#pump();
    });
  }

  /** A copy of the counters of one unit. */
  counters(unitId: number): UnitCounters {
    return { ...this.#counters.of(unitId) };
  }

  /** Bytes on a serial line that belong to no message: noise, cut or garbled answers. */
  get noiseBytes(): number {
    return this.#framing.noiseBytes;
  }

  /** Rejects at once what waits or is on the wire for one unit; the connection goes on for the others. */
  cancel(unitId: number): void {
    const error = new DeviceError('UNREACHABLE', `requests of unit ${unitId} were cancelled`);
    for (const waiting of this.#queue.removeAll((each) => each.unitId === unitId)) {
      clearTimeout(waiting.timer);
      waiting.reject(error);
    }
    this.#exchange.cancel(unitId, error);
  }

  /** Ends the connection; what waits or is on the wire is rejected at once, and so is every later request. */
  close(): void {
    this.#closed = true;
    this.#line.close();
    this.#rejectAll(new DeviceError('UNREACHABLE', 'the Modbus master was closed'));
  }

  #pump(): void {
    while (!this.#exchange.isBusy && this.#queue.length > 0) {
      if (!this.#line.isUp) {
        this.#connect();
        return;
      }
      const waiting = this.#queue.shift();
      if (waiting === undefined) return;
      clearTimeout(waiting.timer);
      this.#exchange.start(waiting);
    }
  }

  #connect(): void {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    this.#line.connect().then(
      () => {
        this.#isConnecting = false;
        this.#pump();
      },
      (error: DeviceError) => {
        this.#isConnecting = false;
        this.#rejectAll(error);
      },
    );
  }

  #expireInQueue(waiting: Waiting): void {
    this.#queue.removeAll((each) => each === waiting);
    this.#counters.of(waiting.unitId).timeouts += 1;
    waiting.reject(new DeviceError('TIMEOUT', `${describeRequest(waiting.request)}: the line stayed busy`));
  }

  #rejectAll(error: DeviceError): void {
    this.#exchange.reset(error);
    for (const waiting of this.#queue.removeAll(() => true)) {
      clearTimeout(waiting.timer);
      waiting.reject(error);
    }
  }
}
