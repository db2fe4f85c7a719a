import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { absoluteIntervals } from '@openadr-gateway/shared/openadr/intervals.ts';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Change } from '../store/store.ts';
import { mergeSpans, spansBefore, spansFrom } from './intervals.ts';
import type { Span } from './intervals.ts';
import { eventContent } from './translate.ts';
import type { WantedEvent } from './translate.ts';

export interface ReconcileContext {
  /** The program that the events belong to. */
  programId: string;
  nowMs: number;
  newId: () => string;
}

/**
 * What was said about the day before `cutMs` stays as it was; what is said from then on is new. Of a day that is still to
 * come nothing lies before the cut. Of what somebody else made of the event, only what lies within the day counts.
 */
export function keepPast(spans: readonly Span[], stored: Event | undefined, dayStartMs: number, cutMs: number): Span[] {
  if (!stored || cutMs <= dayStartMs) return spansFrom(spans, cutMs);
  const before = absoluteIntervals(stored, { nowMs: cutMs, onMalformed: () => undefined });
  return mergeSpans([...spansFrom(spansBefore(before, cutMs), dayStartMs), ...spansFrom(spans, cutMs)]);
}

/**
 * The smallest list of changes that makes the stored events the wanted ones: same content, no change; other content, one
 * UPDATE of the event with that name; not wanted any more, one DELETE. Should a name be stored twice (names need not be
 * unique in OpenADR), the first one is kept, because two of them would contradict each other.
 *
 * @param stored all events with the natural keys in question, oldest first.
 */
export function reconcile(
  wanted: readonly WantedEvent[],
  stored: readonly Event[],
  context: ReconcileContext,
): Change[] {
  const left = new Map<string, Event[]>();
  for (const event of stored) {
    const name = event.eventName ?? '';
    left.set(name, [...(left.get(name) ?? []), event]);
  }
  const changes: Change[] = [];
  for (const want of wanted) {
    const [kept, ...doubles] = left.get(want.eventName) ?? [];
    left.set(want.eventName, doubles);
    const change = changeTo(eventContent(want, context.programId), kept, context);
    if (change) changes.push(change);
  }
  const unwanted = [...left.values()].flat();
  return [...unwanted.map((object): Change => ({ operation: 'DELETE', object })), ...changes];
}

function changeTo(
  content: ReturnType<typeof eventContent>,
  stored: Event | undefined,
  context: ReconcileContext,
): Change | undefined {
  const modificationDateTime = formatDateTime(context.nowMs);
  if (!stored) {
    const object: Event = {
      id: context.newId(),
      createdDateTime: modificationDateTime,
      modificationDateTime,
      objectType: 'EVENT',
      ...content,
    };
    return { operation: 'CREATE', object };
  }
  const { id, createdDateTime, modificationDateTime: _modified, objectType, ...was } = stored;
  if (saysTheSame(was, content)) return undefined;
  const object: Event = { id, createdDateTime, modificationDateTime, objectType, ...content };
  return { operation: 'UPDATE', object, previous: stored };
}

/** Whether two values say the same: the order of keys does not count, and a field that is null is one that is not there. */
function saysTheSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isContainer(a) || !isContainer(b)) return (a ?? null) === (b ?? null);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && a.length !== (b as unknown as unknown[]).length) return false;
  for (const key in a) if (!saysTheSame(a[key], b[key])) return false;
  for (const key in b) if (!Object.hasOwn(a, key) && (b[key] ?? null) !== null) return false;
  return true;
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
