import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { formatDurationMs } from '@openadr-gateway/shared/time/duration.ts';
import { whToKwh, wToKw } from '@openadr-gateway/shared/units.ts';
import type { EventPayloadName } from '@openadr-gateway/shared/openadr/payloads.ts';
import type { Event, IntervalPeriod, ValuesMap } from '@openadr-gateway/shared/openadr/objects.ts';
import { computedLimits, isInfeasible } from '../domain/limits.ts';
import type { LimitValues } from '../domain/limits.ts';
import { gridPeriod, mergeSlots, mergeSpans, toIntervals } from './intervals.ts';
import type { Span } from './intervals.ts';
import { limitsEventName, payloadDescriptors, PROGRAMS, standingReports, subscriptionEventName } from './plan.ts';
import type { ProgramName } from './plan.ts';

/** An event that there should be. Its name is its natural key within its program. */
export interface WantedEvent {
  programName: ProgramName;
  eventName: string;
  targets: string[];
  priority: number | null;
  payloadDescriptors: NonNullable<Event['payloadDescriptors']>;
  reportDescriptors?: NonNullable<Event['reportDescriptors']>;
  /** What it says, ascending; empty for an event that only asks for reports. */
  spans: Span[];
  intervalPeriod: IntervalPeriod;
}

/** One source's limits on one slot. */
export interface SlotLimits extends LimitValues {
  startMs: number;
}

/**
 * The limits of one asset on one delivery day, from all sources' rows, as spans of equal payloads.
 * `infeasible` lists the slots whose energy band no stored energy can satisfy; they are published as computed.
 */
export function limitsSpans(rows: readonly SlotLimits[]): { spans: Span[]; infeasible: number[] } {
  const bySlot = new Map<number, SlotLimits[]>();
  for (const row of rows) {
    const slot = bySlot.get(row.startMs);
    if (slot) slot.push(row);
    else bySlot.set(row.startMs, [row]);
  }
  const infeasible: number[] = [];
  const slots = [...bySlot].map(([startMs, sources]) => {
    const computed = computedLimits(sources);
    if (isInfeasible(computed)) infeasible.push(startMs);
    return { startMs, payloads: limitPayloads(computed) };
  });
  return { spans: mergeSlots(slots), infeasible: infeasible.sort((a, b) => a - b) };
}

/** The event of these spans, or undefined when they say nothing. */
export function limitsEvent(assetId: string, day: string, spans: Span[]): WantedEvent | undefined {
  const intervalPeriod = gridPeriod(spans);
  if (!intervalPeriod) return undefined;
  return { ...eventOf('capacity-limits', limitsEventName(assetId, day), assetId), spans, intervalPeriod };
}

/** A version of an asset's technical data, as far as it makes the subscription. */
export interface SpecVersion {
  validFromMs: number;
  /** `null`: until further notice. */
  validToMs: number | null;
  /** W; `null` says nothing. */
  gridConnectionMaxPowerW: number | null;
}

/**
 * The capacity of the connection both ways (PV takes nothing from the grid), and the standing report request. Versions
 * that are over are left out. Without any capacity it is a report-only event from `sinceMs` on (User Guide, reports).
 */
export function subscriptionEvent(
  asset: { id: string; type: string; sinceMs: number },
  versions: readonly SpecVersion[],
  nowMs: number,
): WantedEvent {
  const spans = mergeSpans(
    versions
      .filter((v) => v.validToMs === null || v.validToMs > nowMs)
      .sort((a, b) => a.validFromMs - b.validFromMs)
      .map((v) => ({
        startMs: v.validFromMs,
        endMs: v.validToMs ?? Infinity,
        payloads: subscriptionPayloads(v.gridConnectionMaxPowerW, asset.type),
      })),
  );
  const startMs = spans[0]?.startMs ?? asset.sinceMs;
  return {
    ...eventOf('capacity-subscription', subscriptionEventName(asset.id), asset.id),
    reportDescriptors: standingReports(),
    spans,
    intervalPeriod: { start: formatDateTime(startMs), duration: formatDurationMs(Infinity) },
  };
}

/** The event as it goes over the wire, but for what the VTN adds to every object. */
export function eventContent(
  wanted: WantedEvent,
  programId: string,
): Omit<Event, 'id' | 'createdDateTime' | 'modificationDateTime' | 'objectType'> {
  return {
    programID: programId,
    eventName: wanted.eventName,
    ...(wanted.priority === null ? {} : { priority: wanted.priority }),
    targets: wanted.targets,
    ...(wanted.reportDescriptors ? { reportDescriptors: wanted.reportDescriptors } : {}),
    payloadDescriptors: wanted.payloadDescriptors,
    intervalPeriod: wanted.intervalPeriod,
    intervals: toIntervals(wanted.spans),
  };
}

function eventOf(programName: ProgramName, eventName: string, assetId: string) {
  const { priority } = PROGRAMS[programName];
  return { programName, eventName, targets: [assetId], priority, payloadDescriptors: payloadDescriptors(programName) };
}

/** In OpenADR consumption is positive: what may be charged is import. Magnitudes ≥ 0; what is null is left out. */
function limitPayloads(limits: LimitValues): ValuesMap[] {
  return [
    ...payload('IMPORT_CAPACITY_LIMIT', limits.powerChargeW === null ? null : wToKw(Math.abs(limits.powerChargeW))),
    ...payload('EXPORT_CAPACITY_LIMIT', limits.powerDischargeW === null ? null : wToKw(limits.powerDischargeW)),
    ...payload('STORAGE_ENERGY_MIN', limits.energyLowWh === null ? null : whToKwh(limits.energyLowWh)),
    ...payload('STORAGE_ENERGY_MAX', limits.energyHighWh === null ? null : whToKwh(limits.energyHighWh)),
  ];
}

function subscriptionPayloads(maxPowerW: number | null, assetType: string): ValuesMap[] {
  if (maxPowerW === null) return [];
  return [
    ...payload('IMPORT_CAPACITY_SUBSCRIPTION', assetType === 'PV' ? 0 : wToKw(maxPowerW)),
    ...payload('EXPORT_CAPACITY_SUBSCRIPTION', wToKw(maxPowerW)),
  ];
}

function payload(type: EventPayloadName, value: number | null): ValuesMap[] {
  return value === null ? [] : [{ type, values: [value] }];
}
