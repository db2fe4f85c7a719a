/**
 * The 15-minute grid in UTC on which limits, reservations and schedules live. A slot is named by the instant at which
 * it starts (milliseconds since 1970-01-01T00:00:00Z) and is half-open: `[start, start + SLOT_MS)`.
 */

/** Length of a slot in milliseconds. */
export const SLOT_MS = 900_000;

/** Whether an instant is the start of a slot. */
export function isOnGrid(ms: number): boolean {
  return ms % SLOT_MS === 0;
}

/** Start of the slot that contains the instant. */
export function floorToSlot(ms: number): number {
  return zero(Math.floor(ms / SLOT_MS) * SLOT_MS);
}

/** The instant itself when it is on the grid, else the start of the next slot. */
export function ceilToSlot(ms: number): number {
  return zero(Math.ceil(ms / SLOT_MS) * SLOT_MS);
}

/**
 * Starts of all slots that overlap `[startMs, endMs)`, ascending. Endpoints off the grid touch the slot they lie in;
 * an empty or backward period has no slots.
 *
 * @throws RangeError when an endpoint is not finite: there is no list of endlessly many slots.
 */
export function slotsBetween(startMs: number, endMs: number): number[] {
  if (!Number.isFinite(startMs) || !Number.isFinite(endMs)) {
    throw new RangeError(`a period of slots needs finite endpoints, got ${startMs} to ${endMs}`);
  }
  if (endMs <= startMs) return [];
  const first = floorToSlot(startMs);
  const count = (ceilToSlot(endMs) - first) / SLOT_MS;
  return Array.from({ length: count }, (_, i) => first + i * SLOT_MS);
}

/** -0 is a surprise in equality checks and in JSON. */
function zero(ms: number): number {
  return ms === 0 ? 0 : ms;
}
