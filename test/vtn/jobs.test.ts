import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { countedIds } from '@openadr-gateway/shared/ids.ts';
import { ManualClock, systemClock } from '@openadr-gateway/shared/time/clock.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { Jobs } from '../../vtn/jobs.ts';
import { SqliteStore } from '../../vtn/store/sqlite.ts';
import { limitRows, seedAsset } from './support/asset-rows.ts';

describe('the jobs', () => {
  let clock: ManualClock;
  let store: SqliteStore;
  let lines: string[];
  let jobs: Jobs;

  const jobsAt = (clock: Clock): Jobs => {
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    return new Jobs({ store, clock, ids: countedIds(), log, horizonDays: 2 });
  };
  const events = async () =>
    (await store.read((db) => db.selectFrom('events').select('name').orderBy('name').execute())).map((row) => row.name);
  const rolls = () => lines.filter((line) => line.includes('up to date')).length;

  beforeEach(() => {
    clock = new ManualClock('2026-01-15T10:00:00Z');
    store = new SqliteStore({ path: ':memory:', clock });
    lines = [];
    jobs = jobsAt(clock);
  });

  afterEach(async () => {
    vi.useRealTimers();
    await jobs.stop();
    await store.stop();
  });

  it('make the programs when they start, catch up in the background, and end when they are told to', async () => {
    await store.start();
    await seedAsset(store, 'PV_1', 'DE', limitRows('PV_1', 'DE', '2026-01-16'));
    await jobs.start();
    const programs = await store.read((db) => db.selectFrom('programs').select('name').orderBy('name').execute());
    expect(programs.map((row) => row.name)).toContain('capacity-limits');
    await vi.waitFor(async () => expect(await events()).toEqual(['limits/PV_1/2026-01-16']));
  });

  it.each([
    { market: 'DE', season: 'winter', before: '2026-01-15T22:59:59Z', midnight: '2026-01-15T23:00:00Z' },
    { market: 'PL', season: 'winter', before: '2026-01-15T22:59:59Z', midnight: '2026-01-15T23:00:00Z' },
    { market: 'DE', season: 'summer', before: '2026-07-15T21:59:59Z', midnight: '2026-07-15T22:00:00Z' },
    { market: 'PL', season: 'summer', before: '2026-07-15T21:59:59Z', midnight: '2026-07-15T22:00:00Z' },
  ] as const)(
    'move the horizon on at local midnight in $market in $season, once',
    async ({ market, before, midnight }) => {
      const [month] = [before.slice(0, 7)];
      clock.set(before);
      await store.start();
      await seedAsset(store, 'PV_1', market, limitRows('PV_1', market, `${month}-18`));
      await jobs.rollOnNewDay();
      expect(await events()).toEqual([]);
      await jobs.rollOnNewDay();
      expect(rolls()).toBe(1);
      clock.set(midnight);
      await jobs.rollOnNewDay();
      expect(await events()).toEqual([`limits/PV_1/${month}-18`]);
      await jobs.rollOnNewDay();
      expect(rolls()).toBe(2);
    },
  );

  it('make good for midnights that the machine slept through', async () => {
    await store.start();
    await seedAsset(store, 'PV_1', 'DE', [
      ...limitRows('PV_1', 'DE', '2026-01-18'),
      ...limitRows('PV_1', 'DE', '2026-01-21'),
    ]);
    await jobs.rollOnNewDay();
    clock.set('2026-01-20T15:00:00Z');
    await jobs.rollOnNewDay();
    expect(await events()).toEqual(['limits/PV_1/2026-01-21']);
  });

  it('follow the calendar by themselves', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: new Date('2026-01-15T22:59:50Z') });
    await store.start();
    await seedAsset(store, 'PV_1', 'DE', limitRows('PV_1', 'DE', '2026-01-18'));
    jobs = jobsAt(systemClock);
    await jobs.start();
    await jobs.roll();
    expect(await events()).toEqual([]);
    await vi.advanceTimersByTimeAsync(20_000);
    await jobs.roll();
    expect(await events()).toEqual(['limits/PV_1/2026-01-18']);
  });

  it('log what fails, and go on with it at the next minute', async () => {
    await jobs.rollOnNewDay();
    expect(lines.join()).toContain('the horizon of events could not be moved on');
    await store.start();
    await jobs.rollOnNewDay();
    expect(lines).toHaveLength(2);
    expect(rolls()).toBe(1);
  });

  it('end a roll after its present transaction; the next start goes on with it', async () => {
    await store.start();
    const ids = Array.from({ length: 40 }, (_, n) => `PV_${n}`);
    for (const id of ids) await seedAsset(store, id, 'DE', limitRows(id, 'DE', '2026-01-16'));
    await jobs.start();
    await jobs.stop();
    expect((await events()).length).toBeLessThan(40);
    expect(lines).toEqual([]);
    await jobs.roll();
    expect(await events()).toHaveLength(40);
  });
});
