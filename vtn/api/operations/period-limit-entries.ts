import { deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { slotsBetween } from '@openadr-gateway/shared/time/slot.ts';
import type { Quantity } from '@openadr-gateway/shared/units.ts';
import { countSlots, expandWindows } from '../../domain/windows.ts';
import type { AssetRow } from '../../store/assets.ts';
import type { PeriodLimitRow } from '../../store/period-limits.ts';
import { Faults } from './fields.ts';
import { checkSlotCount } from './periods.ts';

/** One entry of a batch, as the OpenAPI document describes it. */
export interface PeriodLimitIn {
  asset_id: string;
  start_time: string;
  end_time: string;
  recurrent?: boolean;
  source: string;
  power_charge?: Quantity | null;
  power_discharge?: Quantity | null;
  energy_low?: Quantity | null;
  energy_high?: Quantity | null;
  trading_locked?: boolean | null;
}

type Values = Pick<
  PeriodLimitRow,
  'power_charge_w' | 'power_discharge_w' | 'energy_low_wh' | 'energy_high_wh' | 'trading_locked'
>;

interface Entry {
  assetId: string;
  source: string;
  startMs: number;
  endMs: number;
  recurrent: boolean;
  values: Values;
}

const DAY_MS = 86_400_000;
const MAX_DAYS = 31;

/** Reads a batch. @throws ApiError 422 naming everything that is wrong with any entry. */
export function readEntries(limits: readonly PeriodLimitIn[]): Entry[] {
  const faults = new Faults();
  const entries = limits.map((limit, i) => readEntry(limit, ['body', 'limits', i], faults));
  faults.throwIfAny();
  const slots = entries.reduce((sum, entry) => sum + countSlots(entry), 0);
  checkSlotCount(faults, ['body', 'limits'], slots);
  return entries;
}

function readEntry(limit: PeriodLimitIn, loc: (string | number)[], faults: Faults): Entry {
  const startMs = faults.slotStart([...loc, 'start_time'], limit.start_time);
  const endMs = faults.slotStart([...loc, 'end_time'], limit.end_time);
  faults.endsAfter([...loc, 'end_time'], startMs, endMs, limit.end_time, 'start_time');
  if (endMs - startMs > MAX_DAYS * DAY_MS) {
    faults.add(
      [...loc, 'end_time'],
      'span_too_long',
      `expected at most ${MAX_DAYS} days after start_time`,
      limit.end_time,
      {
        max_days: MAX_DAYS,
      },
    );
  }
  const chargeW = faults.quantity([...loc, 'power_charge'], limit.power_charge, 'power');
  const dischargeW = faults.quantity([...loc, 'power_discharge'], limit.power_discharge, 'power');
  if (chargeW !== null && chargeW > 0) {
    wrongSign(faults, [...loc, 'power_charge', 'amount'], 'power_charge must be ≤ 0', limit.power_charge);
  }
  if (dischargeW !== null && dischargeW < 0) {
    wrongSign(faults, [...loc, 'power_discharge', 'amount'], 'power_discharge must be ≥ 0', limit.power_discharge);
  }
  const lowWh = faults.magnitude([...loc, 'energy_low'], limit.energy_low, 'energy');
  const highWh = faults.magnitude([...loc, 'energy_high'], limit.energy_high, 'energy');
  if (lowWh !== null && highWh !== null && lowWh > highWh) {
    faults.add([...loc, 'energy_low'], 'band_inverted', 'expected energy_low ≤ energy_high', limit.energy_low);
  }
  return {
    assetId: limit.asset_id,
    source: limit.source,
    startMs,
    endMs,
    recurrent: limit.recurrent === true,
    values: {
      power_charge_w: chargeW,
      power_discharge_w: dischargeW,
      energy_low_wh: lowWh,
      energy_high_wh: highWh,
      trading_locked: limit.trading_locked == null ? null : limit.trading_locked ? 1 : 0,
    },
  };
}

function wrongSign(
  faults: Faults,
  loc: (string | number)[],
  rule: string,
  quantity: Quantity | null | undefined,
): void {
  const convention = 'sign convention: charging is negative, discharging and generation are positive';
  faults.add(loc, 'sign_convention', `${rule} (${convention})`, quantity?.amount);
}

/**
 * The rows of a batch, one for each (asset, slot, source). Where several entries meet, the later one wins in what it says.
 * Entries that say nothing make no rows.
 */
export function expandEntries(
  entries: readonly Entry[],
  assets: ReadonlyMap<string, AssetRow>,
  nowMs: number,
): PeriodLimitRow[] {
  const rows = new Map<string, PeriodLimitRow>();
  for (const { assetId, source, values, ...period } of entries) {
    const said = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
    if (Object.keys(said).length === 0) continue;
    const region = assets.get(assetId)?.region as Region;
    for (const { startMs, endMs } of expandWindows(period)) {
      for (const slotMs of slotsBetween(startMs, endMs)) {
        const key = `${assetId} ${slotMs} ${source}`;
        const before = rows.get(key);
        rows.set(
          key,
          before
            ? { ...before, ...said }
            : {
                asset_id: assetId,
                start_ms: slotMs,
                source,
                delivery_day: deliveryDayOf(slotMs, region),
                ...values,
                created_ms: nowMs,
                updated_ms: nowMs,
              },
        );
      }
    }
  }
  return [...rows.values()];
}
