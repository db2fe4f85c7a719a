import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event, Program } from '@openadr-gateway/shared/openadr/objects.ts';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { canSee, visible } from '../../../vtn/auth/access.ts';
import { SCOPES_BY_ROLE } from '../../../vtn/auth/caller.ts';
import type { Caller } from '../../../vtn/auth/caller.ts';
import { messagesFor } from '../../../vtn/notify/routing.ts';
import { listEvents } from '../../../vtn/store/events.ts';
import { listPrograms } from '../../../vtn/store/programs.ts';
import { SqliteStore } from '../../../vtn/store/sqlite.ts';
import { anEvent, aProgram, created } from '../../support/openadr-objects.ts';

const ven: Caller = { clientId: 'v', role: 'ven', scopes: SCOPES_BY_ROLE.ven };
const targets = fc.uniqueArray(fc.constantFrom('A', 'B', 'C'), { maxLength: 3 });
const holders = [[], ['A'], ['B'], ['A', 'C'], ['A', 'B', 'C'], ['D']];
const world = fc.record({
  programs: fc.array(targets, { minLength: 1, maxLength: 4 }),
  events: fc.array(fc.record({ program: fc.nat(), targets }), { maxLength: 6 }),
});

describe('the one module that decides who sees what', () => {
  let store: SqliteStore;
  let n = 0;
  beforeAll(async () => {
    store = new SqliteStore({ path: ':memory:', clock: new ManualClock('2026-01-01T00:00:00Z') });
    await store.start();
  });
  afterAll(() => store.stop());

  const made = (drawn: { programs: string[][]; events: { program: number; targets: string[] }[] }) => {
    const programs = drawn.programs.map((held) => aProgram(`p${n++}`, { targets: held }));
    const events = drawn.events.map((event) =>
      anEvent(`e${n++}`, programs[event.program % programs.length]?.id ?? '', { targets: event.targets }),
    );
    return {
      programs,
      events,
      programOf: (event: Event) => programs.find(({ id }) => id === event.programID) as Program,
    };
  };

  it('says of every object what the query of a list says', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (drawn) => {
        const { programs, events, programOf } = made(drawn);
        await store.write((tx) => tx.apply(created(...programs, ...events)));
        for (const held of holders) {
          const listed = await store.read(async (db) => ({
            programs: await listPrograms(db, { visibleTo: { targets: held } }),
            events: await listEvents(db, { visibleTo: { targets: held } }),
          }));
          const ids = new Set([...listed.programs, ...listed.events].map(({ id }) => id));
          for (const program of programs) expect(ids.has(program.id)).toBe(canSee(ven, held, { object: program }));
          for (const event of events) {
            expect(ids.has(event.id)).toBe(canSee(ven, held, { object: event, program: programOf(event) }));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('says of every object what the notifications say, and both show the same of it', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        const { programs, events, programOf } = made(drawn);
        const vens = holders.map((held, i) => ({ venId: `v${i}`, held }));
        const programTargets = (id: string) => programs.find((program) => program.id === id)?.targets ?? undefined;
        for (const object of [...programs, ...events]) {
          const messages = messagesFor({ operation: 'CREATE', object }, { vens, programTargets });
          const isForAll = messages.some(
            // What is below `all` is the business logic's.
            ({ topic }) => /\/programs\/(create|[^/]+\/events\/create)$/.test(topic) && !/\/(vens|all)\//.test(topic),
          );
          for (const { venId, held } of vens) {
            const own = messages.find(({ topic }) => topic.includes(`/vens/${venId}/`));
            const program = object.objectType === 'EVENT' ? programOf(object) : undefined;
            expect(isForAll || own !== undefined).toBe(canSee(ven, held, { object, ...(program ? { program } : {}) }));
            if (own) expect(own.notification.object).toEqual(visible(ven, held, object));
          }
        }
      }),
    );
  });
});
