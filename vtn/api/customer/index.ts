import type { Caller } from '../../auth/caller.ts';
import { customerDialect } from '../dialects.ts';
import { forbidden } from '../errors.ts';
import type { Api, ApiAnswer, ApiRequest, OperationHandler } from '../http.ts';
import type { CustomerDeps } from './deps.ts';
import { plantOperations } from './plants.ts';
import { unavailabilityOperations } from './unavailabilities.ts';

/** What an operation does for one account, which is all that it sees. */
export type AccountHandle = (account: string, request: ApiRequest) => Promise<ApiAnswer>;

/** The customer API: each customer's plants and what is not available of them. */
export function customerApi(deps: CustomerDeps): Api {
  const handles: Record<string, AccountHandle> = { ...plantOperations(deps), ...unavailabilityOperations(deps) };
  const operations = Object.entries(handles).map(([id, handle]): [string, OperationHandler] => [
    id,
    {
      authorise: (caller) => void accountOf(caller),
      handle: (request) => handle(accountOf(request.caller), request),
    },
  ]);
  return {
    name: 'customer',
    basePaths: ['/api/v0'],
    documentPath: 'vtn/api/customer/openapi.yaml',
    operations: Object.fromEntries(operations),
    dialect: customerDialect,
  };
}

/** @throws ApiError 403 for whoever belongs to no account: admins, too, have no plants. */
function accountOf({ role, account }: Caller): string {
  if (role === 'customer' && account !== undefined) return account;
  throw forbidden(`role ${role} has no account; expected a client of role customer`);
}
