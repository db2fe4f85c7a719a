import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { EventCache } from '../../../ven-agent/client/event-cache.ts';
import { openAgentDatabase } from '../../../ven-agent/database.ts';
import type { AgentDatabase } from '../../../ven-agent/database.ts';
import { ReportOutbox } from '../../../ven-agent/reporting/outbox.ts';
import { Reporter } from '../../../ven-agent/reporting/reporter.ts';
import { bess, event, NOON } from '../builders.ts';

let db: AgentDatabase;
let outbox: ReportOutbox;
let reporter: Reporter;
let lines: string[];

beforeEach(() => {
  db = openAgentDatabase(':memory:');
  outbox = new ReportOutbox(db);
  lines = [];
  const cache = new EventCache({ db, clock: new ManualClock(NOON), random: () => 0, bootId: 'boot' });
  cache.replaceAll([event([], { id: 's1', reportDescriptors: [{ payloadType: 'DEMAND', repeat: -1 }] as never })]);
  cache.setEnrolment({ venId: 'v', venName: 'gateway', venTargets: [], resources: [] });
  const log = createLog({ name: 't', level: 'info', destination: { write: (line) => void lines.push(line) } });
  reporter = new Reporter({ cache, outbox, onQueued: () => undefined, log, periodMs: 10_000, tickMs: 1000 });
});

afterEach(() => db.close());

/** A tick that read the battery, or not. */
function tick(atMs: number, powerW?: number): void {
  const reading = powerW === undefined ? undefined : { readAtMs: atMs, powerW };
  reporter.record([{ resourceName: 'BESS_1', capabilities: bess, reading }], () => undefined, atMs);
}

const queued = () => outbox.oldest(100).map((r) => JSON.parse(r.body));
const qualities = () =>
  queued().map(
    (r) => r.resources[0].intervals[0].payloads.find((p: { type: string }) => p.type === 'DATA_QUALITY').values[0],
  );

describe('the reporter', () => {
  it('makes one report per resource and period of the wall clock', () => {
    for (let second = 3; second <= 20; second++) tick(NOON + second * 1000, 5000);
    expect(queued().map((r) => [r.reportName, r.eventID, r.clientName])).toEqual([
      ['BESS_1/2026-06-01T12:00:00Z', 's1', 'gateway'],
      ['BESS_1/2026-06-01T12:00:10Z', 's1', 'gateway'],
    ]);
    expect(qualities()).toEqual(['ESTIMATED', 'OK']);
  });

  it('reports what it could not see as missing', () => {
    tick(NOON);
    tick(NOON + 10_000);
    expect(qualities()).toEqual(['MISSING']);
  });

  it('reports the periods that the machine slept through, but not without end', () => {
    tick(NOON, 1);
    tick(NOON + 30_000, 1);
    expect(queued()).toHaveLength(3);
    tick(NOON + 3_600_000, 1);
    expect(queued()).toHaveLength(13);
  });

  it('says nothing twice when the clock is set back', () => {
    tick(NOON + 15_000, 1);
    tick(NOON + 5_000, 1);
    expect(queued()).toEqual([]);
    tick(NOON + 10_000, 1);
    expect(queued()).toHaveLength(1);
  });

  it('keeps reports in memory while the disk refuses, says so once, and saves them when it can', () => {
    tick(NOON, 1);
    db.pragma('query_only = ON');
    for (let i = 1; i <= 3; i++) tick(NOON + i * 10_000, 1);
    expect(reporter.unsaved).toBe(3);
    db.pragma('query_only = OFF');
    tick(NOON + 40_000, 1);
    expect(reporter.unsaved).toBe(0);
    expect(queued()).toHaveLength(4);
    expect(lines.filter((l) => l.includes('cannot be saved'))).toHaveLength(1);
  });
});
