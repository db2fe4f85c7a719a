import { sql, type RawBuilder } from 'kysely';
import { EVERYBODY } from './rows.ts';
import type { TargetTable } from './rows.ts';

/** Which part of a list. Without `limit`: all of it. */
export interface Page {
  limit?: number | undefined;
  skip?: number | undefined;
}

/** Target filters of programs and events. Both may be given; both must hold. */
export interface TargetFilter {
  /** Only objects that have at least one of these targets. An empty list finds nothing. */
  targets?: readonly string[] | undefined;
  /** Only what a VEN with these granted targets may see: what is untargeted, and what shares one of them. */
  visibleTo?: { targets: readonly string[] } | undefined;
}

/** More than any list has; some databases take no OFFSET without a LIMIT. */
const ALL = Number.MAX_SAFE_INTEGER;

/** Cuts a page out of an ordered query. */
export function paged<Query extends { limit(n: number): Query; offset(n: number): Query }>(
  query: Query,
  { limit, skip }: Page,
): Query {
  const start = skip ?? 0;
  if (start === 0) return limit === undefined ? query : query.limit(limit);
  return query.limit(limit ?? ALL).offset(start);
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
