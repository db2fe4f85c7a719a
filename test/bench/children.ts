import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A child process that told, in a JSON line on standard output, that it is up. */
export interface Child<T> {
  pid: number;
  ready: T;
  stop(): Promise<void>;
}

/** Starts `node args…` and waits for the line that `isReady` accepts. Its other output is dropped; errors go to ours. */
export async function startChild<T>(
  args: readonly string[],
  isReady: (line: Record<string, unknown>) => T | undefined,
): Promise<Child<T>> {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = await new Promise<T>((resolve, reject) => {
    void ended.then(() => reject(new Error(`${args.join(' ')} ended before it was ready`)));
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      if (!line.startsWith('{')) return;
      const value = isReady(JSON.parse(line) as Record<string, unknown>);
      if (value === undefined) return;
      // From here on its log is drained unread: reading it would slow the load down.
      lines.close();
      child.stdout.resume();
      resolve(value);
    });
  });
  return {
    pid: child.pid ?? 0,
    ready,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
