import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { workerFile } from '../worker-file.ts';
import type { CallbackCaller, CallbackOutcome, CallbackRequest } from './callback-caller.ts';
import type { CallerWorkerData, FromCaller, ToCaller } from './caller-worker.ts';

const STOP_TIMEOUT_MS = 2_000;

/** Calls subscribers from a thread of its own, which is started when there is something to call. */
export class ThreadCaller implements CallbackCaller {
  readonly #data: CallerWorkerData;
  readonly #log: Logger;
  readonly #waiting = new Map<number, (outcome: CallbackOutcome) => void>();
  #worker: Worker | undefined;
  #lastId = 0;
  #stopped = false;

  constructor(data: CallerWorkerData, log: Logger) {
    this.#data = data;
    this.#log = log;
  }

  call(request: CallbackRequest): Promise<CallbackOutcome> {
    if (this.#stopped) return Promise.resolve({ kind: 'failed', reason: 'the VTN is stopping' });
    const worker = (this.#worker ??= this.#launch());
    return new Promise((resolve) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, resolve);
      worker.postMessage({ kind: 'call', id, request } satisfies ToCaller);
    });
  }

  /** Cuts off the calls that are running. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage({ kind: 'stop' } satisfies ToCaller);
    const deadline = setTimeout(() => void worker.terminate(), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(deadline);
  }

  #launch(): Worker {
    const worker = new Worker(workerFile(import.meta.url, 'caller-worker'), {
      workerData: this.#data,
      execArgv: [],
      name: 'callbacks',
    });
    worker.on('message', ({ id, outcome }: FromCaller) => this.#settle(id, outcome));
    worker.on('error', (error) => this.#log.error({ err: error }, 'the thread that calls subscribers failed'));
    worker.on('exit', () => {
      this.#worker = undefined;
      for (const id of [...this.#waiting.keys()])
        this.#settle(id, { kind: 'failed', reason: 'the VTN was interrupted' });
    });
    return worker;
  }

  #settle(id: number, outcome: CallbackOutcome): void {
    this.#waiting.get(id)?.(outcome);
    this.#waiting.delete(id);
  }
}
