import { describe, expect, it } from 'vitest';
import { communicationMode, silenceMs } from '../../../ven-agent/scheduler/communication.ts';
import { MINUTE, NOON } from '../builders.ts';

const facts = { nowMs: NOON, pollIntervalMs: 30_000, cacheOfThisBoot: false };

describe('the communication mode', () => {
  it('is INIT before the first complete read of a new boot, whatever is cached', () => {
    expect(communicationMode({ ...facts, scheduleEndMs: NOON + MINUTE })).toBe('INIT');
  });

  it('resumes the cached schedule when only the process was restarted', () => {
    expect(communicationMode({ ...facts, cacheOfThisBoot: true, scheduleEndMs: NOON + MINUTE })).toBe('ISLAND_CACHED');
  });

  it('is CONNECTED until three polls, or two minutes, were silent', () => {
    const silent = (ms: number) => communicationMode({ ...facts, lastFullReadMs: NOON - ms, scheduleEndMs: NOON + 1 });
    expect(silenceMs(30_000)).toBe(120_000);
    expect(silenceMs(60_000)).toBe(180_000);
    expect([silent(120_000), silent(120_001)]).toEqual(['CONNECTED', 'ISLAND_CACHED']);
  });

  it('is ISLAND_DEFAULT once the cached schedule is exhausted', () => {
    const silent = { ...facts, lastFullReadMs: NOON - 10 * MINUTE };
    expect(communicationMode({ ...silent, scheduleEndMs: NOON + 1 })).toBe('ISLAND_CACHED');
    expect(communicationMode({ ...silent, scheduleEndMs: NOON })).toBe('ISLAND_DEFAULT');
    expect(communicationMode(silent)).toBe('ISLAND_DEFAULT');
  });

  it('does not take a read for recent that lies ahead, because the clock was set back', () => {
    const ahead = { ...facts, lastFullReadMs: NOON + MINUTE };
    expect(communicationMode(ahead)).toBe('ISLAND_DEFAULT');
    expect(communicationMode({ ...ahead, scheduleEndMs: NOON + 1 })).toBe('ISLAND_CACHED');
    expect(communicationMode({ ...facts, lastFullReadMs: NOON + 1_000 })).toBe('CONNECTED');
  });
});
