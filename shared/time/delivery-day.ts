/**
 * Market days: the local calendar date of an instant in the market's time zone. A delivery day runs from local midnight
 * to local midnight and has 96 slots, 92 when summer time begins in it, 100 when summer time ends in it.
 */

/** A market area, which settles its time zone. */
export type Region = 'DE' | 'PL';

const DAY_MS = 86_400_000;
const ZONES: Record<Region, string> = { DE: 'Europe/Berlin', PL: 'Europe/Warsaw' };

/** IANA time zone of the market. */
export function timeZoneOf(region: Region): string {
  return ZONES[region];
}

/** Delivery day (`YYYY-MM-DD`) to which an instant belongs. */
export function deliveryDayOf(ms: number, region: Region): string {
  // Local midnight of both markets falls into the last hours of the UTC day before: each UTC day is cut in two by it.
  const utcDay = Math.floor(ms / DAY_MS);
  return isoDay(ms < midnight(utcDay + 1, region) ? utcDay : utcDay + 1);
}

/** Start and end of a delivery day, half-open, in milliseconds since 1970. @throws RangeError for what is not a date. */
export function deliveryDayBounds(day: string, region: Region): { startMs: number; endMs: number } {
  const n = dayNumber(day);
  return { startMs: midnight(n, region), endMs: midnight(n + 1, region) };
}

/** The date `n` calendar days later (earlier when negative). @throws RangeError for what is not a date. */
export function addDays(day: string, n: number): string {
  return isoDay(dayNumber(day) + n);
}

/** The day that was written last: slots come one after the other. */
let lastDay = { dayNo: NaN, text: '' };

function isoDay(dayNo: number): string {
  if (dayNo !== lastDay.dayNo) lastDay = { dayNo, text: new Date(dayNo * DAY_MS).toISOString().slice(0, 10) };
  return lastDay.text;
}

function dayNumber(day: string): number {
  const n = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) / DAY_MS : NaN;
  // Some engines roll 30 February over into March; the way back shows it.
  if (Number.isNaN(n) || isoDay(n) !== day) throw new RangeError(`"${day}" is not a date YYYY-MM-DD`);
  return n;
}

/** Midnights by day number, found once each: asking Intl costs about a thousand times the lookup. */
const midnights: Record<Region, Map<number, number>> = { DE: new Map(), PL: new Map() };
const MIDNIGHTS_KEPT = 4096;

function midnight(dayNo: number, region: Region): number {
  const known = midnights[region].get(dayNo);
  if (known !== undefined) return known;
  const localMs = dayNo * DAY_MS;
  // The offset an hour or two off the mark may be that of the other side of a clock change: correct it once.
  const guess = localMs - offsetMs(localMs, region);
  const found = localMs - offsetMs(guess, region);
  if (midnights[region].size >= MIDNIGHTS_KEPT) midnights[region].clear();
  midnights[region].set(dayNo, found);
  return found;
}

const formats: Partial<Record<Region, Intl.DateTimeFormat>> = {};

/** What local clocks are ahead of UTC at an instant, in milliseconds. */
function offsetMs(ms: number, region: Region): number {
  const format = (formats[region] ??= new Intl.DateTimeFormat('en-GB', {
    timeZone: ZONES[region],
    timeZoneName: 'longOffset',
  }));
  const name = format.formatToParts(ms).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
