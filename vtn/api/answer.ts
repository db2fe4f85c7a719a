import type { IncomingMessage, ServerResponse } from 'node:http';
import { compressed, MIN_COMPRESSED_BYTES } from './compress.ts';
import { namesEtag } from './etag.ts';
import { ApiError } from './errors.ts';
import type { ApiAnswer, Dialect } from './http.ts';
import { codingFor } from './negotiation.ts';
import type { Coding } from './negotiation.ts';

/** For every answer that does not say otherwise: only the pages of the docs are for a browser to run. */
const SECURITY_HEADERS: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
];

/**
 * Sends what a handler answered, compressed as the client wishes when it is worth it. A GET whose `etag` the client has already
 * is 304; HEAD leaves the body out. Compressed content has the weak form of the tag, since its bytes are others.
 *
 * @returns a promise only when the content has to be compressed first.
 */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  answer: ApiAnswer,
): void | Promise<void> {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const mayCompress = isCompressible(answer);
  const coding = mayCompress ? codingFor(headerText(request, 'accept-encoding')) : 'identity';
  const etag = answer.headers?.['etag'];
  if (isRead && etag !== undefined && answer.status === 200 && namesEtag(request.headers['if-none-match'], etag)) {
    // It has no content that could be guessed about, framed or run: what it is kept under is enough (RFC 9110, 15.4.5).
    response.writeHead(304, headerList(requestId, answer.headers, mayCompress, coding, []));
    response.end();
    return;
  }
  const headers = headerList(requestId, answer.headers, mayCompress, coding);
  if (answer.stream) {
    response.writeHead(answer.status, headers);
    if (request.method === 'HEAD') response.end();
    else answer.stream(response);
    return;
  }
  if (answer.body === undefined) {
    if (answer.status !== 204) headers.push('content-length', '0');
    response.writeHead(answer.status, headers);
    response.end();
    return;
  }
  const send = (body: Buffer): void => {
    if (response.destroyed) return;
    if (answer.headers?.['content-type'] === undefined) headers.push('content-type', 'application/json; charset=utf-8');
    headers.push('content-length', String(body.length));
    response.writeHead(answer.status, headers);
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const plain = toBytes(answer.body);
  if (coding === 'identity') return send(plain);
  headers.push('content-encoding', coding);
  const body = compressed(plain, coding);
  return body instanceof Promise ? body.then(send) : send(body);
}

/** Whether the answer is text worth compressing. Errors are short and stay as they are, as does what was compressed before. */
function isCompressible({ status, body, headers }: ApiAnswer): boolean {
  if (status >= 300 || headers?.['content-encoding'] !== undefined) return false;
  return (typeof body === 'string' || Buffer.isBuffer(body)) && body.length >= MIN_COMPRESSED_BYTES;
}

function headerText(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
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
  // Errors are never compressed, so that this is done when it returns.
  void sendAnswer(request, response, requestId, {
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

function headerList(
  requestId: string,
  headers: Readonly<Record<string, string>> | undefined,
  mayCompress: boolean,
  coding: Coding,
  security = SECURITY_HEADERS,
): string[] {
  const list = ['x-request-id', requestId];
  for (const [name, value] of security) if (headers?.[name] === undefined) list.push(name, value);
  for (const name in headers) {
    const value = headers[name] ?? '';
    list.push(name, name === 'etag' && coding !== 'identity' ? `W/${value}` : value);
  }
  if (mayCompress) list.push('vary', 'accept-encoding');
  return list;
}

function toBytes(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
