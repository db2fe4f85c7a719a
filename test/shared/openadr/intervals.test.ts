import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AbsoluteInterval, EventTimes, IntervalOptions } from '@openadr-gateway/shared/openadr/intervals.ts';
import {
  absoluteIntervals,
  eventEndMs,
  eventSpan,
  resourceIntervals,
} from '@openadr-gateway/shared/openadr/intervals.ts';
import type { Interval, IntervalPeriod } from '@openadr-gateway/shared/openadr/objects.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { formatDurationMs } from '@openadr-gateway/shared/time/duration.ts';

const HOUR_MS = 3_600_000;
const at = (text: string) => Date.parse(text);
const NOON = at('2026-06-01T12:00:00Z');
const payloads = (...values: number[]) => [{ type: 'PRICE', values }];

function interval(id: number, intervalPeriod?: IntervalPeriod, ...values: number[]): Interval {
  return { id, payloads: payloads(...(values.length > 0 ? values : [id])), ...(intervalPeriod && { intervalPeriod }) };
}

/** `0 12:00-13:00`, days apart from the 1st as `+1`, `∞` for never. */
function shown(intervals: readonly AbsoluteInterval[]): string[] {
  const time = (ms: number) => {
    if (ms === Infinity) return '∞';
    const days = Math.floor((ms - at('2026-06-01T00:00:00Z')) / (24 * HOUR_MS));
    return `${new Date(ms).toISOString().slice(11, 16)}${days === 0 ? '' : `${days > 0 ? '+' : ''}${days}`}`;
  };
  return intervals.map((i) => `${i.id} ${time(i.startMs)}-${time(i.endMs)}`);
}

const lay = (event: EventTimes, options: Partial<IntervalOptions> = {}) =>
  shown(absoluteIntervals(event, { nowMs: NOON, ...options }));
const hourly = { start: '2026-06-01T12:00:00Z', duration: 'PT1H' };

describe('defaults and overrides', () => {
  it('take start and duration from the event; each interval starts where the one before ends', () => {
    expect(lay({ intervalPeriod: hourly, intervals: [interval(7), interval(3), interval(5)] })).toEqual([
      '7 12:00-13:00',
      '3 13:00-14:00',
      '5 14:00-15:00',
    ]);
  });

  it('let an interval have its own duration (User Guide, example 7.4-1)', () => {
    const intervals = [interval(0), interval(1, { duration: 'PT2H' }), interval(2)];
    expect(lay({ intervalPeriod: hourly, intervals })).toEqual(['0 12:00-13:00', '1 13:00-15:00', '2 15:00-16:00']);
  });

  it('let an interval have its own start: a gap, an overlap, and followers go on from there', () => {
    const gap = [interval(0), interval(1, { start: '2026-06-01T14:00:00Z' }), interval(2)];
    expect(lay({ intervalPeriod: hourly, intervals: gap })).toEqual([
      '0 12:00-13:00',
      '1 14:00-15:00',
      '2 15:00-16:00',
    ]);
    const overlap = [interval(0), interval(1, { start: '2026-06-01T12:30:00Z' }), interval(2)];
    expect(lay({ intervalPeriod: hourly, intervals: overlap })).toEqual([
      '0 12:00-13:00',
      '1 12:30-13:30',
      '2 13:30-14:30',
    ]);
  });

  it('let the first interval start elsewhere than the event says', () => {
    const intervals = [interval(0, { start: '2026-06-01T10:00:00+02:00' }), interval(1)];
    expect(lay({ intervalPeriod: hourly, intervals })).toEqual(['0 08:00-09:00', '1 09:00-10:00']);
  });

  it('work without an intervalPeriod of the event', () => {
    expect(lay({ intervals: [interval(0, hourly), interval(1, { duration: 'PT15M' })] })).toEqual([
      '0 12:00-13:00',
      '1 13:00-13:15',
    ]);
  });

  it('treat null like nothing', () => {
    const none = { start: null, duration: null, randomizeStart: null };
    const event = {
      duration: null,
      intervalPeriod: hourly,
      intervals: [interval(0, none), { ...interval(1), intervalPeriod: null }],
    };
    expect(lay(event)).toEqual(['0 12:00-13:00', '1 13:00-14:00']);
    expect(lay({ intervalPeriod: hourly, intervals: null })).toEqual([]);
  });

  it('give an interval without any duration no length (PT0S is the default of the schema)', () => {
    expect(lay({ intervals: [interval(0, { start: hourly.start })] })).toEqual(['0 12:00-12:00']);
  });

  it('put consecutive intervals end to end, whatever their durations are', () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(minutes, (lengths) => {
        const intervals = lengths.map((m, i) => interval(i, { duration: formatDurationMs(m * 60_000) }));
        const laid = absoluteIntervals({ intervalPeriod: { start: hourly.start }, intervals }, { nowMs: NOON });
        expect(laid.map((one) => (one.endMs - one.startMs) / 60_000)).toEqual(lengths);
        laid.forEach((one, i) => expect(one.startMs).toBe(laid[i - 1]?.endMs ?? NOON));
      }),
    );
  });

  it('say the same by a default and by an override in every interval', () => {
    const count = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(count, fc.integer({ min: 1, max: 1440 }), (n, minutes) => {
        const duration = formatDurationMs(minutes * 60_000);
        const bare = Array.from({ length: n }, (_, i) => interval(i));
        const full = bare.map((one, i) => ({
          ...one,
          intervalPeriod: { start: formatDateTime(NOON + i * minutes * 60_000), duration },
        }));
        const byDefault = absoluteIntervals(
          { intervalPeriod: { start: hourly.start, duration }, intervals: bare },
          { nowMs: 0 },
        );
        expect(absoluteIntervals({ intervals: full }, { nowMs: 0 })).toEqual(byDefault);
      }),
    );
  });
});

describe('now', () => {
  const createdDateTime = '2026-06-01T12:07:00Z';
  const now = (start: string): EventTimes => ({
    createdDateTime,
    intervalPeriod: { start, duration: 'PT1H' },
    intervals: [interval(0), interval(1)],
  });

  it.each(['0001-01-01', '0001-01-01T00:00:00', '0001-01-01T00:00:00Z'])(
    'as the start %s of an event is when it was created',
    (start) => {
      expect(lay(now(start), { nowMs: at('2026-06-01T18:00:00Z') })).toEqual(['0 12:07-13:07', '1 13:07-14:07']);
    },
  );

  it('is the time of reception when that was earlier, as with a VTN whose clock is ahead', () => {
    expect(lay(now('0001-01-01'), { receivedMs: NOON })).toEqual(['0 12:00-13:00', '1 13:00-14:00']);
    expect(lay(now('0001-01-01'), { receivedMs: NOON + HOUR_MS })[0]).toBe('0 12:07-13:07');
  });

  it('is the time of reception, else the present, when the event does not tell its creation', () => {
    const untold = { ...now('0001-01-01'), createdDateTime: null };
    expect(lay(untold, { receivedMs: NOON + HOUR_MS })[0]).toBe('0 13:00-14:00');
    expect(lay(untold, { nowMs: NOON - HOUR_MS })[0]).toBe('0 11:00-12:00');
    expect(lay({ ...untold, createdDateTime: 'yesterday' })[0]).toBe('0 12:00-13:00');
  });

  it("in the first interval is the event's start when it has one", () => {
    const first = { start: '0001-01-01' };
    expect(lay({ createdDateTime, intervalPeriod: hourly, intervals: [interval(0, first)] })).toEqual([
      '0 12:00-13:00',
    ]);
    expect(lay({ createdDateTime, intervals: [interval(0, { ...first, duration: 'PT1H' })] })).toEqual([
      '0 12:07-13:07',
    ]);
  });

  it('in a later interval is right after the one before', () => {
    const intervals = [interval(0), interval(1, { start: '0001-01-01T00:00:00', duration: 'PT2H' })];
    expect(lay({ createdDateTime, intervalPeriod: hourly, intervals })).toEqual(['0 12:00-13:00', '1 13:00-15:00']);
  });
});

describe('P9999Y', () => {
  it('never ends, and what would follow never begins', () => {
    const intervals = [interval(0, { duration: 'P9999Y' }), interval(1)];
    expect(lay({ intervalPeriod: hourly, intervals })).toEqual(['0 12:00-∞']);
  });

  it('is followed by an interval with its own start', () => {
    const intervals = [interval(0, { duration: 'P9999Y' }), interval(1, { start: '2026-06-01T15:00:00Z' })];
    expect(lay({ intervalPeriod: hourly, intervals })).toEqual(['0 12:00-∞', '1 15:00-16:00']);
  });

  it('from now on makes an alert that holds', () => {
    const event = {
      createdDateTime: '2026-06-01T12:07:00Z',
      intervalPeriod: { start: '0001-01-01', duration: 'P9999Y' },
    };
    expect(lay({ ...event, intervals: [interval(0)] })).toEqual(['0 12:07-∞']);
  });
});

describe('event.duration', () => {
  const two = { intervalPeriod: hourly, intervals: [interval(0), interval(1)] };

  it('cuts the intervals that go beyond it', () => {
    expect(lay({ ...two, duration: 'PT90M' })).toEqual(['0 12:00-13:00', '1 13:00-13:30']);
    expect(lay({ ...two, duration: 'PT1H' })).toEqual(['0 12:00-13:00']);
    const endless = { intervalPeriod: { ...hourly, duration: 'P9999Y' }, intervals: [interval(0)] };
    expect(lay({ ...endless, duration: 'PT3H' })).toEqual(['0 12:00-15:00']);
  });

  it('repeats them, and cuts the last repetition', () => {
    expect(lay({ ...two, duration: 'PT5H' })).toEqual([
      '0 12:00-13:00',
      '1 13:00-14:00',
      '0 14:00-15:00',
      '1 15:00-16:00',
      '0 16:00-17:00',
    ]);
  });

  it('repeats gaps too', () => {
    const gap = [interval(0, { duration: 'PT15M' }), interval(1, { start: '2026-06-01T13:00:00Z' })];
    expect(lay({ intervalPeriod: hourly, intervals: gap, duration: 'PT4H' })).toEqual([
      '0 12:00-12:15',
      '1 13:00-14:00',
      '0 14:00-14:15',
      '1 15:00-16:00',
    ]);
  });

  it('changes nothing when it is as long as the intervals, or PT0S', () => {
    const plain = lay(two);
    expect(lay({ ...two, duration: 'PT2H' })).toEqual(plain);
    expect(lay({ ...two, duration: 'PT0S' })).toEqual(plain);
  });

  it('P9999Y repeats for ever, from the repetition that runs now until two days ahead', () => {
    const nowMs = at('2026-06-11T13:30:00Z');
    const laid = lay({ ...two, duration: 'P9999Y' }, { nowMs });
    expect(laid.slice(0, 2)).toEqual(['0 12:00+10-13:00+10', '1 13:00+10-14:00+10']);
    expect(laid.at(-1)).toBe('1 13:00+12-14:00+12');
  });

  it('rolls out as far as asked', () => {
    const laid = lay({ ...two, duration: 'P9999Y' }, { untilMs: NOON + 3 * HOUR_MS });
    expect(laid).toEqual(['0 12:00-13:00', '1 13:00-14:00', '0 14:00-15:00', '1 15:00-16:00']);
  });

  it('does not roll out millions of seconds, and does not hang on intervals without length', () => {
    const second = { intervalPeriod: { start: hourly.start, duration: 'PT1S' }, intervals: [interval(0)] };
    expect(lay({ ...second, duration: 'P9999Y' })).toHaveLength(10_000);
    const nothing = { intervalPeriod: { start: hourly.start }, intervals: [interval(0)] };
    expect(lay({ ...nothing, duration: 'P9999Y' })).toEqual(['0 12:00-12:00']);
  });

  it('starts counting at the first interval, also when the list is not in order', () => {
    const intervals = [interval(0, { start: '2026-06-01T15:00:00Z' }), interval(1, { start: '2026-06-01T12:00:00Z' })];
    expect(lay({ intervalPeriod: hourly, intervals, duration: 'PT3H30M' })).toEqual(['0 15:00-15:30', '1 12:00-13:00']);
  });

  it('always fills the whole length when the intervals have no gaps', () => {
    const minutes = fc.integer({ min: 1, max: 600 });
    fc.assert(
      fc.property(
        fc.array(minutes, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 2880 }),
        (lengths, total) => {
          const event = {
            intervalPeriod: { start: hourly.start },
            intervals: lengths.map((m, i) => interval(i, { duration: formatDurationMs(m * 60_000) })),
            duration: formatDurationMs(total * 60_000),
          };
          const laid = absoluteIntervals(event, { nowMs: NOON, untilMs: Infinity });
          laid.forEach((one, i) => expect(one.startMs).toBe(laid[i - 1]?.endMs ?? NOON));
          expect(laid.at(-1)?.endMs).toBe(NOON + total * 60_000);
          expect(eventEndMs(event, NOON)).toBe(NOON + total * 60_000);
        },
      ),
    );
  });

  it('repeats with the same rhythm wherever in time one looks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), (hours) => {
        const nowMs = NOON + hours * HOUR_MS + 1;
        const laid = absoluteIntervals({ ...two, duration: 'P9999Y' }, { nowMs });
        const current = laid.filter((one) => one.startMs <= nowMs && nowMs < one.endMs);
        expect(current.map((one) => one.id)).toEqual([hours % 2]);
      }),
    );
  });
});

describe('multi-valued payloads', () => {
  const packed = (values: number[], type = 'PRICE') => ({ type, values });
  const price = (one: AbsoluteInterval) => one.payloads.map((p) => p.values);

  it('become sub-intervals of equal length (User Guide, example 7.3-1)', () => {
    const period = { start: hourly.start, duration: 'PT3H' };
    const laid = absoluteIntervals(
      { intervals: [interval(4, period, 0.17, 0.03, 0.11), interval(5, { duration: 'PT1H' })] },
      { nowMs: 0 },
    );
    expect(shown(laid)).toEqual(['4 12:00-13:00', '4 13:00-14:00', '4 14:00-15:00', '5 15:00-16:00']);
    expect(laid.map(price)).toEqual([[[0.17]], [[0.03]], [[0.11]], [[5]]]);
  });

  it('are cut where any of them changes; single values hold throughout', () => {
    const three = { id: 0, payloads: [packed([1, 2, 3]), packed([40, 50], 'GHG'), packed([9], 'EXPORT_PRICE')] };
    const laid = absoluteIntervals(
      { intervalPeriod: { ...hourly, duration: 'PT6H' }, intervals: [three] },
      { nowMs: 0 },
    );
    expect(shown(laid)).toEqual(['0 12:00-14:00', '0 14:00-15:00', '0 15:00-16:00', '0 16:00-18:00']);
    expect(laid.map(price)).toEqual([
      [[1], [40], [9]],
      [[2], [40], [9]],
      [[2], [50], [9]],
      [[3], [50], [9]],
    ]);
  });

  it('stay whole when their values belong together, or nobody knows the type', () => {
    const points = {
      type: 'CURVE',
      values: [
        { x: 1, y: 2 },
        { x: 3, y: 4 },
      ],
    };
    const intervals = [{ id: 0, payloads: [points, packed([1, 2], 'X_PRIVATE'), packed([0.2, 0.4], 'OLS')] }];
    const laid = absoluteIntervals({ intervalPeriod: hourly, intervals }, { nowMs: 0 });
    expect(laid.map((one) => one.payloads)).toEqual([intervals[0]?.payloads]);
  });

  it('are divided before event.duration cuts them', () => {
    const intervals = [interval(0, { duration: 'PT2H' }, 1, 2)];
    expect(lay({ intervalPeriod: hourly, intervals, duration: 'PT90M' })).toEqual(['0 12:00-13:00', '0 13:00-13:30']);
  });

  it('cannot share a time without end', () => {
    const event = { intervals: [interval(0, { ...hourly, duration: 'P9999Y' }, 1, 2)] };
    expect(() => lay(event)).toThrow(/^intervals\[0\]\.payloads\[0\]\.values: /);
  });

  it('cover the interval exactly, in order, with each value once', () => {
    const values = fc.array(fc.integer(), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 1000 }), (list, seconds) => {
        const period = { start: hourly.start, duration: `PT${seconds}S` };
        const laid = absoluteIntervals({ intervals: [interval(0, period, ...list)] }, { nowMs: 0 });
        expect(laid.flatMap((one) => one.payloads[0]?.values)).toEqual(list);
        expect([laid[0]?.startMs, laid.at(-1)?.endMs]).toEqual([NOON, NOON + seconds * 1000]);
        laid.slice(1).forEach((one, i) => expect(one.startMs).toBe(laid[i]?.endMs));
      }),
    );
  });
});

describe('randomizeStart', () => {
  const extents = (event: EventTimes) => absoluteIntervals(event, { nowMs: 0 }).map((one) => one.randomizeStartMs);

  it('of the event holds for all intervals, by its absolute value', () => {
    const intervalPeriod = { ...hourly, randomizeStart: '-PT5M' };
    expect(extents({ intervalPeriod, intervals: [interval(0), interval(1)] })).toEqual([300_000, 300_000]);
  });

  it('of an interval with its own start holds for it and for those that follow', () => {
    const own = { start: '2026-06-01T15:00:00Z', randomizeStart: 'PT1M' };
    const intervalPeriod = { ...hourly, randomizeStart: 'PT5M' };
    expect(extents({ intervalPeriod, intervals: [interval(0), interval(1, own), interval(2)] })).toEqual([
      300_000, 60_000, 60_000,
    ]);
  });

  it('of an interval that follows another is not heard: it moves with the one before', () => {
    const intervals = [interval(0), interval(1, { randomizeStart: 'PT1M' })];
    expect(extents({ intervalPeriod: hourly, intervals })).toEqual([undefined, undefined]);
  });

  it('must have bounds', () => {
    const intervalPeriod = { ...hourly, randomizeStart: 'P9999Y' };
    expect(() => extents({ intervalPeriod, intervals: [interval(0)] })).toThrow(/^intervalPeriod\.randomizeStart: /);
  });
});

describe('malformed events', () => {
  it.each<[string, EventTimes]>([
    ['intervalPeriod.start', { intervalPeriod: { start: 'noon' }, intervals: [interval(0)] }],
    ['intervalPeriod.duration', { intervalPeriod: { ...hourly, duration: '1H' }, intervals: [interval(0)] }],
    [
      'intervals[1].intervalPeriod.start',
      { intervalPeriod: hourly, intervals: [interval(0), interval(1, { start: '2026-06-01' })] },
    ],
    ['intervals[0].intervalPeriod.duration', { intervals: [interval(0, { ...hourly, duration: '-PT1H' })] }],
    ['intervals[0].intervalPeriod.start', { intervals: [interval(0)] }],
    ['duration', { intervalPeriod: hourly, intervals: [interval(0)], duration: 'long' }],
    ['duration', { intervalPeriod: hourly, intervals: [interval(0)], duration: '-PT1H' }],
  ])('are thrown with the path %s', (path, event) => {
    expect(() => lay(event)).toThrow(RangeError);
    expect(() => lay(event)).toThrow(new RegExp(`^${path.replace(/[[\]]/g, '\\$&')}: `));
  });

  it('keep their good intervals for those who listen to the faults', () => {
    const faults: string[] = [];
    const event = {
      intervalPeriod: hourly,
      intervals: [
        interval(0),
        interval(1, { start: 'soon' }),
        interval(2),
        interval(3, { start: '2026-06-01T16:00:00Z' }),
        interval(4),
      ],
    };
    expect(lay(event, { onMalformed: (error) => faults.push(error.message) })).toEqual([
      '0 12:00-13:00',
      '3 16:00-17:00',
      '4 17:00-18:00',
    ]);
    expect(faults).toEqual([
      expect.stringMatching(/^intervals\[1\]\.intervalPeriod\.start: "soon"/),
      'intervals[2].intervalPeriod.start: the end of the interval before is unknown',
    ]);
  });
});

describe('resourceIntervals', () => {
  it('lays the intervals of a report, and leaves out what it cannot place', () => {
    const faults: string[] = [];
    const resource = { intervalPeriod: hourly, intervals: [interval(0), interval(1, { start: 'x' })] };
    expect(shown(resourceIntervals(resource, { onMalformed: (e) => faults.push(e.message) }))).toEqual([
      '0 12:00-13:00',
    ]);
    expect(faults).toHaveLength(1);
    expect(resourceIntervals({ intervals: [interval(0)] })).toEqual([]);
  });

  it('knows "now" only when told when the report came', () => {
    const resource = { intervalPeriod: { start: '0001-01-01', duration: 'PT15M' }, intervals: [interval(0)] };
    expect(resourceIntervals(resource)).toEqual([]);
    expect(shown(resourceIntervals(resource, { receivedMs: NOON }))).toEqual(['0 12:00-12:15']);
  });
});

describe('eventEndMs', () => {
  const end = (event: EventTimes) => {
    const ms = eventEndMs(event, NOON);
    return Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 16) : ms;
  };

  it('is the end of the last interval to end', () => {
    expect(end({ intervalPeriod: hourly, intervals: [interval(0), interval(1)] })).toBe('2026-06-01T14:00');
    const first = interval(0, { duration: 'P1D' });
    expect(end({ intervalPeriod: hourly, intervals: [first, interval(1, { start: hourly.start })] })).toBe(
      '2026-06-02T12:00',
    );
  });

  it('is where event.duration ends, for loops as for cuts', () => {
    const two = { intervalPeriod: hourly, intervals: [interval(0), interval(1)] };
    expect(end({ ...two, duration: 'P7D' })).toBe('2026-06-08T12:00');
    expect(end({ ...two, duration: 'PT30M' })).toBe('2026-06-01T12:30');
    expect(end({ ...two, duration: 'P9999Y' })).toBe(Infinity);
  });

  it('counts from the creation for a start of now', () => {
    expect(end({ intervalPeriod: { start: '0001-01-01', duration: 'PT1H' }, intervals: [interval(0)] })).toBe(
      '2026-06-01T13:00',
    );
  });

  it('is never for P9999Y', () => {
    expect(end({ intervalPeriod: { ...hourly, duration: 'P9999Y' }, intervals: [interval(0)] })).toBe(Infinity);
  });

  it('of an event without intervals is the end of its period, else never', () => {
    expect(end({ intervalPeriod: hourly, intervals: [] })).toBe('2026-06-01T13:00');
    expect(end({ intervalPeriod: { start: hourly.start }, duration: 'P1D' })).toBe('2026-06-02T12:00');
    expect(end({ intervalPeriod: { start: hourly.start } })).toBe(Infinity);
    expect(end({})).toBe(Infinity);
    expect(end({ intervalPeriod: hourly, reportDescriptors: [{ payloadType: 'USAGE', repeat: -1 }] })).toBe(Infinity);
  });

  it('of an event that nobody can place in time is never: it is not hidden', () => {
    expect(end({ intervals: [interval(0)] })).toBe(Infinity);
    expect(end({ intervalPeriod: hourly, intervals: [interval(0)], duration: 'long' })).toBe(Infinity);
  });
});

describe('the span of an event', () => {
  const start = '2026-06-01T12:00:00Z';
  const inHours = (event: EventTimes) => {
    const { startMs, endMs } = eventSpan(event, NOON - HOUR_MS);
    return [(startMs - NOON) / HOUR_MS, (endMs - NOON) / HOUR_MS];
  };

  it.each<[string, EventTimes, number[]]>([
    ['its intervals', { intervalPeriod: { start, duration: 'PT1H' }, intervals: [interval(0), interval(1)] }, [0, 2]],
    [
      'its intervals whatever their order',
      {
        intervals: [
          interval(0, { start: '2026-06-01T15:00:00Z', duration: 'PT1H' }),
          interval(1, { start: '2026-06-01T13:00:00Z', duration: 'PT1H' }),
        ],
      },
      [1, 4],
    ],
    ['its loops', { intervalPeriod: { start, duration: 'PT1H' }, duration: 'PT5H', intervals: [interval(0)] }, [0, 5]],
    [
      'its creation, when that is now',
      { intervalPeriod: { start: '0001-01-01', duration: 'PT1H' }, intervals: [] },
      [-1, 0],
    ],
    ['for ever', { intervalPeriod: { start, duration: 'P9999Y' }, intervals: [interval(0)] }, [0, Infinity]],
    ['an instant', { intervalPeriod: { start }, intervals: [interval(0)] }, [0, 0]],
    ['always, when nobody can tell', { intervals: [interval(0)] }, [-Infinity, Infinity]],
    ['always, without times', {}, [-Infinity, Infinity]],
  ])('is %s', (_what, event, expected) => {
    expect(inHours(event)).toEqual(expected);
  });
});
