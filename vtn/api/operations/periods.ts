import { Faults } from './fields.ts';

const DAY_MS = 86_400_000;
const MAX_SLOTS = 100_000;

/** The range `[from, to)` of a query, both required. `maxDays`: the longest window that may be asked for. */
export function readRange(query: Readonly<Record<string, unknown>>, from: string, to: string, maxDays = Infinity) {
  const faults = new Faults();
  const startMs = faults.instant(['query', from], query[from] as string);
  const endMs = faults.instant(['query', to], query[to] as string);
  faults.endsAfter(['query', to], startMs, endMs, query[to] as string, from);
  tooLong(faults, ['query', to], endMs - startMs, maxDays, query[to] as string, from);
  faults.throwIfAny();
  return { startMs, endMs };
}

/** The period of an entry: on the grid, at least a slot and at most `maxDays` days long. NaN where it is wrong. */
export function readPeriod(
  faults: Faults,
  loc: readonly (string | number)[],
  entry: { start_time: string; end_time: string },
  maxDays: number,
) {
  const startMs = faults.slotStart([...loc, 'start_time'], entry.start_time);
  const endMs = faults.slotStart([...loc, 'end_time'], entry.end_time);
  faults.endsAfter([...loc, 'end_time'], startMs, endMs, entry.end_time, 'start_time');
  tooLong(faults, [...loc, 'end_time'], endMs - startMs, maxDays, entry.end_time, 'start_time');
  return { startMs, endMs };
}

/** So many slots may be written by one request. @throws ApiError 422 for more */
export function checkSlotCount(faults: Faults, loc: (string | number)[], slots: number): void {
  if (slots > MAX_SLOTS) {
    const msg = `expected at most ${MAX_SLOTS} slots of 15 minutes in one request, got ${slots}`;
    faults.add(loc, 'too_many_slots', msg, undefined, { max: MAX_SLOTS });
  }
  faults.throwIfAny();
}

function tooLong(
  faults: Faults,
  loc: (string | number)[],
  spanMs: number,
  maxDays: number,
  text: string,
  start: string,
): void {
  if (spanMs <= maxDays * DAY_MS || Number.isNaN(spanMs)) return;
  const days = maxDays === 1 ? '1 day' : `${maxDays} days`;
  faults.add(loc, 'span_too_long', `expected at most ${days} after ${start}`, text, { max_days: maxDays });
}
