/**
 * ISO 8601 durations as OpenADR 3.1 writes them (schema `duration`): `PT15M`, `P1D`, `-PT30S`, and `P9999Y` for
 * infinity (User Guide, "intervalPeriod").
 */

/** The fields of a duration as written, each ≥ 0; the sign stands for all of them. */
export interface Duration {
  sign: 1 | -1;
  years: number;
  months: number;
  weeks: number;
  days: number;
  hours: number;
  minutes: number;
  /** May have a fraction. */
  seconds: number;
}

const PATTERN =
  /^(-?)P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)([DW]))?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Years from which on a duration means "for ever". */
const INFINITE_YEARS = 9999;
/** The last instant that a Date can hold. */
const MAX_DATE_MS = 8.64e15;

/** @throws RangeError when the text is not a duration of the OpenADR pattern. */
export function parseDuration(text: string): Duration {
  const m = PATTERN.exec(text);
  if (!m) throw new RangeError(`"${text}" is not an ISO 8601 duration such as PT15M`);
  const n = (group: number) => Number(m[group] ?? 0);
  return {
    sign: m[1] === '-' ? -1 : 1,
    years: n(2),
    months: n(3),
    weeks: m[5] === 'W' ? n(4) : 0,
    days: m[5] === 'D' ? n(4) : 0,
    hours: n(6),
    minutes: n(7),
    seconds: n(8),
  };
}

/**
 * The instant a duration after another one, in milliseconds since 1970. Years and months are those of the UTC calendar
 * (31 January plus a month is the last day of February); all else is exact. Infinite durations, and sums that no date
 * can hold, yield `Infinity` or `-Infinity`.
 */
export function addDuration(ms: number, d: Duration): number {
  if (!Number.isFinite(ms)) return ms;
  if (d.years >= INFINITE_YEARS) return d.sign * Infinity;
  const months = d.sign * (d.years * 12 + d.months);
  const sum = (months === 0 ? ms : addMonths(ms, months)) + d.sign * fixedMs(d);
  if (Number.isNaN(sum) || Math.abs(sum) > MAX_DATE_MS) return d.sign * Infinity;
  return sum;
}

/** Whether the text is a duration that means "without end". @throws RangeError when it is no duration. */
export function isInfinite(text: string): boolean {
  const d = parseDuration(text);
  return d.sign === 1 && d.years >= INFINITE_YEARS;
}

/** Exact length in milliseconds. @throws RangeError when it has years or months, whose length depends on the date. */
export function durationMs(d: Duration): number {
  if (d.years !== 0 || d.months !== 0) throw new RangeError('a duration with years or months has no exact length');
  return d.sign * fixedMs(d) || 0;
}

/** `PT15M`, `PT1H30M`, `PT24H`, `PT0.5S`, `PT0S`; `P9999Y` for `Infinity`. @throws RangeError for NaN. */
export function formatDurationMs(ms: number): string {
  if (ms === Infinity) return `P${INFINITE_YEARS}Y`;
  if (!Number.isFinite(ms)) throw new RangeError(`${ms} ms is not a duration`);
  const whole = Math.round(Math.abs(ms));
  const hours = Math.floor(whole / HOUR_MS);
  const minutes = Math.floor((whole % HOUR_MS) / 60_000);
  const seconds = (whole % 60_000) / 1000;
  const text = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
  return text === '' ? 'PT0S' : `${ms < 0 ? '-' : ''}PT${text}`;
}

function fixedMs(d: Duration): number {
  return (d.weeks * 7 + d.days) * DAY_MS + d.hours * HOUR_MS + d.minutes * 60_000 + Math.round(d.seconds * 1000);
}

function addMonths(ms: number, months: number): number {
  const date = new Date(ms);
  const dayOfMonth = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(date.getTime());
  lastDay.setUTCMonth(lastDay.getUTCMonth() + 1);
  lastDay.setUTCDate(0);
  date.setUTCDate(Math.min(dayOfMonth, lastDay.getUTCDate()));
  return date.getTime();
}
