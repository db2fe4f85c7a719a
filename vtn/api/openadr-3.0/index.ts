import type { StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import { ofReport, typed } from '@openadr-gateway/shared/openadr/parts-3.0.ts';
import { problemDialect } from '../dialects.ts';
import type { Api, OperationHandler } from '../http.ts';
import { Grants } from '../openadr/grants.ts';
import { ListCache } from '../openadr/list-cache.ts';
import { EVENTS } from './events.ts';
import { listHandler } from './lists.ts';
import type { ListDeps } from './lists.ts';
import { objectHandlers } from './objects.ts';
import { PROGRAMS } from './programs.ts';
import { REPORTS } from './reports.ts';
import { SUBSCRIPTIONS } from './subscriptions.ts';
import { RESOURCES, VENS } from './vens.ts';
import type { Shape } from './shape.ts';
import type { DialectDeps, Operations } from './within.ts';

export interface OpenAdr30Deps extends DialectDeps {
  /** Those of 3.1: they do the work, and `/auth/server` and `/auth/token` are the same, with their rate limits. */
  operations: Operations;
}

/** OpenADR 3.0.1 over the operations of 3.1: shapes in, shapes out, one store. */
export function openadr30Api(deps: OpenAdr30Deps): Api {
  const { store, clock, operations } = deps;
  const listDeps: ListDeps = { ...deps, grants: new Grants(store), lists: new ListCache(store, clock) };
  const operationsOf = <T extends StoredObject>(shape: Shape<T>): Record<string, OperationHandler> => ({
    [shape.operations.list]: listHandler(listDeps, shape),
    ...objectHandlers(deps, shape),
  });
  return {
    name: 'openadr-3.0.1',
    basePaths: ['/openadr3/3.0.1', '/api/openadr/v1'],
    documentPath: 'shared/openapi/openadr-3.0.1.yaml',
    operations: {
      ...operationsOf(EVENTS),
      ...operationsOf(PROGRAMS),
      ...operationsOf(REPORTS),
      ...operationsOf(SUBSCRIPTIONS),
      ...operationsOf(VENS),
      ...operationsOf(RESOURCES),
      ...Object.fromEntries(AUTH.flatMap((id) => (operations[id] ? [[id, operations[id]]] : []))),
    },
    anonymous: AUTH,
    adapt,
    dialect: problemDialect,
  };
}

const ZERO_DATE = /^0000-00-00(?:T00:00:00Z?)?$/;
const NOW = '0001-01-01T00:00:00Z';
const AUTH = ['fetchToken', 'getAuthServerInfo'];

function adapt(body: unknown, operationId: string): void {
  adaptNow(body);
  const { create, update } = REPORTS.operations;
  adaptDescriptors(body as Described, [create, update].includes(operationId));
}

type Described = { payloadDescriptors?: unknown } | null | undefined;

/** Said before validation what a descriptor is, so that it is validated as that. */
function adaptDescriptors(body: Described, isReport: boolean): void {
  const descriptors = body?.payloadDescriptors;
  if (!Array.isArray(descriptors)) return;
  const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  const named = (one: Parameters<typeof typed>[0]) =>
    isReport && one.objectType === undefined ? ofReport(one) : typed(one);
  Object.assign(body as object, {
    payloadDescriptors: descriptors.map((one: unknown) =>
      isObject(one) ? named(one as Parameters<typeof typed>[0]) : one,
    ),
  });
}

/** 3.0 said "now" with 0000-00-00, which is no date; 3.1 says 0001-01-01. */
function adaptNow(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  for (const [name, value] of Object.entries(body)) {
    if (name === 'start' && typeof value === 'string' && ZERO_DATE.test(value)) Object.assign(body, { start: NOW });
    else adaptNow(value);
  }
}
