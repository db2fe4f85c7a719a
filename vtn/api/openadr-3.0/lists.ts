import { decodeTargets, targetsAsked } from '@openadr-gateway/shared/openadr/targets-3.0.ts';
import type { StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import { isBusinessLogic } from '../../auth/roles.ts';
import type { Caller } from '../../auth/caller.ts';
import { taggedJson } from '../etag.ts';
import type { ApiAnswer, ApiRequest, OperationHandler } from '../http.ts';
import type { Grants } from '../openadr/grants.ts';
import type { ListCache } from '../openadr/list-cache.ts';
import { pageOf, textOf } from '../openadr/objects.ts';
import { readers } from './objects.ts';
import type { Predicate, Shape } from './shape.ts';
import { answerOf, call, operationsOn, parsed } from './within.ts';
import type { DialectDeps, Operations } from './within.ts';

export interface ListDeps extends DialectDeps {
  /** Those of 3.1, with what they remember. */
  operations: Operations;
  grants: Grants;
  lists: ListCache;
}

/** Objects that are looked at together where 3.1 has no such filter. */
const SCANNED = 1_000;

/**
 * A list: what the 3.1 list says that this caller sees, narrowed down by the filters that only 3.0.1 has, then cut into pages,
 * then shown in 3.0.1's shape.
 */
export function listHandler<T extends StoredObject>(deps: ListDeps, shape: Shape<T>): OperationHandler {
  const { list } = shape.operations;
  const { operations, clock, store, lists } = deps;
  /** 3.1 answers with the same object as long as nothing has changed. */
  const shown = new WeakMap<ApiAnswer, ApiAnswer>();

  const plain = async (request: ApiRequest): Promise<ApiAnswer> => {
    const answer = await answerOf(operations, list, request);
    const known = shape.isPure ? shown.get(answer) : undefined;
    if (known) return known;
    const objects = await store.read(async (db) => shape.show(parsed<T[]>(answer), db));
    const converted = taggedJson(200, JSON.stringify(objects));
    shown.set(answer, converted);
    return converted;
  };

  return {
    authorise: readers((caller) => operations[list]?.authorise(caller)),
    handle: async (request) => {
      await shape.requireParent?.(request, operations);
      const scope = shape.scope?.(request) ?? {};
      const { query, caller } = request;
      const select = () => selectionOf(deps, shape, request, clock.nowMs());
      const page = pageOf(query);
      const first = await select();
      if (!first.keeps) return plain({ ...request, query: { ...first.query, ...scope, ...page } });
      const load = async ({ query, keeps = () => true, activeAtMs }: Selection<T>) => {
        const asked = { ...request, query: { ...query, ...scope } };
        const objects = await scan(seenAt(deps, activeAtMs), shape, asked, keeps, page);
        return (await store.read(async (db) => shape.show(objects, db))).map((object) => JSON.stringify(object));
      };
      if (!first.isLasting || shape.isNeverRemembered) return taggedJson(200, `[${(await load(first)).join(',')}]`);
      const name = [list, ...Object.values(scope)].join(' ');
      const viewer = await viewerOf(deps, shape, caller);
      // Names are looked up once more, for the list is remembered as of now.
      return lists.get(name, viewer, query, shape.collections, async () => ({ bodies: await load(await select()) }));
    },
  };
}

/** Callers with the same one see the same. */
async function viewerOf<T extends StoredObject>(deps: ListDeps, shape: Shape<T>, caller: Caller): Promise<string> {
  if (isBusinessLogic(caller)) return '*';
  // Names are looked up among what the caller itself sees.
  return shape.isTargeted ? `${(await deps.grants.of(caller)).key}\n${caller.clientId}` : `=${caller.clientId}`;
}

/**
 * The 3.1 operations to look through a list with: their own memory, in which pages of this size do not push out others, and in
 * which they find where the page before ended. @param activeAtMs what they take for the present.
 */
function seenAt(deps: ListDeps, activeAtMs: number | undefined): Operations {
  const clock = activeAtMs === undefined ? deps.clock : { nowMs: () => activeAtMs };
  return operationsOn({ ...deps, clock });
}

/** Filters before the page is cut. */
async function scan<T extends StoredObject>(
  operations: Operations,
  { operations: { list } }: Shape<T>,
  request: ApiRequest,
  keeps: Predicate<T>,
  { skip, limit }: { skip: number; limit: number },
): Promise<T[]> {
  const kept: T[] = [];
  for (let at = 0; kept.length < skip + limit; at += SCANNED) {
    const query = { ...request.query, skip: at, limit: SCANNED };
    const { object: some } = await call<T[]>(operations, list, { ...request, query });
    kept.push(...some.filter(keeps));
    if (some.length < SCANNED) break;
  }
  return kept.slice(skip, skip + limit);
}

interface Selection<T> {
  /** For the 3.1 list. */
  query: Record<string, unknown>;
  /** What 3.1 has no filter for. */
  keeps?: Predicate<T>;
  /** Whether the selection changes only when something is written. */
  isLasting: boolean;
  /** Only what is not over at this instant, which 3.1 can tell by itself. */
  activeAtMs?: number | undefined;
}

async function selectionOf<T extends StoredObject>(
  { store }: ListDeps,
  shape: Shape<T>,
  { query: asked, caller }: ApiRequest,
  nowMs: number,
): Promise<Selection<T>> {
  const query = Object.fromEntries(shape.parameters.filter((n) => asked[n] !== undefined).map((n) => [n, asked[n]]));
  const filters: Predicate<T>[] = [];
  const type = textOf(asked, 'targetType');
  const values = asked['targetValues'] as string[] | undefined;
  if (type !== undefined && values !== undefined) {
    const targets = values.flatMap((value) => targetsAsked(type, value));
    const named = await store.read(async (db) => shape.named?.(type, values, caller, db));
    const hasTarget: Predicate<T> = (object) => targetsOf(object).some((target) => targets.includes(target));
    if (named) filters.push((object) => named(object) || hasTarget(object));
    else if (shape.filtersTargets) query['targets'] = targets;
    else filters.push(hasTarget);
  } else if (type !== undefined) {
    filters.push((object) => decodeTargets(targetsOf(object)).some((map) => map.type === type));
  } else if (values !== undefined) {
    const isAsked = (value: unknown) => values.includes(typeof value === 'string' ? value : JSON.stringify(value));
    filters.push((object) => decodeTargets(targetsOf(object)).some((map) => map.values.some(isAsked)));
  }
  const filter = shape.filter?.(asked, nowMs);
  if (filter) filters.push(filter.keeps);
  if (filter?.activeAtMs !== undefined) query['active'] = true;
  return {
    query,
    ...(filters.length > 0 ? { keeps: (object: T) => filters.every((keeps) => keeps(object)) } : {}),
    isLasting: filter?.isLasting ?? true,
    activeAtMs: filter?.activeAtMs,
  };
}

function targetsOf(object: StoredObject): readonly string[] {
  return ('targets' in object ? object.targets : undefined) ?? [];
}
