import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tempDir } from './temp-dir.ts';

type Pick<L> = (line: Record<string, unknown>) => L | undefined;

/** A child process that told, in a JSON line on standard output, that it is up. */
export interface Child<T> {
  pid: number;
  ready: T;
  /** Waits for a later line; one that was told already counts. */
  line<L>(pick: Pick<L>): Promise<L>;
  stop(): Promise<void>;
}

/**
 * Starts `node args…` and waits for the line that `isReady` accepts. Its output goes to a file, as that of a service does: a pipe
 * to this process would have to be read by the one that makes the load.
 */
export async function startChild<T>(args: readonly string[], isReady: Pick<T>): Promise<Child<T>> {
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
  const line = async <L>(pick: Pick<L>): Promise<L> => {
    for (;;) {
      if (hasEnded) throw new Error(`${args.join(' ')} ended before it had said what it should`);
      const told = readFileSync(file, 'utf8').split('\n').slice(0, -1);
      const found = told
        .filter((text) => text.startsWith('{'))
        .map((text) => pick(JSON.parse(text) as Record<string, unknown>))
        .find((value) => value !== undefined);
      if (found !== undefined) return found;
      await delay(20);
    }
  };
  return {
    pid: child.pid ?? 0,
    ready: await line(isReady),
    line,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
