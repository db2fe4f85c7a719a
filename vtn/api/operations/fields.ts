import { formatDateTime, parseDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { isOnGrid } from '@openadr-gateway/shared/time/slot.ts';
import { formatMw, formatMwh, parseQuantity, QuantityError } from '@openadr-gateway/shared/units.ts';
import type { Dimension, Quantity } from '@openadr-gateway/shared/units.ts';
import { invalid } from '../errors.ts';
import type { Issue } from '../errors.ts';

type Loc = Issue['loc'];

const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);
/** 10^12 W or Wh, and 10^12 thousandths of a currency: beyond any plant, far within exact integers and their sums. */
const LARGEST = 1e12;

/** Gathers everything that is wrong with a request, so that the caller hears of all of it at once. */
export class Faults {
  readonly #issues: Issue[] = [];

  add(loc: Loc, type: string, msg: string, input?: unknown, ctx?: Record<string, unknown>): void {
    this.#issues.push({ loc, msg, type, ...(input === undefined ? {} : { input }), ...(ctx ? { ctx } : {}) });
  }

  /** @throws ApiError 422 with all faults, when there are any. */
  throwIfAny(): void {
    if (this.#issues.length > 0) throw invalid(this.#issues);
  }

  /** An instant in milliseconds, or NaN after a fault, so that comparisons with it are false. */
  instant(loc: Loc, text: string): number {
    let ms: number;
    try {
      ms = parseDateTime(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.add(loc, 'format', 'expected a date-time with its offset, such as 2026-07-01T12:00:00Z', text);
      return NaN;
    }
    if (ms >= EARLIEST_MS && ms < LATEST_MS) return ms;
    this.add(loc, 'out_of_range', 'expected a date-time from 2000 to 2199', text);
    return NaN;
  }

  /** The start of a slot in milliseconds, or NaN after a fault. */
  slotStart(loc: Loc, text: string): number {
    const ms = this.instant(loc, text);
    if (Number.isNaN(ms) || isOnGrid(ms)) return ms;
    this.add(loc, 'slot_grid', 'expected a time on the 15-minute grid in UTC: :00, :15, :30 or :45', text, {
      grid: 'PT15M',
    });
    return NaN;
  }

  /** Half-open periods end after they start. Says so at the end's field. */
  endsAfter(loc: Loc, startMs: number, endMs: number, text: string, start: string): void {
    if (endMs <= startMs) this.add(loc, 'end_before_start', `expected a time after ${start}`, text);
  }

  /** W, Wh or thousandths of a currency per MWh; null where nothing is said, and after a fault. */
  quantity(loc: Loc, input: Quantity | null | undefined, dimension: Dimension): number | null {
    if (input === null || input === undefined) return null;
    try {
      const value = parseQuantity(input, dimension);
      if (Math.abs(value) <= LARGEST) return value;
      this.add([...loc, 'amount'], 'out_of_range', 'expected a smaller amount', input.amount);
    } catch (error) {
      if (!(error instanceof QuantityError)) throw error;
      this.add([...loc, ...error.path], error.type, error.message, input);
    }
    return null;
  }

  /** A magnitude: as `quantity`, and not below 0. */
  magnitude(loc: Loc, input: Quantity | null | undefined, dimension: Dimension): number | null {
    const value = this.quantity(loc, input, dimension);
    if (value === null || value >= 0) return value;
    this.add([...loc, 'amount'], 'greater_than_equal', 'expected at least 0: it is a magnitude', input?.amount, {
      min: 0,
    });
    return null;
  }

  /** A share from 0 to 1, as plain decimal text; null where nothing is said. */
  share(loc: Loc, input: number | string | null | undefined): string | null {
    const text = decimalText(input);
    if (text === null || (Number(text) >= 0 && Number(text) <= 1)) return text;
    this.add(loc, 'out_of_range', 'expected a share from 0 to 1', input, { min: 0, max: 1 });
    return null;
  }

  /** A share above 0 and at most 1, as plain decimal text; null where nothing is said. */
  efficiency(loc: Loc, input: number | string | null | undefined): string | null {
    const text = decimalText(input);
    if (text === null || (Number(text) > 0 && Number(text) <= 1)) return text;
    this.add(loc, 'out_of_range', 'expected a share above 0 and at most 1', input, { above: 0, max: 1 });
    return null;
  }
}

/** A decimal without sign plus, leading or trailing zeros and exponent; null where nothing is said. */
export function decimalText(input: number | string | null | undefined): string | null {
  if (input === null || input === undefined) return null;
  const [sign, digits] = /^-/.test(String(input)) ? ['-', String(input).slice(1)] : ['', String(input)];
  const plain = /e/i.test(digits)
    ? Number(digits).toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 })
    : digits.replace(/^\+/, '');
  const [whole = '', fraction = ''] = plain.split('.');
  const kept = fraction.replace(/0+$/, '');
  const text = `${whole.replace(/^0+(?=\d)/, '')}${kept === '' ? '' : `.${kept}`}`;
  return text === '0' ? text : `${sign}${text}`;
}

/** The page that a query asks for, which lists echo. */
export function pageOf(query: Readonly<Record<string, unknown>>): { limit: number; offset: number } {
  return { limit: (query['limit'] as number | undefined) ?? 50, offset: (query['offset'] as number | undefined) ?? 0 };
}

/** `asset_ids` of a query, each once. */
export function assetIdsOf(query: Readonly<Record<string, unknown>>): string[] {
  return [...new Set(query['asset_ids'] as string[])];
}

export const mwOrNull = (powerW: number | null) => (powerW === null ? null : formatMw(powerW));
export const mwhOrNull = (energyWh: number | null) => (energyWh === null ? null : formatMwh(energyWh));
export const timeOrNull = (ms: number | null) => (ms === null ? null : formatDateTime(ms));

/** `created_at` and `updated_at` of an answer. */
export function stamps(row: { created_ms: number; updated_ms: number }) {
  return { created_at: formatDateTime(row.created_ms), updated_at: formatDateTime(row.updated_ms) };
}
