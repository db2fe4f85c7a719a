import { resourceIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import { parseDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { kwhToWh } from '@openadr-gateway/shared/units.ts';
import type { Report, ValuesMap } from '@openadr-gateway/shared/openadr/objects.ts';

export const READING_QUALITIES = ['VALID', 'ESTIMATED', 'INVALID', 'MISSING'] as const;
export type ReadingQuality = (typeof READING_QUALITIES)[number];

/** What a report says about one asset at one instant. `null`: it says nothing about that. */
export interface Snapshot {
  assetId: string;
  /** Start of the reported interval. */
  effectiveMs: number;
  storedEnergyWh: number | null;
  chargedEnergyWh: number | null;
  dischargedEnergyWh: number | null;
  readingQuality: ReadingQuality;
}

/** An operating state (OpenADR 3.1 report payload OPERATING_STATE) and since when it was seen. */
export interface StateObservation {
  assetId: string;
  effectiveMs: number;
  operatingState: string;
}

export interface ReportReading {
  snapshots: Snapshot[];
  states: StateObservation[];
  /** How long a time the report covers, ms, by asset: how often it reports. Those without a finite one are left out. */
  periodsMs: Map<string, number>;
}

const HOUR_MS = 3_600_000;
const LAST_MS = Date.UTC(9999, 11, 31);
const QUALITY: Readonly<Record<string, ReadingQuality>> = {
  OK: 'VALID',
  ESTIMATED: 'ESTIMATED',
  BAD: 'INVALID',
  MISSING: 'MISSING',
};
/** kWh, or kW, that one of the unit is. Those of the standing request hold where a report does not say. */
const SCALE: Readonly<Record<string, number>> = { KWH: 1, WH: 0.001, MWH: 1000, KW: 1, W: 0.001, MW: 1000 };

/**
 * Reads a report. Resources are named after assets. What cannot be read (a text where a number belongs, a charge level
 * above 1) is as if it were not there: a report is stored as it is, and never refused for what is inside.
 */
export function readReport(report: Report): ReportReading {
  const units = new Map((report.payloadDescriptors ?? []).map((d) => [d.payloadType, d.units ?? '']));
  const receivedMs = parseDateTime(report.createdDateTime);
  const snapshots: Snapshot[] = [];
  const states: StateObservation[] = [];
  const periodsMs = new Map<string, number>();
  for (const resource of report.resources) {
    const intervals = resourceIntervals(resource, { receivedMs });
    const coveredMs = Math.max(...intervals.map((i) => i.endMs)) - Math.min(...intervals.map((i) => i.startMs));
    if (coveredMs > 0 && Number.isFinite(coveredMs)) periodsMs.set(resource.resourceName, coveredMs);
    for (const { startMs, endMs, payloads } of intervals) {
      // What nobody can write as a date again is no instant of a measurement.
      if (startMs < 0 || startMs > LAST_MS) continue;
      const assetId = resource.resourceName;
      const values = firstValues(payloads);
      const state = values.get('OPERATING_STATE');
      if (typeof state === 'string') states.push({ assetId, effectiveMs: startMs, operatingState: state });
      const energy = energyOf(values, units, (endMs - startMs) / HOUR_MS);
      const quality = values.get('DATA_QUALITY');
      const readingQuality = (typeof quality === 'string' ? QUALITY[quality] : undefined) ?? 'VALID';
      const missing = readingQuality === 'MISSING';
      if (!missing && Object.values(energy).every((v) => v === null)) continue;
      snapshots.push({ assetId, effectiveMs: startMs, ...(missing ? NO_ENERGY : energy), readingQuality });
    }
  }
  return { snapshots, states, periodsMs };
}

type Energy = Pick<Snapshot, 'storedEnergyWh' | 'chargedEnergyWh' | 'dischargedEnergyWh'>;
const NO_ENERGY: Energy = { storedEnergyWh: null, chargedEnergyWh: null, dischargedEnergyWh: null };

function energyOf(values: Map<string, unknown>, units: Map<string, string>, hours: number): Energy {
  const read = (type: string): number | null => {
    const value = values.get(type);
    const scale = SCALE[(units.get(type) ?? '').toUpperCase()] ?? 1;
    return typeof value === 'number' && Number.isFinite(value) ? value * scale : null;
  };
  const notNegative = (value: number | null): number | null => (value !== null && value >= 0 ? value : null);
  const level = values.get('STORAGE_CHARGE_LEVEL');
  const capacityKwh = notNegative(read('STORAGE_USABLE_CAPACITY'));
  const byLevel =
    typeof level === 'number' && level >= 0 && level <= 1 && capacityKwh !== null ? level * capacityKwh : null;
  const demandKw = read('DEMAND');
  // Consumption is positive: what a storage consumes, it charges.
  const consumedKwh =
    read('USAGE') ?? (demandKw !== null && hours > 0 && Number.isFinite(hours) ? demandKw * hours : null);
  return {
    storedEnergyWh: toWh(notNegative(read('STORED_ENERGY')) ?? byLevel),
    chargedEnergyWh: toWh(notNegative(read('CHARGED_ENERGY')) ?? (consumedKwh && Math.max(0, consumedKwh))),
    dischargedEnergyWh: toWh(notNegative(read('DISCHARGED_ENERGY')) ?? (consumedKwh && Math.max(0, -consumedKwh))),
  };
}

/** Measurements beyond 10^9 kWh are nobody's: as if they were not there. */
function toWh(energyKwh: number | null): number | null {
  return energyKwh === null || Math.abs(energyKwh) > 1e9 ? null : kwhToWh(energyKwh);
}

function firstValues(payloads: readonly ValuesMap[]): Map<string, unknown> {
  return new Map(payloads.map((p) => [p.type, p.values[0]]));
}
