import type { Operation, StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import { sharesTarget } from '@openadr-gateway/shared/openadr/targets.ts';
import { canSee, visible } from '../auth/access.ts';
import type { Caller, Role } from '../auth/caller.ts';
import { isBusinessLogic } from '../auth/roles.ts';
import type { Change } from '../store/store.ts';

/** An entry of a subscription's `objectOperations`. */
export interface Callback {
  position: number;
  url: string;
  objects: readonly string[];
  operations: readonly string[];
}

/** A subscription, as far as it matters to whom a change is told. */
export interface Listener {
  subscriptionId: string;
  clientId: string;
  role: Role;
  programId: string | undefined;
  targets: readonly string[];
  callbacks: readonly Callback[];
}

/** What routing must know about the world. */
export interface CallbackAudience {
  /** At least those of the change's targets that the client holds. */
  held(clientId: string): readonly string[];
  programTargets(programId: string): readonly string[] | undefined;
  /** The program of an event; `undefined` when nobody knows it any more. */
  programOfEvent(eventId: string): string | undefined;
}

export interface Call {
  callback: Callback;
  /** In the words of the subscription: CREATE, or POST where it says that. */
  operation: string;
  object: StoredObject;
}

/** The HTTP methods by which earlier versions name operations. */
const EARLIER: Readonly<Record<Operation, string>> = { CREATE: 'POST', UPDATE: 'PUT', DELETE: 'DELETE' };

/**
 * The calls by which a subscription is told of a change: one for each URL (Definition "Subscriptions" and "Object Privacy").
 *
 * A subscriber hears of what its client could read over HTTP, with the same targets hidden. `programID` and `targets` of the
 * subscription filter as in the queries of lists, where those have them: vens and resources are not filtered by program, reports
 * and subscriptions not by target. As over MQTT, an update that brings an object into sight is a CREATE, one that takes it out of
 * sight a DELETE. Nobody is told of reads.
 */
export function callsFor(change: Change, listener: Listener, audience: CallbackAudience): Call[] {
  const told = happened(change, (object) => sightOf(object, listener, audience));
  if (told === undefined) return [];
  const { operation, object } = told;
  const calls = new Map<string, Call>();
  for (const callback of listener.callbacks) {
    const { url, objects, operations } = callback;
    const word = [operation, EARLIER[operation]].find((one) => operations.includes(one));
    if (word === undefined || !objects.includes(object.objectType) || calls.has(url)) continue;
    calls.set(url, { callback, operation: word, object });
  }
  return [...calls.values()];
}

/** What happened for someone with this sight. */
function happened(
  { operation, object, previous }: Change,
  see: (object: StoredObject) => StoredObject | undefined,
): { operation: Operation; object: StoredObject } | undefined {
  const after = see(object);
  if (operation !== 'UPDATE' || previous === undefined) return after && { operation, object: after };
  const before = see(previous);
  if (after === undefined) return before && { operation: 'DELETE', object: before };
  return { operation: before === undefined ? 'CREATE' : 'UPDATE', object: after };
}

function sightOf(object: StoredObject, listener: Listener, audience: CallbackAudience): StoredObject | undefined {
  const caller: Caller = { clientId: listener.clientId, role: listener.role, scopes: [] };
  if (!isInProgram(object, listener, audience)) return undefined;
  const held = audience.held(listener.clientId);
  const targets = object.objectType === 'EVENT' ? audience.programTargets(object.programID) : undefined;
  if (!canSee(caller, held, { object, ...(targets === undefined ? {} : { program: { targets } }) })) return undefined;
  return isAskedFor(object, listener, held, caller) ? visible(caller, held, object) : undefined;
}

function isInProgram(object: StoredObject, { programId }: Listener, audience: CallbackAudience): boolean {
  if (programId === undefined) return true;
  switch (object.objectType) {
    case 'PROGRAM':
      return object.id === programId;
    case 'EVENT':
    case 'SUBSCRIPTION':
      return object.programID === programId;
    case 'REPORT':
      return audience.programOfEvent(object.eventID) === programId;
    default:
      return true;
  }
}

function isAskedFor(object: StoredObject, { targets }: Listener, held: readonly string[], caller: Caller): boolean {
  if (targets.length === 0 || object.objectType === 'REPORT' || object.objectType === 'SUBSCRIPTION') return true;
  const isGranted = object.objectType === 'PROGRAM' || object.objectType === 'EVENT';
  const asked = isGranted && !isBusinessLogic(caller) ? targets.filter((target) => held.includes(target)) : targets;
  return sharesTarget(object.targets ?? [], asked);
}
