/**
 * Most parameters of one statement. SQLite takes 32,766 and PostgreSQL 65,535; far fewer keep the statements short, and so
 * quick to compile and likely to be met again.
 */
const MAX_PARAMETERS = 4_000;

/**
 * Cuts rows into pieces that fit into one statement each. All rows must have the same columns.
 *
 * ```ts
 * for (const rows of chunked(limits)) await db.insertInto('period_limits').values(rows).execute();
 * ```
 * @param parametersPerItem how many parameters an item takes; by default the number of its keys, 1 for plain values
 */
export function chunked<T>(items: readonly T[], parametersPerItem?: number): T[][] {
  const first = items[0];
  if (first === undefined) return [];
  const width = parametersPerItem ?? (typeof first === 'object' && first !== null ? Object.keys(first).length : 1);
  const size = Math.max(1, Math.floor(MAX_PARAMETERS / Math.max(1, width)));
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
}
