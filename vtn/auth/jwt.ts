import { errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import type { Caller } from './caller.ts';

/** Who a token speaks for, and until when. */
export interface Bearer {
  caller: Caller;
  /** Milliseconds since the epoch; Infinity for a token that does not expire. */
  expiresMs: number;
}

/** A token that is not accepted; the message says why, in words that the caller may read. */
export class InvalidToken extends Error {}

export interface JwtRules {
  /** Never symmetric ones. */
  algorithms: readonly string[];
  issuer: string;
  /** The token's `aud`, a string or a list, has to name one of these. */
  audience: string | readonly string[];
  toleranceSeconds: number;
  requiredClaims: readonly string[];
  nowMs: number;
}

/**
 * Checks signature, algorithm, issuer, audience, `exp` and, where the token has one, `nbf`.
 *
 * @returns the claims, and when the token ends with the tolerance counted in.
 * @throws InvalidToken, and whatever `keys` throws that is not about the token.
 */
export async function verifyJwt(
  token: string,
  keys: JWTVerifyGetKey,
  rules: JwtRules,
): Promise<{ claims: JWTPayload; expiresMs: number }> {
  const claims = await jwtVerify(token, keys, {
    algorithms: [...rules.algorithms],
    issuer: rules.issuer,
    audience: typeof rules.audience === 'string' ? rules.audience : [...rules.audience],
    clockTolerance: rules.toleranceSeconds,
    currentDate: new Date(rules.nowMs),
    requiredClaims: ['exp', ...rules.requiredClaims],
  }).then(
    (result) => result.payload,
    (error: unknown) => {
      throw reasonOf(error);
    },
  );
  return { claims, expiresMs: ((claims.exp ?? 0) + rules.toleranceSeconds) * 1000 };
}

function reasonOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new InvalidToken('the token has expired');
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf' && error.reason === 'check_failed') return new InvalidToken('the token is not valid yet');
    if (error.claim === 'aud') return new InvalidToken('the token is for another audience');
  }
  // jose refuses keys that do not fit the algorithm with a TypeError.
  if (error instanceof errors.JOSEError || error instanceof TypeError) return notOurs();
  return error;
}

/** What is said of a token that shows nothing in its favour. */
export function notOurs(): InvalidToken {
  return new InvalidToken('the token is not one that is accepted here');
}
