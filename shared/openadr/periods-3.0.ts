import { isInfinite } from '../time/duration.ts';
import { formatDateTime, isNow } from '../time/date-time.ts';
import { absoluteIntervals } from './intervals.ts';
import type { Interval, IntervalPeriod } from './objects.ts';
import type { components } from './types-3.0.generated.ts';

type Schemas = components['schemas'];
type Interval30 = Schemas['interval'];
type Period30 = Schemas['intervalPeriod'];

/**
 * Times of intervals. Two things differ: 3.0.1 says "for ever" with PT0S (schema `intervalPeriod`) where 3.1 says P9999Y, and
 * a period has a start in 3.0.1 always.
 */

/** What carries intervals: an event, or one resource of a report. */
interface Timed<P, I> {
  intervalPeriod?: P | null;
  intervals?: I[] | null;
}

/** What RFC 3339 can write. */
const [YEAR_0_MS, YEAR_10000_MS] = [-62_167_219_200_000, 253_402_300_800_000];
const FOR_EVER = 'P9999Y';
const NOTHING = 'PT0S';
/** "Now", and for an interval that follows another one "right after". Clients want a whole date-time. */
const RIGHT_AFTER = '0001-01-01T00:00:00Z';

/**
 * 3.0.1 -> 3.1: PT0S becomes P9999Y where the sequence ends with it. An interval in the midst that never ends would hide those
 * behind it, which is why there, and in reports, PT0S stays. What was shown as PT0S, and comes back so, is what it was.
 */
export function periodsFrom30(
  event: Timed<Period30, Interval30>,
  previous: Timed<IntervalPeriod, Interval> = {},
): Timed<IntervalPeriod, Interval> {
  const intervals = event.intervals ?? [];
  const isSingle = intervals.length <= 1;
  return {
    ...(event.intervalPeriod
      ? { intervalPeriod: periodFrom30(event.intervalPeriod, isSingle, previous.intervalPeriod) }
      : {}),
    intervals: intervals.map(({ intervalPeriod, ...interval }, i) => {
      if (!intervalPeriod) return interval;
      const former = previous.intervals?.[i]?.intervalPeriod;
      return { ...interval, intervalPeriod: periodFrom30(intervalPeriod, i === intervals.length - 1, former) };
    }),
  };
}

/** 3.1 -> 3.0.1: with a start in every period. */
export function periodsTo30(event: Timed<IntervalPeriod, Interval>): {
  intervalPeriod?: Period30;
  intervals: Interval30[];
} {
  const starts = startsOf(event);
  const intervals = event.intervals ?? [];
  return {
    ...(event.intervalPeriod ? { intervalPeriod: periodTo30(event.intervalPeriod, starts.get(0)) } : {}),
    intervals: intervals.map(({ intervalPeriod, ...interval }, i) =>
      intervalPeriod ? { ...interval, intervalPeriod: periodTo30(intervalPeriod, starts.get(i)) } : interval,
    ),
  };
}

/** A period of its own, as programs have. */
export function periodTo30(period: IntervalPeriod, startMs?: number): Period30 {
  const { start, duration, randomizeStart } = period;
  const known = startMs === undefined ? RIGHT_AFTER : formatDateTime(startMs);
  return {
    start: start == null ? known : isNow(start) ? RIGHT_AFTER : start,
    ...(duration == null ? {} : { duration: isForEver(duration) ? NOTHING : duration }),
    ...(randomizeStart == null ? {} : { randomizeStart }),
  };
}

/** @param isEnd nothing comes after it. @param previous the period in whose place it comes. */
export function periodFrom30(period: Period30, isEnd: boolean, previous?: IntervalPeriod | null): IntervalPeriod {
  if (period.duration !== NOTHING) return period;
  const former = previous?.duration;
  if (former != null && (former === NOTHING || isForEver(former))) return { ...period, duration: former };
  return isEnd ? { ...period, duration: FOR_EVER } : period;
}

/** When each interval begins, by its index; only of those whose period does not say so. */
function startsOf(event: Timed<IntervalPeriod, Interval>): Map<number, number> {
  const starts = new Map<number, number>();
  const lacks = (period: IntervalPeriod | null | undefined) => period != null && period.start == null;
  const intervals = event.intervals ?? [];
  if (!lacks(event.intervalPeriod) && !intervals.some(({ intervalPeriod }) => lacks(intervalPeriod))) return starts;
  const bare = intervals.map(({ intervalPeriod }, id) => ({
    id,
    payloads: [],
    ...(intervalPeriod ? { intervalPeriod } : {}),
  }));
  const { intervalPeriod } = event;
  // Relative to "now" no date can be told; NaN marks those.
  const laid = absoluteIntervals(
    { intervalPeriod, intervals: bare },
    { nowMs: Number.NaN, onMalformed: () => undefined },
  );
  for (const { id, startMs } of laid) if (startMs >= YEAR_0_MS && startMs < YEAR_10000_MS) starts.set(id, startMs);
  return starts;
}

function isForEver(duration: string): boolean {
  try {
    return isInfinite(duration);
  } catch {
    return false;
  }
}
