import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Logger } from 'pino';
import { DeviceError } from '../device.ts';
import { CounterBook } from './counters.ts';
import type { UnitCounters } from './counters.ts';
import { ModbusException } from './exceptions.ts';
import { encodeFrame } from './frame.ts';
import type { MbapFrame } from './frame.ts';
import { TcpLink } from './link.ts';
import { decodeResponse, describeRequest, encodeRequest } from './pdu.ts';
import type { ModbusRequest } from './pdu.ts';
import { PriorityQueue } from './queue.ts';
import type { Priority } from './queue.ts';
import { Transactions } from './transactions.ts';

export interface ModbusMasterOptions {
  host: string;
  port: number;
  clock: Clock;
  /** 0 <= x < 1 */
  random: () => number;
  log: Logger;
  /** Deadline of connecting and of a request that names none, ms; default 1000. */
  timeoutMs?: number;
}

export interface RequestOptions {
  /** Default: `write` for writes, `fast` for reads. */
  priority?: Priority;
  /** From sending to the answer, ms; default the master's. */
  timeoutMs?: number;
}

interface Pending {
  unitId: number;
  request: ModbusRequest;
  pdu: Buffer;
  timeoutMs: number;
  transactionId: number;
  timer: NodeJS.Timeout | undefined;
  resolve(registers: number[]): void;
  reject(error: DeviceError): void;
}

const DEFAULT_TIMEOUT_MS = 1_000;
/** A request waits at most this many of its deadlines for its turn. */
const QUEUE_DEADLINES = 4;
/** This many deadlines in a row without a single byte: the peer is gone although TCP has not noticed. */
const SILENT_DEADLINES = 3;

/**
 * A Modbus TCP master: one connection, one request on the wire at a time. An answer is given to the request whose
 * transaction id it carries or to nobody. Every request settles: with its registers, or with a `DeviceError`
 * (TIMEOUT, EXCEPTION as `ModbusException`, PROTOCOL, UNREACHABLE).
 */
export class ModbusTcpMaster {
  readonly #timeoutMs: number;
  readonly #link: TcpLink;
  readonly #queue = new PriorityQueue<Pending>();
  readonly #counters = new CounterBook();
  readonly #transactions = new Transactions();
  #inFlight: Pending | undefined;
  #silentDeadlines = 0;
  #isConnecting = false;
  #connections = 0;
  #closed = false;

  constructor(options: ModbusMasterOptions) {
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const log = options.log.child({ modbus: `${options.host}:${options.port}` });
    this.#link = new TcpLink(
      { ...options, connectTimeoutMs: this.#timeoutMs, log },
      {
        onUp: () => this.#onUp(),
        onFrame: (frame) => this.#onFrame(frame),
        onDown: (error) => this.#rejectAll(error),
      },
    );
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
      const pending: Pending = {
        unitId,
        request,
        pdu,
        timeoutMs,
        transactionId: -1,
        timer: undefined,
        resolve,
        reject,
      };
      pending.timer = setTimeout(() => this.#expireInQueue(pending), timeoutMs * QUEUE_DEADLINES);
      this.#queue.push(options.priority ?? (isWrite ? 'write' : 'fast'), pending);
      this.#pump();
    });
  }

  /** A copy of the counters of one unit. */
  counters(unitId: number): UnitCounters {
    return { ...this.#counters.of(unitId) };
  }

  /** Rejects at once what waits or is on the wire for one unit; the connection goes on for the others. */
  cancel(unitId: number): void {
    const error = new DeviceError('UNREACHABLE', `requests of unit ${unitId} were cancelled`);
    for (const pending of this.#queue.removeAll((each) => each.unitId === unitId)) {
      clearTimeout(pending.timer);
      pending.reject(error);
    }
    const onWire = this.#inFlight;
    if (onWire?.unitId !== unitId) return;
    this.#transactions.expire(onWire.transactionId, unitId);
    this.#settle(onWire, () => onWire.reject(error));
  }

  /** Ends the connection; what waits or is on the wire is rejected at once, and so is every later request. */
  close(): void {
    this.#closed = true;
    this.#link.close();
    this.#rejectAll(new DeviceError('UNREACHABLE', 'the Modbus master was closed'));
  }

  #pump(): void {
    if (this.#inFlight !== undefined || this.#queue.length === 0) return;
    if (!this.#link.isUp) {
      this.#connect();
      return;
    }
    const pending = this.#queue.shift();
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    pending.transactionId = this.#transactions.take();
    pending.timer = setTimeout(() => this.#expireOnWire(pending), pending.timeoutMs);
    this.#inFlight = pending;
    this.#counters.of(pending.unitId).requests += 1;
    this.#link.send(encodeFrame({ transactionId: pending.transactionId, unitId: pending.unitId, pdu: pending.pdu }));
  }

  #connect(): void {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    this.#link.connect().then(
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

  #onUp(): void {
    this.#connections += 1;
    if (this.#connections > 1) this.#counters.countReconnect();
  }

  #onFrame(frame: MbapFrame): void {
    this.#silentDeadlines = 0;
    this.#link.heard();
    const pending = this.#inFlight;
    if (pending === undefined || frame.transactionId !== pending.transactionId) {
      this.#onStray(frame);
      return;
    }
    const counters = this.#counters.of(pending.unitId);
    try {
      if (frame.unitId !== pending.unitId) {
        throw new DeviceError('PROTOCOL', `unit ${frame.unitId} answers for unit ${pending.unitId}`);
      }
      const registers = decodeResponse(pending.request, frame.pdu);
      this.#settle(pending, () => pending.resolve(registers));
    } catch (error) {
      const deviceError = error instanceof DeviceError ? error : new DeviceError('PROTOCOL', String(error));
      if (deviceError instanceof ModbusException) counters.exceptions += 1;
      else counters.protocolErrors += 1;
      this.#settle(pending, () => pending.reject(deviceError));
    }
  }

  #onStray(frame: MbapFrame): void {
    const owner = this.#transactions.claimLate(frame.transactionId);
    if (owner === undefined) this.#counters.of(frame.unitId).protocolErrors += 1;
    else this.#counters.of(owner).lateReplies += 1;
  }

  #expireOnWire(pending: Pending): void {
    this.#counters.of(pending.unitId).timeouts += 1;
    this.#transactions.expire(pending.transactionId, pending.unitId);
    this.#silentDeadlines += 1;
    const message = `${describeRequest(pending.request)} of unit ${pending.unitId}: no answer within ${pending.timeoutMs} ms`;
    const error = new DeviceError('TIMEOUT', message);
    if (this.#silentDeadlines >= SILENT_DEADLINES) {
      this.#inFlight = undefined;
      pending.reject(error);
      this.#link.drop(new DeviceError('UNREACHABLE', `nothing heard for ${SILENT_DEADLINES} requests`));
    } else {
      this.#settle(pending, () => pending.reject(error));
    }
  }

  #expireInQueue(pending: Pending): void {
    this.#queue.removeAll((each) => each === pending);
    this.#counters.of(pending.unitId).timeouts += 1;
    pending.reject(new DeviceError('TIMEOUT', `${describeRequest(pending.request)}: the line stayed busy`));
  }

  #settle(pending: Pending, how: () => void): void {
    clearTimeout(pending.timer);
    this.#inFlight = undefined;
    how();
    this.#pump();
  }

  #rejectAll(error: DeviceError): void {
    this.#transactions.clear();
    this.#silentDeadlines = 0;
    const onWire = this.#inFlight;
    if (onWire !== undefined && error.code === 'PROTOCOL') this.#counters.of(onWire.unitId).protocolErrors += 1;
    this.#inFlight = undefined;
    const orphans = [...(onWire === undefined ? [] : [onWire]), ...this.#queue.removeAll(() => true)];
    for (const pending of orphans) {
      clearTimeout(pending.timer);
      pending.reject(error);
    }
  }
}
