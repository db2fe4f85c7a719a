import { describe, expect, it } from 'vitest';
import { SCOPES_BY_ROLE } from '../../../vtn/auth/caller.ts';
import { callerOfExternalToken, callerOfOwnToken } from '../../../vtn/auth/claims.ts';
import { authConfig } from '../../../vtn/auth/config.ts';

const issuer = (more: object = {}) =>
  authConfig.parse({
    externalIssuers: [{ issuer: 'https://a', jwksUrl: 'https://a/jwks', audience: 'x', ...more }],
  }).externalIssuers[0]!;
const callerOf = (claims: object, more: object = {}) =>
  callerOfExternalToken({ client_id: 'c', ...claims }, issuer(more));
const roleOf = (claims: object, more: object = {}) => {
  const caller = callerOf(claims, more);
  return typeof caller === 'string' ? caller : caller.role;
};

describe('the role in a token of an external issuer', () => {
  it.each<[string, string]>([
    ['read_bl', 'bl'],
    ['write_programs', 'bl'],
    ['read_all write_events', 'bl'],
    ['read_all', 'ven'],
    ['read_targets write_reports', 'ven'],
    ['openid READ_ALL', 'the token gives no role that is known here'],
    ['', 'the token gives no role that is known here'],
  ])('follows from the scopes "%s" where nothing else is configured: %s', (scope, role) => {
    expect(roleOf({ scope })).toBe(role);
    expect(roleOf({ scp: scope.split(' ') })).toBe(role);
  });

  it('is the one of the claim, by our names or by a map, and scopes do not raise it', () => {
    expect(roleOf({ role: 'ven', scope: 'write_programs' }, { roleClaim: 'role' })).toBe('ven');
    expect(roleOf({ role: 'ven bl' }, { roleClaim: 'role' })).toBe('bl');
    expect(roleOf({ a: { b: ['x', 'op'] } }, { roleClaim: 'a.b', roles: { op: 'bl' } })).toBe('bl');
    expect(roleOf({ 'https://a.b/roles': ['op'] }, { roleClaim: 'https://a.b/roles', roles: { op: 'bl' } })).toBe('bl');
  });

  it('is nothing that the map does not have, neither our names nor what every object has', () => {
    for (const role of ['bl', 'admin', 'constructor', '__proto__', 'toString', 7, null, { bl: true }, [['bl']]]) {
      expect(roleOf({ role }, { roleClaim: 'role', roles: { op: 'bl' } }), JSON.stringify(role)).toContain('no role');
    }
    expect(roleOf({}, { roleClaim: 'constructor.name' })).toContain('no role');
  });

  it('is the strongest of several, and the default only where there is none', () => {
    const more = { roleClaim: 'role', scopeRoles: { w: 'bl', v: 'ven' }, defaultRole: 'ven' };
    expect(roleOf({ role: 'ven', scope: 'w' }, more)).toBe('bl');
    expect(roleOf({ role: 'admin', scope: 'v' }, more)).toBe('admin');
    expect(roleOf({ scope: 'x' }, more)).toBe('ven');
  });

  it('customer and utility need what they are of', () => {
    const more = { roleClaim: 'role' };
    expect(roleOf({ role: 'customer' }, more)).toContain('lacks the claim account');
    expect(callerOf({ role: 'customer', account: 'a-1' }, more)).toMatchObject({ role: 'customer', account: 'a-1' });
    expect(callerOf({ role: 'customer', org: { id: 'a-2' } }, { ...more, accountClaim: 'org.id' })).toMatchObject({
      account: 'a-2',
    });
    for (const utility of [undefined, 'leader', { id: 'u' }, { level: 'king' }])
      expect(roleOf({ role: 'utility', utility }, more)).toContain('lacks the claim utility');
    expect(callerOf({ role: 'utility', utility: { id: 'u', level: 'leader' } }, more)).toMatchObject({
      utility: { id: 'u', level: 'leader' },
    });
  });

  it('brings an account along for customers only', () => {
    expect(callerOf({ role: 'ven', account: 'a-1' }, { roleClaim: 'role' })).not.toHaveProperty('account');
  });
});

describe('the scopes of a token of an external issuer', () => {
  it('are those it has and its role allows; without any of OpenADR all that its role allows', () => {
    const more = { roleClaim: 'role' };
    expect(callerOf({ role: 'ven', scope: 'read_targets write_programs' }, more)).toMatchObject({
      scopes: ['read_targets'],
    });
    expect(callerOf({ role: 'ven', scope: 'openid' }, more)).toMatchObject({ scopes: SCOPES_BY_ROLE.ven });
    expect(callerOf({ role: 'bl' }, more)).toMatchObject({ scopes: SCOPES_BY_ROLE.bl });
  });
});

describe('the client of a token of an external issuer', () => {
  const scope = 'read_all';
  it('is in the claim that is configured, behind the prefix', () => {
    expect(callerOf({ scope })).toMatchObject({ clientId: 'c' });
    expect(callerOf({ scope, azp: 'd' }, { clientIdClaim: 'azp', clientIdPrefix: 'kc:' })).toMatchObject({
      clientId: 'kc:d',
    });
  });

  it('has to be there, and short enough for an OpenADR clientID', () => {
    for (const client_id of [undefined, '', 7, null, ['c']]) expect(callerOf({ scope, client_id })).toContain('lacks');
    expect(callerOf({ scope, client_id: 'c'.repeat(129) })).toContain('128');
    expect(callerOf({ scope, client_id: 'c'.repeat(128) })).toMatchObject({ role: 'ven' });
  });
});

describe('a token of our own', () => {
  it('speaks for its subject in a role that is known', () => {
    expect(callerOfOwnToken({ sub: 'c', role: 'customer', account: 'a' })).toMatchObject({
      clientId: 'c',
      account: 'a',
    });
    expect(callerOfOwnToken({ sub: 'c', role: 'king' })).toBeUndefined();
    expect(callerOfOwnToken({ role: 'ven' })).toBeUndefined();
  });
});
