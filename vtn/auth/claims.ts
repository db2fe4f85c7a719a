import type { JWTPayload } from 'jose';
import { ROLES, SCOPES, SCOPES_BY_ROLE } from './caller.ts';
import type { Caller, Role, Scope } from './caller.ts';
import type { ExternalIssuerConfig } from './config.ts';

/** OpenADR's scopes that only business logic is given. */
const BUSINESS_SCOPES: readonly Scope[] = ['read_bl', 'write_programs', 'write_events'];
const LEVELS = ['spectator', 'leader', 'admin'] as const;
const MAX_CLIENT_ID = 128;

/** Who a token of our own says that it speaks for; undefined when it names no role that is known here. */
export function callerOfOwnToken(claims: JWTPayload): Caller | undefined {
  const role = ROLES.find((r) => r === claims['role']);
  if (!role || claims.sub === undefined) return undefined;
  const { account, utility } = claims as { account?: string; utility?: NonNullable<Caller['utility']> };
  return {
    clientId: claims.sub,
    role,
    scopes: SCOPES_BY_ROLE[role],
    ...(account === undefined ? {} : { account }),
    ...(utility === undefined ? {} : { utility }),
  };
}

/**
 * Who a token of another issuer speaks for, by that issuer's configuration.
 *
 * - The role is the first of `ROLES` that the role claim or the scopes give; unknown ones say nothing.
 * - Where a token has OpenADR scopes it may do what these and its role allow; where it has none, what its role allows.
 *
 * @returns what is missing, in words, when it speaks for nobody.
 */
export function callerOfExternalToken(claims: JWTPayload, issuer: ExternalIssuerConfig): Caller | string {
  const id = claimAt(claims, issuer.clientIdClaim);
  if (typeof id !== 'string' || id === '') return `the token lacks the claim ${issuer.clientIdClaim}`;
  const clientId = issuer.clientIdPrefix + id;
  if (clientId.length > MAX_CLIENT_ID) return 'the client id of the token is longer than 128 characters';

  const asked = wordsOf(claims['scope'] ?? claims['scp']);
  const scopes = SCOPES.filter((scope) => asked.includes(scope));
  const found = [...rolesByClaim(claims, issuer), ...rolesByScope(asked, scopes, issuer)];
  const role = ROLES.find((r) => found.includes(r)) ?? issuer.defaultRole;
  if (role === undefined) return 'the token gives no role that is known here';

  const account = claimAt(claims, issuer.accountClaim);
  const utility = role === 'utility' ? utilityOf(claimAt(claims, issuer.utilityClaim)) : undefined;
  if (role === 'customer' && typeof account !== 'string') return `the token lacks the claim ${issuer.accountClaim}`;
  if (role === 'utility' && !utility) return `the token lacks the claim ${issuer.utilityClaim}`;
  return {
    clientId,
    role,
    scopes: SCOPES_BY_ROLE[role].filter((scope) => scopes.length === 0 || scopes.includes(scope)),
    ...(role === 'customer' && typeof account === 'string' ? { account } : {}),
    ...(utility ? { utility } : {}),
  };
}

function rolesByClaim(claims: JWTPayload, { roleClaim, roles }: ExternalIssuerConfig): Role[] {
  if (roleClaim === undefined) return [];
  return wordsOf(claimAt(claims, roleClaim)).flatMap((word) => {
    const role = roles === undefined ? ROLES.find((r) => r === word) : entry(roles, word);
    return role ? [role] : [];
  });
}

function rolesByScope(
  asked: readonly string[],
  known: readonly Scope[],
  { roleClaim, scopeRoles }: ExternalIssuerConfig,
): Role[] {
  if (scopeRoles !== undefined) {
    return asked.flatMap((word) => {
      const role = entry(scopeRoles, word);
      return role ? [role] : [];
    });
  }
  if (roleClaim !== undefined || known.length === 0) return [];
  return [known.some((scope) => BUSINESS_SCOPES.includes(scope)) ? 'bl' : 'ven'];
}

/** A claim by its name, or by a path of names with dots. Claims named by a URL have dots of their own. */
function claimAt(claims: JWTPayload, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path
    .split('.')
    .reduce<unknown>(
      (value, step) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, step)
          ? (value as Record<string, unknown>)[step]
          : undefined,
      claims,
    );
}

/** A text with spaces between words, or a list of words. */
function wordsOf(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((word) => word !== '');
  return Array.isArray(claim) ? claim.filter((word): word is string => typeof word === 'string') : [];
}

function entry(map: Readonly<Record<string, Role>>, key: string): Role | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function utilityOf(claim: unknown): Caller['utility'] {
  if (typeof claim !== 'object' || claim === null) return undefined;
  const { id, level } = claim as { id?: unknown; level?: unknown };
  const known = LEVELS.find((l) => l === level);
  if (known === undefined) return undefined;
  return { level: known, ...(typeof id === 'string' ? { id } : {}) };
}
