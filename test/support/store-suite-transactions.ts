import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { listEvents } from '@openadr-gateway/vtn/store/events.ts';
import { outboxAfter } from '@openadr-gateway/vtn/store/outbox.ts';
import { listPrograms, programById } from '@openadr-gateway/vtn/store/programs.ts';
import type { Db, Store } from '@openadr-gateway/vtn/store/store.ts';
import { anEvent, aProgram, aVen, created, deleted, updated } from './openadr-objects.ts';
import type { Subject } from './store-suite.ts';

/** Adds one to a counter by reading and writing it, with a query in between: what loses updates when writes overlap. */
async function increment(db: Db, name: string): Promise<number> {
  const row = await db.selectFrom('counters').select('value').where('name', '=', name).executeTakeFirst();
  await listPrograms(db);
  const value = (row?.value ?? 0) + 1;
  if (row) await db.updateTable('counters').set({ value }).where('name', '=', name).execute();
  else await db.insertInto('counters').values({ name, value }).execute();
  return value;
}

const counter = (store: Store, name: string) =>
  store.read(async (db) => {
    const row = await db.selectFrom('counters').select('value').where('name', '=', name).executeTakeFirst();
    return row?.value;
  });

const outbox = (store: Store) => store.read((db) => outboxAfter(db, 0, 1000));

export function transactionTests(subject: Subject): void {
  describe('reading and writing', () => {
    it('gives back what was written, and what the write returns', async () => {
      const program = aProgram('p');
      const answer = await subject().write(async (tx) => {
        await tx.apply(created(program));
        return 'done';
      });
      expect(answer).toBe('done');
      expect(await subject().read((db) => programById(db, 'p'))).toEqual(program);
    });

    it('lets a write see its own changes before they are committed', async () => {
      const seen = await subject().write(async (tx) => {
        await tx.apply(created(aProgram('p')));
        return programById(tx.db, 'p');
      });
      expect(seen?.id).toBe('p');
    });

    it('does not show a read what is not committed', async () => {
      let seen: Promise<number> | undefined;
      const write = subject().write(async (tx) => {
        await tx.apply(created(aProgram('p')));
        seen = subject().read(async (db) => (await listPrograms(db)).length);
        await listPrograms(tx.db);
        throw new Error('changed my mind');
      });
      await expect(write).rejects.toThrow('changed my mind');
      expect(await seen).toBe(0);
    });

    it('shows every read that starts after a write has resolved what it wrote', async () => {
      for (let n = 1; n <= 20; n++) {
        await subject().write((tx) => tx.apply(created(aProgram(`p${n}`))));
        expect(await subject().read(async (db) => (await listPrograms(db)).length)).toBe(n);
      }
    });

    it('refuses to write through a read', async () => {
      const write = subject().read((db) => db.insertInto('counters').values({ name: 'a', value: 1 }).execute());
      await expect(write).rejects.toThrow();
      expect(await counter(subject(), 'a')).toBeUndefined();
    });

    it('never loses an update when many writes change one row at once', async () => {
      await Promise.all(Array.from({ length: 300 }, () => subject().write((tx) => increment(tx.db, 'n'))));
      expect(await counter(subject(), 'n')).toBe(300);
    });

    it('runs writes in the order in which they were asked for', async () => {
      const values = await Promise.all(
        Array.from({ length: 200 }, () => subject().write((tx) => increment(tx.db, 'n'))),
      );
      expect(values).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    });

    it('undoes only the write that throws, and keeps its neighbours', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 100 }, (_, n) =>
          subject().write(async (tx) => {
            await tx.apply(created(aProgram(`p${n}`)));
            await increment(tx.db, 'n');
            if (n % 3 === 0) throw new Error(`no ${n}`);
          }),
        ),
      );
      const kept = outcomes.flatMap((outcome, n) => (outcome.status === 'fulfilled' ? [`p${n}`] : []));
      expect(kept).toHaveLength(66);
      const stored = await subject().read((db) => listPrograms(db));
      expect(stored.map((program) => program.id).sort()).toEqual(kept.sort());
      expect((await outbox(subject())).map((row) => row.object_id).sort()).toEqual(kept);
      expect(await counter(subject(), 'n')).toBe(66);
    });

    it('keeps nothing of a write whose changes cannot be applied, even when it swallows the error', async () => {
      await subject().write((tx) => tx.apply(created(aProgram('p'))));
      const write = subject().write(async (tx) => {
        await increment(tx.db, 'n');
        await tx.apply(created(aVen('v'), aProgram('p'))).catch(() => undefined);
      });
      await expect(write).rejects.toMatchObject({ status: 409 });
      expect(await counter(subject(), 'n')).toBeUndefined();
      expect(await subject().read((db) => db.selectFrom('vens').selectAll().execute())).toEqual([]);
    });

    it('refuses queries that run after their write has ended', async () => {
      let leaked: Db | undefined;
      await subject().write(async (tx) => {
        leaked = tx.db;
      });
      await expect(listPrograms(leaked as Db)).rejects.toThrow('not awaited');
    });

    it('keeps nothing of the queries that were still under way when a write failed', async () => {
      const write = subject().write(async (tx) => {
        await Promise.all([
          sql`select * from no_such_table`.execute(tx.db),
          increment(tx.db, 'a').then(() => increment(tx.db, 'a')),
        ]);
      });
      await expect(write).rejects.toThrow('no_such_table');
      await subject().write((tx) => increment(tx.db, 'b'));
      expect(await counter(subject(), 'a')).toBeUndefined();
    });

    it('answers a broken unique key with 409 and not with the words of the database', async () => {
      await subject().write((tx) => tx.apply(created(aVen('v'))));
      const twice = subject().write((tx) => tx.apply(created(aVen('w', { venName: 'name of v' }))));
      await expect(twice).rejects.toMatchObject({
        status: 409,
        code: 'conflict',
        detail: expect.not.stringContaining('vens'),
      });
    });

    it('says that it can be written', async () => {
      await expect(subject().check()).resolves.toBeUndefined();
    });
  });

  describe('starting and stopping', () => {
    it('finishes the writes that were asked for before the stop, and refuses later ones with 503', async () => {
      const before = Array.from({ length: 150 }, (_, n) =>
        subject().write((tx) => tx.apply(created(aProgram(`p${n}`)))),
      );
      const stopped = subject().stop();
      await expect(subject().write((tx) => tx.apply(created(aProgram('late'))))).rejects.toMatchObject({ status: 503 });
      await expect(Promise.all(before)).resolves.toHaveLength(150);
      await stopped;
      await expect(subject().read((db) => listPrograms(db))).rejects.toMatchObject({ status: 503 });
      await expect(subject().check()).rejects.toMatchObject({ status: 503 });
    });

    it('can be stopped twice', async () => {
      await subject().stop();
      await expect(subject().stop()).resolves.toBeUndefined();
    });
  });

  describe('commits', () => {
    it('raise the version of each collection that they touched, and of no other', async () => {
      const before = { ...subject().versions };
      await subject().write((tx) => tx.apply(created(aProgram('p'), anEvent('e', 'p'))));
      expect(subject().versions).toEqual({ ...before, programs: before.programs + 1, events: before.events + 1 });
    });

    it('leave the versions alone when the write fails or changes no object', async () => {
      const before = { ...subject().versions };
      await subject().write((tx) => increment(tx.db, 'n'));
      await subject()
        .write(async (tx) => {
          await tx.apply(created(aProgram('p')));
          throw new Error('no');
        })
        .catch(() => undefined);
      expect(subject().versions).toEqual(before);
    });

    it('have raised the version when the write resolves', async () => {
      const before = subject().versions.programs;
      const seen = await subject()
        .write((tx) => tx.apply(created(aProgram('p'))))
        .then(() => subject().versions.programs);
      expect(seen).toBe(before + 1);
    });

    it('tell the listeners of the outbox, until these unsubscribe', async () => {
      let calls = 0;
      const unsubscribe = subject().onOutbox(() => calls++);
      await subject().write((tx) => tx.apply(created(aProgram('p'))));
      expect(calls).toBe(1);
      await subject().write((tx) => increment(tx.db, 'n'));
      expect(calls).toBe(1);
      unsubscribe();
      await subject().write((tx) => tx.apply(created(aProgram('q'))));
      expect(calls).toBe(1);
    });

    it('go on when a listener throws', async () => {
      subject().onOutbox(() => {
        throw new Error('listener');
      });
      let heard = false;
      subject().onOutbox(() => {
        heard = true;
      });
      await expect(subject().write((tx) => tx.apply(created(aProgram('p'))))).resolves.toBeUndefined();
      expect(heard).toBe(true);
    });
  });

  describe('the outbox', () => {
    it('has one row for each change, in the order of the changes', async () => {
      const program = aProgram('p');
      const changed = { ...program, programName: 'other' };
      await subject().write((tx) => tx.apply([...created(program, anEvent('e', 'p')), ...updated(changed, program)]));
      await subject().write((tx) => tx.apply(deleted(anEvent('e', 'p'))));
      const rows = await outbox(subject());
      expect(rows.map((row) => [row.operation, row.object_type, row.object_id])).toEqual([
        ['CREATE', 'PROGRAM', 'p'],
        ['CREATE', 'EVENT', 'e'],
        ['UPDATE', 'PROGRAM', 'p'],
        ['DELETE', 'EVENT', 'e'],
      ]);
      expect(rows.map((row) => row.seq)).toEqual([...rows.map((row) => row.seq)].sort((a, b) => a - b));
      expect(JSON.parse(rows[2]?.body ?? '')).toEqual(changed);
      expect(JSON.parse(rows[2]?.previous ?? '')).toEqual(program);
      expect(rows[0]?.previous).toBeNull();
    });

    it('says what an object was before an update even when the change does not', async () => {
      const program = aProgram('p', { targets: ['a'] });
      await subject().write((tx) => tx.apply(created(program)));
      await subject().write((tx) => tx.apply(updated({ ...program, targets: ['b'] })));
      const last = (await outbox(subject())).at(-1);
      expect(JSON.parse(last?.previous ?? '')).toEqual(program);
    });

    it('never gives a number out twice, not even when all rows were announced and forgotten', async () => {
      await subject().write((tx) => tx.apply(created(aProgram('p'))));
      const [first] = await outbox(subject());
      await subject().write(async (tx) => {
        await tx.db.deleteFrom('outbox').execute();
      });
      await subject().write((tx) => tx.apply(created(aProgram('q'))));
      const [second] = await outbox(subject());
      expect(second?.seq).toBeGreaterThan(first?.seq ?? Infinity);
    });

    it('is read in pieces, from a number on', async () => {
      await subject().write((tx) => tx.apply(created(...Array.from({ length: 10 }, (_, n) => aProgram(`p${n}`)))));
      const all = await outbox(subject());
      const piece = await subject().read((db) => outboxAfter(db, all[3]?.seq ?? 0, 2));
      expect(piece.map((row) => row.object_id)).toEqual(['p4', 'p5']);
    });
  });

  describe('changes of objects that are gone', () => {
    it('are refused with 409, and nothing is announced', async () => {
      await expect(subject().write((tx) => tx.apply(updated(aProgram('p'))))).rejects.toMatchObject({ status: 409 });
      const knowingBefore = updated(aProgram('p'), aProgram('p'));
      await expect(subject().write((tx) => tx.apply(knowingBefore))).rejects.toMatchObject({ status: 409 });
      await expect(subject().write((tx) => tx.apply(deleted(aProgram('p'))))).rejects.toMatchObject({ status: 409 });
      expect(await outbox(subject())).toEqual([]);
    });

    it('are refused for an event whose program is not there', async () => {
      await expect(subject().write((tx) => tx.apply(created(anEvent('e', 'nowhere'))))).rejects.toMatchObject({
        status: 409,
      });
      expect(await subject().read((db) => listEvents(db))).toEqual([]);
    });
  });
}
