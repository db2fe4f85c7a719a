import { decodeJwt } from 'jose';
import type { JSONWebKeySet } from 'jose';
import type { Logger } from 'pino';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import type { ApiError } from '../api/errors.ts';
import type { Store } from '../store/store.ts';
import { ANONYMOUS_READER } from './caller.ts';
import type { Caller } from './caller.ts';
import type { ExternalIssuerConfig, StaticTokenConfig } from './config.ts';
import { ExternalIssuers } from './external-issuers.ts';
import { InvalidToken, notOurs } from './jwt.ts';
import type { Bearer } from './jwt.ts';
import { OwnTokens } from './own-tokens.ts';
import { refusal } from './refusal.ts';
import { Revocations } from './revocations.ts';
import { SigningKeys } from './signing-keys.ts';
import { StaticTokens } from './static-tokens.ts';

export type { Bearer } from './jwt.ts';

/** How long a revocation or a key of another process (`vtn clients revoke`, `vtn keys rotate`) may go unnoticed. */
const CHECK_MS = 500;
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
  /** 0, also when left out: keys are only replaced by `vtn keys rotate`. */
  keyRotationDays?: number;
  /** False: tokens of our own are neither issued nor accepted. */
  localTokens?: boolean;
  externalIssuers?: readonly ExternalIssuerConfig[];
  staticTokens?: readonly StaticTokenConfig[];
  /** Whether those without a token may read what everybody may. */
  anonymousRead?: boolean;
}

/**
 * Access tokens: our own, JWTs signed with ES256 by a key that is kept in the database; those of other issuers; and those of the
 * configuration. Checking a signature costs more than answering an unchanged poll, so that tokens that were found right are
 * remembered until they expire or their client is revoked.
 */
export class Tokens {
  readonly #deps: TokensDeps;
  readonly #remembered = new Map<string, Bearer>();
  readonly #revocations: Revocations;
  readonly #keys: SigningKeys;
  readonly #own: OwnTokens;
  readonly #issuers: ExternalIssuers;
  #static: StaticTokens | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  /** Counts how often something was forgotten: what was verified before such a moment is not remembered after it. */
  #era = 0;

  constructor(deps: TokensDeps) {
    const { store, clock, log, clockToleranceSeconds } = deps;
    this.#deps = deps;
    this.#revocations = new Revocations(store);
    this.#keys = new SigningKeys({
      store,
      clock,
      log,
      tokenTtlMs: deps.ttlSeconds * 1000,
      toleranceMs: clockToleranceSeconds * 1000,
      rotationDays: deps.keyRotationDays ?? 0,
    });
    this.#own = new OwnTokens({ ...deps, keys: this.#keys });
    this.#issuers = new ExternalIssuers({
      issuers: deps.externalIssuers ?? [],
      clock,
      log,
      clockToleranceSeconds,
      onWithdrawn: () => this.#forgetAll(),
    });
  }

  /** @throws ConfigError when a static token's file cannot be used. */
  async start(): Promise<void> {
    this.#static = await StaticTokens.load(this.#deps.staticTokens ?? []);
    await this.#keys.start();
    this.#revocations.onRevoked((clientId) => this.#forgetTokensOf(clientId));
    await this.checkRevocations();
    void this.#issuers.keepFresh();
    this.#timer = setInterval(() => {
      if (!this.#isLooking) void this.#lookAround();
    }, CHECK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Public keys, for `/.well-known/jwks.json`. */
  get jwks(): JSONWebKeySet {
    return this.#keys.jwks;
  }

  /** Whether we issue tokens ourselves. */
  get isIssuing(): boolean {
    return this.#deps.localTokens !== false;
  }

  /** A token for this client; its scopes are those of its role. */
  issue(caller: Caller): Promise<{ token: string; expiresInSeconds: number }> {
    return this.#own.issue(caller);
  }

  /**
   * Who sends this `Authorization` header (RFC 6750). At once for a token that was seen before.
   *
   * @throws ApiError `unauthorized` without a token, `invalid_token` with one that is wrong, expired or revoked.
   */
  authenticate(authorization: string | undefined): Caller | Promise<Caller> {
    if (authorization === undefined) {
      if (this.#deps.anonymousRead) return ANONYMOUS_READER;
      throw this.challenge();
    }
    const token = bearerToken(authorization);
    if (token === undefined)
      throw this.#refusal('unauthorized', 'expected the Authorization header to be "Bearer <token>"');
    return this.check(token);
  }

  /** What those without a token are told where one is needed. */
  challenge(): ApiError {
    return this.#refusal('unauthorized', 'expected a header "Authorization: Bearer <token>"');
  }

  /** Whose token this is; for those who get it without a header (the MQTT password). @throws ApiError `invalid_token`. */
  check(token: string): Caller | Promise<Caller> {
    return this.#recall(token)?.caller ?? this.#verify(token).then(({ caller }) => caller);
  }

  /** Like `check`, with the instant at which the token ends. */
  async inspect(token: string): Promise<Bearer> {
    return this.#recall(token) ?? (await this.#verify(token));
  }

  /** Called with the id of each client that is revoked or whose utility is deactivated. Returns the function that ends it. */
  onRevoked(listener: (clientId: string) => void): () => void {
    return this.#revocations.onRevoked(listener);
  }

  /** Refuses this client's tokens from now on. Whoever revokes in this process calls it; others are noticed in half a second. */
  forget(clientId: string): void {
    this.#revocations.add(clientId);
  }

  /** Takes note of clients that were revoked and utilities that were deactivated meanwhile. Cheap while there were none. */
  async checkRevocations(): Promise<void> {
    await this.#revocations.check(() => [...this.#remembered.values()].map(({ caller }) => caller));
  }

  /** Takes note of signing keys that were made or discarded meanwhile, and makes or deletes those whose time has come. */
  async checkKeys(): Promise<void> {
    if (await this.#keys.refresh()) this.#forgetAll();
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

  async #verify(token: string): Promise<Bearer> {
    const era = this.#era;
    try {
      const { bearer, isOwn } = await this.#bearerOf(token);
      const { clientId } = bearer.caller;
      const isAllowed = await this.#revocations.allows(bearer.caller, { mustExist: isOwn });
      // It may have been revoked while the database was asked.
      if (!isAllowed || this.#revocations.has(clientId))
        throw new InvalidToken('the client of this token has been revoked, or its utility deactivated');
      if (era === this.#era) this.#remember(token, bearer);
      return bearer;
    } catch (error) {
      throw error instanceof InvalidToken ? this.#refusal('invalid_token', error.message) : error;
    }
  }

  /** Who a token speaks for by itself, and whether it is one that we issued. @throws InvalidToken */
  async #bearerOf(token: string): Promise<{ bearer: Bearer; isOwn: boolean }> {
    const caller = this.#static?.find(token);
    if (caller) return { bearer: { caller, expiresMs: Infinity }, isOwn: false };
    const issuer = issuerOf(token);
    if (issuer !== undefined && this.#issuers.has(issuer))
      return { bearer: await this.#issuers.verify(token, issuer), isOwn: false };
    if (issuer !== this.#deps.issuer || !this.isIssuing) throw notOurs();
    return { bearer: await this.#own.verify(token), isOwn: true };
  }

  #remember(token: string, entry: Bearer): void {
    if (this.#remembered.size >= MAX_REMEMBERED) {
      const [oldest] = this.#remembered.keys();
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
    this.#remembered.set(token, entry);
  }

  #forgetTokensOf(clientId: string): void {
    this.#era += 1;
    for (const [token, { caller }] of this.#remembered)
      if (caller.clientId === clientId) this.#remembered.delete(token);
  }

  #forgetAll(): void {
    this.#era += 1;
    this.#remembered.clear();
  }

  /** What has happened beside us: revoked clients, our own keys, those of other issuers. Never rejects. */
  async #lookAround(): Promise<void> {
    this.#isLooking = true;
    try {
      await this.checkRevocations();
      await this.checkKeys();
    } catch (err) {
      this.#deps.log.warn({ err }, 'cannot look for revoked clients and signing keys');
    }
    await this.#issuers.keepFresh();
    this.#isLooking = false;
  }

  #refusal(code: 'unauthorized' | 'invalid_token', detail: string): ApiError {
    return refusal(this.#deps.invalidTokenStatus, code, detail);
  }
}

/** The token of an `Authorization` header (RFC 6750 2.1); undefined when it holds none. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

/** What an unverified token says of its issuer; undefined when it is no JWT. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}
