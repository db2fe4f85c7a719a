import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { openAgentDatabase } from '../../ven-agent/database.ts';
import { Facts } from '../../ven-agent/facts.ts';
import { SiteClock } from '../../ven-agent/site-clock.ts';

const NOON = Date.parse('2026-06-01T12:00:00Z');
const HOUR = 3_600_000;

describe('the time of a site', () => {
  let wall: ManualClock;
  let monotonicMs: number;
  let facts: Facts;
  let said: string[];
  let clock: SiteClock;

  const started = (bootId = 'boot-1') => {
    const log = pino({}, { write: (line: string) => void said.push(line) });
    return new SiteClock({ wall, monotonicMs: () => monotonicMs, facts, bootId, log });
  };
  /** Both clocks go on. */
  const pass = (ms: number) => {
    wall.advance(ms);
    monotonicMs += ms;
    clock.look();
  };
  const set = (byMs: number) => {
    wall.advance(byMs);
    clock.look();
  };
  /** As the VTN's `Date` says it, cut to the second. */
  const hear = (vtnMs: number, roundTripMs = 20) => clock.heard(Math.floor(vtnMs / 1000) * 1000, roundTripMs);

  beforeEach(() => {
    wall = new ManualClock(NOON);
    monotonicMs = 5_000;
    facts = new Facts(openAgentDatabase(':memory:'));
    said = [];
    clock = started();
    expect(clock.nowMs()).toBe(NOON);
  });

  it('goes on evenly once the VTN has told it, whatever is done to the machine', () => {
    hear(NOON);
    for (const stepMs of [HOUR, -3 * HOUR, 2 * HOUR]) {
      set(stepMs);
      pass(1_000);
    }
    expect(clock.nowMs()).toBe(NOON + 3_000);
    expect(clock.status).toMatchObject({ confirmedByVtn: true, steps: 3 });
    expect(said.filter((line) => line.includes("machine's clock was set"))).toHaveLength(3);
  });

  it('follows the machine while no VTN has told it: nobody knows better', () => {
    set(HOUR);
    expect(clock.nowMs()).toBe(NOON + HOUR);
    pass(1_000);
    expect(clock.nowMs()).toBe(NOON + HOUR + 1_000);
    expect(clock.status).toMatchObject({ confirmedByVtn: false, steps: 1, aheadOfMachineMs: 0 });
  });

  it("takes over the VTN's time when it is off by more than two seconds, and says so", () => {
    hear(NOON + 1_400);
    expect(clock.nowMs()).toBe(NOON);
    hear(NOON + 60_000);
    expect(Math.abs(clock.nowMs() - NOON - 60_000)).toBeLessThanOrEqual(500);
    expect(said.join()).toContain("set to the VTN's");
    pass(1_000);
    expect(clock.status.steps).toBe(1);
  });

  it('does not believe an answer that took long', () => {
    hear(NOON + HOUR, 2_001);
    expect(clock.nowMs()).toBe(NOON);
    expect(clock.status.confirmedByVtn).toBe(false);
  });

  it('is remembered over a restart of the process, and not over a boot of the machine', () => {
    hear(NOON + HOUR);
    const again = started();
    monotonicMs = 77;
    expect(Math.abs(again.nowMs() - NOON - HOUR)).toBeLessThanOrEqual(500);
    expect(again.status.confirmedByVtn).toBe(false);
    expect(started('boot-2').nowMs()).toBe(NOON);
  });

  it('notices no step where clocks only drift apart slowly', () => {
    hear(NOON);
    for (let second = 0; second < 10; second++) {
      wall.advance(1_400);
      monotonicMs += 1_000;
      clock.look();
    }
    expect(clock.status.steps).toBe(0);
  });
});
