import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Heard } from '../notify/support.ts';

export interface MosquittoSub {
  heard: Heard[];
  /** What it said on standard error: refusals, for example. */
  said: string[];
  child: ChildProcess;
  ended: Promise<number | null>;
  stop(): Promise<unknown>;
}

/** Debian's subscriber, which knows nothing of us. `options`: as on its command line, `-u`, `-P`, `-V 5`, `--cafile`. */
export function mosquittoSub(port: number, filters: readonly string[], ...options: string[]): MosquittoSub {
  const topics = filters.flatMap((filter) => ['-t', filter]);
  const args = ['-h', '127.0.0.1', '-p', `${port}`, '-q', '1', '-F', '%t %p', '-d', ...topics, ...options];
  // Line by line, although its output is no terminal.
  const child = spawn('stdbuf', ['-oL', 'mosquitto_sub', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const heard: Heard[] = [];
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, topic, text] = /^(openadr3\/\S+) (.*)$/.exec(line) ?? [];
    if (topic === undefined) said.push(line);
    else heard.push({ topic, text: text ?? '' });
  });
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const stop = () => {
    child.kill();
    return ended;
  };
  return { heard, said, child, ended, stop };
}
