import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DemoFile } from '../../deploy/demo/files.ts';

const root = join(import.meta.dirname, '../..');

/** The demo as a user starts it: real processes, free ports, a folder of its own. */
export class Demo {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'openadr-demo-'));
  readonly #child: ChildProcess;
  readonly exitCode: Promise<number | null>;
  output = '';

  private constructor(args: readonly string[]) {
    const command = [join(root, 'dist/demo.js'), '--port', '0', '--mqtt-port', '0', '--data', this.dataDir, ...args];
    this.#child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.exitCode = new Promise((resolve) => this.#child.once('exit', (code) => resolve(code)));
  }

  static async start(...args: string[]): Promise<Demo> {
    const demo = new Demo(args);
    await waitFor('demo.json', () => {
      if (demo.#child.exitCode !== null) throw new Error(`the demo ended:\n${demo.output}`);
      return existsSync(join(demo.dataDir, 'demo.json')) && demo.output.includes('Ctrl-C');
    });
    return demo;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get file(): DemoFile {
    return JSON.parse(readFileSync(join(this.dataDir, 'demo.json'), 'utf8')) as DemoFile;
  }

  log(program: 'vtn' | 'agent' | 'simulator'): string {
    return readFileSync(join(this.dataDir, `${program}.log`), 'utf8');
  }

  /** Ctrl-C. Resolves with the exit code. */
  async interrupt(): Promise<number | null> {
    if (this.#child.exitCode === null) this.#child.kill('SIGINT');
    return this.exitCode;
  }

  async stop(): Promise<void> {
    await this.interrupt();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Waits until `check` gives something truthy and returns it. Throws with the name after `timeoutMs`. */
export async function waitFor<T>(
  name: string,
  check: () => T | Promise<T>,
  timeoutMs = 30_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== null && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${name}`);
    await delay(5);
  }
}

const SLOT_MS = 900_000;

/** Lines that are pasted speak of the slot that runs now; near its end what they order would be over before it was seen. */
export async function slotWithTimeLeft(neededMs = 45_000): Promise<void> {
  await waitFor('a slot with time left', () => SLOT_MS - (Date.now() % SLOT_MS) > neededMs, neededMs + 1_000);
}
