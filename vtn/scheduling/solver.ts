import { Worker } from 'node:worker_threads';
import { workerFile } from '../worker-file.ts';
import type { Outcome, ScheduleProblem } from './types.ts';

export interface ToSolver {
  id: number;
  problem: ScheduleProblem;
}

export type FromSolver = { id: number; outcome: Outcome } | { id: number; failure: string };

interface Waiting {
  resolve: (outcome: Outcome) => void;
  reject: (reason: Error) => void;
}

/**
 * Solves schedules in a worker thread, one after the other. The thread starts with the first problem, so that a server without
 * schedules does not carry it; one that dies takes its problems with it, and the next problem starts another.
 */
export class Solver {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  /** @throws Error when the solver has failed; that of a schedule that does not exist is an outcome */
  solve(problem: ScheduleProblem): Promise<Outcome> {
    const worker = (this.#worker ??= this.#launch());
    const message: ToSolver = { id: ++this.#lastId, problem };
    return new Promise((resolve, reject) => {
      this.#waiting.set(message.id, { resolve, reject });
      worker.postMessage(message);
    });
  }

  /** What is being solved is given up. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#giveUp('the solver was stopped');
    await worker?.terminate();
  }

  #launch(): Worker {
    const worker = new Worker(workerFile(import.meta.url, 'solver-worker'), { execArgv: [], name: 'solver' });
    // An idle thread does not keep the process alive.
    worker.unref();
    worker.on('message', (message: FromSolver) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ('outcome' in message) waiting?.resolve(message.outcome);
      else waiting?.reject(new Error(message.failure));
    });
    const lost = (reason: string) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#giveUp(reason);
    };
    worker.on('error', (error) => lost(error.message));
    worker.on('exit', (code) => lost(`the solver's thread ended with code ${code}`));
    return worker;
  }

  #giveUp(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
  }
}
