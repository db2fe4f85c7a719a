import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tempDir } from '../support/temp-dir.ts';

/** A child process that told, in a JSON line on standard output, that it is up. */
export interface Child<T> {
  pid: number;
  ready: T;
  stop(): Promise<void>;
}

/**
 * Starts `node args…` and waits for the line that `isReady` accepts. Its output goes to a file, as that of a service does: a pipe
 * to this process would have to be read by the one that makes the load.
 */
export async function startChild<T>(
  args: readonly string[],
  isReady: (line: Record<string, unknown>) => T | undefined,
): Promise<Child<T>> {
  const folder = tempDir('openadr-bench-log-').path;
  const file = join(folder, 'output.log');
  const output = openSync(file, 'w');
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', output, 'inherit'] });
  closeSync(output);
  let hasEnded = false;
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      hasEnded = true;
      rmSync(folder, { recursive: true, force: true });
      resolve();
    }),
  );
  for (;;) {
    if (hasEnded) throw new Error(`${args.join(' ')} ended before it was ready`);
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    const told = lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const ready = told.map(isReady).find((value) => value !== undefined);
    if (ready !== undefined) {
      return {
        pid: child.pid ?? 0,
        ready,
        stop: async () => {
          child.kill('SIGTERM');
          await ended;
        },
      };
    }
    await delay(20);
  }
}
