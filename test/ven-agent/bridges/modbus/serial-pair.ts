import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { tempDir } from '../../../support/temp-dir.ts';

/** Two serial ports with a cable between them. */
export interface SerialPair {
  ours: string;
  theirs: string;
  /** Pulls both adapters out. */
  unplug(): Promise<void>;
  /** And back in, under the same names. */
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

/** Needs socat. */
export async function startSerialPair(): Promise<SerialPair> {
  const dir = tempDir();
  const ours = join(dir.path, 'ours');
  const theirs = join(dir.path, 'theirs');
  let socat: ChildProcess | undefined;
  const plugIn = async (): Promise<void> => {
    socat = spawn(
      'socat',
      [ours, theirs].map((path) => `pty,raw,echo=0,link=${path}`),
    );
    await vi.waitFor(
      () => {
        if (!existsSync(ours) || !existsSync(theirs)) throw new Error('the ports are not there yet');
      },
      { timeout: 10_000 },
    );
  };
  const unplug = async (): Promise<void> => {
    const process = socat;
    socat = undefined;
    if (process === undefined) return;
    const ended = new Promise((resolve) => process.once('exit', resolve));
    process.kill();
    await ended;
  };
  await plugIn();
  return {
    ours,
    theirs,
    unplug,
    plugIn,
    close: async () => {
      await unplug();
      await dir.remove();
    },
  };
}
