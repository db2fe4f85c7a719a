import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event, Program, StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import { listEvents, type EventFilter } from '@openadr-gateway/vtn/store/events.ts';
import { listPrograms } from '@openadr-gateway/vtn/store/programs.ts';
import type { Db } from '@openadr-gateway/vtn/store/store.ts';
import { grantedTargets, grantedTargetsOfVen, vensHolding } from '@openadr-gateway/vtn/store/targets.ts';
import { anEvent, aProgram, aResource, aVen, created, deleted, updated } from './openadr-objects.ts';
import type { Subject } from './store-suite.ts';

const ids = (objects: readonly { id: string }[]) => objects.map((object) => object.id);
const shares = (targets: readonly string[] | null | undefined, wanted: readonly string[]) =>
  (targets ?? []).some((target) => wanted.includes(target));

/** The rules of openadr.md in the plainest words, to compare with. */
function expectedEvents(programs: readonly Program[], events: readonly Event[], filter: EventFilter): Event[] {
  const visible = (targets: readonly string[] | null | undefined) =>
    filter.visibleTo === undefined || (targets ?? []).length === 0 || shares(targets, filter.visibleTo.targets);
  const programOf = (event: Event) => programs.find((program) => program.id === event.programID);
  const found = events
    .filter((event) => visible(event.targets) && visible(programOf(event)?.targets))
    .filter((event) => filter.targets === undefined || shares(event.targets, filter.targets))
    .filter((event) => filter.programId === undefined || event.programID === filter.programId)
    .sort(
      (a, b) =>
        (a.priority ?? Infinity) - (b.priority ?? Infinity) ||
        Date.parse(b.createdDateTime) - Date.parse(a.createdDateTime) ||
        (a.id < b.id ? -1 : 1),
    );
  const skip = filter.skip ?? 0;
  return found.slice(skip, skip + (filter.limit ?? Infinity));
}

// Infinity - Infinity is NaN, which `||` treats like 0: both unset, so the next key decides.

const target = fc.constantFrom('a', 'b', 'c', 'd');
const targets = fc.option(fc.array(target, { maxLength: 3 }), { nil: null });
const arbitraryPrograms = fc
  .array(targets, { minLength: 1, maxLength: 4 })
  .map((all) => all.map((some, n) => aProgram(`p${n}`, { targets: some })));
const arbitraryEvents = fc
  .array(
    fc.record({
      program: fc.nat(3),
      targets,
      priority: fc.option(fc.nat(2), { nil: null }),
      createdDateTime: fc.nat(2).map((day) => `2026-01-0${day + 1}T00:00:00Z`),
    }),
    { maxLength: 12 },
  )
  .map((all) => all.map(({ program, ...event }, n) => ({ ...event, id: `e${n}`, program })));
const arbitraryFilter = fc.record(
  {
    visibleTo: fc.array(target, { maxLength: 3 }).map((some) => ({ targets: some })),
    targets: fc.array(target, { maxLength: 2 }),
    programId: fc.constantFrom('p0', 'p1'),
    limit: fc.nat(5),
    skip: fc.nat(3),
  },
  { requiredKeys: [] },
);

export function targetTests(subject: Subject): void {
  const put = (...objects: StoredObject[]) => subject().write((tx) => tx.apply(created(...objects)));
  const read = <T>(work: (db: Db) => Promise<T>) => subject().read(work);
  const visible = (...held: string[]) => ({ visibleTo: { targets: held } });

  describe('what a VEN may see', () => {
    it('is what is untargeted and what shares one of its targets', async () => {
      await put(
        aProgram('everybody'),
        aProgram('a', { targets: ['a', 'x'] }),
        aProgram('b', { targets: ['b'] }),
        aProgram('empty', { targets: [] }),
      );
      const list = (...held: string[]) => read(async (db) => ids(await listPrograms(db, visible(...held))).sort());
      expect(await list()).toEqual(['empty', 'everybody']);
      expect(await list('a')).toEqual(['a', 'empty', 'everybody']);
      expect(await list('b', 'x', 'unheard of')).toEqual(['a', 'b', 'empty', 'everybody']);
    });

    it('leaves out the events of a program that it does not see, targeted or not', async () => {
      await put(aProgram('secret', { targets: ['s'] }), aProgram('open'));
      await put(
        anEvent('e', 'secret'),
        anEvent('f', 'secret', { targets: ['a'] }),
        anEvent('g', 'open', { targets: ['a'] }),
      );
      expect(ids(await read((db) => listEvents(db, visible('a'))))).toEqual(['g']);
      expect(ids(await read((db) => listEvents(db, visible('a', 's'))))).toEqual(['e', 'f', 'g']);
    });

    it('is narrowed by targets in the query, which untargeted objects do not have', async () => {
      await put(
        aProgram('p'),
        anEvent('e', 'p'),
        anEvent('f', 'p', { targets: ['a'] }),
        anEvent('g', 'p', { targets: ['b'] }),
      );
      expect(ids(await read((db) => listEvents(db, { targets: ['a', 'b'], ...visible('a') })))).toEqual(['f']);
      expect(await read((db) => listEvents(db, { targets: [], ...visible('a') }))).toEqual([]);
    });

    it('follows the targets when they change, and forgets deleted objects', async () => {
      const event = anEvent('e', 'p', { targets: ['a'] });
      await put(aProgram('p'), event);
      const list = (...held: string[]) => read(async (db) => ids(await listEvents(db, visible(...held))));
      await subject().write((tx) => tx.apply(updated({ ...event, targets: ['b'] }, event)));
      expect([await list('a'), await list('b')]).toEqual([[], ['e']]);
      await subject().write((tx) => tx.apply(updated({ ...event, targets: null })));
      expect([await list('a'), await list()]).toEqual([['e'], ['e']]);
      await subject().write((tx) => tx.apply(deleted(event)));
      expect(await list()).toEqual([]);
    });

    it('equals the rules in plain words, for any objects and filters', async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryPrograms, arbitraryEvents, arbitraryFilter, async (programs, drafts, filter) => {
          const events = drafts.map(({ program, ...event }) =>
            anEvent(event.id, `p${program % programs.length}`, event),
          );
          await put(...programs, ...events);
          const found = await read((db) => listEvents(db, filter));
          await subject().write((tx) => tx.apply(deleted(...events, ...programs)));
          expect(found).toEqual(expectedEvents(programs, events, filter));
        }),
        { numRuns: 150 },
      );
    });
  });

  describe('what a VEN may see of events', () => {
    it('goes on after any place of the list, with the rest in the same order', async () => {
      const days = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'];
      const events = [null, 0, 1].flatMap((priority) =>
        days.flatMap((createdDateTime) =>
          [null, ['a', 'b']].map((own, n) =>
            anEvent(`e${priority}-${createdDateTime.slice(8, 10)}-${n}`, 'p', {
              priority,
              createdDateTime,
              targets: own,
            }),
          ),
        ),
      );
      await put(aProgram('p'), ...events);
      const all = await read((db) => listEvents(db, visible('a', 'b')));
      expect(all).toHaveLength(events.length);
      for (const [n, { id, createdDateTime, priority }] of all.entries()) {
        const after = { id, createdMs: Date.parse(createdDateTime), priority };
        const rest = await read((db) => listEvents(db, { ...visible('a', 'b'), after, limit: 50 }));
        expect(ids(rest)).toEqual(ids(all.slice(n + 1)));
      }
    });

    it('follows their priority, their end and their program when these change', async () => {
      const day = (start: string) => ({
        intervalPeriod: { start, duration: 'PT1H' },
        intervals: [{ id: 0, payloads: [] }],
      });
      const e = anEvent('e', 'p', { priority: 1, targets: ['a'], ...day('2026-01-01T00:00:00Z') });
      const f = anEvent('f', 'p', { priority: 2, ...day('2026-01-01T00:00:00Z') });
      await put(aProgram('p'), aProgram('secret', { targets: ['s'] }), e, f);
      const list = (filter: EventFilter = {}) =>
        read(async (db) => ids(await listEvents(db, { ...visible('a'), ...filter })));
      expect(await list()).toEqual(['e', 'f']);
      await subject().write((tx) => tx.apply(updated({ ...e, priority: null })));
      expect(await list()).toEqual(['f', 'e']);
      await subject().write((tx) => tx.apply(updated({ ...f, priority: 0, ...day('2026-01-03T00:00:00Z') })));
      const activeAtMs = Date.parse('2026-01-02T00:00:00Z');
      expect([await list(), await list({ activeAtMs })]).toEqual([['f', 'e'], ['f']]);
      await subject().write((tx) => tx.apply(updated({ ...e, ...day('2026-01-02T00:00:00Z') })));
      expect([await list(), await list({ activeAtMs })]).toEqual([
        ['f', 'e'],
        ['f', 'e'],
      ]);
      await subject().write((tx) =>
        tx.apply([...updated({ ...e, programID: 'secret' }), ...updated({ ...f, programID: 'secret' })]),
      );
      expect([await list(), await list(visible('a', 's'))]).toEqual([[], ['e', 'f']]);
    });

    it('equals the rules in plain words after any changes of their targets, priorities, programs and ends', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.tuple(arbitraryPrograms, arbitraryPrograms),
          fc.tuple(arbitraryEvents, arbitraryEvents),
          arbitraryFilter,
          fc.boolean(),
          async ([before, after], [drafts, changes], filter, isActive) => {
            const eventOf = ({ program, ...event }: (typeof drafts)[number], programs: readonly Program[], n: number) =>
              anEvent(event.id, `p${program % programs.length}`, {
                ...event,
                intervalPeriod: { start: `2026-01-0${(n % 3) + 1}T00:00:00Z`, duration: 'PT1H' },
                intervals: [{ id: 0, payloads: [] }],
              });
            const events = drafts.map((draft, n) => eventOf(draft, before, n));
            await put(...before, ...events);
            const programs = before.map((program, n) => ({ ...program, targets: after[n]?.targets ?? null }));
            const changed = events.map((event, n) => {
              const draft = changes[n];
              // An event keeps its time of creation, whatever else changes.
              return draft
                ? { ...eventOf(draft, before, n + 1), id: event.id, createdDateTime: event.createdDateTime }
                : event;
            });
            await subject().write((tx) =>
              tx.apply([
                ...programs.flatMap((program) => updated(program)),
                ...changed.flatMap((event) => updated(event)),
              ]),
            );
            const at = Date.parse('2026-01-02T12:00:00Z');
            const sight = { visibleTo: { targets: [] }, ...filter, ...(isActive ? { activeAtMs: at } : {}) };
            const found = await read((db) => listEvents(db, sight));
            await subject().write((tx) => tx.apply(deleted(...changed, ...programs)));
            const alive = changed.filter((event) => !isActive || Date.parse(event.intervalPeriod?.start ?? '') > at);
            expect(found).toEqual(expectedEvents(programs, alive, sight));
          },
        ),
        { numRuns: 150 },
      );
    });
  });

  describe('granted targets', () => {
    it('are those of the ven, those of its resources, and its own id', async () => {
      await put(aVen('v', { targets: ['b', 'a'] }), aResource('r', 'v', { targets: ['c', 'a'] }), aResource('s', 'v'));
      await put(aVen('w', { targets: ['z'] }), aResource('x', 'w', { targets: ['y'] }));
      expect(await read((db) => grantedTargets(db, 'client of v'))).toEqual(['a', 'b', 'c', 'v']);
      expect(await read((db) => grantedTargetsOfVen(db, 'w'))).toEqual(['w', 'y', 'z']);
    });

    it('are none for a client without a ven', async () => {
      expect(await read((db) => grantedTargets(db, 'nobody'))).toEqual([]);
    });

    it('tell which vens hold some of given targets, and which of them', async () => {
      await put(aVen('v', { targets: ['a', 'b'] }), aResource('r', 'v', { targets: ['c', 'a'] }));
      await put(aVen('w'), aResource('s', 'w', { targets: ['c'] }), aVen('x', { targets: ['z'] }));
      expect(await read((db) => vensHolding(db, ['c', 'a', 'x', 'none', 'a']))).toEqual([
        { venId: 'v', clientId: 'client of v', held: ['a', 'c'] },
        { venId: 'w', clientId: 'client of w', held: ['c'] },
        { venId: 'x', clientId: 'client of x', held: ['x'] },
      ]);
      expect(await read((db) => vensHolding(db, []))).toEqual([]);
    });
  });
}
