import type { ServerResponse } from 'node:http';
import type { Caller } from '../auth/caller.ts';
import type { ApiError } from './errors.ts';

/** What a handler gets: authenticated, authorised, parsed and validated. */
export interface ApiRequest {
  caller: Caller;
  /** Path parameters, decoded. */
  params: Readonly<Record<string, string>>;
  /** Query parameters as the OpenAPI document types them: numbers, booleans and arrays already converted. */
  query: Readonly<Record<string, unknown>>;
  /** The parsed body; `undefined` where the operation takes none. */
  body: unknown;
  /** Header names in lower case. */
  headers: Headers;
  /** The peer's address, for rate limits. */
  remoteAddress: string;
}

/** Header names in lower case, as node gives them. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** `body` as an object is written as JSON; as a Buffer or string it is sent as it is (it must be JSON text then). */
export interface ApiAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Instead of a body: takes the response over once its head is written, and may go on for hours. Not called for HEAD. */
  stream?(response: ServerResponse): void;
}

export interface OperationHandler {
  /** Throws `forbidden` when this caller may not do this at all. Runs before anything of the request is validated. */
  authorise(caller: Caller): void;
  /** The same, where it depends on what the path names. */
  authoriseAt?(caller: Caller, params: ApiRequest['params']): void;
  /** Where one operation's errors look unlike the API's: the token endpoint (RFC 6749). */
  dialect?: Dialect;
  /** The media type of what it answers with when all goes well; JSON when missing. */
  produces?: string;
  /** What `handle` needs of others, who may take their time: it may run in a transaction, this does not. */
  prepare?(request: ApiRequest): Promise<void>;
  handle(request: ApiRequest): Promise<ApiAnswer>;
}

/** One REST surface: an OpenAPI document, handlers by operationId, and the way its errors look. */
export interface Api {
  name: string;
  /** Where it is mounted; several for an API with two versions in its path. */
  basePaths: readonly string[];
  /** Path of the OpenAPI document, from the repository's or the bundle's root. */
  documentPath: string;
  /** An operation of the document that is not here answers 501 (after the token was checked). */
  operations: Readonly<Record<string, OperationHandler>>;
  /** Operations that anyone may call, without a token. */
  anonymous?: readonly string[];
  /** Throws 406 or 415 for what the caller reads or sends; without it everybody has to read JSON. */
  negotiate?: (headers: Headers) => void;
  /** Query parameters that an operation does not have are refused; otherwise they are left out. */
  isStrict?: boolean;
  /** Changes a parsed body before it is validated: what an older version has other words for. */
  adapt?(body: unknown, operationId: string): void;
  /** Turns an error into the body and content type of this API's dialect. */
  dialect: Dialect;
}

/** How an error is told. Gets it with status 422 for invalid fields and 400 for malformed JSON, and may choose another. */
export type Dialect = (error: ApiError, requestId: string) => { status: number; contentType: string; body: unknown };
