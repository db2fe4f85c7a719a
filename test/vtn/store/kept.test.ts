import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { kept } from '../../../vtn/store/kept.ts';
import { SqliteStore } from '../../../vtn/store/sqlite.ts';

describe('a kept query', () => {
  const store = new SqliteStore({ path: ':memory:', clock: new ManualClock('2026-01-15T10:00:00Z') });
  beforeAll(() => store.start());
  afterAll(() => store.stop());
  let builds = 0;
  const insert = kept((db, rows: readonly { name: string; value: number }[]) => {
    builds += 1;
    return db.insertInto('counters').values(rows);
  });
  const find = kept((db, above: number, names: readonly string[]) => {
    builds += 1;
    return db
      .selectFrom('counters')
      .selectAll()
      .where('value', '>', above)
      .where('name', 'in', names)
      .where('name', '<>', 'never')
      .orderBy('name');
  });

  it('is built once for each shape of its arguments, and runs with the values of each call', async () => {
    await store.write(async ({ db }) => {
      await insert(db, [
        { name: 'a', value: 1 },
        { name: 'b', value: 2 },
      ]);
      // The same columns in another order are the same columns.
      await insert(db, [
        { name: 'c', value: 3 },
        { value: 4, name: 'd' },
      ]);
      await insert(db, [{ name: 'e', value: 5 }]);
    });
    expect(builds).toBe(2);
    const found = async (above: number, names: string[]) =>
      (await store.read((db) => find(db, above, names))).rows.map((row) => `${row.name}${row.value}`);
    expect(await found(1, ['a', 'b', 'd'])).toEqual(['b2', 'd4']);
    expect(await found(0, ['a', 'c', 'e'])).toEqual(['a1', 'c3', 'e5']);
    expect(builds).toBe(3);
    expect(await found(0, ['e'])).toEqual(['e5']);
    expect(await found(0, [])).toEqual([]);
    expect(builds).toBe(5);
  });

  it('tells how many rows it changed', async () => {
    const raise = kept((db, name: string, row: { value: number }) =>
      db.updateTable('counters').set(row).where('name', '=', name),
    );
    await store.write(async ({ db }) => {
      expect((await raise(db, 'a', { value: 7 })).numAffectedRows).toBe(1n);
      expect((await raise(db, 'nobody', { value: 7 })).numAffectedRows).toBe(0n);
    });
  });

  it('keeps a bounded number of shapes and stays right beyond it', async () => {
    const one = kept((db, values: readonly number[]) =>
      db.selectNoFrom(
        sql<number>`${sql.join(
          values.map((value) => sql`${value}`),
          sql` + `,
        )}`.as('sum'),
      ),
    );
    for (const round of [1, 2]) {
      for (let n = 1; n <= 50; n++) {
        const { rows } = await store.read((db) =>
          one(
            db,
            Array.from({ length: n }, () => round),
          ),
        );
        expect(rows).toEqual([{ sum: n * round }]);
      }
    }
  });

  it('refuses rows whose columns differ instead of mixing their values up', async () => {
    const rows = [{ name: 'x', value: 1 }, { name: 'y' } as { name: string; value: number }];
    await expect(store.write(({ db }) => insert(db, rows))).rejects.toThrow();
    expect((await store.read((db) => find(db, 0, ['x', 'y']))).rows).toEqual([]);
  });
});
