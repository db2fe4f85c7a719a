import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { countedIds } from '@openadr-gateway/shared/ids.ts';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { Jobs } from '../../vtn/jobs.ts';
import { SqliteStore } from '../../vtn/store/sqlite.ts';

describe('the jobs', () => {
  const clock = new ManualClock('2026-01-15T10:00:00Z');

  it('catch up when they start, and end when they are told to', async () => {
    const store = new SqliteStore({ path: ':memory:', clock });
    await store.start();
    const jobs = new Jobs({ store, clock, ids: countedIds(), log: pino({ level: 'silent' }), horizonDays: 2 });
    await jobs.start();
    const programs = await store.read((db) => db.selectFrom('programs').select('name').orderBy('name').execute());
    expect(programs.map((row) => row.name)).toEqual(['capacity-limits', 'capacity-subscription', 'reservations']);
    await jobs.stop();
    await store.stop();
  });

  it('log what fails at midnight, and go on', async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    const store = new SqliteStore({ path: ':memory:', clock });
    const jobs = new Jobs({ store, clock, ids: countedIds(), log, horizonDays: 2 });
    await jobs.roll();
    expect(lines.join()).toContain('the horizon of events could not be moved on');
    await store.start();
    await jobs.roll();
    expect(lines).toHaveLength(1);
    await store.stop();
  });
});
