import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { authenticateClient } from '../../auth/clients.ts';
import type { Credentials } from '../../auth/clients.ts';
import { networkOf, RateLimit } from '../../auth/rate-limit.ts';
import { SecretVerifier } from '../../auth/secrets.ts';
import type { Tokens } from '../../auth/tokens.ts';
import type { Store } from '../../store/store.ts';
import { problemDialect } from '../dialects.ts';
import { ApiError, badRequest, notImplemented } from '../errors.ts';
import type { ApiRequest, Dialect, Headers, OperationHandler } from '../http.ts';
import { originOf } from '../origin.ts';

export interface AuthDeps {
  store: Store;
  clock: Clock;
  tokens: Tokens;
  /** Where the outside reaches us; without it what the caller wrote into `Host`. */
  publicUrl: string | undefined;
  /** Where tokens are had instead of from us. */
  externalTokenUrl: string | undefined;
  /** Token requests of one client from one address. */
  tokenRequestsPerMinute: number;
  /** Hears of every token before its client does. */
  onIssued?: ((token: string) => Promise<void>) | undefined;
}

/** Failed requests from one address, whatever client they name, before it has to wait. */
const FAILURES_PER_MINUTE = 100;
const TOKEN_PATH = '/openadr3/3.1.1/auth/token';
const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** `/auth/token` (RFC 6749, 4.4, client_secret_post and client_secret_basic) and `/auth/server`. Both without a token. */
export function authOperations(deps: AuthDeps): Record<string, OperationHandler> {
  return { getAuthServerInfo: serverInfo(deps), fetchToken: tokenEndpoint(deps) };
}

function serverInfo(deps: AuthDeps): OperationHandler {
  return {
    authorise: () => undefined,
    handle: async ({ headers }) => {
      if (deps.externalTokenUrl !== undefined) return { status: 200, body: { tokenURL: deps.externalTokenUrl } };
      return { status: 200, body: { tokenURL: originOf(headers, deps.publicUrl) + TOKEN_PATH } };
    },
  };
}

function tokenEndpoint(deps: AuthDeps): OperationHandler {
  const requests = new RateLimit(deps.clock, deps.tokenRequestsPerMinute);
  const failures = new RateLimit(deps.clock, FAILURES_PER_MINUTE);
  const verifier = new SecretVerifier();
  return {
    authorise: () => undefined,
    dialect: tokenDialect,
    handle: async (request) => {
      if (!deps.tokens.isIssuing) throw notImplemented('tokens are issued elsewhere; GET /auth/server tells where');
      const address = networkOf(request.remoteAddress);
      const credentials = credentialsOf(request);
      const waitSeconds = failures.peek(address) || requests.take(`${address} ${credentials.clientId}`);
      if (waitSeconds > 0) throw tooMany(waitSeconds);
      const caller = await deps.store.read((db) => authenticateClient(db, credentials, verifier));
      if (!caller) {
        failures.take(address);
        throw invalidClient('unknown client, wrong secret or revoked');
      }
      const { token, expiresInSeconds } = await deps.tokens.issue(caller);
      await deps.onIssued?.(token);
      return {
        status: 200,
        body: {
          access_token: token,
          token_type: 'Bearer',
          expires_in: expiresInSeconds,
          scope: caller.scopes.join(' '),
        },
        headers: NO_STORE,
      };
    },
  };
}

/** RFC 6749, 2.3.1: from the body or from HTTP Basic, never from both. */
function credentialsOf({ body, headers }: ApiRequest): Credentials {
  const form = body as { client_id?: string; client_secret?: string };
  const basic = basicCredentials(headers);
  if (basic) {
    if (form.client_secret !== undefined)
      throw badRequest('client_secret: expected it in the body or in the Authorization header, not in both');
    if (form.client_id !== undefined && form.client_id !== basic.clientId) {
      throw badRequest('client_id: expected the same as in the Authorization header');
    }
    return basic;
  }
  if (form.client_id === undefined) throw badRequest('client_id is missing');
  if (form.client_secret === undefined) throw badRequest('client_secret is missing');
  return { clientId: form.client_id, clientSecret: form.client_secret };
}

function basicCredentials(headers: Headers): Credentials | undefined {
  const header = headers['authorization'];
  const encoded = typeof header === 'string' ? /^Basic +(\S+) *$/i.exec(header)?.[1] : undefined;
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw invalidClient('expected "client_id:client_secret" in the Basic credentials');
  return { clientId: formDecoded(text.slice(0, colon)), clientSecret: formDecoded(text.slice(colon + 1)) };
}

/** Both parts are form-encoded (RFC 6749, 2.3.1); many clients send them as they are. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function invalidClient(detail: string): ApiError {
  return new ApiError({
    status: 401,
    code: 'unauthorized',
    title: 'invalid_client',
    detail,
    headers: { 'www-authenticate': 'Basic realm="openadr", charset="UTF-8"' },
  });
}

function tooMany(seconds: number): ApiError {
  return new ApiError({
    status: 429,
    code: 'too_many_requests',
    title: 'Too Many Requests',
    detail: `too many token requests; a token lasts, keep it and come back in ${seconds} s`,
    headers: { 'retry-after': String(seconds) },
  });
}

/**
 * RFC 6749, 5.2. Faults of a request that it has no word for (413, 415, 429) keep their status and are told as `invalid_request`;
 * those that are ours (5xx) are problems as everywhere.
 */
const tokenDialect: Dialect = (error, requestId) => {
  if (error.status >= 500) return problemDialect(error, requestId);
  const isGrant = error.issues.some((issue) => issue.loc[1] === 'grant_type' && issue.type === 'enum');
  const word =
    error.title === 'invalid_client' ? 'invalid_client' : isGrant ? 'unsupported_grant_type' : 'invalid_request';
  return {
    status: error.code === 'validation_failed' ? 400 : error.status,
    contentType: 'application/json; charset=utf-8',
    body: { error: word, error_description: error.detail },
  };
};
