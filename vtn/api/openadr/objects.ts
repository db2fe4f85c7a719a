import type { StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import type { Caller } from '../../auth/caller.ts';
import { isBusinessLogic } from '../../auth/roles.ts';
import { etagOf, namesEtag, taggedJson } from '../etag.ts';
import { invalid, notFound, preconditionFailed } from '../errors.ts';
import type { ApiAnswer, ApiRequest } from '../http.ts';

type Json = Record<string, unknown>;

/** What a client may say of each object. Everything else in a body, unknown or ours to say, is ignored (Definition "POST and PUT"). */
const FIELDS = {
  PROGRAM: ['programName', 'intervalPeriod', 'programDescriptions', 'payloadDescriptors', 'attributes', 'targets'],
  EVENT: [
    'programID',
    'eventName',
    'duration',
    'priority',
    'targets',
    'reportDescriptors',
    'payloadDescriptors',
    'intervalPeriod',
    'intervals',
  ],
  REPORT: ['eventID', 'clientName', 'reportName', 'payloadDescriptors', 'resources'],
  SUBSCRIPTION: ['clientName', 'programID', 'objectOperations', 'targets'],
  VEN: ['clientID', 'venName', 'targets', 'attributes'],
  RESOURCE: ['clientID', 'resourceName', 'venID', 'targets', 'attributes'],
} as const;

const OMITTED_WHEN_NULL = ['intervalPeriod', 'duration', 'start', 'randomizeStart'];

/** The fields of a validated body that belong to the object. Nulls that strict clients stumble over are left out. */
export function fieldsOf(type: keyof typeof FIELDS, body: unknown): Json {
  const sent = body as Json;
  const fields: Json = {};
  for (const name of FIELDS[type]) if (sent[name] !== undefined) fields[name] = sent[name];
  dropNullTimes(fields);
  for (const interval of listOf(fields['intervals'])) dropNullTimes(interval);
  for (const resource of listOf(fields['resources'])) {
    dropNullTimes(resource);
    for (const interval of listOf(resource['intervals'])) dropNullTimes(interval);
  }
  return fields;
}

function dropNullTimes(object: Json): void {
  for (const name of OMITTED_WHEN_NULL) if (object[name] === null) delete object[name];
  const period = object['intervalPeriod'] as Json | undefined;
  if (period) for (const name of OMITTED_WHEN_NULL) if (period[name] === null) delete period[name];
}

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** A new object: our metadata, then what the client said (validated before, which is what makes the type true). */
export function newObject<T extends StoredObject>(
  objectType: T['objectType'],
  fields: Json,
  deps: { ids: { next(): string }; clock: { nowMs(): number } },
): T {
  const now = formatDateTime(deps.clock.nowMs());
  return {
    id: deps.ids.next(),
    createdDateTime: now,
    modificationDateTime: now,
    objectType,
    ...fields,
  } as unknown as T;
}

/** The object with other fields: PUT replaces all that the client may say and leaves ours. */
export function replaced<T extends StoredObject>(previous: T, fields: Json, deps: { clock: { nowMs(): number } }): T {
  const { id, createdDateTime, objectType } = previous;
  const modificationDateTime = formatDateTime(deps.clock.nowMs());
  return { id, createdDateTime, modificationDateTime, objectType, ...fields } as unknown as T;
}

/** An object as an answer, with its entity tag. */
export function objectAnswer(status: 200 | 201, object: StoredObject): ApiAnswer {
  const answer = taggedJson(status, JSON.stringify(object));
  // Relative to the collection that it was posted to, whatever the base path.
  if (status === 201) answer.headers['location'] = `${object.objectType.toLowerCase()}s/${object.id}`;
  return answer;
}

/**
 * RFC 9110, 13.1: a write that names a version is refused when the object has another one by now, and one that is only for
 * what does not exist yet (`If-None-Match: *`) when it does.
 */
export function checkIfMatch({ headers }: ApiRequest, object: StoredObject): void {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifMatch === undefined && ifNoneMatch === undefined) return;
  const etag = etagOf(JSON.stringify(object));
  if (ifMatch !== undefined && !namesEtag(String(ifMatch), etag)) {
    throw preconditionFailed('header.if-match: the object has changed since; read it again');
  }
  if (ifNoneMatch !== undefined && namesEtag(String(ifNoneMatch), etag)) {
    throw preconditionFailed('header.if-none-match: there is an object of this version');
  }
}

export const noSuch = (type: string, id: string) => notFound(`there is no ${type} ${id}, or you may not see it`);

/** An id in a body that names nothing the caller can see. */
export const unknownReference = (field: string, what: string, id: string) =>
  invalid([
    {
      loc: ['body', field],
      msg: `expected the id of ${what} that exists and that you may see`,
      type: `unknown_reference`,
      input: id,
    },
  ]);

/** The page of a list that a query asks for; 50 at most, the document says. */
export function pageOf(query: Readonly<Record<string, unknown>>): { skip: number; limit: number } {
  return { skip: (query['skip'] as number | undefined) ?? 0, limit: (query['limit'] as number | undefined) ?? 50 };
}

/** Who reads a list, and who sees the same of it, where a client sees what is its own. No client is called like all of them. */
export const readerOf = (caller: Caller) => ({
  reader: caller.clientId,
  viewer: isBusinessLogic(caller) ? '*' : `=${caller.clientId}`,
});

/** An optional text of the query, as store filters take it. */
export const textOf = (query: Readonly<Record<string, unknown>>, name: string) => query[name] as string | undefined;

/** Optional `targets` of the query. */
export const targetsOf = (query: Readonly<Record<string, unknown>>) => query['targets'] as string[] | undefined;
