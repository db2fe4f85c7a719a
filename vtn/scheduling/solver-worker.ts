/** The solver's thread: a program takes milliseconds to seconds, and the API does not wait for it. */
import { parentPort } from 'node:worker_threads';
import { loadHighs } from './highs.ts';
import { solveSchedule } from './solve.ts';
import type { FromSolver, ToSolver } from './solver.ts';

if (parentPort === null) throw new Error('the solver runs as a worker thread only');
const port = parentPort;
const highs = await loadHighs();

port.on('message', ({ id, problem }: ToSolver) => {
  const answer = (message: FromSolver) => port.postMessage(message);
  try {
    answer({ id, outcome: solveSchedule(highs, problem) });
  } catch (error) {
    answer({ id, failure: error instanceof Error ? error.message : String(error) });
  }
});
