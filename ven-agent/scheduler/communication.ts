/**
 * How far the orders of the VTN may be trusted while it is silent (User Guide 8.10.1).
 *
 * ```text
 * INIT ── full event read ─► CONNECTED ── silent ─► ISLAND_CACHED ── schedule exhausted ─► ISLAND_DEFAULT
 *   │                            ▲─────────────── a complete event read ────┘──────────────────┘
 *   └─ restarted within one boot: ISLAND_CACHED with the persisted schedule
 * ```
 */
export type CommunicationMode = 'INIT' | 'CONNECTED' | 'ISLAND_CACHED' | 'ISLAND_DEFAULT';

export interface CommunicationFacts {
  nowMs: number;
  /** Last complete, fully paged event read of this process; undefined before the first. */
  lastFullReadMs?: number;
  pollIntervalMs: number;
  /** The cache was filled during the boot that still runs. A new boot means a power outage: its orders are void. */
  cacheOfThisBoot: boolean;
  /** End of the last cached order, ms; undefined when there is none. */
  scheduleEndMs?: number;
}

const LEAST_SILENCE_MS = 120_000;
/** A read that lies further ahead than this was before the clock was set back: nobody knows how long ago. */
const FUTURE_MS = 2_000;

/** Silence that makes an island of the site: three polls, at least two minutes. */
export function silenceMs(pollIntervalMs: number): number {
  return Math.max(3 * pollIntervalMs, LEAST_SILENCE_MS);
}

export function communicationMode(facts: CommunicationFacts): CommunicationMode {
  const { nowMs, lastFullReadMs, scheduleEndMs } = facts;
  if (lastFullReadMs === undefined && !facts.cacheOfThisBoot) return 'INIT';
  const ageMs = lastFullReadMs === undefined ? Infinity : nowMs - lastFullReadMs;
  if (ageMs >= -FUTURE_MS && ageMs <= silenceMs(facts.pollIntervalMs)) return 'CONNECTED';
  return scheduleEndMs !== undefined && nowMs < scheduleEndMs ? 'ISLAND_CACHED' : 'ISLAND_DEFAULT';
}

/** Do limits and set-points count? Where they do not, SUBSCRIPTION or the configured defaults hold. */
export function ordersHold(mode: CommunicationMode): boolean {
  return mode === 'CONNECTED' || mode === 'ISLAND_CACHED';
}
