import type { ApiClient } from './http.ts';

const SLOT_MS = 900_000;
const HOUR_MS = 3_600_000;
const HOURS = 12;

/** What the battery of the demo sells in every other hour, and buys in the hours between, MW. */
export const PLAN_MW = 4;

/**
 * Reservations of the battery for the next hours, slot by slot: sold in even hours (UTC), bought in odd ones, so that it is neither
 * empty nor full at the end. A second start puts the same ones in place, and a new end.
 */
export async function planReservations(api: ApiClient, assetId: string, nowMs: number): Promise<void> {
  const firstMs = Math.floor(nowMs / SLOT_MS) * SLOT_MS;
  const starts = Array.from({ length: (HOURS * HOUR_MS) / SLOT_MS }, (_, n) => firstMs + n * SLOT_MS);
  const reservations = starts.map((startMs) => ({
    asset_id: assetId,
    start_time: new Date(startMs).toISOString(),
    end_time: new Date(startMs + SLOT_MS).toISOString(),
    market: 'DAA',
    source: 'OPTIMISATION',
    power: { amount: plannedMw(startMs), unit: 'MW' },
  }));
  await api.send('PUT', '/reservations', { reservations });
}

/** + sold, − bought. */
export function plannedMw(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) % 2 === 0 ? PLAN_MW : -PLAN_MW;
}
