import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { formatDurationMs } from '@openadr-gateway/shared/time/duration.ts';
import { pricePerKwh, whToKwh, wToKw } from '@openadr-gateway/shared/units.ts';
import { SLOT_MS, slotsBetween } from '@openadr-gateway/shared/time/slot.ts';
import type { EventPayloadName } from '@openadr-gateway/shared/openadr/payloads.ts';
import type { Event, IntervalPeriod, ValuesMap } from '@openadr-gateway/shared/openadr/objects.ts';
import { computedLimits, isInfeasible } from '../domain/limits.ts';
import type { LimitValues } from '../domain/limits.ts';
import { gridPeriod, mergeSlots, mergeSpans, toIntervals } from './intervals.ts';
import type { Span } from './intervals.ts';
import { dayEventName, dispatchEventName, KINDS, payloadDescriptors, PROGRAMS } from './plan.ts';
import { scheduleEventName, standingReports, subscriptionEventName } from './plan.ts';
import type { Kind, ProgramName } from './plan.ts';

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

/** A row that holds on every slot from its start to its end; without an end on one. */
interface Timed {
  startMs: number;
  endMs?: number;
}

/** One source's limits on one slot. */
export interface SlotLimits extends LimitValues, Timed {}

/** One market position of one source. Signs as in the operations API: + is discharge, sold. `null` says nothing. */
export interface Position extends Timed {
  market: string;
  source: string;
  powerW: number | null;
  bufferLowWh: number | null;
  bufferHighWh: number | null;
  /** Reserved, not delivered: it does not move the set-point. */
  isCapacityProduct: boolean;
}

/**
 * The limits of one asset on one delivery day, from all sources' rows, as spans of equal payloads.
 * `infeasible` lists the slots whose energy band no stored energy can satisfy; they are published as computed.
 */
export function limitsSpans(rows: readonly SlotLimits[]): { spans: Span[]; infeasible: number[] } {
  const infeasible: number[] = [];
  const spans = spansOf(rows, (sources, startMs) => {
    const computed = computedLimits(sources);
    if (isInfeasible(computed)) infeasible.push(startMs);
    return limitPayloads(computed);
  });
  return { spans, infeasible: infeasible.sort((a, b) => a - b) };
}

/** The positions of one asset within a delivery day, summed up slot by slot. */
export function reservationSpans(rows: readonly Position[], day: Required<Timed>): Span[] {
  return spansOf(rows, positionPayloads, day);
}

/** What a point of connection or an inverter may carry: magnitudes, W. `null` says nothing. */
export interface ConnectionLimit extends Timed {
  maxImportW: number | null;
  maxExportW: number | null;
}

/** The limits of a connection within a delivery day; where periods overlap the more restrictive holds. */
export function connectionSpans(rows: readonly ConnectionLimit[], day: Required<Timed>): Span[] {
  const least = (values: (number | null)[]): number | null => {
    const said = values.filter((value) => value !== null);
    return said.length === 0 ? null : Math.min(...said);
  };
  return spansOf(
    rows,
    (said) => capacityPayloads(least(said.map((r) => r.maxImportW)), least(said.map((r) => r.maxExportW))),
    day,
  );
}

/** Lays rows on the slots that they hold on, within the day, and says with `payloadsOf` what is said on each. */
function spansOf<Row extends Timed>(
  rows: readonly Row[],
  payloadsOf: (rows: readonly Row[], startMs: number) => ValuesMap[],
  day: Required<Timed> = { startMs: -Infinity, endMs: Infinity },
): Span[] {
  const bySlot = new Map<number, Row[]>();
  for (const row of rows) {
    const endMs = Math.min(row.endMs ?? row.startMs + SLOT_MS, day.endMs);
    for (const slotMs of slotsBetween(Math.max(row.startMs, day.startMs), endMs)) {
      const slot = bySlot.get(slotMs);
      if (slot) slot.push(row);
      else bySlot.set(slotMs, [row]);
    }
  }
  return mergeSlots([...bySlot].map(([startMs, said]) => ({ startMs, payloads: payloadsOf(said, startMs) })));
}

/** What a tariff says about one slot, in thousandths of its currency per MWh. `null` says nothing. */
export interface SlotPrices extends Timed {
  importMilli: number | null;
  exportMilli: number | null;
  gridFeeMilli: number | null;
}

/** What a kWh costs, the fee for the grid included, and what it earns. */
export function priceSpans(rows: readonly SlotPrices[], day: Required<Timed>): Span[] {
  const costs = (row: SlotPrices) => (row.importMilli === null ? null : row.importMilli + (row.gridFeeMilli ?? 0));
  return spansOf(rows, (said) => said.flatMap((r) => pricePayloads(costs(r), r.exportMilli)), day);
}

/** Where the events of a subject differ from others of their kind. */
export interface Particulars {
  /** The subject itself when left out; none: for everybody. */
  targets?: readonly string[];
  /** ISO 4217, of prices. */
  currency?: string;
}

/** The event of these spans, or undefined when they say nothing. */
export function dayEvent(
  kind: Kind,
  subject: string,
  day: string,
  spans: Span[],
  { targets = [subject], currency }: Particulars = {},
): WantedEvent | undefined {
  return eventOfSpans(KINDS[kind], dayEventName(kind, subject, day), targets, spans, currency);
}

/** An order for one delivery period of an asset; it may take effect before the period or within it. W, + is discharge. */
export interface Dispatch extends Required<Timed> {
  assetId: string;
  periodStartMs: number;
  targetPowerW: number;
}

/** What a command says from its start to its end. 0 is an order like any other. Consumption is positive. */
export function dispatchSpan({ startMs, endMs, targetPowerW }: Dispatch): Span {
  return { startMs, endMs, payloads: payload('DISPATCH_SETPOINT', wToKw(0 - targetPowerW)) };
}

/** The event of what was ordered for a delivery period, or undefined when that is nothing. */
export function dispatchEvent({ assetId, periodStartMs }: Dispatch, spans: Span[]): WantedEvent | undefined {
  return eventOfSpans('dispatches', dispatchEventName(assetId, periodStartMs), [assetId], spans);
}

/** A power of a device's schedule, and what is stored when it ends. Consumption is positive, as it is in OpenADR. */
export interface ScheduledPower extends Required<Timed> {
  powerW: number;
  energyWh: number;
}

export function scheduleSpan({ startMs, endMs, powerW, energyWh }: ScheduledPower): Span {
  const payloads = [
    ...payload('DISPATCH_SETPOINT', wToKw(powerW)),
    ...payload('CHARGE_STATE_SETPOINT', whToKwh(energyWh)),
  ];
  return { startMs, endMs, payloads };
}

/** The event of a device's schedule, or undefined when it says nothing. */
export function scheduleEvent(deviceId: string, assetId: string, spans: Span[]): WantedEvent | undefined {
  return eventOfSpans('schedules', scheduleEventName(deviceId), [assetId], spans);
}

function eventOfSpans(
  program: ProgramName,
  name: string,
  targets: readonly string[],
  spans: Span[],
  currency?: string,
): WantedEvent | undefined {
  const intervalPeriod = gridPeriod(spans);
  return intervalPeriod && { ...eventOf(program, name, targets, currency), spans, intervalPeriod };
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
    ...eventOf('capacity-subscription', subscriptionEventName(asset.id), [asset.id]),
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

function eventOf(programName: ProgramName, eventName: string, targets: readonly string[], currency?: string) {
  const { priority } = PROGRAMS[programName];
  const descriptors = payloadDescriptors(programName, currency);
  return { programName, eventName, targets: [...targets], priority, payloadDescriptors: descriptors };
}

/** Magnitudes ≥ 0, W; what is null is left out. */
function capacityPayloads(importW: number | null, exportW: number | null): ValuesMap[] {
  return [
    ...payload('IMPORT_CAPACITY_LIMIT', importW === null ? null : wToKw(Math.abs(importW))),
    ...payload('EXPORT_CAPACITY_LIMIT', exportW === null ? null : wToKw(exportW)),
  ];
}

/** In OpenADR consumption is positive: what may be charged is import. */
function limitPayloads(limits: LimitValues): ValuesMap[] {
  return [
    ...capacityPayloads(limits.powerChargeW, limits.powerDischargeW),
    ...payload('STORAGE_ENERGY_MIN', limits.energyLowWh === null ? null : whToKwh(limits.energyLowWh)),
    ...payload('STORAGE_ENERGY_MAX', limits.energyHighWh === null ? null : whToKwh(limits.energyHighWh)),
  ];
}

/** Of one market and source the row that starts last holds. Consumption is positive: what is sold is a negative set-point. */
function positionPayloads(rows: readonly Position[]): ValuesMap[] {
  const ascending = [...rows].sort((a, b) => a.startMs - b.startMs);
  const holding = [...new Map(ascending.map((row) => [`${row.market}\n${row.source}`, row])).values()];
  const sum = (pick: (row: Position) => number | null): number | null =>
    holding.reduce<number | null>((total, row) => {
      const value = pick(row);
      return value === null ? total : (total ?? 0) + value;
    }, null);
  const powerW = sum((row) => (row.isCapacityProduct ? null : row.powerW));
  const reservedW = sum((row) => (row.isCapacityProduct && row.powerW !== null ? Math.abs(row.powerW) : null));
  const [lowWh, highWh] = [sum((row) => row.bufferLowWh), sum((row) => row.bufferHighWh)];
  return [
    ...payload('DISPATCH_SETPOINT', powerW === null ? null : wToKw(0 - powerW)),
    ...payload('STORAGE_BUFFER_LOW', lowWh === null ? null : whToKwh(lowWh)),
    ...payload('STORAGE_BUFFER_HIGH', highWh === null ? null : whToKwh(highWh)),
    ...payload('CAPACITY_PRODUCT', reservedW === null ? null : wToKw(reservedW)),
  ];
}

function subscriptionPayloads(maxPowerW: number | null, assetType: string): ValuesMap[] {
  if (maxPowerW === null) return [];
  return [
    ...payload('IMPORT_CAPACITY_SUBSCRIPTION', assetType === 'PV' ? 0 : wToKw(maxPowerW)),
    ...payload('EXPORT_CAPACITY_SUBSCRIPTION', wToKw(maxPowerW)),
  ];
}

function pricePayloads(importMilli: number | null, exportMilli: number | null): ValuesMap[] {
  return [
    ...payload('PRICE', importMilli === null ? null : pricePerKwh(importMilli)),
    ...payload('EXPORT_PRICE', exportMilli === null ? null : pricePerKwh(exportMilli)),
  ];
}

function payload(type: EventPayloadName, value: number | null): ValuesMap[] {
  return value === null ? [] : [{ type, values: [value] }];
}
