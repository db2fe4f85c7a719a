import { eventFrom30, eventTo30 } from '@openadr-gateway/shared/openadr/dialect-3.0.ts';
import { eventSpan } from '@openadr-gateway/shared/openadr/intervals.ts';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { isNow, parseDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { invalid } from '../errors.ts';
import type { ApiRequest } from '../http.ts';
import { textOf } from '../openadr/objects.ts';
import { aimedAt, programIds } from './names.ts';
import type { Shape } from './shape.ts';

/** `/events` */
export const EVENTS: Shape<Event> = {
  operations: {
    list: 'searchAllEvents',
    read: 'searchEventsByID',
    create: 'createEvent',
    update: 'updateEvent',
    remove: 'deleteEvent',
  },
  collections: ['programs', 'events', 'vens'],
  isPure: true,
  isTargeted: true,
  filtersTargets: true,
  parameters: ['programID'],
  show: (events) => events.map(eventTo30),
  take: ({ body }, previous) => eventFrom30(body as Parameters<typeof eventFrom30>[0], previous),
  named: (type, values, caller, db) => {
    if (type === 'EVENT_NAME')
      return Promise.resolve(({ eventName }) => eventName != null && values.includes(eventName));
    if (type === 'PROGRAM_NAME')
      return programIds(db, values).then(
        (ids) =>
          ({ programID }) =>
            ids.includes(programID),
      );
    return type === 'VEN_NAME' ? aimedAt(db, values, caller) : undefined;
  },
  filter: overlapping,
};

/**
 * `x-start` and `x-end`: events whose life span `[start, end)` has something in common with `[x-start, x-end)`. What nobody can
 * tell the times of is not hidden. An event without length, and a period without length, count as an instant.
 */
function overlapping(query: ApiRequest['query'], nowMs: number) {
  const [from, to] = [textOf(query, 'x-start'), textOf(query, 'x-end')];
  if (from === undefined && to === undefined) return undefined;
  const at = (text: string) => (isNow(text) ? nowMs : parseDateTime(text));
  const fromMs = from === undefined ? -Infinity : at(from);
  const toMs = to === undefined ? Infinity : at(to);
  if (toMs < fromMs) {
    throw invalid([
      { loc: ['query', 'x-end'], msg: 'expected an instant not before x-start', type: 'value_error', input: to },
    ]);
  }
  const keeps = (event: Event) => {
    const { startMs, endMs } = eventSpan(event, parseDateTime(event.createdDateTime));
    const begins = startMs < toMs || (startMs === fromMs && toMs === fromMs);
    return begins && (endMs > fromMs || (endMs === startMs && startMs === fromMs));
  };
  return {
    keeps,
    isLasting: ![from, to].some((text) => text !== undefined && isNow(text)),
    // An instant at x-start ends there, and is kept.
    activeAtMs: from === undefined ? undefined : fromMs - 1,
  };
}
