import { forbidden } from '../api/errors.ts';
import type { Caller, Role, Scope } from './caller.ts';

/** An `authorise` that lets these roles in. `admin` may do everything and need not be named. */
export function requireRole(...roles: Role[]): (caller: Caller) => void {
  const allowed = new Set<string>([...roles, 'admin']);
  return (caller) => {
    if (!allowed.has(caller.role))
      throw forbidden(`role ${caller.role} may not do this; expected ${[...allowed].join(' or ')}`);
  };
}

/** An `authorise` that lets in whoever's token has this scope (OpenADR 3.1, `security` of the operation). */
export function requireScope(scope: Scope): (caller: Caller) => void {
  return (caller) => {
    if (!caller.scopes.includes(scope))
      throw forbidden(`role ${caller.role} lacks the scope ${scope} that this asks for`);
  };
}

/** Business logic: sees and changes every object (Definition "Object Privacy": BL clients are given carte blanche). */
export function isBusinessLogic(caller: Caller): boolean {
  return caller.role === 'bl' || caller.role === 'admin';
}
