import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { DeviceError } from '../device.ts';
import type { CounterBook } from './counters.ts';
import { ModbusException } from './exceptions.ts';
import type { Framing, Message } from './framing.ts';
import type { Line } from './line.ts';
import { decodeResponse, describeRequest, encodeRequest } from './pdu.ts';
import type { ModbusRequest } from './pdu.ts';

/** One request and who waits for it. */
export interface Job {
  unitId: number;
  request: ModbusRequest;
  pdu: Buffer;
  timeoutMs: number;
  resolve(registers: number[]): void;
  reject(error: DeviceError): void;
}

export interface ExchangeDeps {
  framing: Framing;
  counters: CounterBook;
  clock: Clock;
  line: Pick<Line, 'send' | 'heard' | 'drop'>;
  /** Many deadlines in a row without a byte: is the connection given up, because its peer may be gone unnoticed? */
  dropsSilentLine: boolean;
  /** The line is free for the next request. */
  onIdle: () => void;
}

/** This many deadlines in a row without an answer: the peer is gone although TCP has not noticed. */
const SILENT_DEADLINES = 3;

/** One request on the wire at a time, from sending to its answer or deadline, and the silence after it. */
export class Exchange {
  readonly #deps: ExchangeDeps;
  #onWire: Job | undefined;
  /** What follows the probe that is on the wire. */
  #next: Job | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #resting: { timer: NodeJS.Timeout; ms: number } | undefined;
  #silentDeadlines = 0;

  constructor(deps: ExchangeDeps) {
    this.#deps = deps;
  }

  get isBusy(): boolean {
    return this.#onWire !== undefined || this.#next !== undefined || this.#resting !== undefined;
  }

  /** Sends a request, or first what makes its answer unmistakable. Only while the line is up and this is not busy. */
  start(job: Job): void {
    const { framing, clock } = this.#deps;
    const readiness = framing.readiness(job.unitId, clock.nowMs());
    switch (readiness.kind) {
      case 'ready':
        this.#put(job);
        return;
      case 'probe':
        this.#put({
          ...job,
          request: readiness.request,
          pdu: encodeRequest(readiness.request),
          resolve: () => (this.#next = job),
          // A refusal is an answer as well.
          reject: (error) => (error instanceof ModbusException ? (this.#next = job) : job.reject(error)),
        });
        return;
      case 'quarantined': {
        const seconds = Math.ceil(readiness.forMs / 1_000);
        const message = `unit ${job.unitId} left requests unanswered: it is asked again in ${seconds} s`;
        job.reject(new DeviceError('TIMEOUT', message));
      }
    }
  }

  onBytes(bytes: Buffer): void {
    const { framing, counters, line } = this.#deps;
    const { heard, fault } = framing.push(bytes);
    for (const each of heard) {
      this.#silentDeadlines = 0;
      line.heard();
      if (each.kind === 'late') counters.of(each.unitId).lateReplies += 1;
      else if (each.kind === 'stray' || this.#onWire === undefined) counters.of(unitOf(each)).protocolErrors += 1;
      else this.#answered(this.#onWire, each.message);
    }
    if (this.#resting !== undefined) this.#rest(this.#resting.ms);
    if (fault !== undefined) line.drop(new DeviceError('PROTOCOL', `not Modbus: ${fault}`));
  }

  /** Rejects at once what is on the wire for one unit. */
  cancel(unitId: number, error: DeviceError): void {
    const { framing, clock } = this.#deps;
    const job = this.#onWire;
    if (this.#next?.unitId === unitId) {
      this.#next.reject(error);
      this.#next = undefined;
    }
    if (job?.unitId !== unitId) return;
    job.reject(error);
    if (framing.isHalfDuplex) {
      // Nobody wants the answer any more, but nobody else may speak until it came.
      this.#onWire = { ...job, resolve: ignore, reject: ignore };
      return;
    }
    framing.giveUp(clock.nowMs());
    this.#free('given-up');
  }

  /** The connection is gone: rejects what is on the wire. */
  reset(error: DeviceError): void {
    const { framing, clock, counters } = this.#deps;
    const orphans = [this.#onWire, this.#next];
    if (this.#onWire !== undefined && error.code === 'PROTOCOL') {
      counters.of(this.#onWire.unitId).protocolErrors += 1;
    }
    clearTimeout(this.#deadline);
    clearTimeout(this.#resting?.timer);
    this.#onWire = undefined;
    this.#next = undefined;
    this.#resting = undefined;
    this.#silentDeadlines = 0;
    framing.clear(clock.nowMs());
    for (const job of orphans) job?.reject(error);
  }

  #put(job: Job): void {
    const { framing, counters, line } = this.#deps;
    this.#onWire = job;
    this.#deadline = setTimeout(() => this.#expire(job), job.timeoutMs);
    counters.of(job.unitId).requests += 1;
    line.send(framing.begin({ unitId: job.unitId, pdu: job.pdu }));
  }

  #answered(job: Job, message: Message): void {
    const { framing, counters, clock } = this.#deps;
    const of = counters.of(job.unitId);
    try {
      if (message.unitId !== job.unitId) {
        throw new DeviceError('PROTOCOL', `unit ${message.unitId} answers for unit ${job.unitId}`);
      }
      const registers = decodeResponse(job.request, message.pdu);
      framing.end();
      job.resolve(registers);
    } catch (error) {
      const deviceError = error instanceof DeviceError ? error : new DeviceError('PROTOCOL', String(error));
      if (deviceError instanceof ModbusException) {
        of.exceptions += 1;
        framing.end();
      } else {
        of.protocolErrors += 1;
        // Whose answer that was is not known, so the right one may still come.
        framing.giveUp(clock.nowMs());
      }
      job.reject(deviceError);
    }
    this.#free('answer');
  }

  #expire(job: Job): void {
    const { framing, counters, line, clock, dropsSilentLine } = this.#deps;
    counters.of(job.unitId).timeouts += 1;
    this.#silentDeadlines += 1;
    framing.giveUp(clock.nowMs());
    const what = `${describeRequest(job.request)} of unit ${job.unitId}`;
    job.reject(new DeviceError('TIMEOUT', `${what}: no answer within ${job.timeoutMs} ms`));
    if (dropsSilentLine && this.#silentDeadlines >= SILENT_DEADLINES) {
      this.#onWire = undefined;
      line.drop(new DeviceError('UNREACHABLE', `nothing heard for ${SILENT_DEADLINES} requests`));
    } else {
      this.#free('given-up');
    }
  }

  #free(after: 'answer' | 'given-up'): void {
    clearTimeout(this.#deadline);
    this.#onWire = undefined;
    const restMs = this.#deps.framing.restMs(after);
    if (restMs > 0) this.#rest(restMs);
    else this.#proceed();
  }

  /** Waits until the line has been silent for so long. */
  #rest(ms: number): void {
    clearTimeout(this.#resting?.timer);
    this.#resting = { ms, timer: setTimeout(() => this.#proceed(), ms) };
  }

  #proceed(): void {
    this.#resting = undefined;
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined) this.#deps.onIdle();
    else this.#put(next);
  }
}

function unitOf(heard: { unitId: number } | { message: Message }): number {
  return 'message' in heard ? heard.message.unitId : heard.unitId;
}

function ignore(): void {
  // Its asker has gone.
}
