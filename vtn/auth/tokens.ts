import { createLocalJWKSet, errors, jwtVerify, SignJWT } from 'jose';
import type { JSONWebKeySet, JWTPayload } from 'jose';
import type { Logger } from 'pino';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import { ApiError } from '../api/errors.ts';
import { clientById } from '../store/clients.ts';
import type { Store } from '../store/store.ts';
import { ROLES, SCOPES_BY_ROLE } from './caller.ts';
import type { Caller } from './caller.ts';
import { ALGORITHM, loadSigningKeys } from './signing-keys.ts';
import type { SigningKeys } from './signing-keys.ts';

/** How long a revocation by another process (`vtn clients revoke`) may go unnoticed. */
const REVOCATION_CHECK_MS = 500;
const MAX_REMEMBERED = 20_000;

export interface TokensDeps {
  store: Store;
  clock: Clock;
  ids: IdSource;
  log: Logger;
  issuer: string;
  audience: string;
  ttlSeconds: number;
  clockToleranceSeconds: number;
  /** What a token that is missing, wrong or expired answers: 401 by the document, 403 for suites that expect it. */
  invalidTokenStatus: 401 | 403;
}

/** Who a token speaks for, and until when. */
export interface Bearer {
  caller: Caller;
  expiresMs: number;
}

/**
 * Access tokens: JWTs signed with ES256 by a key that is kept in the database. Checking a signature costs more than answering
 * an unchanged poll, so that tokens that were found right are remembered until they expire or their client is revoked.
 */
export class Tokens {
  readonly #deps: TokensDeps;
  readonly #remembered = new Map<string, Bearer>();
  readonly #revoked = new Set<string>();
  readonly #listeners = new Set<(clientId: string) => void>();
  #revokedCount = 0;
  #keys: SigningKeys | undefined;
  #keySet: ReturnType<typeof createLocalJWKSet> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: TokensDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#keys = await loadSigningKeys(this.#deps.store, this.#deps.clock);
    this.#keySet = createLocalJWKSet(this.#keys.jwks);
    await this.checkRevocations();
    this.#timer = setInterval(() => {
      this.checkRevocations().catch((err: unknown) => this.#deps.log.warn({ err }, 'cannot look for revoked clients'));
    }, REVOCATION_CHECK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Public keys, for `/.well-known/jwks.json`. */
  get jwks(): JSONWebKeySet {
    return this.#started.jwks;
  }

  /** A token for this client; its scopes are those of its role. */
  async issue(caller: Caller): Promise<{ token: string; expiresInSeconds: number }> {
    const { clock, ids, issuer, audience, ttlSeconds } = this.#deps;
    const { kid, key } = this.#started.current;
    const nowSeconds = Math.floor(clock.nowMs() / 1000);
    const token = await new SignJWT({
      client_id: caller.clientId,
      role: caller.role,
      scope: caller.scopes.join(' '),
      ...(caller.account === undefined ? {} : { account: caller.account }),
      ...(caller.utility === undefined ? {} : { utility: caller.utility }),
    })
      .setProtectedHeader({ alg: ALGORITHM, kid, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(caller.clientId)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + ttlSeconds)
      .setJti(ids.next())
      .sign(key);
    return { token, expiresInSeconds: ttlSeconds };
  }

  /**
   * Who sends this `Authorization` header (RFC 6750). At once for a token that was seen before.
   *
   * @throws ApiError `unauthorized` without a token, `invalid_token` with one that is wrong, expired or revoked.
   */
  authenticate(authorization: string | undefined): Caller | Promise<Caller> {
    if (authorization === undefined)
      throw this.#refusal('unauthorized', 'expected a header "Authorization: Bearer <token>"');
    const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (token === undefined)
      throw this.#refusal('unauthorized', 'expected the Authorization header to be "Bearer <token>"');
    return this.check(token);
  }

  /** Whose token this is; for those who get it without a header (the MQTT password). @throws ApiError `invalid_token`. */
  check(token: string): Caller | Promise<Caller> {
    return this.#recall(token)?.caller ?? this.#verify(token).then(({ caller }) => caller);
  }

  /** Like `check`, with the instant at which the token ends. */
  async inspect(token: string): Promise<Bearer> {
    return this.#recall(token) ?? (await this.#verify(token));
  }

  /** Called with the id of each client that is revoked. Returns the function that ends it. */
  onRevoked(listener: (clientId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is remembered of a token that is still good. */
  #recall(token: string): Bearer | undefined {
    const known = this.#remembered.get(token);
    if (!known) return undefined;
    if (this.#deps.clock.nowMs() >= known.expiresMs) {
      this.#remembered.delete(token);
      return undefined;
    }
    return known;
  }

  /** Checks signature, issuer, audience, times and that the client is still there. @throws ApiError `invalid_token`. */
  async #verify(token: string): Promise<Bearer> {
    const { clock, issuer, audience, clockToleranceSeconds, store } = this.#deps;
    if (!this.#keySet) throw new Error('Tokens.start() has not run');
    const payload = await jwtVerify(token, this.#keySet, {
      algorithms: [ALGORITHM],
      issuer,
      audience,
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(clock.nowMs()),
      requiredClaims: ['exp', 'sub', 'role'],
    }).then(
      (result) => result.payload,
      (error: unknown) => {
        throw this.#refusal(
          'invalid_token',
          error instanceof errors.JWTExpired ? 'the token has expired' : 'the token is not one of ours',
        );
      },
    );
    const caller = callerOf(payload);
    if (!caller) throw this.#refusal('invalid_token', 'the token names no role that is known here');
    const client = await store.read((db) => clientById(db, caller.clientId));
    if (client?.revoked_ms !== null || this.#revoked.has(caller.clientId)) {
      throw this.#refusal('invalid_token', 'the client of this token has been revoked');
    }
    const bearer = { caller, expiresMs: ((payload.exp ?? 0) + clockToleranceSeconds) * 1000 };
    this.#remember(token, bearer);
    return bearer;
  }

  /** Refuses this client's tokens from now on. Whoever revokes in this process calls it; others are noticed in half a second. */
  forget(clientId: string): void {
    this.#revoked.add(clientId);
    for (const [token, { caller }] of this.#remembered)
      if (caller.clientId === clientId) this.#remembered.delete(token);
    for (const listener of this.#listeners) listener(clientId);
  }

  /** Takes note of clients that were revoked meanwhile. Cheap while none was. */
  async checkRevocations(): Promise<void> {
    const ids = await this.#deps.store.read(async (db) => {
      const { n } = await db
        .selectFrom('clients')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('revoked_ms', 'is not', null)
        .executeTakeFirstOrThrow();
      if (n === this.#revokedCount) return [];
      const rows = await db.selectFrom('clients').select('id').where('revoked_ms', 'is not', null).execute();
      return rows.map((row) => row.id);
    });
    if (ids.length === 0) return;
    this.#revokedCount = ids.length;
    for (const id of ids) if (!this.#revoked.has(id)) this.forget(id);
  }

  #remember(token: string, entry: Bearer): void {
    if (this.#remembered.size >= MAX_REMEMBERED) {
      const [oldest] = this.#remembered.keys();
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
    this.#remembered.set(token, entry);
  }

  get #started(): SigningKeys {
    if (!this.#keys) throw new Error('Tokens.start() has not run');
    return this.#keys;
  }

  #refusal(code: 'unauthorized' | 'invalid_token', detail: string): ApiError {
    const status = this.#deps.invalidTokenStatus;
    const challenge =
      code === 'invalid_token'
        ? `Bearer realm="openadr", error="invalid_token", error_description="${detail}"`
        : 'Bearer realm="openadr"';
    return new ApiError({
      status,
      code,
      title: status === 401 ? 'Unauthorized' : 'Forbidden',
      detail,
      headers: { 'www-authenticate': challenge },
    });
  }
}

function callerOf(payload: JWTPayload): Caller | undefined {
  const role = ROLES.find((r) => r === payload['role']);
  if (!role || payload.sub === undefined) return undefined;
  const { account, utility } = payload as { account?: string; utility?: NonNullable<Caller['utility']> };
  return {
    clientId: payload.sub,
    role,
    scopes: SCOPES_BY_ROLE[role],
    ...(account === undefined ? {} : { account }),
    ...(utility === undefined ? {} : { utility }),
  };
}
