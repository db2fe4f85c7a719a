import { statSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { sql, type CompiledQuery } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { listEventBodies, listEvents, type EventFilter } from '../../../vtn/store/events.ts';
import { migrations } from '../../../vtn/store/migrations/index.ts';
import { listPrograms } from '../../../vtn/store/programs.ts';
import { eventRow, programRow } from '../../../vtn/store/rows.ts';
import { SqliteConnection, sqliteHandle } from '../../../vtn/store/sqlite-dialect.ts';
import { SqliteStore } from '../../../vtn/store/sqlite.ts';
import { anEvent, aProgram, created } from '../../support/openadr-objects.ts';
import { smallDisk } from '../../support/small-disk.ts';
import { tempDir } from '../../support/temp-dir.ts';

const clock = new ManualClock('2026-01-01T00:00:00Z');

describe('the SQLite store', () => {
  let folder: ReturnType<typeof tempDir>;
  let path: string;
  let store: SqliteStore;

  beforeEach(async () => {
    folder = tempDir();
    path = join(folder.path, 'vtn.sqlite');
    store = new SqliteStore({ path, clock });
    await store.start();
  });

  afterEach(async () => {
    await store.stop();
    await folder.remove();
  });

  const put = (...ids: string[]) => store.write((tx) => tx.apply(created(...ids.map((id) => aProgram(id)))));
  const stored = () => store.read(async (db) => (await listPrograms(db)).map((program) => program.id));
  const pragma = async (name: string) => {
    const rows = await store.write(async ({ db }) => (await sql<object>`pragma ${sql.raw(name)}`.execute(db)).rows);
    return Object.values(rows[0] ?? {})[0] as unknown;
  };

  it('writes with a log, syncs it at every commit, and checks references', async () => {
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('foreign_keys')).toBe(1);
  });

  it('keeps what was written over a restart', async () => {
    await put('a', 'b');
    await store.stop();
    store = new SqliteStore({ path, clock });
    await store.start();
    expect(await stored()).toEqual(['a', 'b']);
  });

  it('leaves one file without a log when it is stopped', async () => {
    await put('a');
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    await store.stop();
    expect(() => statSync(`${path}-wal`)).toThrow('ENOENT');
  });

  it('fails writes with 507 while the disk is full, half-writes nothing, still reads, and recovers', async () => {
    await put('a');
    await store.write(async ({ db }) => {
      const pages = await sql<{ page_count: number }>`pragma page_count`.execute(db);
      await sql`pragma max_page_count = ${sql.raw(String((pages.rows[0]?.page_count ?? 0) + 20))}`.execute(db);
    });
    const big = (id: string) =>
      store.write((tx) =>
        tx.apply(created(aProgram(id), aProgram(`${id}2`, { programDescriptions: [{ URL: 'x'.repeat(50_000) }] }))),
      );
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => big(`big${n}`)));
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failed.length).toBeGreaterThan(0);
    for (const { reason } of failed) expect(reason).toMatchObject({ status: 507, code: 'insufficient_storage' });

    const kept = outcomes.flatMap((outcome, n) => (outcome.status === 'fulfilled' ? [`big${n}`, `big${n}2`] : []));
    expect((await stored()).sort()).toEqual(['a', ...kept].sort());
    const announced = await store.read((db) => db.selectFrom('outbox').select('object_id').execute());
    expect(announced.map((row) => row.object_id).sort()).toEqual(['a', ...kept].sort());

    await store.write(({ db }) => sql`pragma max_page_count = 1000000`.execute(db));
    await big('later');
    expect(await stored()).toContain('later2');
  });

  it('is not ready while the database may not be written', async () => {
    await store.write(({ db }) => sql`pragma query_only = on`.execute(db));
    await expect(store.check()).rejects.toMatchObject({ status: 503 });
  });

  it('answers 503 when another process keeps the database locked, and goes on afterwards', async () => {
    const other = new SQLite(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(put('a')).rejects.toMatchObject({ status: 503 });
    expect(await stored()).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
    await put('b');
    expect(await stored()).toEqual(['b']);
  });

  it('reads while a write is under way', async () => {
    await put('a');
    const seen = await store.write(async (tx) => {
      await tx.apply(created(aProgram('b')));
      return stored();
    });
    expect(seen).toEqual(['a']);
  });

  it('refuses to be started twice', async () => {
    await expect(store.start()).rejects.toThrow('running already');
  });
});

describe('the SQLite store on a disk that is full', () => {
  it('answers 507, keeps what it acknowledged and nothing else, stops cleanly, and starts again', async (test) => {
    const disk = smallDisk(2048);
    if (!disk) return test.skip('mounting a small disk needs root');
    const path = join(disk.path, 'vtn.sqlite');
    try {
      let store = new SqliteStore({ path, clock });
      await store.start();
      const acknowledged: string[] = [];
      let refused = 0;
      for (let n = 0; refused < 5; n++) {
        const program = aProgram(`p${n}`, { programDescriptions: [{ URL: 'x'.repeat(20_000) }] });
        const write = store.write((tx) => tx.apply(created(program)));
        await write.then(
          () => acknowledged.push(program.id),
          (error: unknown) => {
            expect(error).toMatchObject({ status: 507 });
            refused++;
          },
        );
      }
      await store.stop();
      store = new SqliteStore({ path, clock });
      await store.start();
      const stored = await store.read(async (db) => (await listPrograms(db)).map((program) => program.id));
      await store.stop();
      expect(stored.sort()).toEqual(acknowledged.sort());
      expect(acknowledged.length).toBeGreaterThan(5);
    } finally {
      await disk.remove();
    }
  });
});

describe('a connection', () => {
  it('keeps prepared statements, and no more than so many', async () => {
    const database = new SQLite(':memory:');
    const connection = new SqliteConnection(database, 'write', 3);
    const db = sqliteHandle(() => connection);
    for (let n = 0; n < 10; n++) await sql`select ${n}`.execute(db);
    expect(connection.kept).toBe(1);
    for (let n = 0; n < 10; n++) await sql`select ${sql.raw(String(n))}`.execute(db);
    expect(connection.kept).toBe(3);
    database.close();
  });
});

describe('the list of events', () => {
  /** The plan of the one query that a list of events runs. */
  async function planOf(filter: EventFilter): Promise<string> {
    const store = new SqliteStore({ path: ':memory:', clock });
    await store.start();
    try {
      return await store.write(async (tx) => {
        await tx.apply(created(aProgram('p'), anEvent('e', 'p')));
        let asked: CompiledQuery | undefined;
        const recorder = sqliteHandle(() => ({
          executeQuery: async (query) => {
            asked = query;
            return { rows: [] };
          },
          streamQuery: () => {
            throw new Error('not used');
          },
        }));
        await listEventBodies(recorder, filter);
        const plan = await tx.db.executeQuery<{ detail: string }>({
          ...(asked as CompiledQuery),
          sql: `explain query plan ${asked?.sql}`,
        });
        return plan.rows.map((row) => row.detail).join('\n');
      });
    } finally {
      await store.stop();
    }
  }

  it('finds what a VEN may see through the index of who may see what, and reads only the events of the page', async () => {
    const asked: EventFilter[] = [{}, { activeAtMs: 0 }, { programId: 'p' }, { targets: ['a'] }, { skip: 100 }];
    for (const filter of asked) {
      const plan = await planOf({ visibleTo: { targets: ['a', 'b'] }, limit: 50, ...filter });
      expect(plan.match(/SEARCH event_audience USING COVERING INDEX event_audience_order \(target=\?/g)).toHaveLength(
        2,
      );
      expect(plan).toContain('SEARCH events USING INDEX sqlite_autoindex_events_1 (id=?)');
      expect(plan).not.toMatch(/SCAN (events|event_audience|event_targets|program_targets)\b/);
    }
  });

  it('reads what is untargeted in the order of the index, without sorting what is not on the page', async () => {
    const plan = await planOf({ visibleTo: { targets: ['a', 'b'] }, limit: 50, activeAtMs: 0 });
    const [, everybodys = ''] = /CO-ROUTINE everybodys\n([^]*?)SCAN everybodys/.exec(plan) ?? [];
    expect(everybodys).toMatch(/^SEARCH event_audience .*\n$/);
  });

  it('reads a page of all events in the order of its index, without sorting', async () => {
    const plan = await planOf({ limit: 50 });
    expect(plan).toContain('events_order');
    expect(plan).not.toContain('TEMP B-TREE');
  });
});

describe('a database from before events were filed by who may see them', () => {
  it('has them filed when it is opened', async () => {
    const folder = tempDir('openadr-store-');
    const path = join(folder.path, 'vtn.db');
    const old = new SqliteStore({ path, clock, migrations: migrations.slice(0, 3) });
    await old.start();
    await old.write(async ({ db }) => {
      for (const [id, target] of [
        ['open', ''],
        ['secret', 's'],
      ] as const) {
        await db
          .insertInto('programs')
          .values(programRow(aProgram(id)))
          .execute();
        await db.insertInto('program_targets').values({ program_id: id, target }).execute();
        for (const [name, own] of [
          ['all', ''],
          ['a', 'a'],
        ] as const) {
          const event = anEvent(`${id}-${name}`, id);
          await db.insertInto('events').values(eventRow(event)).execute();
          await db.insertInto('event_targets').values({ event_id: event.id, target: own }).execute();
        }
      }
    });
    await old.stop();
    const store = new SqliteStore({ path, clock });
    await store.start();
    const list = async (...targets: string[]) =>
      (await store.read((db) => listEvents(db, { visibleTo: { targets } }))).map((event) => event.id).sort();
    expect(await list()).toEqual(['open-all']);
    expect(await list('a')).toEqual(['open-a', 'open-all']);
    expect(await list('s')).toEqual(['open-all', 'secret-all']);
    expect(await list('a', 's')).toEqual(['open-a', 'open-all', 'secret-a', 'secret-all']);
    await store.stop();
    await folder.remove();
  });
});
