/**
 * How long to wait before trying again: anything from nothing to a ceiling that doubles with each failure ("full jitter"), so
 * that thousands of clients do not come back at the same moment.
 *
 * @param attempt how many tries have failed before, 0 after the first.
 * @param random yields numbers in [0, 1).
 * @returns milliseconds, whole.
 */
export function backoffMs(
  attempt: number,
  random: () => number,
  { baseMs = 1000, maxMs = 300_000 }: { baseMs?: number; maxMs?: number } = {},
): number {
  const ceilingMs = Math.min(maxMs, baseMs * 2 ** Math.max(0, attempt));
  return Math.floor(random() * ceilingMs);
}
