import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import type { Role } from '../../auth/caller.ts';
import { createClient, endClient, prepareSecret } from '../../auth/clients.ts';
import type { NewClient } from '../../auth/clients.ts';
import { clientById, listClients } from '../../store/clients.ts';
import type { ClientRow } from '../../store/clients.ts';
import type { Db } from '../../store/store.ts';
import { utilityById } from '../../store/utilities.ts';
import { notFound } from '../errors.ts';
import type { OperationsDeps } from './deps.ts';
import { Faults, pageOf } from './fields.ts';
import type { Handle } from './index.ts';

interface ClientIn {
  name: string;
  role: Role;
  account?: string | null;
  utility?: { id?: string | null; level: 'spectator' | 'leader' | 'admin' } | null;
}

/** `/clients`: who may sign in. For role `admin` only. */
export function clientOperations({ store, tokens, ...deps }: OperationsDeps): Record<string, Handle> {
  return {
    listClients: async ({ query }) => {
      const { limit, offset } = pageOf(query);
      const role = query['role'] as string | undefined;
      const rows = await store.read((db) => listClients(db, { limit, skip: offset, role }));
      return { status: 200, body: { limit, offset, clients: rows.map(clientAnswer) } };
    },
    createClient: async ({ body }) => {
      const client = readClient(body as ClientIn);
      const secret = await prepareSecret();
      const { row, clientSecret } = await store.write(async ({ db }) => {
        await requireUtility(db, client);
        const made = await createClient(db, client, secret, deps);
        return { row: await requireClient(db, made.clientId), clientSecret: made.clientSecret };
      });
      const { client_id, ...rest } = clientAnswer(row);
      return {
        status: 201,
        body: { client_id, client_secret: clientSecret, ...rest },
        headers: { location: `clients/${client_id}`, 'cache-control': 'no-store' },
      };
    },
    getClient: async ({ params }) => {
      const row = await store.read((db) => requireClient(db, params['client_id'] ?? ''));
      return { status: 200, body: clientAnswer(row) };
    },
    deleteClient: async ({ params }) => {
      await store.write(async (tx) => {
        const { id } = await requireClient(tx.db, params['client_id'] ?? '');
        await endClient(tx, id, deps);
      });
      await tokens.checkRevocations();
      return { status: 204 };
    },
  };
}

/** @throws ApiError 422 where account and utility do not fit the role. */
function readClient({ name, role, account, utility }: ClientIn): NewClient {
  const faults = new Faults();
  const fits = (field: 'account' | 'utility', owner: Role, value: unknown): void => {
    if (role === owner && value == null) {
      faults.add(['body', field], 'missing', `expected ${field}: role ${owner} needs it`);
    }
    if (role !== owner && value != null) {
      faults.add(['body', field], 'not_allowed', `expected no ${field}: it is for role ${owner} only`, value);
    }
  };
  fits('account', 'customer', account);
  fits('utility', 'utility', utility);
  faults.throwIfAny();
  return {
    name,
    role,
    ...(account == null ? {} : { account }),
    ...(utility == null
      ? {}
      : { utility: { level: utility.level, ...(utility.id == null ? {} : { id: utility.id }) } }),
  };
}

/** @throws ApiError 422 for a member of a utility that does not exist */
async function requireUtility(db: Db, { utility }: NewClient): Promise<void> {
  if (utility?.id === undefined || (await utilityById(db, utility.id))) return;
  const faults = new Faults();
  faults.add(['body', 'utility', 'id'], 'unknown_utility', `unknown utility: ${utility.id}`, utility.id);
  faults.throwIfAny();
}

/** @throws ApiError 404, also for clients that were revoked */
async function requireClient(db: Db, id: string): Promise<ClientRow> {
  const row = await clientById(db, id);
  if (!row || row.revoked_ms !== null) throw notFound(`unknown client_id: ${id}`);
  return row;
}

function clientAnswer(row: ClientRow) {
  return {
    client_id: row.id,
    name: row.name,
    role: row.role,
    account: row.account,
    utility: row.utility_level === null ? null : { id: row.utility_id, level: row.utility_level },
    created_at: formatDateTime(row.created_ms),
  };
}
