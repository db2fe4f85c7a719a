import { z } from 'zod';
import { ROLES } from './caller.ts';

const seconds = z.number().int().positive();
const role = z.enum(ROLES);
const utilityLevel = z.enum(['spectator', 'leader', 'admin']);

/** Asymmetric ones only: with a public key nobody can sign. */
const SIGNATURES = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA'] as const;
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** A token that lasts until the configuration changes, for a client that cannot fetch one. */
const staticToken = z
  .strictObject({
    /** The token's SHA-256 in hexadecimal: `printf %s "$TOKEN" | sha256sum`. */
    tokenHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, 'expected the SHA-256 of the token, 64 hexadecimal digits')
      .optional(),
    /** Or the file that holds the token itself, at least 32 characters on one line. */
    tokenFile: z.string().min(1).optional(),
    /** Whose token it is: the clientID of the OpenADR objects. */
    clientId: z.string().min(1).max(128),
    role,
    /** Role customer: whose plants it manages. */
    account: z.string().min(1).optional(),
    /** Role utility: the utility it is a member of, and its level there. */
    utility: z.strictObject({ id: z.string().min(1).optional(), level: utilityLevel }).optional(),
  })
  .refine((t) => (t.tokenHash === undefined) !== (t.tokenFile === undefined), {
    path: ['tokenHash'],
    message: 'expected either tokenHash or tokenFile',
  })
  .refine((t) => (t.role === 'customer') === (t.account !== undefined), {
    path: ['account'],
    message: 'required of role customer, and of no other',
  })
  .refine((t) => (t.role === 'utility') === (t.utility !== undefined), {
    path: ['utility'],
    message: 'required of role utility, and of no other',
  });
export type StaticTokenConfig = z.output<typeof staticToken>;

/** An authorization server whose tokens (JWT) are accepted. */
const externalIssuer = z
  .strictObject({
    /** Must be the `iss` of its tokens, letter by letter. */
    issuer: z.string().min(1),
    jwksUrl: z.url({ protocol: /^https?$/ }),
    /** Keys that come over plain HTTP can be exchanged on the way; refused except from the loopback interface. */
    allowHttp: z.boolean().default(false),
    /** The `aud` of its tokens has to name one of these. */
    audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
    algorithms: z.array(z.enum(SIGNATURES)).min(1).default(['ES256', 'RS256', 'PS256', 'EdDSA']),
    /** What `/auth/server` tells clients. */
    tokenUrl: z.url({ protocol: /^https?$/ }).optional(),
    /** A claim, or a path of claims with dots: `realm_access.roles`. */
    clientIdClaim: z.string().min(1).default('client_id'),
    /** Put before each client id, so that two issuers cannot mean the same client. */
    clientIdPrefix: z.string().max(64).default(''),
    /** The claim that holds a role or a list of them; without it the scopes decide. */
    roleClaim: z.string().min(1).optional(),
    /** What the issuer calls our roles; without it they have our names. */
    roles: z.record(z.string(), role).optional(),
    /** Scope -> role. Without it and `roleClaim`: read_bl, write_programs or write_events make a bl, other OpenADR scopes a ven. */
    scopeRoles: z.record(z.string(), role).optional(),
    /** Of tokens for which nothing above says a role; without it they are refused. */
    defaultRole: role.optional(),
    /** Role customer: whose plants it manages. */
    accountClaim: z.string().min(1).default('account'),
    /** Role utility: an object of `id` and `level`. */
    utilityClaim: z.string().min(1).default('utility'),
  })
  .refine((i) => i.allowHttp || !isPlainHttp(i.jwksUrl), {
    path: ['jwksUrl'],
    message: 'expected https; allowHttp: true if nobody can come between',
  });
export type ExternalIssuerConfig = z.output<typeof externalIssuer>;

function isPlainHttp(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === 'http:' && !LOOPBACK.test(url.hostname);
}

/** The section `auth` of the configuration. */
export const authConfig = z
  .strictObject({
    tokenTtlSeconds: seconds.default(3_600),
    /** What a token that is missing, wrong or expired answers. */
    invalidTokenStatus: z.union([z.literal(401), z.literal(403)]).default(401),
    clockToleranceSeconds: z.number().int().min(0).default(5),
    /** Of one client from one address. */
    tokenRequestsPerMinute: z.number().int().positive().default(30),
    issuer: z.string().min(1).default('openadr-gateway'),
    audience: z.string().min(1).default('openadr-gateway'),
    /** How old the signing key becomes before another takes over; 0: only by `vtn keys rotate`. */
    keyRotationDays: z.number().int().min(0).max(3_650).default(90),
    /** Whether we issue tokens to our own clients; if not, `/auth/token` answers 501 and tokens of ours are refused. */
    localTokens: z.boolean().default(true),
    externalIssuers: z.array(externalIssuer).default([]),
    staticTokens: z.array(staticToken).default([]),
    /** Whether those without a token may read untargeted programs and events, and the notifiers. */
    anonymousRead: z.boolean().default(false),
  })
  .refine((a) => new Set(a.externalIssuers.map((i) => i.issuer)).size === a.externalIssuers.length, {
    path: ['externalIssuers'],
    message: 'expected each issuer once',
  })
  .refine((a) => !a.externalIssuers.some((i) => i.issuer === a.issuer), {
    path: ['externalIssuers'],
    message: 'expected other issuers than auth.issuer, which is ourselves',
  })
  .refine((a) => a.localTokens || a.externalIssuers.length > 0 || a.staticTokens.length > 0, {
    path: ['localTokens'],
    message: 'false needs externalIssuers or staticTokens; otherwise nobody can come in',
  });
