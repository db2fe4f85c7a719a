import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Tokens } from '../../auth/tokens.ts';
import { countUp } from '../../store/counters.ts';
import type { Db, Store } from '../../store/store.ts';
import {
  insertUtility,
  listUtilities,
  membersOf,
  updateUtility,
  utilityById,
  UTILITY_DEFAULTS,
} from '../../store/utilities.ts';
import type { UtilityOrder, UtilityRow } from '../../store/utilities.ts';
import { jsonApiDialect } from '../dialects.ts';
import { notFound } from '../errors.ts';
import type { Api, ApiAnswer, OperationHandler } from '../http.ts';
import { originOf } from '../origin.ts';
import { readAttributes, requireLeaders } from './attributes.ts';
import { attributesIn, resourceOf } from './documents.ts';
import type { UtilityDocument } from './documents.ts';
import { JSON_API, negotiateJsonApi } from './negotiation.ts';
import { pagingOf } from './pages.ts';
import { levelOf, requireLevel, requireOwnUtility } from './roles.ts';

export interface UtilitiesDeps {
  store: Store;
  clock: Clock;
  /** Told after a utility was changed, so that its members' tokens end at once when it is deactivated. */
  tokens: Pick<Tokens, 'checkRevocations'>;
  /** Where the outside reaches us; without it what the caller wrote into `Host`. */
  publicUrl: string | undefined;
}

const PATH = '/v1/utilities/';
const PAGE_SIZE = 50;
const COLUMNS: Readonly<Record<string, UtilityOrder['column']>> = {
  estIsActive: 'est_is_active',
  isActive: 'is_active',
  name: 'name',
  totalCustomers: 'total_customers',
};

/** The utilities whose members use the gateway, by JSON:API 1.0. */
export function utilitiesApi(deps: UtilitiesDeps): Api {
  return {
    name: 'utilities',
    basePaths: ['/v1'],
    documentPath: 'vtn/api/utilities/openapi.yaml',
    operations: { ...readers(deps), ...writers(deps) },
    dialect: jsonApiDialect,
    negotiate: negotiateJsonApi,
    isStrict: true,
  };
}

function readers({ store, publicUrl }: UtilitiesDeps): Record<string, OperationHandler> {
  return {
    listUtilities: {
      authorise: requireLevel('spectator'),
      handle: async ({ caller, query, headers }) => {
        const { page = 1, page_size: size = PAGE_SIZE } = query as { page?: number; page_size?: number };
        const order = ((query['sort'] as string[] | undefined) ?? []).map(orderOf);
        const filter = { aptifyId: query['filter[aptify_id]'] as number | undefined, order };
        const { rows, count, members } = await store.read(async (db) => {
          const found = await listUtilities(db, filter, { limit: size, offset: (page - 1) * size });
          return { ...found, members: await membersOf(db, found.rows.map(idOf)) };
        });
        const isAdmin = levelOf(caller) === 'admin';
        const data = rows.map((row) => resourceOf(row, members.get(idOf(row)) ?? [], isAdmin));
        const { links, meta } = pagingOf(originOf(headers, publicUrl) + PATH, query, { page, size, count });
        return answer(200, { links, data, meta });
      },
    },
    getUtility: {
      authorise: requireLevel('leader'),
      authoriseAt: requireOwnUtility,
      handle: async ({ caller, params }) => {
        const isAdmin = levelOf(caller) === 'admin';
        const data = await store.read(async (db) => shown(db, await requireUtility(db, params), isAdmin));
        return answer(200, { data });
      },
    },
  };
}

function writers({ store, clock, tokens, publicUrl }: UtilitiesDeps): Record<string, OperationHandler> {
  return {
    createUtility: {
      authorise: requireLevel('admin'),
      handle: async ({ body, headers }) => {
        const patch = readAttributes(attributesIn(body as UtilityDocument));
        const url = originOf(headers, publicUrl) + PATH;
        const nowMs = clock.nowMs();
        const data = await store.write(async ({ db }) => {
          const id = await countUp(db, 'utility');
          // The document requires what has no default.
          const row = { ...UTILITY_DEFAULTS, ...patch, id, created_ms: nowMs, updated_ms: nowMs } as UtilityRow;
          await insertUtility(db, row);
          return shown(db, row, true);
        });
        return answer(201, { data }, { location: `${url}${data.id}/` });
      },
    },
    updateUtility: {
      authorise: requireLevel('leader'),
      authoriseAt: requireOwnUtility,
      handle: async ({ caller, params, body }) => {
        const sent = attributesIn(body as UtilityDocument, params['utility_id'] ?? '');
        const isAdmin = levelOf(caller) === 'admin';
        if (!isAdmin) requireLeaders(sent);
        const patch = readAttributes(sent);
        const data = await store.write(async ({ db }) => {
          const { id } = await requireUtility(db, params);
          await updateUtility(db, id, patch, clock.nowMs());
          return shown(db, await requireUtility(db, params), isAdmin);
        });
        if (patch.is_active !== undefined) await tokens.checkRevocations();
        return answer(200, { data });
      },
    },
  };
}

const idOf = (row: UtilityRow): string => String(row.id);

/** `-name`: by name, descending. */
function orderOf(key: string): UtilityOrder {
  const isDescending = key.startsWith('-');
  return { column: COLUMNS[isDescending ? key.slice(1) : key] ?? 'name', isDescending };
}

/** @throws ApiError 404 */
async function requireUtility(db: Db, params: Readonly<Record<string, string>>): Promise<UtilityRow> {
  const id = params['utility_id'] ?? '';
  const row = await utilityById(db, id);
  if (!row) throw notFound(`there is no utility ${id}`);
  return row;
}

async function shown(db: Db, row: UtilityRow, isAdmin: boolean) {
  return resourceOf(row, (await membersOf(db, [idOf(row)])).get(idOf(row)) ?? [], isAdmin);
}

const answer = (status: number, body: object, headers: Record<string, string> = {}): ApiAnswer => ({
  status,
  body,
  headers: { 'content-type': JSON_API, vary: 'Accept', ...headers },
});
