import type { DeviceCapabilities } from '../bridges/device.ts';

/** What the device itself and its state of charge allow, before any order. Magnitudes, W. */
export interface EnergyBounds {
  chargeW: number;
  dischargeW: number;
  /** Set where the state of charge binds rather than the nameplate. */
  chargeReason?: 'energy-ceiling';
  dischargeReason?: 'energy-floor';
}

/** What must survive from tick to tick, so that a value near a threshold does not make the device flap. */
export interface EnergyState {
  dischargeStopped: boolean;
  chargeStopped: boolean;
  /** When the state of charge was last known, and what it was. */
  known?: { socFraction: number; atMs: number };
}

export const initialEnergyState: EnergyState = { dischargeStopped: false, chargeStopped: false };

export interface EnergyFacts {
  nowMs: number;
  capabilities: DeviceCapabilities;
  /** 0..1; undefined: unknown, and then it is taken at the worst that it can have become since. */
  socFraction?: number | undefined;
  capacityWh?: number | undefined;
  /** Configured floor and ceiling, 0..1. */
  socMin?: number | undefined;
  socMax?: number | undefined;
  /** What the schedule adds to them. */
  energyMinWh?: number | undefined;
  energyMaxWh?: number | undefined;
  /** Energy to keep above the floor, and room below the ceiling. */
  bufferLowWh?: number | undefined;
  bufferHighWh?: number | undefined;
}

/** Part of the capacity by which the energy must come back inside before the direction is allowed again. */
const HYSTERESIS = 0.01;
/** A battery takes and gives somewhat more than what flows at its terminals. */
const WORST_LOSS = 1.2;
const HOUR_MS = 3_600_000;

/**
 * The bounds of nameplate, state-of-charge floor and ceiling and the scheduled energy band: at or under the floor no
 * discharge, at or over the ceiling no charge, each until the energy is back inside by 1 % of the capacity. A state of
 * charge that is unknown is followed at full power either way from the last known one; one that never was known is
 * outside of every band.
 */
export function energyBounds(facts: EnergyFacts, state: EnergyState): { bounds: EnergyBounds; state: EnergyState } {
  const { capabilities } = facts;
  const next = stops(facts, state);
  const bounds: EnergyBounds = { chargeW: capabilities.maxChargeW, dischargeW: capabilities.maxDischargeW };
  if (next.chargeStopped) Object.assign(bounds, { chargeW: 0, chargeReason: 'energy-ceiling' });
  if (next.dischargeStopped) Object.assign(bounds, { dischargeW: 0, dischargeReason: 'energy-floor' });
  return { bounds, state: next };
}

function stops(facts: EnergyFacts, state: EnergyState): EnergyState {
  if (facts.capabilities.kind !== 'BESS') return initialEnergyState;
  const { lowest, highest, known } = presentSoc(facts, state);
  const ordered = band(facts);
  // Empty and full bound every battery that says how full it is, whoever says nothing else.
  const isKnown = facts.socFraction !== undefined;
  const floor = Math.max(ordered.floor, isKnown ? 0 : -Infinity);
  const ceiling = Math.min(ordered.ceiling, isKnown ? 1 : Infinity);
  return {
    dischargeStopped: floor > -Infinity && lowest <= floor + (state.dischargeStopped ? HYSTERESIS : 0),
    chargeStopped: ceiling < Infinity && highest >= ceiling - (state.chargeStopped ? HYSTERESIS : 0),
    ...(known === undefined ? {} : { known }),
  };
}

/** The least and the most full that the storage can be now, 0..1. */
function presentSoc(
  facts: EnergyFacts,
  { known }: EnergyState,
): { lowest: number; highest: number; known?: EnergyState['known'] } {
  const { nowMs, socFraction, capabilities } = facts;
  if (socFraction !== undefined) {
    return { lowest: socFraction, highest: socFraction, known: { socFraction, atMs: nowMs } };
  }
  const capacityWh = capacityOf(facts);
  if (known === undefined || capacityWh === undefined) return { lowest: -Infinity, highest: Infinity, known };
  const hours = Math.abs(nowMs - known.atMs) / HOUR_MS;
  return {
    lowest: known.socFraction - (WORST_LOSS * capabilities.maxDischargeW * hours) / capacityWh,
    highest: known.socFraction + (capabilities.maxChargeW * hours) / capacityWh,
    known,
  };
}

/** Where the energy must stay, 0..1; infinite where nobody says. Energies count only where the capacity is known. */
function band(facts: EnergyFacts): { floor: number; ceiling: number } {
  const { socMin, socMax, energyMinWh, energyMaxWh, bufferLowWh, bufferHighWh } = facts;
  const capacityWh = capacityOf(facts);
  // Without a capacity nobody can tell energies: the side that they bound is closed.
  const part = (energyWh: number | undefined, unknown: number): number =>
    energyWh === undefined ? -unknown : capacityWh === undefined ? unknown : energyWh / capacityWh;
  const floor = Math.max(socMin ?? -Infinity, part(energyMinWh, Infinity));
  const ceiling = Math.min(socMax ?? Infinity, part(energyMaxWh, -Infinity));
  return {
    floor: bufferLowWh === undefined ? floor : Math.max(0, floor) + part(bufferLowWh, Infinity),
    ceiling: bufferHighWh === undefined ? ceiling : Math.min(1, ceiling) - part(bufferHighWh, Infinity),
  };
}

function capacityOf({ capacityWh, capabilities }: EnergyFacts): number | undefined {
  const known = capacityWh ?? capabilities.capacityWh;
  return known !== undefined && known > 0 ? known : undefined;
}
