import { describe, expect, it } from 'vitest';
import { dispatchEventName, isEventOf, PROGRAMS } from '../../../vtn/translation/plan.ts';
import { dispatchEvent, dispatchSpan, eventContent } from '../../../vtn/translation/translate.ts';
import type { Dispatch } from '../../../vtn/translation/translate.ts';

const noon = Date.parse('2026-07-01T12:00Z');
const minutes = (n: number) => n * 60_000;
const order = (targetPowerW: number, startMs = noon): Dispatch => ({
  assetId: 'DE_50HZ_WU_1',
  periodStartMs: noon,
  startMs,
  endMs: noon + minutes(15),
  targetPowerW,
});

describe('a dispatch command', () => {
  it('is −target_power from dispatch_time to the end of the delivery period', () => {
    const command = order(5_000_000, noon + minutes(4));
    const event = dispatchEvent(command, [dispatchSpan(command)]);
    expect(event && eventContent(event, 'p')).toEqual({
      programID: 'p',
      eventName: 'dispatch/DE_50HZ_WU_1/2026-07-01T12:00:00Z',
      priority: 1,
      targets: ['DE_50HZ_WU_1'],
      payloadDescriptors: [{ objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: 'DISPATCH_SETPOINT', units: 'KW' }],
      intervalPeriod: { start: '2026-07-01T12:04:00Z', duration: 'PT15M' },
      intervals: [
        {
          id: 0,
          intervalPeriod: { start: '2026-07-01T12:04:00Z', duration: 'PT11M' },
          payloads: [{ type: 'DISPATCH_SETPOINT', values: [-5000] }],
        },
      ],
    });
  });

  it('of 0 says 0, and no command says nothing', () => {
    expect(dispatchSpan(order(0)).payloads).toEqual([{ type: 'DISPATCH_SETPOINT', values: [0] }]);
    expect(dispatchEvent(order(0), [])).toBeUndefined();
  });

  it('rules over reservations: the lower number wins', () => {
    expect(PROGRAMS.dispatches.priority).toBeLessThan(PROGRAMS.reservations.priority ?? 0);
  });

  it('is taken back with its asset, and with no other of a similar name', () => {
    const name = dispatchEventName('DE_50HZ_WU_1', noon);
    expect(isEventOf(name, 'DE_50HZ_WU_1')).toBe(true);
    expect(isEventOf(name, 'DE_50HZ_WU_10')).toBe(false);
    expect(isEventOf(name, 'DE_50HZ_WU')).toBe(false);
  });
});
