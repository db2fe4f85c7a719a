import type { Caller } from '../../auth/caller.ts';
import { forbidden } from '../errors.ts';
import type { ApiRequest } from '../http.ts';

type Level = NonNullable<Caller['utility']>['level'];

/** Each may what those before it may. */
const LEVELS: readonly Level[] = ['spectator', 'leader', 'admin'];

/** The level of a caller among utilities; role `admin` is admin of all. Undefined for whoever has nothing to do with them. */
export function levelOf({ role, utility }: Caller): Level | undefined {
  if (role === 'admin') return 'admin';
  return role === 'utility' ? utility?.level : undefined;
}

/** An `authorise` that lets in who has at least this level. */
export function requireLevel(least: Level): (caller: Caller) => void {
  return (caller) => {
    const level = levelOf(caller);
    if (level && LEVELS.indexOf(level) >= LEVELS.indexOf(least)) return;
    throw forbidden(`role ${caller.role}${level ? ` (${level})` : ''} may not do this; expected the level ${least}`);
  };
}

/** An `authoriseAt` that lets in admins, and of the others members of the utility that the path names. */
export function requireOwnUtility(caller: Caller, params: ApiRequest['params']): void {
  if (levelOf(caller) === 'admin' || caller.utility?.id === params['utility_id']) return;
  throw forbidden('expected the utility that you are a member of: only admins may do this with others');
}
