import { describe, expect, it } from 'vitest';
import { absoluteIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import { keepPast } from '../../../vtn/translation/reconcile.ts';
import { eventContent, scheduleEvent, scheduleSpan } from '../../../vtn/translation/translate.ts';

const at = (hour: number) => Date.UTC(2026, 6, 1, hour);
const entry = (from: number, to: number, powerW: number, energyWh: number) => ({
  startMs: at(from),
  endMs: at(to),
  powerW,
  energyWh,
});
const eventOf = (...entries: ReturnType<typeof entry>[]) => {
  const event = scheduleEvent('dev_1', 'DE_50HZ_WU_1', entries.map(scheduleSpan));
  return event && eventContent(event, 'program');
};

describe('the event of a schedule', () => {
  it('says the power of each entry and the energy stored at its end; consumption is positive', () => {
    const event = eventOf(entry(2, 4, 11_000, 22_000), entry(6, 7, -4_500, 17_500), entry(7, 8, 0, 17_500));
    expect(event).toMatchObject({ eventName: 'schedule/dev_1', priority: 2, targets: ['DE_50HZ_WU_1'] });
    expect(event?.intervals).toEqual([
      {
        id: 0,
        intervalPeriod: { start: '2026-07-01T02:00:00Z', duration: 'PT2H' },
        payloads: [
          { type: 'DISPATCH_SETPOINT', values: [11] },
          { type: 'CHARGE_STATE_SETPOINT', values: [22] },
        ],
      },
      {
        id: 1,
        intervalPeriod: { start: '2026-07-01T06:00:00Z', duration: 'PT1H' },
        payloads: [
          { type: 'DISPATCH_SETPOINT', values: [-4.5] },
          { type: 'CHARGE_STATE_SETPOINT', values: [17.5] },
        ],
      },
      {
        id: 2,
        intervalPeriod: { start: '2026-07-01T07:00:00Z', duration: 'PT1H' },
        payloads: [
          { type: 'DISPATCH_SETPOINT', values: [0] },
          { type: 'CHARGE_STATE_SETPOINT', values: [17.5] },
        ],
      },
    ]);
  });

  it('is none where nothing is to be done', () => {
    expect(eventOf()).toBeUndefined();
  });

  it('keeps what was said until now when a new schedule replaces the old', () => {
    const before = eventOf(entry(2, 4, 11_000, 22_000), entry(6, 7, -4_500, 17_500));
    const spans = keepPast([scheduleSpan(entry(3, 5, 2_000, 20_000))], before as never, at(0), at(3));
    expect(spans.map((s) => [s.startMs, s.endMs, s.payloads[0]?.values[0]])).toEqual([
      [at(2), at(3), 11],
      [at(3), at(5), 2],
    ]);
    expect(absoluteIntervals(before as never, { nowMs: at(3) })).toHaveLength(2);
  });
});
