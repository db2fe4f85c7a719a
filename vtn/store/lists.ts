import { sql, type RawBuilder } from 'kysely';
import { EVERYBODY } from './rows.ts';
import type { TargetTable } from './rows.ts';

/** Which part of a list. Without `limit`: all of it. */
export interface Page {
  limit?: number | undefined;
  skip?: number | undefined;
  /** Only what comes after this in the order of the list, whether there still is an object at this place or not. */
  after?: Position | undefined;
}

/** The place of an object in the order of its list. */
export interface Position {
  createdMs: number;
  id: string;
  /** Of events. */
  priority?: number | null | undefined;
}

/** Target filters of programs and events. Both may be given; both must hold. */
export interface TargetFilter {
  /** Only objects that have at least one of these targets. An empty list finds nothing. */
  targets?: readonly string[] | undefined;
  /** Only what a VEN with these granted targets may see: what is untargeted, and what shares one of them. */
  visibleTo?: { targets: readonly string[] } | undefined;
}

/** More than any list has; some databases take no OFFSET without a LIMIT. */
export const ALL = Number.MAX_SAFE_INTEGER;

/** Cuts a page out of an ordered query. */
export function paged<Query extends { limit(n: number): Query; offset(n: number): Query }>(
  query: Query,
  { limit, skip }: Page,
): Query {
  const start = skip ?? 0;
  if (start === 0) return limit === undefined ? query : query.limit(limit);
  return query.limit(limit ?? ALL).offset(start);
}

/** What comes after a position in lists that are in the order of creation. */
export const createdAfter = ({ createdMs, id }: Position): RawBuilder<boolean> =>
  sql<boolean>`(created_ms > ${createdMs} or (created_ms = ${createdMs} and id > ${id}))`;

/** What comes after a position in the list of events: priority ascending, unset last; then the newest first; then id. */
export function eventsAfter({ createdMs, id, priority }: Position): RawBuilder<boolean> {
  const older = sql<boolean>`(created_ms < ${createdMs} or (created_ms = ${createdMs} and id > ${id}))`;
  if (priority == null) return sql<boolean>`(priority is null and ${older})`;
  return sql<boolean>`(priority is null or priority > ${priority} or (priority = ${priority} and ${older}))`;
}

/** `column in (the objects that have one of the targets)`: an index lookup for each target, never a scan over the objects. */
export function hasTarget(
  column: string,
  table: TargetTable,
  idColumn: string,
  targets: readonly string[],
): RawBuilder<boolean> {
  if (targets.length === 0) return sql<boolean>`1 = 0`;
  return sql<boolean>`${sql.ref(column)} in (
    select ${sql.ref(idColumn)} from ${sql.table(table)} where target in (${sql.join(targets)}))`;
}

/** The targets to look under for what a VEN may see. */
export const visibleUnder = (held: readonly string[]): string[] => [EVERYBODY, ...held];

export const parsed = <T>(bodies: readonly string[]): T[] => bodies.map((body) => JSON.parse(body) as T);

export const parsedOrUndefined = <T>(body: string | undefined): T | undefined =>
  body === undefined ? undefined : (JSON.parse(body) as T);
