import { eventEndMs } from '@openadr-gateway/shared/openadr/intervals.ts';
import type { Event, Program } from '@openadr-gateway/shared/openadr/objects.ts';
import { parseDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { visible } from '../../auth/access.ts';
import type { EventFilter } from '../../store/events.ts';
import type { Db, Versions } from '../../store/store.ts';
import type { ApiAnswer, ApiRequest } from '../http.ts';
import type { ObjectDeps } from './deps.ts';
import type { Grant } from './grants.ts';
import { lastOf } from './list-cache.ts';
import { targetsOf, textOf } from './objects.ts';

/**
 * `GET /programs` and `GET /events`: the hot path. A caller sees what is untargeted or granted to it; when it names targets,
 * of that only what carries one of those that it holds (User Guide 8.13, Definition "Object Privacy").
 *
 * @param list reads a page of JSON texts.
 */
export async function answerTargetedList(
  deps: ObjectDeps,
  name: 'programs' | 'events',
  collections: readonly (keyof Versions)[],
  { caller, query }: ApiRequest,
  list: (db: Db, filter: EventFilter) => Promise<string[]>,
): Promise<ApiAnswer> {
  const granted = deps.grants.of(caller);
  const grant = granted instanceof Promise ? await granted : granted;
  const request = { name, reader: caller.clientId, viewer: grant.key, query, collections };
  return deps.lists.page(request, async (page, nowMs) => {
    const isActive = query['active'] === true;
    const filter = filterOf(grant, query, isActive ? nowMs : undefined);
    const bodies = await deps.store.read((db) => list(db, { ...filter, ...page }));
    const objects = grant.isAll && !isActive ? [] : bodies.map((body) => JSON.parse(body) as Program | Event);
    const shown = grant.isAll ? bodies : objects.map((object) => JSON.stringify(visible(caller, grant.held, object)));
    const last = lastOf(bodies, page);
    if (!isActive) return { bodies: shown, last };
    // A page further on shifts when an event of an earlier one ends, which is not known here.
    const expiresMs = page.skip === 0 ? Math.min(...objects.map(endOf)) : nowMs;
    return { bodies: shown, expiresMs, last };
  });
}

function filterOf(grant: Grant, query: ApiRequest['query'], activeAtMs: number | undefined): EventFilter {
  const asked = targetsOf(query);
  return {
    programId: textOf(query, 'programID'),
    activeAtMs,
    targets: grant.isAll ? asked : asked?.filter((target) => grant.held.includes(target)),
    visibleTo: grant.isAll ? undefined : { targets: grant.held },
  };
}

/** When the list stops containing the event. */
function endOf(object: Program | Event): number {
  return object.objectType === 'EVENT' ? eventEndMs(object, parseDateTime(object.createdDateTime)) : Infinity;
}
