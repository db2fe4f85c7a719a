import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 10;

/** One probe after the other until `end` settles. @returns how long each took, ms */
export async function probeWhile(end: Promise<unknown>, probe: () => Promise<unknown>): Promise<number[]> {
  let isOver = false;
  const over = end.finally(() => (isOver = true));
  const samplesMs: number[] = [];
  while (!isOver) {
    const from = performance.now();
    await probe();
    samplesMs.push(performance.now() - from);
    await delay(PAUSE_MS);
  }
  await over;
  return samplesMs;
}
