import type { Report, Resource, Subscription, Ven } from '@openadr-gateway/shared/openadr/objects.ts';
import { canSee, canWrite } from '../../auth/access.ts';
import { isBusinessLogic, requireScope } from '../../auth/roles.ts';
import type { Scope } from '../../auth/caller.ts';
import type { Page } from '../../store/lists.ts';
import type { Change, Db, Versions } from '../../store/store.ts';
import type { ApiRequest, OperationHandler } from '../http.ts';
import type { ObjectDeps } from './deps.ts';
import { lastOf } from './list-cache.ts';
import { checkIfMatch, noSuch, objectAnswer, readerOf } from './objects.ts';

/** What belongs to a client: business logic sees all of it, everyone else its own (Definition "Object Privacy"). */
export type Owned = Report | Resource | Subscription | Ven;

export interface OwnedKind<T extends Owned> {
  /** As it is called in messages. */
  type: string;
  collection: keyof Versions;
  /** The path parameter with its id. */
  idParameter: string;
  writeScope: Scope;
  byId(db: Db, id: string): Promise<T | undefined>;
  /** A page of JSON texts. */
  list(db: Db, query: ApiRequest['query'], filter: Page & { clientId: string | undefined }): Promise<string[]>;
  /** Whether answers to lists may be remembered until a commit of this process touches the collection. */
  isRemembered: boolean;
  /** The object's deletion and what goes with it. Without it: the object alone. */
  deleteChanges?(db: Db, object: T): Promise<Change[]>;
}

/** What is the same for everything that belongs to a client. */
export interface OwnedOperations<T extends Owned> {
  mayWrite: OperationHandler['authorise'];
  search: OperationHandler;
  searchById: OperationHandler;
  remove: OperationHandler;
  /** The object that a request is about to change; 404 where its caller may not, 412 where it has changed meanwhile. */
  toChange(db: Db, request: ApiRequest): Promise<T>;
}

export function ownedOperations<T extends Owned>({ store, lists }: ObjectDeps, kind: OwnedKind<T>): OwnedOperations<T> {
  const mayRead = requireScope('read_ven_objects');
  const mayWrite = requireScope(kind.writeScope);
  const idOf = ({ params }: ApiRequest): string => params[kind.idParameter] ?? '';
  const toChange = async (db: Db, request: ApiRequest): Promise<T> => {
    const object = await kind.byId(db, idOf(request));
    if (!object || !canWrite(request.caller, object)) throw noSuch(kind.type, idOf(request));
    checkIfMatch(request, object);
    return object;
  };
  return {
    mayWrite,
    toChange,
    search: {
      authorise: mayRead,
      handle: async ({ caller, query }) => {
        const clientId = isBusinessLogic(caller) ? undefined : caller.clientId;
        const request = { name: kind.collection, ...readerOf(caller), query, collections: [kind.collection] };
        return lists.page(request, async (page, nowMs) => {
          const bodies = await store.read((db) => kind.list(db, query, { ...page, clientId }));
          return { bodies, last: lastOf(bodies, page), ...(kind.isRemembered ? {} : { expiresMs: nowMs }) };
        });
      },
    },
    searchById: {
      authorise: mayRead,
      handle: async (request) => {
        const object = await store.read((db) => kind.byId(db, idOf(request)));
        if (!object || !canSee(request.caller, [], { object })) throw noSuch(kind.type, idOf(request));
        return objectAnswer(200, object);
      },
    },
    remove: {
      authorise: mayWrite,
      handle: async (request) => {
        const object = await store.write(async (tx) => {
          const doomed = await toChange(tx.db, request);
          await tx.apply((await kind.deleteChanges?.(tx.db, doomed)) ?? [{ operation: 'DELETE', object: doomed }]);
          return doomed;
        });
        return objectAnswer(200, object);
      },
    },
  };
}
