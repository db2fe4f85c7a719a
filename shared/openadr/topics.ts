import type { Operation } from './objects.ts';

/**
 * The names of the MQTT topics (Definition "Notifications via Additional Protocols"). The specification leaves them to the
 * VTN; clients learn them from `GET /notifiers/mqtt/topics/…` and should not build them themselves.
 */
export const TOPIC_ROOT = 'openadr3/3.1';

/**
 * What the twelve topic endpoints are about. `program`, `anyProgram` and `ven` are single objects. What begins with `any` is what
 * business logic is told of programs: also what is targeted, and therefore not below `programs/`, which every VEN may read.
 */
export type TopicScope =
  | { of: 'programs' }
  | { of: 'program'; programId: string }
  | { of: 'programEvents'; programId: string }
  | { of: 'anyPrograms' }
  | { of: 'anyProgram'; programId: string }
  | { of: 'anyProgramEvents'; programId: string }
  | { of: 'events' }
  | { of: 'reports' }
  | { of: 'subscriptions' }
  | { of: 'resources' }
  | { of: 'vens' }
  | { of: 'ven'; venId: string }
  | { of: 'venEvents'; venId: string }
  | { of: 'venPrograms'; venId: string }
  | { of: 'venResources'; venId: string };

/** `notifierOperationsTopics` of the document. */
export interface OperationTopics {
  CREATE?: string;
  UPDATE: string;
  DELETE: string;
  ALL: string;
}

/** Everything but `/`, `+`, `#` and the like: what `objectID` allows. */
const OBJECT_ID = /^[a-zA-Z0-9_-]{1,128}$/;

/**
 * The topics of a scope. `CREATE` is absent for a single object: nobody can ask for the creation of what exists
 * (`notifierOperationsTopics.CREATE`). `ALL` is a filter, one level of `+` (MQTT 3.1.1 4.7.1.3).
 * @throws RangeError when an id could not be an `objectID`
 */
export function topicsFor(scope: TopicScope): OperationTopics {
  const path = pathOf(scope);
  return {
    ...(isSingle(scope) ? {} : { CREATE: `${path}/create` }),
    UPDATE: `${path}/update`,
    DELETE: `${path}/delete`,
    ALL: `${path}/+`,
  };
}

/** The topic of one operation; `undefined` for CREATE of a single object. */
export function topicFor(scope: TopicScope, operation: Operation): string | undefined {
  if (operation === 'CREATE' && isSingle(scope)) return undefined;
  return `${pathOf(scope)}/${operation.toLowerCase()}`;
}

function isSingle(scope: TopicScope): boolean {
  return scope.of === 'program' || scope.of === 'anyProgram' || scope.of === 'ven';
}

function pathOf(scope: TopicScope): string {
  switch (scope.of) {
    case 'programs':
    case 'events':
    case 'reports':
    case 'subscriptions':
    case 'resources':
    case 'vens':
      return `${TOPIC_ROOT}/${scope.of}`;
    case 'program':
      return `${TOPIC_ROOT}/programs/${level(scope.programId)}`;
    case 'programEvents':
      return `${TOPIC_ROOT}/programs/${level(scope.programId)}/events`;
    case 'anyPrograms':
      return `${TOPIC_ROOT}/all/programs`;
    case 'anyProgram':
      return `${TOPIC_ROOT}/all/programs/${level(scope.programId)}`;
    case 'anyProgramEvents':
      return `${TOPIC_ROOT}/all/programs/${level(scope.programId)}/events`;
    case 'ven':
      return `${TOPIC_ROOT}/vens/${level(scope.venId)}`;
    case 'venEvents':
      return `${TOPIC_ROOT}/vens/${level(scope.venId)}/events`;
    case 'venPrograms':
      return `${TOPIC_ROOT}/vens/${level(scope.venId)}/programs`;
    case 'venResources':
      return `${TOPIC_ROOT}/vens/${level(scope.venId)}/resources`;
  }
}

/** An id as one level of a topic: a wildcard or a slash in it would name other people's topics. */
function level(id: string): string {
  if (!OBJECT_ID.test(id)) throw new RangeError(`not an objectID: ${JSON.stringify(id)}`);
  return id;
}
