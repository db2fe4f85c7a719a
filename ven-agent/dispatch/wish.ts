import type { Setpoint } from '../scheduler/envelope.ts';

export interface StorageFacts {
  nowMs: number;
  /** 0..1; undefined: unknown. */
  socFraction?: number | undefined;
  capacityWh?: number | undefined;
}

const HOUR_MS = 3_600_000;
/** A target is approached as if there were at least this long: the last steps of a coarse reading are no jolts. */
const SHORTEST_LEFT_MS = 60_000;
/** Nearer to its target than this part of the capacity, a storage is there. */
const REACHED = 0.001;

/**
 * The power that a set-point asks for, W, + discharge.
 *
 * A charge state is to be reached at the interval's end at the lowest power that does: the missing energy over the time
 * that is left. What the storage loses on the way is unknown; as the power is computed anew from the energy that is really
 * there, losses raise it a little towards the end instead of missing the target.
 *
 * ```text
 * stored    8 MWh ┤                        ,-·   target 8 MWh at 13:00
 *                 │                  ,-·´        12:00  missing 4 MWh, 1 h left    -> charge 4 MW
 *           6 MWh ┤            ,-·´              12:30  missing 2.1, not 2 (loss)  -> charge 4.2 MW
 *                 │      ,-·´                    13:00  reached: stand still for as long as the set-point rules
 *           4 MWh ┼-·´───────────┬───────────┬
 *               12:00          12:30       13:00
 * ```
 *
 * A target without end is approached as if an hour were left. Undefined: nobody knows how full the storage is.
 */
export function wishedW(setpoint: Setpoint, facts: StorageFacts): number | undefined {
  if (setpoint.kind === 'power') return setpoint.powerW;
  const { socFraction, capacityWh, nowMs } = facts;
  if (socFraction === undefined || capacityWh === undefined || capacityWh <= 0) return undefined;
  const { level } = setpoint;
  const target = level.unit === 'fraction' ? level.socFraction : level.energyWh / capacityWh;
  const missing = Math.min(1, target) - socFraction;
  if (Math.abs(missing) < REACHED) return 0;
  const leftMs = setpoint.endMs === Infinity ? HOUR_MS : Math.max(SHORTEST_LEFT_MS, setpoint.endMs - nowMs);
  return Math.round((-missing * capacityWh * HOUR_MS) / leftMs) || 0;
}
