import type { IncomingMessage, ServerResponse } from 'node:http';
import { namesEtag } from './etag.ts';
import { ApiError } from './errors.ts';
import type { ApiAnswer, Dialect } from './http.ts';

/** The same for every answer. There is no page of ours that a browser should run, frame or guess about. */
const SECURITY_HEADERS: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
];

/** Sends what a handler answered. A GET whose `etag` the client has already is 304; HEAD leaves the body out. */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  answer: ApiAnswer,
): void {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const etag = answer.headers?.['etag'];
  if (isRead && etag !== undefined && answer.status === 200 && namesEtag(request.headers['if-none-match'], etag)) {
    response.writeHead(304, headerList(requestId, answer.headers));
    response.end();
    return;
  }
  const headers = headerList(requestId, answer.headers);
  if (answer.body === undefined) {
    if (answer.status !== 204) headers.push('content-length', '0');
    response.writeHead(answer.status, headers);
    response.end();
    return;
  }
  const body = toBytes(answer.body);
  if (answer.headers?.['content-type'] === undefined) headers.push('content-type', 'application/json; charset=utf-8');
  headers.push('content-length', String(body.length));
  response.writeHead(answer.status, headers);
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Tells an error in the API's dialect. What is not an `ApiError` is hidden; the caller has logged it under `requestId`. */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  error: unknown,
  dialect: Dialect,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const known = error instanceof ApiError ? error : internal();
  const { status, contentType, body } = dialect(known, requestId);
  sendAnswer(request, response, requestId, {
    status,
    body,
    headers: { ...known.headers, 'content-type': contentType },
  });
}

function internal(): ApiError {
  return new ApiError({
    status: 500,
    code: 'internal',
    title: 'Internal Server Error',
    detail: 'something went wrong on our side; the log explains it under the id of this request',
  });
}

function headerList(requestId: string, headers: Readonly<Record<string, string>> | undefined): string[] {
  const list = ['x-request-id', requestId];
  for (const [name, value] of SECURITY_HEADERS) list.push(name, value);
  for (const name in headers) list.push(name, headers[name] ?? '');
  return list;
}

function toBytes(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
