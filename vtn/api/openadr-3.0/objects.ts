import type { StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Caller } from '../../auth/caller.ts';
import { isBusinessLogic } from '../../auth/roles.ts';
import type { Db } from '../../store/store.ts';
import { ApiError, invalid } from '../errors.ts';
import { taggedJson } from '../etag.ts';
import type { ApiAnswer, ApiRequest, OperationHandler } from '../http.ts';
import { checkIfMatch, noSuch } from '../openadr/objects.ts';
import type { Shape } from './shape.ts';
import { call, operationsWithin } from './within.ts';
import type { DialectDeps, Operations } from './within.ts';

/**
 * Reading and writing single objects: the request in 3.1's shape, the 3.1 operation, its answer in 3.0.1's shape. A write and
 * all that it needs to look at are one transaction. Entity tags are those of the 3.0.1 text.
 */
export function objectHandlers<T extends StoredObject>(
  deps: DialectDeps & { operations: Operations },
  shape: Shape<T>,
): Record<string, OperationHandler> {
  const { store } = deps;
  const { read, create, update, remove } = shape.operations;
  const reading = deps.operations;
  const authoriseAs = (id: string) => (caller: Caller) => reading[id]?.authorise(caller);

  const existing = async (operations: Operations, request: ApiRequest): Promise<T> => {
    const { object } = await call<T>(operations, read, request);
    shape.requirePlace?.(request, object);
    return object;
  };
  const shown = async (object: T, db: Db): Promise<object> => {
    const [body] = await shape.show([object], db);
    if (!body) throw new Error(`${object.objectType} ${object.id} was there and is gone within one transaction`);
    return body;
  };

  return {
    [read]: {
      authorise: readers(authoriseAs(read)),
      handle: async (request) => {
        const object = await existing(reading, request);
        const [body] = await store.read(async (db) => shape.show([object], db));
        // Gone between the two looks.
        if (!body) throw noSuch(object.objectType.toLowerCase(), object.id);
        return tagged(200, body);
      },
    },
    [create]: {
      authorise: authoriseAs(create),
      ...preparing(reading[create], (request) => Promise.resolve(converted(shape, request))),
      handle: (request) =>
        store.write(async (tx) => {
          const { db } = tx;
          const operations = operationsWithin(deps, tx);
          await shape.requireParent?.(request, operations);
          const { object, headers } = await call<T>(operations, create, converted(shape, request));
          await shape.after?.({ object, request, operations, db });
          return tagged(201, await shown(object, db), headers);
        }),
    },
    [update]: {
      authorise: authoriseAs(update),
      ...preparing(reading[update], async (request) => converted(shape, request, await existing(reading, request))),
      handle: (request) =>
        store.write(async (tx) => {
          const operations = operationsWithin(deps, tx);
          const previous = await existing(operations, request);
          checkVersion(request, await shown(previous, tx.db));
          const { object } = await call<T>(operations, update, converted(shape, request, previous));
          await shape.after?.({ object, request, operations, db: tx.db });
          return tagged(200, await shown(object, tx.db));
        }),
    },
    [remove]: {
      authorise: authoriseAs(remove),
      handle: (request) =>
        store.write(async (tx) => {
          const operations = operationsWithin(deps, tx);
          const object = await existing(operations, request);
          const body = await shown(object, tx.db);
          checkVersion(request, body);
          await call(operations, remove, unconditional(request));
          return tagged(200, body);
        }),
    },
  };
}

/**
 * For reading: what 3.1 asks for, or `read_all`, which is the scope of 3.0.1, from those whose own objects there can be. What is
 * seen is the same.
 */
export function readers(authorise: (caller: Caller) => void): (caller: Caller) => void {
  return (caller) => {
    const mayOwn = caller.role === 'ven' || isBusinessLogic(caller);
    if (!mayOwn || !caller.scopes.includes('read_all')) authorise(caller);
  };
}

/** What the 3.1 operation does before its transaction is done before ours. */
function preparing(
  operation: OperationHandler | undefined,
  convert: (request: ApiRequest) => Promise<ApiRequest>,
): Pick<OperationHandler, 'prepare'> {
  if (operation?.prepare === undefined) return {};
  return { prepare: async (request) => operation.prepare?.(await convert(request)) };
}

/** The request as a 3.1 client would have sent it. */
function converted<T extends StoredObject>(shape: Shape<T>, request: ApiRequest, previous?: T): ApiRequest {
  return { ...unconditional(request), body: asTargets(() => shape.take(request, previous)) };
}

/** Runs a conversion whose only fault can be a target that 3.1 cannot hold. */
export function asTargets<R>(convert: () => R): R {
  try {
    return convert();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const [path = '', why = ''] = error.message.split(': ');
    throw invalid([{ loc: ['body', path], msg: `expected a shorter target: ${why}`, type: 'string_too_long' }]);
  }
}

/** Conditions are about the 3.0.1 text and were checked. */
export function unconditional(request: ApiRequest): ApiRequest {
  const { 'if-match': _, 'if-none-match': __, ...headers } = request.headers;
  return { ...request, headers };
}

/** Compares the text that this client knows. */
function checkVersion(request: ApiRequest, shown: object): void {
  checkIfMatch(request, shown as StoredObject);
}

/** @param told the headers of the 3.1 answer, which are good for this one too, but for what says which text it has */
function tagged(status: 200 | 201, object: object, told: Readonly<Record<string, string>> = {}): ApiAnswer {
  const answer = taggedJson(status, JSON.stringify(object));
  return { ...answer, headers: { ...told, ...answer.headers } };
}

/** A fault of a body inside of the body, told with its whole path. */
export function inside(path: string, error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  const { status, code, title, detail, issues, headers, cause } = error;
  return new ApiError({
    status,
    code,
    title,
    detail: detail.replaceAll('body.', `body.${path}.`),
    issues: issues.map((issue) => ({ ...issue, loc: ['body', path, ...issue.loc.slice(1)] })),
    headers: { ...headers },
    cause,
  });
}
