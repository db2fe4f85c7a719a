export const ROLES = ['admin', 'bl', 'ven', 'customer', 'utility'] as const;
/** Who a client is (table "Roles" of the README). */
export type Role = (typeof ROLES)[number];

/** OpenADR 3.1 scopes, as in the security scheme of the document. */
export const SCOPES = [
  'read_all',
  'read_targets',
  'read_ven_objects',
  'read_bl',
  'write_programs',
  'write_events',
  'write_reports',
  'write_subscriptions',
  'write_vens',
] as const;
export type Scope = (typeof SCOPES)[number];

const BUSINESS_LOGIC: readonly Scope[] = [
  'read_all',
  'read_bl',
  'read_targets',
  'read_ven_objects',
  'write_programs',
  'write_events',
  'write_subscriptions',
  'write_vens',
  'write_reports',
];

/** What each role's token may do in OpenADR; `admin` may do what `bl` may. */
export const SCOPES_BY_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  admin: BUSINESS_LOGIC,
  bl: BUSINESS_LOGIC,
  ven: ['read_all', 'read_targets', 'read_ven_objects', 'write_reports', 'write_subscriptions', 'write_vens'],
  customer: [],
  utility: ['read_all', 'read_targets'],
};

/** A client's role, or `anonymous` where an operation asks for no token. */
export type CallerRole = Role | 'anonymous';

/** Who is calling, as the token says. */
export interface Caller {
  clientId: string;
  role: CallerRole;
  scopes: readonly Scope[];
  /** The customer's account; only for role `customer`. */
  account?: string;
  /** The utility and the level of its member; only for role `utility`. */
  utility?: { id?: string; level: 'spectator' | 'leader' | 'admin' };
}

/** Who calls an operation that asks for no token. */
export const ANONYMOUS: Caller = { clientId: '', role: 'anonymous', scopes: [] };

/** Who calls without a token where `auth.anonymousRead` lets everybody read what is for everybody. */
export const ANONYMOUS_READER: Caller = { clientId: '', role: 'anonymous', scopes: ['read_all', 'read_targets'] };
