import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import { problemDialect } from '../dialects.ts';
import type { Api, OperationHandler } from '../http.ts';
import { authOperations } from './auth.ts';
import type { AuthDeps } from './auth.ts';
import type { ObjectDeps } from './deps.ts';
import { eventOperations } from './events.ts';
import { Grants } from './grants.ts';
import { ListCache } from './list-cache.ts';
import { programOperations } from './programs.ts';
import { reportOperations } from './reports.ts';
import { resourceOperations } from './resources.ts';
import { subscriptionOperations } from './subscriptions.ts';
import { venOperations } from './vens.ts';

export interface OpenAdrDeps extends AuthDeps, Pick<ObjectDeps, 'callbacks' | 'onReport' | 'unknownProgramStatus'> {
  ids: IdSource;
  /** `GET /notifiers` and below. */
  notifiers: Readonly<Record<string, OperationHandler>>;
}

/** OpenADR 3.1: every operation of the document. */
export function openadrApi(deps: OpenAdrDeps): Api {
  const { store, clock, ids, callbacks, onReport, unknownProgramStatus } = deps;
  const objects: ObjectDeps = {
    store,
    clock,
    ids,
    grants: new Grants(store),
    lists: new ListCache(store, clock),
    callbacks,
    onReport,
    unknownProgramStatus,
  };
  return {
    name: 'openadr-3.1',
    basePaths: ['/openadr3/3.1.1', '/openadr3/3.1.0'],
    documentPath: 'shared/openapi/openadr-3.1.yaml',
    operations: {
      ...objectOperations(objects),
      ...deps.notifiers,
      ...authOperations(deps),
    },
    anonymous: ['fetchToken', 'getAuthServerInfo'],
    dialect: problemDialect,
  };
}

/** The operations on stored objects; the 3.0.1 dialect wraps them. */
export function objectOperations(deps: ObjectDeps): Record<string, OperationHandler> {
  return {
    ...eventOperations(deps),
    ...programOperations(deps),
    ...reportOperations(deps),
    ...subscriptionOperations(deps),
    ...venOperations(deps),
    ...resourceOperations(deps),
  };
}
