import { addDuration, parseDuration } from '../time/duration.ts';
import { isNow, parseDateTime } from '../time/date-time.ts';
import type { Event, Interval, IntervalPeriod, ValuesMap } from './objects.ts';
import { subIntervals } from './sub-intervals.ts';

/** An interval with everything resolved: half-open `[startMs, endMs)` in milliseconds since 1970. */
export interface AbsoluteInterval {
  /** The id that the sender gave; sub-intervals and repetitions share it. */
  id: number;
  startMs: number;
  /** `Infinity` when it never ends; equal to startMs when no duration was given. */
  endMs: number;
  payloads: ValuesMap[];
  /**
   * Most by which start and end may be shifted, either way. Draw one number in [-1, 1] per event and shift each interval by
   * that share of its own extent: so intervals that follow each other stay together.
   */
  randomizeStartMs?: number;
}

type Maybe<T> = T | null | undefined;

/** As much of an event as tells its times. */
export interface EventTimes {
  intervalPeriod?: Maybe<IntervalPeriod>;
  intervals?: Maybe<readonly Interval[]>;
  duration?: Maybe<string>;
  createdDateTime?: Maybe<string>;
  reportDescriptors?: Maybe<Event['reportDescriptors']>;
}

export interface IntervalOptions {
  nowMs: number;
  /** When a client first got the event: "now" is not later than this, whatever the VTN's clock says. */
  receivedMs?: number;
  /** How far loops are rolled out; two days or two loops after nowMs when missing, whichever is more. */
  untilMs?: number;
  /** Hears of each malformed interval, the others go on. Without it the first one is thrown. */
  onMalformed?: (error: RangeError) => void;
}

const DAY_MS = 86_400_000;
/** A loop of a second is no schedule: rolling out ends here. */
const MAX_LOOPED = 10_000;

/**
 * The intervals of an event in absolute time, in the event's order (User Guide 7.3 and 7.4).
 *
 * ```text
 * event.intervalPeriod gives defaults         start 12:00, PT1H:      12    13    14    15
 * (each field by itself)                                              |--0--|--1--|--2--|
 *
 * an interval's own duration overrides,       1: PT2H                 |--0--|-----1-----|--2--|
 * the next one starts where it ends
 *
 * an interval's own start leaves a gap,       1: start 14:00          |--0--|     |--1--|--2--|
 * or overlaps; the next one follows it
 *
 * start 0001-01-01: "now" for the event,      created 12:07           |>07--0--|--1--
 * "right after" for later intervals
 *
 * P9999Y never ends, what follows             0: P9999Y               |--0---------------------> ∞
 * would never begin and is left out
 *
 * event.duration cuts                         PT90M                   |--0--|-1|
 * or repeats; the last repetition is cut      PT5H, two of PT1H       |--0--|--1--|--0--|--1--|--0--|
 * ```
 *
 * Repetitions that ended before `nowMs` are left out, later ones go on until `untilMs`. A duration of PT0S means none was
 * given (it is the schema's default). Packed payloads become sub-intervals.
 *
 * @throws RangeError naming the path of what is malformed (`intervals[2].intervalPeriod.start`), unless `onMalformed` is given.
 */
export function absoluteIntervals(event: EventTimes, options: IntervalOptions): AbsoluteInterval[] {
  const malformed = options.onMalformed ?? raise;
  const laid = lay(event, startOfNow(event, options), malformed);
  const lengthMs = attempt(malformed, () => lengthOf(event, laid));
  return lengthMs === undefined ? laid : fit(laid, lengthMs, options);
}

/**
 * The intervals of one resource of a report. A "now" start is `receivedMs`. Reports are never refused for what is inside:
 * malformed intervals are left out, and told to `onMalformed` when given.
 */
export function resourceIntervals(
  resource: Pick<EventTimes, 'intervalPeriod' | 'intervals'>,
  options: { receivedMs?: number; onMalformed?: (error: RangeError) => void } = {},
): AbsoluteInterval[] {
  return lay(resource, options.receivedMs, options.onMalformed ?? ignore);
}

/**
 * When an event is over; `Infinity` for never, and when nobody can tell (malformed, or without times): such an event stays
 * active, which hides nothing. An event without intervals lasts as long as its period says, or for ever when it asks for
 * reports without end.
 *
 * @param createdMs what "now" is.
 */
export function eventEndMs(event: EventTimes, createdMs: number): number {
  return eventSpan(event, createdMs).endMs;
}

/** The same with when it begins; `-Infinity` when nobody can tell. */
export function eventSpan(event: EventTimes, createdMs: number): { startMs: number; endMs: number } {
  let unknown = false;
  const malformed = () => {
    unknown = true;
  };
  const bare = (event.intervals ?? []).length === 0;
  const laid = lay(bare ? { ...event, intervals: [{ id: 0, payloads: [] }] } : event, createdMs, malformed);
  const lengthMs = attempt(malformed, () => lengthOf(event, laid));
  const [firstMs, endMs] = spanOf(laid);
  const startMs = unknown || laid.length === 0 ? -Infinity : firstMs;
  const asksForEver = bare && (event.reportDescriptors ?? []).some((wanted) => wanted.repeat === -1);
  if (asksForEver || unknown || (bare && lengthMs === undefined && endMs === firstMs))
    return { startMs, endMs: Infinity };
  return { startMs, endMs: lengthMs === undefined ? endMs : firstMs + lengthMs };
}

function lay(event: EventTimes, nowMs: number | undefined, malformed: (error: RangeError) => void): AbsoluteInterval[] {
  const base = event.intervalPeriod ?? {};
  /** Where the interval before ends; unknown after a malformed one. */
  let cursor: number | undefined;
  let randomizeStart = { text: base.randomizeStart, path: 'intervalPeriod' };
  return (event.intervals ?? []).flatMap((interval, i) => {
    const path = `intervals[${i}]`;
    const own = interval.intervalPeriod ?? {};
    const before = cursor;
    cursor = undefined;
    const laid = attempt(malformed, () => {
      const fixed = own.start != null && !isNow(own.start);
      const startMs = fixed
        ? at(`${path}.intervalPeriod.start`, () => parseDateTime(own.start ?? ''))
        : i === 0
          ? firstStart(own, base, nowMs)
          : (before ?? missing(`${path}.intervalPeriod.start`, 'the end of the interval before is unknown'));
      const endMs =
        own.duration != null
          ? endOf(startMs, own.duration, `${path}.intervalPeriod.duration`)
          : endOf(startMs, base.duration, 'intervalPeriod.duration');
      cursor = endMs;
      if (own.randomizeStart != null && (fixed || i === 0)) {
        randomizeStart = { text: own.randomizeStart, path: `${path}.intervalPeriod` };
      }
      const randomizeStartMs = extentOf(randomizeStart.text, randomizeStart.path);
      const whole = { id: interval.id, startMs, endMs, payloads: interval.payloads };
      if (startMs === Infinity) return [];
      return subIntervals({ ...whole, ...(randomizeStartMs === 0 ? {} : { randomizeStartMs }) }, path);
    });
    return laid ?? [];
  });
}

function firstStart(own: IntervalPeriod, base: IntervalPeriod, nowMs: number | undefined): number {
  const start = base.start ?? own.start;
  if (start == null)
    return missing('intervals[0].intervalPeriod.start', 'neither the event nor the interval has a start');
  if (!isNow(start)) return at('intervalPeriod.start', () => parseDateTime(start));
  return nowMs ?? missing('intervalPeriod.start', 'a start of "now" needs the time of reception');
}

function endOf(startMs: number, duration: Maybe<string>, path: string): number {
  if (duration == null) return startMs;
  const endMs = at(path, () => addDuration(startMs, parseDuration(duration)));
  if (endMs < startMs) throw new RangeError(`${path}: "${duration}" is negative`);
  return endMs;
}

/** The absolute value counts (User Guide 7.3, "intervalPeriod.randomizeStart"). */
function extentOf(duration: Maybe<string>, path: string): number {
  if (duration == null) return 0;
  const extentMs = at(`${path}.randomizeStart`, () => Math.abs(addDuration(0, parseDuration(duration))));
  if (extentMs === Infinity) throw new RangeError(`${path}.randomizeStart: "${duration}" is without bounds`);
  return extentMs;
}

/** event.duration in milliseconds from the first start; `undefined` when none is given. */
function lengthOf(event: EventTimes, laid: readonly AbsoluteInterval[]): number | undefined {
  if (event.duration == null || laid.length === 0) return undefined;
  const [startMs] = spanOf(laid);
  const endMs = endOf(startMs, event.duration, 'duration');
  return endMs === startMs ? undefined : endMs - startMs;
}

function spanOf(laid: readonly AbsoluteInterval[]): [startMs: number, endMs: number] {
  return laid.reduce<[number, number]>(
    ([start, end], one) => [Math.min(start, one.startMs), Math.max(end, one.endMs)],
    [Infinity, -Infinity],
  );
}

/** Cuts the intervals to the length of the event, or repeats them until it is full. */
function fit(laid: readonly AbsoluteInterval[], lengthMs: number, options: IntervalOptions): AbsoluteInterval[] {
  const [firstMs, lastMs] = spanOf(laid);
  const loopMs = lastMs - firstMs;
  const overMs = firstMs + lengthMs;
  const cut = (shiftMs: number) =>
    laid
      .map((one) => ({ ...one, startMs: one.startMs + shiftMs, endMs: Math.min(one.endMs + shiftMs, overMs) }))
      .filter((one) => one.startMs < overMs);
  if (lengthMs <= loopMs || loopMs === 0 || loopMs === Infinity) return cut(0);
  const untilMs = options.untilMs ?? options.nowMs + Math.max(2 * DAY_MS, 2 * loopMs);
  const looped: AbsoluteInterval[] = [];
  const current = Math.max(0, Math.floor((options.nowMs - firstMs) / loopMs));
  for (let n = current; firstMs + n * loopMs < Math.min(overMs, untilMs) && looped.length < MAX_LOOPED; n++) {
    looped.push(...cut(n * loopMs));
  }
  return looped;
}

/** What "now" is: the creation of the event, or its reception where that is earlier or the creation is unknown. */
function startOfNow({ createdDateTime }: EventTimes, { nowMs, receivedMs = Infinity }: IntervalOptions): number {
  const createdMs = attempt(ignore, () => (createdDateTime == null ? Infinity : parseDateTime(createdDateTime)));
  const earlierMs = Math.min(createdMs ?? Infinity, receivedMs);
  return earlierMs === Infinity ? nowMs : earlierMs;
}

function attempt<T>(malformed: (error: RangeError) => void, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    malformed(error);
    return undefined;
  }
}

function at<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RangeError ? new RangeError(`${path}: ${error.message}`, { cause: error }) : error;
  }
}

function missing(path: string, why: string): never {
  throw new RangeError(`${path}: ${why}`);
}

function raise(error: RangeError): never {
  throw error;
}

function ignore(): void {
  // Left out, as documented.
}
