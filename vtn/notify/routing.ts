import type { Notification, Operation, Program, StoredObject, Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { visibleTargets } from '@openadr-gateway/shared/openadr/targets.ts';
import { topicFor, type TopicScope } from '@openadr-gateway/shared/openadr/topics.ts';
import { hideTargets, opensEvent, opensProgram } from '../auth/access.ts';
import type { Change } from '../store/store.ts';

/** A ven and the targets that it holds: granted to it or its resources, and its own id. */
export interface Holder {
  venId: string;
  held: readonly string[];
}

/** What routing must know about the world; resolved once for many changes. */
export interface Audience {
  /** At least the vens that hold one of `targetsToResolve` of the change. */
  vens: readonly Holder[];
  /** The targets of a program ([] when it has none), `undefined` when nobody knows the program any more. */
  programTargets: (programId: string) => readonly string[] | undefined;
}

export interface Message {
  topic: string;
  notification: Notification;
}

/** One place where a version of an object is shown, and how it looks there. */
interface View {
  scope: TopicScope;
  shown: StoredObject;
}

/**
 * The messages that announce one change (Definition "Notifications via Additional Protocols" and "Object Privacy").
 *
 * | object | topics |
 * |---|---|
 * | program | `all/programs`, `all/programs/{id}` (business logic only), and: |
 * | program, untargeted | `programs`, `programs/{id}` |
 * | program, targeted | `vens/{venID}/programs` of each entitled ven |
 * | event | `events`, `all/programs/{programID}/events` (business logic only), and: |
 * | event that everybody may see | `programs/{programID}/events` |
 * | event that is targeted, or whose program is | `vens/{venID}/events` of each entitled ven |
 * | ven, resource | `vens`, `vens/{id}`; `resources`, `vens/{venID}/resources` |
 * | report, subscription | `reports`, `subscriptions` (business logic only) |
 *
 * Each topic hears what happened to what can be seen there. An update that takes an object out of somebody's sight is a
 * DELETE to him, with the object as he could see it; one that brings it into sight is a CREATE. What disappears is told
 * first, so that a ven that loses an object on one topic and gets it back on another ends up having it.
 * In a ven's own messages only the targets that it holds are shown ("Target hiding").
 */
export function messagesFor(change: Change, audience: Audience): Message[] {
  const after = views(change.object, audience);
  if (change.operation !== 'UPDATE') return after.flatMap((view) => announce(change.operation, view));
  const before = change.previous === undefined ? after : views(change.previous, audience);
  const wasShown = new Set(before.map(keyOf));
  const isShown = new Set(after.map(keyOf));
  return [
    ...before.filter((view) => !isShown.has(keyOf(view))).flatMap((view) => announce('DELETE', view)),
    ...after.flatMap((view) => announce(wasShown.has(keyOf(view)) ? 'UPDATE' : 'CREATE', view)),
  ];
}

/** The targets whose holders `messagesFor` has to know. */
export function targetsToResolve(change: Change, programTargets: Audience['programTargets']): string[] {
  const targets = versions(change).flatMap((object) => {
    if (object.objectType === 'PROGRAM') return object.targets ?? [];
    if (object.objectType === 'EVENT') return [...(object.targets ?? []), ...(programTargets(object.programID) ?? [])];
    return [];
  });
  return [...new Set(targets)];
}

/** The programs whose targets `messagesFor` has to know. */
export function programsToResolve(change: Change): string[] {
  return [...new Set(versions(change).flatMap((object) => (object.objectType === 'EVENT' ? [object.programID] : [])))];
}

function versions(change: Change): StoredObject[] {
  return change.previous === undefined ? [change.object] : [change.object, change.previous];
}

function views(object: StoredObject, audience: Audience): View[] {
  const show = (...scopes: TopicScope[]): View[] => showing(object, scopes);
  switch (object.objectType) {
    case 'PROGRAM':
      return programViews(object, audience);
    case 'EVENT':
      return eventViews(object, audience);
    case 'VEN':
      return show({ of: 'vens' }, { of: 'ven', venId: object.id });
    case 'RESOURCE':
      return show({ of: 'resources' }, { of: 'venResources', venId: object.venID });
    case 'REPORT':
      return show({ of: 'reports' });
    case 'SUBSCRIPTION':
      return show({ of: 'subscriptions' });
  }
}

function programViews(program: Program, audience: Audience): View[] {
  const programId = program.id;
  const show = (...scopes: TopicScope[]): View[] => showing(program, scopes);
  const all = show({ of: 'anyPrograms' }, { of: 'anyProgram', programId });
  if (opensProgram([], program)) return [...all, ...show({ of: 'programs' }, { of: 'program', programId })];
  const hide = hider(program);
  const own = audience.vens
    .filter((ven) => opensProgram(ven.held, program))
    .map((ven): View => ({ scope: { of: 'venPrograms', venId: ven.venId }, shown: hide(ven.held) }));
  return [...all, ...own];
}

function eventViews(event: Event, audience: Audience): View[] {
  const programId = event.programID;
  const show = (...scopes: TopicScope[]): View[] => showing(event, scopes);
  const all = show({ of: 'events' }, { of: 'anyProgramEvents', programId });
  const targets = audience.programTargets(programId);
  // Whose program nobody knows is shown to nobody but the business logic: a wrong silence is repaired by polling, a leak is not.
  if (targets === undefined) return all;
  if (opensEvent([], event, { targets })) return [...all, ...show({ of: 'programEvents', programId })];
  const hide = hider(event);
  const own = audience.vens
    .filter((ven) => opensEvent(ven.held, event, { targets }))
    .map((ven): View => ({ scope: { of: 'venEvents', venId: ven.venId }, shown: hide(ven.held) }));
  return [...all, ...own];
}

/** Target hiding; vens that see the same targets get the same object, so that it is written as JSON once. */
export function hider<T extends Program | Event>(object: T): (held: readonly string[]) => T {
  const shown = new Map<string, T>();
  return (held) => {
    const key = JSON.stringify(visibleTargets(object.targets ?? [], held));
    const known = shown.get(key);
    if (known !== undefined) return known;
    const made = hideTargets(held, object);
    shown.set(key, made);
    return made;
  };
}

function announce(operation: Operation, { scope, shown }: View): Message[] {
  const topic = topicFor(scope, operation);
  // A single object has no CREATE topic: nobody can listen to what does not exist yet.
  if (topic === undefined) return [];
  return [{ topic, notification: { objectType: shown.objectType, operation, object: shown } }];
}

function showing(shown: StoredObject, scopes: TopicScope[]): View[] {
  return scopes.map((scope) => ({ scope, shown }));
}

const keyOf = (view: View): string => JSON.stringify(view.scope);
