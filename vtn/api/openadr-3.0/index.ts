import type { StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
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
  /** `/auth/server` and `/auth/token`: the same as those of 3.1, with their rate limits. */
  auth: Operations;
}

/** OpenADR 3.0.1 over the operations of 3.1: shapes in, shapes out, one store. */
export function openadr30Api(deps: OpenAdr30Deps): Api {
  const { auth, ...dialectDeps } = deps;
  const { store, clock } = deps;
  const listDeps: ListDeps = { ...dialectDeps, grants: new Grants(store), lists: new ListCache(store, clock) };
  const operationsOf = <T extends StoredObject>(shape: Shape<T>): Record<string, OperationHandler> => ({
    [shape.operations.list]: listHandler(listDeps, shape),
    ...objectHandlers(dialectDeps, shape),
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
      ...Object.fromEntries(AUTH.flatMap((id) => (auth[id] ? [[id, auth[id]]] : []))),
    },
    anonymous: AUTH,
    dialect: problemDialect,
  };
}

const AUTH = ['fetchToken', 'getAuthServerInfo'];
