import type { ValuesMap } from '@openadr-gateway/shared/openadr/objects.ts';
import { kwhToWh, kwToW } from '@openadr-gateway/shared/units.ts';

export type Direction = 'import' | 'export';

/** What a payload asks for, in the device's units and signs: W, Wh, + discharge or generation. */
export type Effect =
  | { kind: 'limit' | 'subscription' | 'reservation'; direction: Direction; maxW: number }
  | { kind: 'setpoint'; powerW: number }
  | { kind: 'energyMin' | 'energyMax'; energyWh: number };

export type EffectOutcome =
  { kind: 'effect'; effect: Effect; warning?: string } | { kind: 'fault'; reason: string } | { kind: 'ignored' };

const CAPACITY = /^(IMPORT|EXPORT)_CAPACITY_(LIMIT|SUBSCRIPTION|RESERVATION)$/;

/**
 * Reads one payload of an event interval.
 *
 * Limits are magnitudes in KW. A limit that is no finite number is a fault and does not count; one below zero is taken
 * as zero with a warning, since the sender clearly wants no flow. DISPATCH_SETPOINT is consumption-positive (our
 * interpretation: negative is injection) and is turned round here, so that behind this door + is discharge.
 *
 * @param unit what the event's descriptor says; undefined where it says nothing, which means KW or KWH
 */
export function readEffect(payload: ValuesMap, unit: string | undefined): EffectOutcome {
  const capacity = CAPACITY.exec(payload.type);
  if (capacity !== null) {
    const value = inside(payload, unit, 'KW', kwToW);
    if (typeof value === 'string') return { kind: 'fault', reason: value };
    const direction: Direction = capacity[1] === 'IMPORT' ? 'import' : 'export';
    const kind = capacity[2] === 'LIMIT' ? 'limit' : capacity[2] === 'SUBSCRIPTION' ? 'subscription' : 'reservation';
    const effect: Effect = { kind, direction, maxW: Math.max(0, value) };
    return value < 0
      ? { kind: 'effect', effect, warning: `${payload.type} ${value} W is below zero and counts as 0` }
      : { kind: 'effect', effect };
  }
  switch (payload.type) {
    case 'DISPATCH_SETPOINT': {
      const value = inside(payload, unit, 'KW', kwToW);
      if (typeof value === 'string') return { kind: 'fault', reason: value };
      return { kind: 'effect', effect: { kind: 'setpoint', powerW: value === 0 ? 0 : -value } };
    }
    case 'STORAGE_ENERGY_MIN':
    case 'STORAGE_ENERGY_MAX': {
      const value = inside(payload, unit, 'KWH', kwhToWh);
      if (typeof value === 'string') return { kind: 'fault', reason: value };
      const kind = payload.type === 'STORAGE_ENERGY_MIN' ? 'energyMin' : 'energyMax';
      return { kind: 'effect', effect: { kind, energyWh: value } };
    }
    default:
      return { kind: 'ignored' };
  }
}

/** The one number of a payload in whole W or Wh, or what is wrong with it. */
function inside(
  payload: ValuesMap,
  unit: string | undefined,
  expectedUnit: string,
  convert: (value: number) => number,
): number | string {
  if (unit !== undefined && unit !== expectedUnit) return `${payload.type}: expected ${expectedUnit}, got ${unit}`;
  const value: unknown = payload.values[0];
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return `${payload.type}: expected a finite number, got ${JSON.stringify(value) ?? 'nothing'}`;
  }
  try {
    return convert(value);
  } catch {
    return `${payload.type}: ${value} ${expectedUnit} is beyond all measure`;
  }
}
