import type { ValuesMap } from '@openadr-gateway/shared/openadr/objects.ts';
import { kwhToWh, kwToW } from '@openadr-gateway/shared/units.ts';

export type Direction = 'import' | 'export';

/** How full a storage shall be: stated as energy or as a part of what it holds. */
export type EnergyLevel = { unit: 'Wh'; energyWh: number } | { unit: 'fraction'; socFraction: number };

/** What a payload asks for, in the device's units and signs: W, Wh, + discharge or generation. */
export type Effect =
  | { kind: 'limit' | 'subscription' | 'reservation'; direction: Direction; maxW: number }
  | { kind: 'setpoint'; powerW: number }
  | { kind: 'chargeState'; level: EnergyLevel }
  | { kind: 'energyMin' | 'energyMax' | 'bufferLow' | 'bufferHigh'; energyWh: number }
  /** 0 is normal operation; what the others mean is for the site's configuration to say. */
  | { kind: 'simple'; level: number };

export type EffectOutcome =
  { kind: 'effect'; effect: Effect; warning?: string } | { kind: 'fault'; reason: string } | { kind: 'ignored' };

const CAPACITY = /^(IMPORT|EXPORT)_CAPACITY_(LIMIT|SUBSCRIPTION|RESERVATION)$/;

const ENERGIES = {
  STORAGE_ENERGY_MIN: 'energyMin',
  STORAGE_ENERGY_MAX: 'energyMax',
  STORAGE_BUFFER_LOW: 'bufferLow',
  STORAGE_BUFFER_HIGH: 'bufferHigh',
} as const;

/** What is wrong with a payload. */
class Fault extends Error {}

/**
 * Reads one payload of an event interval.
 *
 * Limits are magnitudes in KW. A limit that is no finite number is a fault and does not count; one below zero is taken
 * as zero with a warning, since the sender clearly wants no flow. DISPATCH_SETPOINT is consumption-positive (our
 * interpretation: negative is injection) and is turned round here, so that behind this door + is discharge.
 * CHARGE_STATE_SETPOINT is KWH, or PERCENT of the capacity. Never throws.
 *
 * @param unit what the event's descriptor says; undefined where it says nothing, which means KW or KWH
 */
export function readEffect(payload: ValuesMap, unit: string | undefined): EffectOutcome {
  try {
    return effectOf(payload, unit);
  } catch (error) {
    if (error instanceof Fault) return { kind: 'fault', reason: error.message };
    throw error;
  }
}

function effectOf(payload: ValuesMap, unit: string | undefined): EffectOutcome {
  const capacity = CAPACITY.exec(payload.type);
  if (capacity !== null)
    return capacityEffect(capacity[1] === 'IMPORT' ? 'import' : 'export', capacity[2], payload, unit);
  switch (payload.type) {
    case 'DISPATCH_SETPOINT': {
      const value = converted(payload, unit, 'KW', kwToW);
      return effect({ kind: 'setpoint', powerW: value === 0 ? 0 : -value });
    }
    case 'CHARGE_STATE_SETPOINT':
      return effect({ kind: 'chargeState', level: levelOf(payload, unit) });
    case 'STORAGE_ENERGY_MIN':
    case 'STORAGE_ENERGY_MAX':
    case 'STORAGE_BUFFER_LOW':
    case 'STORAGE_BUFFER_HIGH': {
      const energyWh = converted(payload, unit, 'KWH', kwhToWh);
      const kind = ENERGIES[payload.type];
      if (energyWh >= 0 || kind === 'energyMin' || kind === 'energyMax') return effect({ kind, energyWh });
      throw new Fault(`${payload.type}: ${energyWh} Wh to be kept is below zero`);
    }
    case 'SIMPLE': {
      const level = numberOf(payload);
      if (![0, 1, 2, 3].includes(level)) throw new Fault(`SIMPLE: expected 0, 1, 2 or 3, got ${level}`);
      return effect({ kind: 'simple', level });
    }
    default:
      return { kind: 'ignored' };
  }
}

function capacityEffect(
  direction: Direction,
  what: string | undefined,
  payload: ValuesMap,
  unit: string | undefined,
): EffectOutcome {
  const kind = what === 'LIMIT' ? 'limit' : what === 'SUBSCRIPTION' ? 'subscription' : 'reservation';
  expectUnit(payload, unit, 'KW');
  const valueKw = numberOf(payload);
  // However absurd: who sends less than nothing wants no flow.
  if (valueKw < 0) {
    const warning = `${payload.type} ${valueKw} KW is below zero and counts as 0`;
    return { ...effect({ kind, direction, maxW: 0 }), warning };
  }
  return effect({ kind, direction, maxW: converted(payload, unit, 'KW', kwToW) });
}

function levelOf(payload: ValuesMap, unit: string | undefined): EnergyLevel {
  if (unit === 'PERCENT') {
    const percent = numberOf(payload);
    if (percent < 0 || percent > 100) throw new Fault(`${payload.type}: expected 0 to 100 PERCENT, got ${percent}`);
    return { unit: 'fraction', socFraction: percent / 100 };
  }
  const energyWh = converted(payload, unit, 'KWH', kwhToWh);
  if (energyWh < 0) throw new Fault(`${payload.type}: ${energyWh} Wh is below zero`);
  return { unit: 'Wh', energyWh };
}

function effect(what: Effect): { kind: 'effect'; effect: Effect } {
  return { kind: 'effect', effect: what };
}

/** The one number of a payload in whole W or Wh. */
function converted(
  payload: ValuesMap,
  unit: string | undefined,
  expectedUnit: string,
  convert: (value: number) => number,
): number {
  expectUnit(payload, unit, expectedUnit);
  const value = numberOf(payload);
  try {
    return convert(value);
  } catch {
    throw new Fault(`${payload.type}: ${value} ${expectedUnit} is beyond all measure`);
  }
}

function expectUnit(payload: ValuesMap, unit: string | undefined, expectedUnit: string): void {
  if (unit !== undefined && unit !== expectedUnit) {
    throw new Fault(`${payload.type}: expected ${expectedUnit}, got ${unit}`);
  }
}

function numberOf(payload: ValuesMap): number {
  const values: unknown = payload.values;
  const value: unknown = Array.isArray(values) ? values[0] : values;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Fault(`${payload.type}: expected a finite number, got ${JSON.stringify(value) ?? 'nothing'}`);
}
