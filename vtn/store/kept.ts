import { CompiledQuery, type QueryResult } from 'kysely';
import type { Db } from './store.ts';

/** What a query is given: a value, a list of values, a row, a list of rows with the same columns. Nothing in it is undefined. */
type Argument = unknown;

/** Stands in the place of an argument's n-th value while the query is built. */
class Slot {
  readonly n: number;

  constructor(n: number) {
    this.n = n;
  }
}

/** A query of Kysely's, or a piece of raw SQL. */
interface Buildable<Result> {
  compile(db: Db): CompiledQuery<Result>;
}

/** A query that was built for arguments of one shape, without the tree that it was built from. */
interface Kept {
  query: CompiledQuery;
  /** The parameters: a stand-in for each value of the arguments, and what the query says itself. */
  slots: readonly unknown[];
}

/** Different lengths of lists that are kept; beyond, the oldest goes. */
const MAX_SHAPES = 32;

/**
 * A query that is built once and then only run: building and compiling costs several times what the database takes for a row.
 * `build` is called with stand-ins instead of values, once for each shape of the arguments (lengths of lists, names of columns),
 * so it must not look at them.
 *
 * ```ts
 * const bodiesOf = kept((db, ids: readonly string[]) => db.selectFrom('events').select('body').where('id', 'in', ids));
 * const { rows } = await bodiesOf(db, ['a', 'b']);
 * ```
 */
export function kept<Args extends readonly Argument[], Result>(
  build: (db: Db, ...args: Args) => Buildable<Result>,
): (db: Db, ...args: Args) => Promise<QueryResult<Result>> {
  // One store for each way of compiling, since two databases may be open in one process.
  const byAdapter = new WeakMap<object, Map<string, Kept>>();
  return (db, ...args) => {
    const { adapter } = db.getExecutor();
    const known = byAdapter.get(adapter) ?? new Map<string, Kept>();
    byAdapter.set(adapter, known);
    const values: unknown[] = [];
    let shape = '';
    for (const argument of args) shape += flatten(argument, values);
    let found = known.get(shape);
    if (!found) {
      let n = 0;
      const stands = args.map((argument) => standIns(argument, () => new Slot(n++)));
      const { sql, parameters } = build(db, ...(stands as never)).compile(db);
      found = { query: CompiledQuery.raw(sql), slots: parameters };
      if (known.size >= MAX_SHAPES) known.delete(known.keys().next().value ?? '');
      known.set(shape, found);
    }
    const parameters = found.slots.map((slot) => (slot instanceof Slot ? values[slot.n] : slot));
    return db.executeQuery({ ...found.query, parameters });
  };
}

type Row = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Appends the values inside to `values` in their order. @returns the shape in which they stand */
function flatten(argument: Argument, values: unknown[]): string {
  if (Array.isArray(argument)) {
    const [first] = argument as unknown[];
    const columns = isRow(first) ? Object.keys(first) : [];
    for (const item of argument) {
      if (isRow(item)) for (const column of columns) values.push(item[column]);
      else values.push(item);
    }
    return `[${argument.length} ${columns.join()}]`;
  }
  if (isRow(argument)) {
    const columns = Object.keys(argument);
    for (const column of columns) values.push(argument[column]);
    return `{${columns.join()}}`;
  }
  values.push(argument);
  return '.';
}

/** The argument with a stand-in for every value, counted as `flatten` counts. */
function standIns(argument: Argument, next: () => Slot): unknown {
  if (Array.isArray(argument)) {
    const [first] = argument as unknown[];
    return isRow(first) ? argument.map(() => standIns(first, next)) : argument.map(next);
  }
  if (isRow(argument)) return Object.fromEntries(Object.keys(argument).map((column) => [column, next()]));
  return next();
}
