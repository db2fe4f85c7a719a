import { ceilToSlot, floorToSlot, SLOT_MS, slotsBetween } from '@openadr-gateway/shared/time/slot.ts';
import type { Window } from './windows.ts';

/** What a customer says about a plant: from start to end at most so much power is available. */
export interface Availability extends Window {
  /** W, ≥ 0. */
  availablePowerW: number;
}

/** All slots that a period touches, also where it begins or ends inside of one. */
export function touchedSlots({ startMs, endMs }: Window): Window {
  return { startMs: floorToSlot(startMs), endMs: ceilToSlot(endMs) };
}

/**
 * The power that is available on each slot of a window; of several records that touch a slot the smaller counts. Slots of which
 * nobody says anything are left out.
 *
 * ```text
 *  slots    08:00   08:15   08:30   08:45   09:00   09:15
 *  record       |12.5 MW ···························|          08:10 to 09:05
 *  record               |5 MW ··|
 *  said      12.5     5      12.5    12.5    12.5     -
 * ```
 */
export function availableBySlot(records: readonly Availability[], window: Window): Map<number, number> {
  const said = new Map<number, number>();
  for (const record of records) {
    const touched = touchedSlots(record);
    const startMs = Math.max(touched.startMs, floorToSlot(window.startMs));
    for (const slotMs of slotsBetween(startMs, Math.min(touched.endMs, window.endMs))) {
      said.set(slotMs, Math.min(said.get(slotMs) ?? Infinity, record.availablePowerW));
    }
  }
  return said;
}

/** Slots gathered to windows without gaps, in order. */
export function runsOf(slotsMs: readonly number[]): Window[] {
  const runs: Window[] = [];
  for (const startMs of [...slotsMs].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last?.endMs === startMs) last.endMs = startMs + SLOT_MS;
    else runs.push({ startMs, endMs: startMs + SLOT_MS });
  }
  return runs;
}
