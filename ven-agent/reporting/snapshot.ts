import type { Report, ValuesMap } from '@openadr-gateway/shared/openadr/objects.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { formatDurationMs } from '@openadr-gateway/shared/time/duration.ts';
import { whToKwh, wToKw } from '@openadr-gateway/shared/units.ts';
import { integrate } from './integrate.ts';

export type ReportResource = Report['resources'][number];

/** What was seen of one resource at one instant; a field that was not seen is absent. */
export interface Sample {
  atMs: number;
  /** + discharge or generation. */
  powerW?: number | undefined;
  socFraction?: number | undefined;
  capacityWh?: number | undefined;
  dischargedTotalWh?: number | undefined;
  chargedTotalWh?: number | undefined;
  setpointW?: number | undefined;
  /** OpenADR operating state (Definition, Table "Operating State"). */
  operatingState: string;
}

export interface Period {
  startMs: number;
  endMs: number;
}

/** Part of the period that must have been seen for the figures to count as measured. */
const FULL_VIEW = 0.9;

/**
 * One resource's part of a report: one interval of absolute start and duration. OpenADR counts consumption as positive,
 * so powers are turned round here. The state of charge is that of the start of the interval, energies are those that
 * flowed in it.
 *
 * @param samples in order of time; those before the period are not used, one at or after its end closes it
 * @param maxGapMs neighbours further apart than this have not seen what was between them
 */
export function summarise(
  resourceName: string,
  period: Period,
  samples: readonly Sample[],
  maxGapMs: number,
): ReportResource {
  return {
    resourceName,
    intervals: [
      {
        // Always the one interval of its report: the same again when the report is sent again.
        id: 0,
        intervalPeriod: {
          start: formatDateTime(period.startMs),
          duration: formatDurationMs(period.endMs - period.startMs),
        },
        payloads: payloadsOf(period, samples, maxGapMs),
      },
    ],
  };
}

function payloadsOf(period: Period, samples: readonly Sample[], maxGapMs: number): ValuesMap[] {
  const inside = samples.filter((s) => s.atMs >= period.startMs && s.atMs < period.endMs);
  const last = inside.at(-1);
  if (last === undefined) return [one('DATA_QUALITY', 'MISSING'), one('OPERATING_STATE', 'ERROR')];
  const flow = integrate(period, samples, maxGapMs);
  const soc = inside.find((s) => s.socFraction !== undefined)?.socFraction;
  const capacityWh = inside.find((s) => s.capacityWh !== undefined)?.capacityWh;
  const payloads: ValuesMap[] = [];
  if (soc !== undefined) payloads.push(one('STORAGE_CHARGE_LEVEL', Math.round(soc * 1e6) / 1e6));
  if (capacityWh !== undefined) payloads.push(one('STORAGE_USABLE_CAPACITY', whToKwh(capacityWh)));
  if (flow.meanPowerW !== undefined) payloads.push(one('DEMAND', wToKw(plain(-Math.round(flow.meanPowerW)))));
  if (flow.chargedWh !== undefined && flow.dischargedWh !== undefined) {
    const chargedWh = Math.round(flow.chargedWh);
    const dischargedWh = Math.round(flow.dischargedWh);
    payloads.push(
      one('USAGE', whToKwh(chargedWh - dischargedWh)),
      one('CHARGED_ENERGY', whToKwh(chargedWh)),
      one('DISCHARGED_ENERGY', whToKwh(dischargedWh)),
    );
  }
  payloads.push(one('OPERATING_STATE', last.operatingState));
  if (last.setpointW !== undefined) payloads.push(one('SETPOINT', wToKw(plain(-last.setpointW))));
  payloads.push(one('DATA_QUALITY', flow.seenFraction >= FULL_VIEW ? 'OK' : 'ESTIMATED'));
  return payloads;
}

function one(type: string, value: number | string): ValuesMap {
  return { type, values: [value] };
}

/** Without minus zero, which JSON would keep quiet about. */
function plain(value: number): number {
  return value === 0 ? 0 : value;
}

/** What the figures mean (Definition "reportPayloadDescriptor"). */
export const PAYLOAD_DESCRIPTORS: NonNullable<Report['payloadDescriptors']> = (
  [
    ['STORAGE_USABLE_CAPACITY', 'KWH', 'DIRECT_READ'],
    ['DEMAND', 'KW', 'MEAN'],
    ['USAGE', 'KWH', 'DIRECT_READ'],
    ['CHARGED_ENERGY', 'KWH', 'DIRECT_READ'],
    ['DISCHARGED_ENERGY', 'KWH', 'DIRECT_READ'],
    ['SETPOINT', 'KW', 'DIRECT_READ'],
  ] as const
).map(([payloadType, units, readingType]) => ({
  objectType: 'REPORT_PAYLOAD_DESCRIPTOR',
  payloadType,
  units,
  readingType,
}));
