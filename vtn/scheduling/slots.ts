import { SLOT_MS, ceilToSlot, floorToSlot } from '@openadr-gateway/shared/time/slot.ts';
import { computedLimits } from '../domain/limits.ts';
import type { LimitValues } from '../domain/limits.ts';
import type { PriceSlot } from '../store/tariffs.ts';
import type { SlotModel } from './types.ts';

/** Holds on `[startMs, endMs)`. */
interface Timed {
  startMs: number;
  endMs: number;
}

/** A power that is settled, consumption positive. */
export interface FixedPower extends Timed {
  powerW: number;
  by: 'reservations' | 'dispatches';
}

/** What holds at the device and at its point of connection, by time. */
export interface Surroundings {
  prices: readonly PriceSlot[];
  /** One row for each slot and source. */
  limits: readonly (LimitValues & Timed)[];
  /** Of the point of connection: magnitudes; null says nothing. */
  siteLimits: readonly (Timed & { maxImportW: number | null; maxExportW: number | null })[];
  /** What else flows at the point of connection, consumption positive: other schedules, forecasts. */
  otherFlows: readonly (Timed & { powerW: number })[];
  /** Dispatches before reservations: the first that covers a slot's start holds. */
  fixed: readonly FixedPower[];
}

/** A week: what lies further ahead is planned again before it comes. */
export const MAX_HORIZON_MS = 7 * 86_400_000;

/**
 * When a schedule ends that starts now: as asked, and not later than the last price or a week.
 *
 * @returns undefined when there are no prices from `startMs` on
 */
export function scheduleEnd(startMs: number, prices: readonly PriceSlot[], horizonMs = Infinity): number | undefined {
  const dataEndMs = Math.max(-Infinity, ...known(prices).map((price) => price.endMs));
  return dataEndMs > startMs ? Math.min(startMs + Math.min(horizonMs, MAX_HORIZON_MS), dataEndMs) : undefined;
}

/**
 * The slots of `[startMs, endMs)`, cut at the 15-minute grid and at the deadline, with all that holds on them. A price that is
 * missing in between is taken to be the one before it, or else the one after it.
 */
export function toSlots(around: Surroundings, period: Timed, deadlineMs: number | undefined): SlotModel[] {
  const prices = known(around.prices).sort((a, b) => a.startMs - b.startMs);
  const at = {
    price: byTime(prices, period),
    limits: byTime(around.limits, period),
    siteLimits: byTime(around.siteLimits, period),
    otherFlows: byTime(around.otherFlows, period),
    fixed: byTime(around.fixed, period),
  };
  let lastKnown = prices[0];
  return cuts(period, deadlineMs).map(({ startMs, endMs }) => {
    const [price] = at.price(startMs);
    lastKnown = price ?? lastKnown;
    const [fixed] = at.fixed(startMs);
    return {
      startMs,
      endMs,
      importMilliPerMwh: (lastKnown?.importMilli ?? 0) + (lastKnown?.gridFeeMilli ?? 0),
      exportMilliPerMwh: lastKnown?.exportMilli ?? 0,
      price: price === undefined ? 'missing' : price.isForecast ? 'forecast' : 'known',
      ...limitFields(computedLimits(at.limits(startMs))),
      ...headroom(at.siteLimits(startMs), at.otherFlows(startMs)),
      ...(fixed ? { fixed: { powerW: fixed.powerW, by: fixed.by } } : {}),
    };
  });
}

/** A price without what energy from the grid costs is none. */
const known = (prices: readonly PriceSlot[]) => prices.filter((price) => price.importMilli !== null);

function cuts({ startMs, endMs }: Timed, deadlineMs = startMs): Timed[] {
  const starts = [startMs];
  for (let ms = ceilToSlot(startMs + 1); ms < endMs; ms += SLOT_MS) starts.push(ms);
  if (deadlineMs > startMs && deadlineMs < endMs && !starts.includes(deadlineMs)) starts.push(deadlineMs);
  starts.sort((a, b) => a - b);
  return starts.map((start, i) => ({ startMs: start, endMs: starts[i + 1] ?? endMs }));
}

/** Looks up what holds at an instant. Filed by slot, so that a week of rows is walked once. */
function byTime<Row extends Timed>(rows: readonly Row[], period: Timed): (ms: number) => Row[] {
  const bySlot = new Map<number, Row[]>();
  for (const row of rows) {
    const endMs = Math.min(row.endMs, period.endMs);
    for (let ms = floorToSlot(Math.max(row.startMs, period.startMs)); ms < endMs; ms += SLOT_MS) {
      const filed = bySlot.get(ms);
      if (filed) filed.push(row);
      else bySlot.set(ms, [row]);
    }
  }
  return (ms) => (bySlot.get(floorToSlot(ms)) ?? []).filter((row) => row.startMs <= ms && ms < row.endMs);
}

function limitFields(limits: LimitValues): Partial<SlotModel> {
  const { powerChargeW, powerDischargeW, energyLowWh, energyHighWh } = limits;
  return {
    ...(powerChargeW === null ? {} : { maxChargeW: Math.abs(powerChargeW) }),
    ...(powerDischargeW === null ? {} : { maxDischargeW: powerDischargeW }),
    ...(energyLowWh === null ? {} : { energyLowWh }),
    ...(energyHighWh === null ? {} : { energyHighWh }),
  };
}

/** What the connection has left. A connection that others overload leaves nothing; this device need not mend that. */
function headroom(limits: Surroundings['siteLimits'], others: Surroundings['otherFlows']): Partial<SlotModel> {
  const otherW = others.reduce((sum, flow) => sum + flow.powerW, 0);
  const imports = limits.flatMap((limit) => (limit.maxImportW === null ? [] : [limit.maxImportW]));
  const exports = limits.flatMap((limit) => (limit.maxExportW === null ? [] : [limit.maxExportW]));
  return {
    ...(imports.length === 0 ? {} : { importHeadroomW: Math.max(0, Math.min(...imports) - otherW) }),
    ...(exports.length === 0 ? {} : { exportHeadroomW: Math.max(0, Math.min(...exports) + otherW) }),
  };
}
