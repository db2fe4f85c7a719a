import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { EventCache } from '../../../ven-agent/client/event-cache.ts';
import { openAgentDatabase } from '../../../ven-agent/database.ts';
import type { AgentDatabase } from '../../../ven-agent/database.ts';
import { event, NOON, payload } from '../builders.ts';

const limit = () => event([payload('EXPORT_CAPACITY_LIMIT', 1)]);

let dir: ReturnType<typeof tempDir>;
let db: AgentDatabase;
const clock = new ManualClock(NOON);

function open(bootId = 'boot-1', random = () => 0.75): EventCache {
  return new EventCache({ db, clock, random, bootId });
}

beforeEach(() => {
  dir = tempDir();
  db = openAgentDatabase(dir.path);
  clock.set(NOON);
});

afterEach(async () => {
  db.close();
  await dir.remove();
});

describe('the event cache', () => {
  it('gives back after a restart what it was given, with the draw of the start', () => {
    const events = [limit(), limit()];
    open().replaceAll(events);
    const again = open('boot-1', () => 0.1);
    expect(again.events().map((c) => c.event)).toEqual(events);
    expect(again.events().map((c) => c.startDraw)).toEqual([0.5, 0.5]);
  });

  it('drops what a complete list does not contain', () => {
    const [a, b] = [limit(), limit()];
    open().replaceAll([a, b]);
    open().replaceAll([b]);
    expect(
      open()
        .events()
        .map((c) => c.event.id),
    ).toEqual([b.id]);
  });

  it('draws once per event: a new version keeps its draw, but is newly received', () => {
    const first = limit();
    open().replaceAll([first]);
    clock.advance(5000);
    const second = { ...first, modificationDateTime: '2026-06-01T12:00:05Z' };
    open('boot-1', () => 0).replaceAll([second]);
    expect(open().events()).toMatchObject([{ startDraw: 0.5, receivedMs: NOON + 5000 }]);
    clock.advance(5000);
    open().replaceAll([second]);
    expect(open().events()[0]?.receivedMs).toBe(NOON + 5000);
  });

  it('knows whether it was filled during this boot', () => {
    expect(open().isOfThisBoot).toBe(false);
    open().replaceAll([]);
    expect(open().isOfThisBoot).toBe(true);
    expect(open('boot-2').isOfThisBoot).toBe(false);
  });

  it('tells whether the enrolment changed', () => {
    const enrolment = { venId: 'v', venName: 'n', venTargets: [], resources: [] };
    expect([open().setEnrolment(enrolment), open().setEnrolment(enrolment)]).toEqual([true, false]);
    expect(open().enrolment).toEqual(enrolment);
  });

  it('goes on from memory when the disk refuses, and says so', () => {
    const cache = open();
    const event = limit();
    db.pragma('query_only = ON');
    expect(() => cache.replaceAll([event])).toThrow(/readonly|read-only/);
    expect(cache.events().map((c) => c.event)).toEqual([event]);
  });
});
