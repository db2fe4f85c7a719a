import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { MigrationError, StoreStartError } from '../../../vtn/store/errors.ts';
import type { Migration } from '../../../vtn/store/migrate.ts';
import { migrations } from '../../../vtn/store/migrations/index.ts';
import { SqliteStore } from '../../../vtn/store/sqlite.ts';
import { asOrdinaryUser } from '../../support/ordinary-user.ts';
import { tempDir } from '../../support/temp-dir.ts';

const clock = new ManualClock('2026-01-01T00:00:00Z');

const adds = (name: string, table: string): Migration => ({
  name,
  up: (db) => db.schema.createTable(table).addColumn('id', 'text').execute(),
});

describe('the start of the store', () => {
  let folder: ReturnType<typeof tempDir>;
  let path: string;

  beforeEach(() => {
    folder = tempDir();
    path = join(folder.path, 'data', 'vtn.sqlite');
  });
  afterEach(() => folder.remove());

  const start = async (steps: readonly Migration[], at = path) => {
    const store = new SqliteStore({ path: at, clock, migrations: steps });
    await store.start();
    await store.stop();
    return store.applied;
  };

  /** Every table and index, and what was recorded: what must not change when a start fails. */
  const snapshot = () => {
    const database = new SQLite(path);
    try {
      return {
        schema: database.prepare('select type, name, sql from sqlite_schema order by name').all(),
        applied: database.prepare('select name, applied_ms from schema_migrations order by name').all(),
      };
    } finally {
      database.close();
    }
  };

  const failure = async (attempt: Promise<unknown>): Promise<StoreStartError> => {
    const error = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(StoreStartError);
    return error as StoreStartError;
  };

  it('makes the folder and the schema, and applies nothing the second time', async () => {
    expect(await start(migrations)).toEqual(migrations.map((migration) => migration.name));
    expect(await start(migrations)).toEqual([]);
  });

  it('applies what is new, in its order, and records when', async () => {
    await start([adds('001-a', 'a')]);
    clock.advance(1000);
    expect(await start([adds('001-a', 'a'), adds('002-b', 'b'), adds('003-c', 'c')])).toEqual(['002-b', '003-c']);
    const [first, second, third] = snapshot().applied as { name: string; applied_ms: number }[];
    expect([first?.name, second?.name, third?.name]).toEqual(['001-a', '002-b', '003-c']);
    expect(second?.applied_ms).toBe((first?.applied_ms ?? 0) + 1000);
  });

  it('stops at a failing migration with its name and cause, and leaves the database as it was', async () => {
    await start([adds('001-a', 'a')]);
    const before = snapshot();
    const broken: Migration = {
      name: '003-broken',
      async up(db) {
        await db.schema.createTable('half').addColumn('id', 'text').execute();
        await db.schema.createTable('a').addColumn('id', 'text').execute();
      },
    };
    const error = await failure(start([adds('001-a', 'a'), adds('002-b', 'b'), broken]));
    expect(error).toBeInstanceOf(MigrationError);
    expect((error as MigrationError).migration).toBe('003-broken');
    expect(error.message).toMatch(/^Migration 003-broken failed: .*table "?a"? already exists.*as it was/);
    expect(error.message).not.toContain('\n');
    expect(snapshot()).toEqual(before);
    expect(await start([adds('001-a', 'a')])).toEqual([]);
  });

  it('refuses a database of a newer version, and leaves it as it is', async () => {
    await start([adds('001-a', 'a'), adds('002-b', 'b')]);
    const before = snapshot();
    const error = await failure(start([adds('001-a', 'a')]));
    expect(error).toBeInstanceOf(MigrationError);
    expect(error.message).toContain('newer version: it has 002-b, this version ends at 001-a');
    expect(snapshot()).toEqual(before);
  });

  it('refuses a database with migrations that this version does not have', async () => {
    await start([adds('001-other', 'a'), adds('002-b', 'b')]);
    const error = await failure(start([adds('001-a', 'a'), adds('002-b', 'b')]));
    expect(error.message).toContain('001-other where this version has 001-a');
  });

  it('can be tried again by the same store after it has failed', async () => {
    await mkdir(join(path, '..'));
    await writeFile(path, 'this is no database, but it is long enough to be taken for one at first sight');
    const store = new SqliteStore({ path, clock });
    await failure(store.start());
    await writeFile(path, '');
    await store.start();
    await store.stop();
  });

  it('names the file that is no database', async () => {
    await mkdir(join(path, '..'));
    await writeFile(path, 'x'.repeat(10_000));
    const error = await failure(start(migrations));
    expect(error.message).toBe(`The database ${path} cannot be opened: file is not a database.`);
    expect(readFileSync(path, 'utf8')).toBe('x'.repeat(10_000));
  });

  it('names a folder where a file should be', async () => {
    await mkdir(path, { recursive: true });
    expect((await failure(start(migrations))).message).toContain(`The database ${path} cannot be opened`);
  });

  it('names a file that it may read but not write', async () => {
    await start(migrations);
    await chmod(path, 0o444);
    await chmod(join(path, '..'), 0o555);
    await chmod(folder.path, 0o755);
    const error = await asOrdinaryUser(() => failure(start(migrations)));
    await chmod(join(path, '..'), 0o755);
    expect(error.message).toMatch(
      /^The database .*vtn\.sqlite cannot be opened: .*(readonly|read-only|unable to open)/,
    );
  });

  it('names a folder that it cannot make', async () => {
    const error = await failure(start(migrations, '/proc/no/such/vtn.sqlite'));
    expect(error.message).toMatch(/^The database \/proc\/no\/such\/vtn\.sqlite cannot be opened: E(NOENT|ACCES|ROFS)/);
  });
});

describe('the schema that the migrations make', () => {
  /** `table.column` and whether it may be NULL, as schema.ts declares them. */
  function declared(): Set<string> {
    const source = readFileSync(new URL('../../../vtn/store/schema.ts', import.meta.url), 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/\/\/.*$/gm, '');
    const columns = new Set<string>();
    for (const [, table, body] of source.matchAll(/^ {2}(\w+): \{([^}]*)\}/gm)) {
      for (const [, column, type] of (body ?? '').matchAll(/(\w+): ([^;]+)(?:;|\s*$)/g)) {
        columns.add(`${table}.${column}${type?.includes('| null') ? ' may be null' : ''}`);
      }
    }
    return columns;
  }

  it('is the one that schema.ts declares, column by column', async () => {
    const folder = tempDir();
    const path = join(folder.path, 'vtn.sqlite');
    const store = new SqliteStore({ path, clock });
    await store.start();
    await store.stop();
    const database = new SQLite(path);
    const made = new Set<string>();
    const tables = database
      .prepare(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite%' and name != 'schema_migrations'",
      )
      .pluck()
      .all() as string[];
    for (const table of tables) {
      for (const column of database.pragma(`table_info(${table})`) as { name: string; notnull: number; pk: number }[]) {
        made.add(`${table}.${column.name}${column.notnull || column.pk ? '' : ' may be null'}`);
      }
    }
    database.close();
    await folder.remove();
    expect(made.size).toBeGreaterThan(100);
    expect([...made].sort()).toEqual([...declared()].sort());
  });
});
