import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Program {
  name: string;
  /** Resolves with the exit code (or signal name) when it ends, however it ends. */
  ended: Promise<string>;
  /** Asks it to stop, and kills it when it has not within ten seconds. */
  stop(): Promise<void>;
}

export interface StartedProgram<T> extends Program {
  ready: T;
}

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts one of our programs with its output in `<dataDir>/<name>.log` and waits for the JSON line that says it is up.
 * `isReady` gets every line of standard output that is a JSON object and returns what the line told, or `undefined`.
 * Rejects with the last lines of its output when it ends or stays silent instead.
 */
export async function startProgram<T>(
  name: string,
  args: readonly string[],
  dataDir: string,
  isReady: (line: Record<string, unknown>) => T | undefined,
): Promise<StartedProgram<T>> {
  const log = createWriteStream(join(dataDir, `${name}.log`), { flags: 'a' });
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? String(code)));
  });
  const tail: string[] = [];
  const keep = (line: string): void => {
    log.write(`${line}\n`);
    tail.push(line);
    if (tail.length > 20) tail.shift();
  };
  createInterface({ input: child.stderr }).on('line', keep);
  const lines = createInterface({ input: child.stdout });
  const ready = await new Promise<T>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error([`${name} ${why}. Its last output:`, ...tail].join('\n  ')));
    const timer = setTimeout(() => fail(`was not ready within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    void ended.then((how) => {
      clearTimeout(timer);
      fail(`ended (${how}) before it was ready`);
    });
    lines.on('line', (line) => {
      keep(line);
      const told = parseObject(line);
      const value = told && isReady(told);
      if (value !== undefined) {
        clearTimeout(timer);
        resolve(value);
      }
    });
  }).catch(async (error: unknown) => {
    await stopChild(child, ended);
    throw error;
  });
  return { name, ready, ended, stop: () => stopChild(child, ended) };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
