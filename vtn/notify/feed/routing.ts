import type { Event, Notification, Operation, StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import { sharesTarget } from '@openadr-gateway/shared/openadr/targets.ts';
import { opensEvent, opensProgram } from '../../auth/access.ts';
import type { Change } from '../../store/store.ts';
import { hider, type Audience } from '../routing.ts';

/** What readers of the event feed have in common who are told the same. */
export interface FeedAudience {
  /** Business logic: sees everything. */
  isAll: boolean;
  /** The targets that they hold. */
  held: readonly string[];
  /** Asked for: only events of these programs. */
  programIds?: readonly string[] | undefined;
  /** Asked for: only events that carry one of these targets. */
  targets?: readonly string[] | undefined;
}

/** `reset`: what the reader may see has changed otherwise than event by event, so that it has to read the list again. */
export type FeedEntry = Notification | 'reset';

/**
 * What one change is to the readers of the event feed; the same rules as `GET /events` (Definition "Object Privacy"), and as
 * over MQTT: an update that takes an event out of somebody's sight, or out of what he asked for, is a DELETE to him, with the
 * event as he could see it; one that brings it into sight is a CREATE.
 *
 * A program whose targets change shows or hides its events without touching them: whoever is concerned is told `reset`.
 */
export function feedEntries(
  change: Change,
  programTargets: Audience['programTargets'],
): (audience: FeedAudience) => FeedEntry | undefined {
  const { object, previous = object, operation } = change;
  if (object.objectType === 'PROGRAM') {
    const isHidden = (held: readonly string[], program: StoredObject) =>
      program.objectType === 'PROGRAM' && !opensProgram(held, program);
    return ({ isAll, held, programIds }) => {
      if (operation !== 'UPDATE' || isAll || programIds?.includes(object.id) === false) return undefined;
      return isHidden(held, previous) === isHidden(held, object) ? undefined : 'reset';
    };
  }
  const shownNow = viewOf(object, programTargets);
  if (operation !== 'UPDATE') return (audience) => notification(operation, shownNow(audience));
  const shownBefore = viewOf(previous, programTargets);
  return (audience) => {
    const after = shownNow(audience);
    const before = shownBefore(audience);
    if (after === undefined) return notification('DELETE', before);
    return notification(before === undefined ? 'CREATE' : 'UPDATE', after);
  };
}

/**
 * Who else than business logic may be told something of the change: the holders of these targets, or everybody. Saves asking
 * each of thousands of readers; `feedEntries` decides.
 */
export function feedCandidates(
  { object, previous = object }: Change,
  programTargets: Audience['programTargets'],
): readonly string[] | 'everybody' {
  const openers = [object, previous].map((version) => openersOf(version, programTargets));
  const some = openers.flatMap((targets) => targets ?? []);
  return openers.includes(undefined) ? 'everybody' : [...new Set(some)];
}

/** Only holders of one of these targets may see the object; undefined: there is no such condition. */
function openersOf(object: StoredObject, programTargets: Audience['programTargets']): readonly string[] | undefined {
  if (object.objectType !== 'EVENT' && object.objectType !== 'PROGRAM') return [];
  if (object.targets?.length) return object.targets;
  // Whose program nobody knows is shown to nobody but business logic, as over MQTT.
  const inherited = object.objectType === 'EVENT' ? (programTargets(object.programID) ?? ['']) : [];
  return inherited.length > 0 ? inherited : undefined;
}

/** Does the change give or take targets? Then the ven's client sees other events than before. */
export function changesGrants({ operation, object, previous }: Change): boolean {
  if (object.objectType !== 'VEN' && object.objectType !== 'RESOURCE') return false;
  if (operation !== 'UPDATE' || previous?.objectType !== object.objectType) return true;
  const ownerOf = (of: typeof object) => (of.objectType === 'VEN' ? of.clientID : of.venID);
  const textOf = (of: typeof object) => JSON.stringify([ownerOf(of), [...(of.targets ?? [])].sort()]);
  return textOf(object) !== textOf(previous);
}

/** Whom a change of a ven or a resource concerns: clients by their id, or the holder of a ven's id. */
export function concerned({ object, previous = object }: Change): { clientIds: string[]; venIds: string[] } {
  const both = [object, previous];
  return {
    clientIds: both.flatMap((version) => (version.objectType === 'VEN' ? [version.clientID] : [])),
    venIds: both.flatMap((version) => (version.objectType === 'RESOURCE' ? [version.venID] : [])),
  };
}

/** How an event looks to an audience; undefined to those who do not see it or have not asked for it. */
function viewOf(
  event: StoredObject,
  programTargets: Audience['programTargets'],
): (audience: FeedAudience) => Event | undefined {
  if (event.objectType !== 'EVENT') return () => undefined;
  const ofProgram = programTargets(event.programID);
  const program = ofProgram && { targets: ofProgram };
  const hide = hider(event);
  return ({ isAll, held, programIds, targets }) => {
    if (programIds?.includes(event.programID) === false) return undefined;
    if (targets && !sharesTarget(targets, event.targets ?? [])) return undefined;
    if (isAll) return event;
    return opensEvent(held, event, program) ? hide(held) : undefined;
  };
}

function notification(operation: Operation, object: Event | undefined): Notification | undefined {
  return object && { objectType: 'EVENT', operation, object };
}
