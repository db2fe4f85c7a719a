import type { Event, Report } from '@openadr-gateway/shared/openadr/objects.ts';
import { chunked } from './chunks.ts';
import { priorityUnset } from './dialect.ts';
import { visibleEventBodies } from './event-audience.ts';
import { kept } from './kept.ts';
import { eventsAfter, hasTarget, paged, parsed, parsedOrUndefined, type Page, type TargetFilter } from './lists.ts';
import type { Change, Db } from './store.ts';

/** `visibleTo` also hides the events of programs that are not visible. */
export interface EventFilter extends Page, TargetFilter {
  programId?: string | undefined;
  name?: string | undefined;
  /** What the name starts with. */
  namePrefix?: string | undefined;
  /** Only events that are not over at this instant, ms: `active=true`. */
  activeAtMs?: number | undefined;
}

const bodyById = kept((db, id: string) => db.selectFrom('events').select('body').where('id', '=', id));

/** The event's JSON text as it is sent. */
export async function eventBody(db: Db, id: string): Promise<string | undefined> {
  return (await bodyById(db, id)).rows[0]?.body;
}

export async function eventById(db: Db, id: string): Promise<Event | undefined> {
  return parsedOrUndefined(await eventBody(db, id));
}

/** The oldest event of that name: names may repeat (Definition "Object names"), the gateway's own do not. */
export async function eventByName(db: Db, programId: string, name: string): Promise<Event | undefined> {
  return (await eventsByNames(db, programId, [name]))[0];
}

const bodiesByNames = kept((db, programId: string, names: readonly string[]) =>
  db
    .selectFrom('events')
    .select('body')
    .where('program_id', '=', programId)
    .where('name', 'in', names)
    .orderBy('created_ms')
    .orderBy('id'),
);

/** Events of a program by their names, oldest first. */
export async function eventsByNames(db: Db, programId: string, names: readonly string[]): Promise<Event[]> {
  const events: Event[] = [];
  for (const some of chunked(names)) {
    const { rows } = await bodiesByNames(db, programId, some);
    for (const row of rows) events.push(JSON.parse(row.body) as Event);
  }
  return events;
}

/** All events of a program, in the order of lists. */
export async function eventsOfProgram(db: Db, programId: string): Promise<Event[]> {
  return listEvents(db, { programId });
}

/** JSON texts in the order of lists: priority ascending, unset last; then the newest first; then id. */
export async function listEventBodies(db: Db, filter: EventFilter = {}): Promise<string[]> {
  const { programId, name, namePrefix, activeAtMs, targets, visibleTo, after } = filter;
  if (visibleTo) return visibleEventBodies(db, { ...filter, held: visibleTo.targets });
  let query = db
    .selectFrom('events')
    .select('body')
    .orderBy(priorityUnset)
    .orderBy('priority')
    .orderBy('created_ms', 'desc')
    .orderBy('id');
  if (programId !== undefined) query = query.where('program_id', '=', programId);
  if (name !== undefined) query = query.where('name', '=', name);
  if (namePrefix !== undefined)
    query = query.where('name', '>=', namePrefix).where('name', '<', `${namePrefix}\u{10ffff}`);
  if (activeAtMs !== undefined)
    query = query.where((eb) => eb.or([eb('ends_ms', 'is', null), eb('ends_ms', '>', activeAtMs)]));
  if (after) query = query.where(eventsAfter(after));
  if (targets) query = query.where(hasTarget('id', 'event_targets', 'event_id', targets));
  return (await paged(query, filter).execute()).map((row) => row.body);
}

export async function listEvents(db: Db, filter: EventFilter = {}): Promise<Event[]> {
  return parsed(await listEventBodies(db, filter));
}

/** The deletion of an event with its reports: the reports first. */
export async function deleteEventChanges(db: Db, event: Event): Promise<Change[]> {
  return deleteEventsChanges(db, [event]);
}

/** The deletion of several events with their reports: all reports first, then the events. */
export async function deleteEventsChanges(db: Db, events: readonly Event[]): Promise<Change[]> {
  const reports: Report[] = [];
  for (const ids of chunked(events.map((event) => event.id))) {
    const rows = await db
      .selectFrom('reports')
      .select('body')
      .where('event_id', 'in', ids)
      .orderBy('created_ms')
      .orderBy('id')
      .execute();
    for (const row of rows) reports.push(JSON.parse(row.body) as Report);
  }
  return [...reports, ...events].map((object) => ({ operation: 'DELETE', object }));
}
