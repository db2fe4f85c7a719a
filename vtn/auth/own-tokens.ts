import { SignJWT } from 'jose';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import type { Caller } from './caller.ts';
import { callerOfOwnToken } from './claims.ts';
import { InvalidToken, verifyJwt } from './jwt.ts';
import type { Bearer } from './jwt.ts';
import { ALGORITHM } from './signing-keys.ts';
import type { SigningKeys } from './signing-keys.ts';

export interface OwnTokensOptions {
  keys: SigningKeys;
  clock: Clock;
  ids: IdSource;
  issuer: string;
  audience: string;
  ttlSeconds: number;
  clockToleranceSeconds: number;
}

/** The tokens that we issue: JWTs signed with ES256 by a key that is kept in the database. */
export class OwnTokens {
  readonly #options: OwnTokensOptions;

  constructor(options: OwnTokensOptions) {
    this.#options = options;
  }

  /** A token for this client; its scopes are those of its role. */
  async issue(caller: Caller): Promise<{ token: string; expiresInSeconds: number }> {
    const { keys, clock, ids, issuer, audience, ttlSeconds } = this.#options;
    const { kid, key } = keys.signer;
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

  /** @throws InvalidToken */
  async verify(token: string): Promise<Bearer> {
    const { keys, clock, issuer, audience, clockToleranceSeconds } = this.#options;
    const { claims, expiresMs } = await verifyJwt(token, keys.find, {
      algorithms: [ALGORITHM],
      issuer,
      audience,
      toleranceSeconds: clockToleranceSeconds,
      requiredClaims: ['sub', 'role'],
      nowMs: clock.nowMs(),
    });
    const caller = callerOfOwnToken(claims);
    if (!caller) throw new InvalidToken('the token names no role that is known here');
    return { caller, expiresMs };
  }
}
