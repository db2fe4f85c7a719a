import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { canSee, visible } from '../../auth/access.ts';
import { requireScope } from '../../auth/roles.ts';
import { deleteEventChanges, eventById, listEventBodies } from '../../store/events.ts';
import { programById } from '../../store/programs.ts';
import type { Db } from '../../store/store.ts';
import { conflict } from '../errors.ts';
import type { OperationHandler } from '../http.ts';
import type { ObjectDeps } from './deps.ts';
import { checkIfMatch, fieldsOf, newObject, noSuch, objectAnswer, replaced, unknownReference } from './objects.ts';
import { answerTargetedList } from './targeted-lists.ts';

/** `/events`: business logic writes; everyone reads what is untargeted or granted to them, program included. */
export function eventOperations(deps: ObjectDeps): Record<string, OperationHandler> {
  const { store, grants } = deps;
  const mayRead = requireScope('read_targets');
  const mayWrite = requireScope('write_events');
  return {
    searchAllEvents: {
      authorise: mayRead,
      handle: (request) => answerTargetedList(deps, 'events', ['programs', 'events'], request, listEventBodies),
    },
    searchEventsByID: {
      authorise: mayRead,
      handle: async ({ caller, params }) => {
        const id = params['eventID'] ?? '';
        const { held } = await grants.of(caller);
        const event = await store.read((db) => visibleEvent(db, caller, held, id));
        if (!event) throw noSuch('event', id);
        return objectAnswer(200, visible(caller, held, event));
      },
    },
    createEvent: {
      authorise: mayWrite,
      handle: async ({ body }) => {
        const event = newObject<Event>('EVENT', eventFields(body), deps);
        await store.write(async (tx) => {
          await requireProgram(tx.db, event, deps.unknownProgramStatus);
          await tx.apply([{ operation: 'CREATE', object: event }]);
        });
        return objectAnswer(201, event);
      },
    },
    updateEvent: {
      authorise: mayWrite,
      handle: async (request) => {
        const event = await store.write(async (tx) => {
          const previous = await existing(tx.db, request.params['eventID'] ?? '');
          checkIfMatch(request, previous);
          const object = replaced(previous, eventFields(request.body), deps);
          await requireProgram(tx.db, object, deps.unknownProgramStatus);
          await tx.apply([{ operation: 'UPDATE', object, previous }]);
          return object;
        });
        return objectAnswer(200, event);
      },
    },
    deleteEvent: {
      authorise: mayWrite,
      handle: async (request) => {
        const event = await store.write(async (tx) => {
          const object = await existing(tx.db, request.params['eventID'] ?? '');
          checkIfMatch(request, object);
          await tx.apply(await deleteEventChanges(tx.db, object));
          return object;
        });
        return objectAnswer(200, event);
      },
    },
  };
}

/** The event, if it is there and this caller may see it and its program. */
export async function visibleEvent(
  db: Db,
  caller: Parameters<typeof canSee>[0],
  held: readonly string[],
  id: string,
): Promise<Event | undefined> {
  const object = await eventById(db, id);
  if (!object) return undefined;
  const program = await programById(db, object.programID);
  return canSee(caller, held, { object, ...(program ? { program } : {}) }) ? object : undefined;
}

/** Clients count on a list of intervals, empty or not. */
function eventFields(body: unknown): Record<string, unknown> {
  const fields = fieldsOf('EVENT', body);
  return { ...fields, intervals: fields['intervals'] ?? [] };
}

async function requireProgram(db: Db, event: Event, status: 400 | 409): Promise<void> {
  if (await programById(db, event.programID)) return;
  if (status === 409) throw conflict('programID is unknown', `body.programID: there is no program ${event.programID}`);
  throw unknownReference('programID', 'a program', event.programID);
}

async function existing(db: Db, id: string): Promise<Event> {
  const event = await eventById(db, id);
  if (!event) throw noSuch('event', id);
  return event;
}
