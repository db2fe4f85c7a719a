import { sharesTarget, visibleTargets } from '@openadr-gateway/shared/openadr/targets.ts';
import type { Event, Program, StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Caller } from './caller.ts';
import { isBusinessLogic } from './roles.ts';

/**
 * Who may see what: Definition "Object Privacy". Pure; the API and the notifications both ask here. Only lists are read by a
 * query that says the same in SQL (`visibleTo` in vtn/store/lists.ts), which a test holds against this.
 *
 * - Business logic sees and changes everything.
 * - vens, resources, reports and subscriptions: everyone else only what carries their own clientID.
 * - programs and events: untargeted ones, and those that share a target with what business logic has granted to the caller's
 *   ven and its resources. A targeted program hides its events too. A ven's own id counts as granted to it.
 * - Target hiding: of a program's or event's targets only those that the caller holds are shown.
 */

/** The targets that a VEN holds: those of its ven and resources, and the ven's id. */
export type Held = readonly string[];

/** What is looked at, with the program of an event. */
export interface Sight {
  object: StoredObject;
  /** The event's program; without it an event cannot be judged and counts as hidden. */
  program?: Targeted;
}

/** What may be targeted, as far as it matters here. */
export interface Targeted {
  targets?: readonly string[] | null;
}

/** Does whoever holds these targets see this program? It is untargeted, or shares a target. */
export function opensProgram(held: Held, program: Targeted): boolean {
  const { targets } = program;
  return !targets || targets.length === 0 || sharesTarget(targets, held);
}

/** Does whoever holds these targets see this event? The program decides first, then the event's own targets. */
export function opensEvent(held: Held, event: Targeted, program: Targeted | undefined): boolean {
  return program !== undefined && opensProgram(held, program) && opensProgram(held, event);
}

/** May this caller, who holds these targets, read the object? Hidden objects answer as if they did not exist (404). */
export function canSee(caller: Caller, held: Held, { object, program }: Sight): boolean {
  if (isBusinessLogic(caller)) return true;
  switch (object.objectType) {
    case 'PROGRAM':
      return opensProgram(held, object);
    case 'EVENT':
      return opensEvent(held, object, program);
    default:
      return 'clientID' in object && object.clientID === caller.clientId;
  }
}

/** May this caller change or delete the object? What it may not see it may not change either. */
export function canWrite(caller: Caller, object: StoredObject): boolean {
  if (isBusinessLogic(caller)) return true;
  if (object.objectType === 'PROGRAM' || object.objectType === 'EVENT') return false;
  return 'clientID' in object && object.clientID === caller.clientId;
}

/** The object as this caller sees it: targets of programs and events that it does not hold are left out. */
export function visible<T extends StoredObject>(caller: Caller, held: Held, object: T): T {
  if (isBusinessLogic(caller) || (object.objectType !== 'PROGRAM' && object.objectType !== 'EVENT')) return object;
  return hideTargets(held, object) as T;
}

/** Target hiding. The same object when there is nothing to hide. */
export function hideTargets<T extends Program | Event>(held: Held, object: T): T {
  const all = object.targets ?? [];
  const targets = visibleTargets(all, held);
  return targets.length === all.length ? object : { ...object, targets };
}
