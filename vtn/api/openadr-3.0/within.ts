import type { Store, Writer } from '../../store/store.ts';
import { objectOperations } from '../openadr/index.ts';
import type { ObjectDeps } from '../openadr/deps.ts';
import { Grants } from '../openadr/grants.ts';
import { ListCache } from '../openadr/list-cache.ts';
import type { ApiAnswer, ApiRequest, OperationHandler } from '../http.ts';

/** What the dialect needs of the 3.1 operations: all but what they remember. */
export type DialectDeps = Omit<ObjectDeps, 'grants' | 'lists'>;

/** The 3.1 operations by operationId, which do all the work. */
export type Operations = Readonly<Record<string, OperationHandler>>;

/** The 3.1 operations, remembering nothing beyond one request. */
export function operationsOn(deps: DialectDeps): Operations {
  const { store, clock } = deps;
  const callbacks = { ...deps.callbacks, version: '3.0.1' } as const;
  return objectOperations({ ...deps, callbacks, grants: new Grants(store), lists: new ListCache(store, clock) });
}

/** The 3.1 operations in one open transaction: what several of them do is stored together, or not at all. */
export function operationsWithin(deps: DialectDeps, tx: Writer): Operations {
  return operationsOn({ ...deps, store: storeWithin(deps.store, tx) });
}

/** The store as seen from inside of a transaction. */
function storeWithin(store: Store, tx: Writer): Store {
  return {
    start: () => store.start(),
    stop: () => store.stop(),
    read: (work) => work(tx.db),
    write: (work) => work(tx),
    versions: store.versions,
    onOutbox: (listener) => store.onOutbox(listener),
    check: () => store.check(),
  };
}

/** Calls a 3.1 operation. */
export async function answerOf(operations: Operations, id: string, request: ApiRequest): Promise<ApiAnswer> {
  const operation = operations[id];
  if (!operation) throw new Error(`there is no operation ${id}`);
  return operation.handle(request);
}

/** The body of an answer, which may be JSON text by now. */
export function parsed<T>({ body }: ApiAnswer): T {
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : body;
  return (typeof text === 'string' ? JSON.parse(text) : text) as T;
}

/** Calls a 3.1 operation. @returns its body, parsed, and its headers. */
export async function call<T>(
  operations: Operations,
  id: string,
  request: ApiRequest,
): Promise<{ object: T; headers: NonNullable<ApiAnswer['headers']> }> {
  const answer = await answerOf(operations, id, request);
  return { object: parsed<T>(answer), headers: answer.headers ?? {} };
}
