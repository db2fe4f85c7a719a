/** Date-times on the wire: RFC 3339 (OpenADR 3.1 schema `dateTime`), milliseconds since 1970 inside. */

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/i;
/** User Guide, "intervalPeriod": a start at the dawn of the calendar means "now". Clients also write it with an offset. */
const NOW = /^0001-01-01(?:T00:00:00(?:\.0+)?(?:Z|[+-]00:00)?)?$/i;
const MINUTE_MS = 60_000;
/** The Gregorian calendar repeats after 400 years of this many milliseconds. */
const CYCLE_MS = 146_097 * 86_400_000;

/**
 * An RFC 3339 date-time with its offset, in milliseconds since 1970; digits beyond milliseconds are cut off. A leap
 * second (`23:59:60` UTC) is the first instant of the next minute.
 *
 * @throws RangeError when the text is anything else, also dates that no calendar has.
 */
export function parseDateTime(text: string): number {
  const m = RFC_3339.exec(text);
  if (!m) throw notADateTime(text);
  const n = (group: number) => Number(m[group] ?? 0);
  const [year, month, day, hour, minute, second] = [n(1), n(2), n(3), n(4), n(5), n(6)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) throw notADateTime(text);
  if (hour > 23 || minute > 59 || second > 60 || n(9) > 23 || n(10) > 59) throw notADateTime(text);
  const milliseconds = Number((m[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const offsetMs = (m[8] === '-' ? -1 : 1) * (n(9) * 60 + n(10)) * MINUTE_MS;
  // Date.UTC takes years below 100 for those of the 20th century.
  const wholeMs = Date.UTC(year + 400, month - 1, day, hour, minute, second) - CYCLE_MS - offsetMs;
  // After second 60 the sum stands on midnight UTC, or the second was no leap second.
  if (second === 60 && wholeMs % 86_400_000 !== 0) throw notADateTime(text);
  return wholeMs + milliseconds;
}

/** Whether a start means "now": `0001-01-01`, `0001-01-01T00:00:00`, `0001-01-01T00:00:00Z`. */
export function isNow(text: string): boolean {
  return NOW.test(text);
}

/** `2026-01-01T00:00:00Z`; milliseconds only when they are not zero. @throws RangeError outside years 0 to 9999. */
export function formatDateTime(ms: number): string {
  const text = new Date(ms).toISOString();
  if (text.length !== 24) throw new RangeError(`${ms} ms is outside the years that RFC 3339 can write`);
  return text.endsWith('.000Z') ? `${text.slice(0, 19)}Z` : text;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function notADateTime(text: string): RangeError {
  return new RangeError(`"${text}" is not an RFC 3339 date-time with offset such as 2026-01-01T00:00:00Z`);
}
