import type { IncomingMessage } from 'node:http';
import type { Express, NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import { ANONYMOUS } from '../auth/caller.ts';
import type { Caller } from '../auth/caller.ts';
import { sendAnswer, sendError } from './answer.ts';
import { readBody } from './body.ts';
import { completeTypes, impliedTypes } from './completion.ts';
import type { ImpliedType } from './completion.ts';
import type { DocumentOperation, OpenApiDocument } from './document.ts';
import { ApiError, invalid, notAcceptable, notFound, notImplemented } from './errors.ts';
import type { Issue } from './errors.ts';
import type { Api, ApiRequest, OperationHandler } from './http.ts';
import { issuesOf } from './issues.ts';
import { accepting, acceptsJson } from './negotiation.ts';
import { dropOptionalNulls } from './nulls.ts';
import { parameterReader } from './parameters.ts';

export interface MountDeps {
  ids: IdSource;
  log: Logger;
  /** Who sends this `Authorization` header. Throws `ApiError` 401; answers at once where it can, since a promise costs. */
  authenticate(authorization: string | undefined): Caller | Promise<Caller>;
  /** What those without a token are told where one is needed. */
  challenge(): ApiError;
  /** The address that a request is from. */
  peerOf(request: IncomingMessage): string;
  /** The largest body that is read, in bytes. */
  bodyLimitBytes: number;
}

type Step = (request: Request, response: Response) => void;

/**
 * Gives each operation of an API's document one express route under each base path. A request goes through: token, role,
 * Accept, media type, size, JSON, completion, validation, handler, answer; whatever is thrown is told in the API's dialect.
 * Paths outside the document are 404, methods outside it 405 with `Allow`, operations without a handler 501.
 *
 * @throws when `api.operations` names an operation that the document does not have.
 */
export function mountApi(app: Express, api: Api, document: OpenApiDocument, deps: MountDeps): void {
  const unknown = Object.keys(api.operations).filter((id) => !document.operations.some((op) => op.id === id));
  if (unknown.length > 0) throw new Error(`${api.name}: not in ${api.documentPath}: ${unknown.join(', ')}`);

  const byPath = new Map<string, DocumentOperation[]>();
  for (const op of document.operations) byPath.set(op.path, [...(byPath.get(op.path) ?? []), op]);
  const steps = new Map(document.operations.map((op) => [op.id, operationStep(api, op, deps)]));
  for (const basePath of api.basePaths) {
    for (const [path, operations] of byPath) {
      const route = app.route(basePath + path);
      for (const op of operations) {
        const step = steps.get(op.id);
        if (step) route[op.method](step);
      }
      route.all(failing(api, deps, () => methodNotAllowed(operations)));
    }
    app.use(basePath, failing(api, deps, noSuchPath));
    app.use(basePath, failureStep(api, deps));
  }
}

function operationStep(api: Api, op: DocumentOperation, deps: MountDeps): Step {
  const handler = api.operations[op.id];
  const isAnonymous = api.anonymous?.includes(op.id) ?? false;
  const readParameters = parameterReader(op, api.isStrict);
  const implied = impliedTypes(op.bodySchema);
  const mediaType = handler?.produces ?? 'application/json';
  const accepts = handler?.produces === undefined ? acceptsJson : accepting(handler.produces);
  const negotiate =
    api.negotiate ??
    (({ accept }: IncomingMessage['headers']): void => {
      if (!accepts(accept)) throw notAcceptable(mediaType, accept);
    });

  const run = async (request: Request, response: Response, requestId: string): Promise<void> => {
    const authenticated = isAnonymous ? ANONYMOUS : deps.authenticate(request.headers.authorization);
    const caller = authenticated instanceof Promise ? await authenticated : authenticated;
    response.locals['caller'] = caller;
    if (!handler) throw notImplemented(`${op.id} is not available on this server`);
    if (!isAnonymous) authorise(handler, caller, request.params as Record<string, string>, deps);
    // Before anything is done: a write that cannot be answered is not made.
    negotiate(request.headers);
    const body = op.mediaTypes.length > 0 ? await bodyOf(request, op, implied, api, deps) : undefined;
    const { params, query } = readParameters(request);
    const remoteAddress = deps.peerOf(request);
    const asked: ApiRequest = { caller, params, query, body, headers: request.headers, remoteAddress };
    if (handler.prepare) await handler.prepare(asked);
    const answer = await handler.handle(asked);
    response.locals['isStream'] = answer.stream !== undefined;
    const sent = sendAnswer(request, response, requestId, answer);
    if (sent !== undefined) await sent;
  };

  return (request, response) => {
    const requestId = requestIdOf(response, deps);
    run(request, response, requestId).catch((error: unknown) => {
      fail(request, response, error, { ...api, dialect: handler?.dialect ?? api.dialect }, deps);
    });
  };
}

/** @throws ApiError 403 for who may not do this; for those without a token 401, since with one they may. */
function authorise(handler: OperationHandler, caller: Caller, params: ApiRequest['params'], deps: MountDeps): void {
  try {
    handler.authorise(caller);
    handler.authoriseAt?.(caller, params);
  } catch (error) {
    throw caller.role === 'anonymous' && error instanceof ApiError ? deps.challenge() : error;
  }
}

async function bodyOf(
  request: Request,
  op: DocumentOperation,
  implied: readonly ImpliedType[],
  api: Api,
  deps: MountDeps,
): Promise<unknown> {
  const body = await readBody(request, op, deps.bodyLimitBytes);
  if (body?.mayHoldNull) dropOptionalNulls(body.value, op.bodySchema);
  const value = body?.value;
  completeTypes(value, implied);
  api.adapt?.(value, op.id);
  const issues: Issue[] = [];
  if (value === undefined) {
    if (op.bodyRequired)
      issues.push({ loc: ['body'], msg: `expected a body of type ${op.mediaTypes.join(' or ')}`, type: 'missing' });
  } else if (op.validateBody) {
    op.validateBody({ path: {}, query: {}, header: {}, cookie: {}, requestBody: value });
    issues.push(...issuesOf(op.validateBody.errors ?? []));
  }
  if (issues.length > 0) throw invalid(issues);
  return value;
}

/** The id under which the log and the answer speak of this request. */
export function requestIdOf(response: Response, deps: Pick<MountDeps, 'ids'>): string {
  const known: unknown = response.locals['requestId'];
  if (typeof known === 'string') return known;
  const id = deps.ids.next();
  response.locals['requestId'] = id;
  return id;
}

function failing(api: Api, deps: MountDeps, make: (request: Request) => ApiError): Step {
  return (request, response) => {
    fail(request, response, make(request), api, deps);
  };
}

/** Express's own failures: a path that does not decode. Four parameters are how express knows an error handler. */
function failureStep(api: Api, deps: MountDeps) {
  return (error: unknown, request: Request, response: Response, _next: NextFunction): void => {
    fail(request, response, error instanceof URIError ? noSuchPath(request) : error, api, deps);
  };
}

function fail(
  request: Request,
  response: Response,
  error: unknown,
  api: Pick<Api, 'dialect' | 'name'>,
  deps: MountDeps,
): void {
  const requestId = requestIdOf(response, deps);
  if (!(error instanceof ApiError) || error.status === 503 || error.status === 507) {
    deps.log.error(
      { requestId, api: api.name, method: request.method, path: request.path, err: error },
      'request failed',
    );
  }
  sendError(request, response, requestId, error, api.dialect);
}

const noSuchPath = (request: Request) => notFound(`there is nothing at ${request.baseUrl}${request.path}`);

function methodNotAllowed(operations: readonly DocumentOperation[]): ApiError {
  const methods = operations.map((op) => op.method.toUpperCase());
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
  return new ApiError({
    status: 405,
    code: 'method_not_allowed',
    title: 'Method Not Allowed',
    detail: `expected one of ${allow}`,
    headers: { allow },
  });
}
