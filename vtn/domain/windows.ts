import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';

const DAY_MS = 86_400_000;

/** A half-open period in milliseconds since 1970. */
export interface Window {
  startMs: number;
  endMs: number;
}

/**
 * The windows that one entry of a batch stands for. Without `recurrent` it is the period itself. With it, the times of
 * day of start and end (UTC) make a window that is laid on every day such that it starts not before the entry's start
 * and ends not after its end; where the end's time of day is not after the start's, the window runs over midnight.
 *
 * ```text
 *  start 24th 22:00                     end 26th 06:00
 *  |███████ 06:00|            |22:00 ███████|
 * ```
 *
 * `startMs < endMs` is the caller's business; an entry too short for its window (it cannot be) yields none.
 */
export function expandWindows(entry: Window & { recurrent: boolean }): Window[] {
  if (!entry.recurrent) return [{ startMs: entry.startMs, endMs: entry.endMs }];
  // The remainder of a day, moved into (0, 24 h]: equal times of day mean a whole day.
  const lengthMs = (entry.endMs - entry.startMs) % DAY_MS || DAY_MS;
  const count = (entry.endMs - entry.startMs - lengthMs) / DAY_MS + 1;
  return Array.from({ length: count }, (_, day) => {
    const startMs = entry.startMs + day * DAY_MS;
    return { startMs, endMs: startMs + lengthMs };
  });
}

/** How many slots an entry expands to, without expanding it. Endpoints are on the grid. */
export function countSlots(entry: Window & { recurrent: boolean }): number {
  const spanMs = entry.endMs - entry.startMs;
  if (!entry.recurrent) return spanMs / SLOT_MS;
  const lengthMs = spanMs % DAY_MS || DAY_MS;
  return ((spanMs - lengthMs) / DAY_MS + 1) * (lengthMs / SLOT_MS);
}
