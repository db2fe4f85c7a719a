import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { listPrograms } from '../../../vtn/store/programs.ts';
import { SqliteStore } from '../../../vtn/store/sqlite.ts';
import type { Writer } from '../../../vtn/store/store.ts';
import { aProgram, created } from '../../support/openadr-objects.ts';

const clock = new ManualClock('2026-01-01T00:00:00Z');

describe('group commit', () => {
  let store: SqliteStore;
  let elapsedMs: number;
  let commits: number;

  beforeEach(async () => {
    elapsedMs = 0;
    commits = 0;
    store = new SqliteStore({
      path: ':memory:',
      clock,
      groupCommit: { maxWrites: 10, maxBatchMs: 5, elapsedMs: () => elapsedMs },
    });
    await store.start();
    store.onOutbox(() => commits++);
  });

  afterEach(() => store.stop());

  const put = (id: string, meanwhile: (tx: Writer) => Promise<unknown> = async () => undefined) =>
    store.write(async (tx) => {
      await tx.apply(created(aProgram(id)));
      await meanwhile(tx);
      return id;
    });
  const stored = () => store.read(async (db) => (await listPrograms(db)).map((program) => program.id));

  it('makes writes that are asked for together durable with one commit', async () => {
    await Promise.all(['a', 'b', 'c'].map((id) => put(id)));
    expect(commits).toBe(1);
    expect(await stored()).toEqual(['a', 'b', 'c']);
  });

  it('takes at most so many writes into a batch', async () => {
    await Promise.all(Array.from({ length: 25 }, (_, n) => put(`p${n}`)));
    expect(commits).toBe(3);
  });

  it('closes a batch that runs too long, and keeps the order of those that wait', async () => {
    const order: string[] = [];
    const slow = async (tx: Writer, id: string) => {
      await listPrograms(tx.db);
      elapsedMs += 3;
      order.push(id);
    };
    // More than one batch holds, so that some wait outside when a batch closes.
    const all = Array.from({ length: 14 }, (_, n) => `p${n}`);
    await Promise.all(all.map((id) => put(id, (tx) => slow(tx, id))));
    expect(commits).toBe(7);
    expect(order).toEqual(all);
  });

  it('always runs at least one write, however slow', async () => {
    const slow = async () => {
      elapsedMs += 100;
    };
    await Promise.all([put('a', slow), put('b', slow)]);
    expect(commits).toBe(2);
    expect(await stored()).toEqual(['a', 'b']);
  });

  it('lets the event loop turn between batches', async () => {
    const events: string[] = [];
    const all = Promise.all(
      Array.from({ length: 20 }, (_, n) => put(`p${n}`, async () => void (n % 10 === 9 && events.push('batch')))),
    );
    setImmediate(() => events.push('turn'));
    setImmediate(() => setImmediate(() => events.push('turn')));
    await all;
    expect(events.slice(0, 3)).toEqual(['batch', 'turn', 'batch']);
  });

  it('takes the writes of one turn of the event loop together, even when they are not asked for at once', async () => {
    const first = put('a');
    await Promise.resolve();
    await Promise.all([first, put('b')]);
    expect(commits).toBe(1);
  });

  it('answers no write before the commit, so that an acknowledged write is durable', async () => {
    const answers: string[] = [];
    const note = (id: string) => () => void answers.push(`${id} after ${commits} commits`);
    await Promise.all([put('a').then(note('a')), put('b').then(note('b'))]);
    expect(answers).toEqual(['a after 1 commits', 'b after 1 commits']);
  });

  it('commits nothing when every write of the batch has failed', async () => {
    const fail = async () => {
      throw new Error('no');
    };
    const outcomes = await Promise.allSettled([put('a', fail), put('b', fail)]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    expect(commits).toBe(0);
    expect(await put('c')).toBe('c');
  });

  it('rejects every write of a batch whose commit fails, stores none of them, and goes on', async () => {
    const breakAtCommit = async ({ db }: Writer) => {
      await sql`pragma defer_foreign_keys = on`.execute(db);
      await db.insertInto('event_targets').values({ event_id: 'no such event', target: 't' }).execute();
    };
    const outcomes = await Promise.allSettled([put('a'), put('b', breakAtCommit), put('c')]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await stored()).toEqual([]);
    expect(store.versions.programs).toBe(0);
    expect(await put('d')).toBe('d');
    expect(await stored()).toEqual(['d']);
  });

  it('rejects every write of a batch that the database gives up half-way, even when the write goes on', async () => {
    const giveUp = async ({ db }: Writer) => {
      await sql`rollback`.execute(db);
      await listPrograms(db).catch(() => undefined);
    };
    const outcomes = await Promise.allSettled([put('a'), put('b', giveUp), put('c')]);
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { status: 503 } },
      { status: 'rejected', reason: { status: 503 } },
      { status: 'rejected', reason: { status: 503 } },
    ]);
    expect(await stored()).toEqual([]);
    expect(await put('d')).toBe('d');
  });

  it('tells a write that failed by itself its own error, even when the commit of its batch fails too', async () => {
    const own = put('a', async () => {
      throw new Error('my own');
    });
    const outcomes = await Promise.allSettled([own, put('b', ({ db }) => sql`rollback`.execute(db))]);
    expect(outcomes).toMatchObject([{ reason: { message: 'my own' } }, { reason: { status: 503 } }]);
  });
});
