import type SQLite from 'better-sqlite3';
import {
  DefaultQueryExecutor,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { Database } from './schema.ts';

/** Statements longer than this are not kept: they are bulk inserts whose text is as good as never seen twice. */
const MAX_KEPT_SQL = 20_000;

/**
 * One better-sqlite3 connection as Kysely sees it. Prepared statements are kept, the least recently used go first: preparing
 * costs as much as running. Everything runs synchronously, so no two queries are ever on the connection at once.
 */
export class SqliteConnection implements DatabaseConnection {
  readonly #database: SQLite.Database;
  readonly #access: 'read' | 'write';
  readonly #kept = new Map<string, SQLite.Statement<unknown[]>>();
  readonly #maxKept: number;

  constructor(database: SQLite.Database, access: 'read' | 'write', maxKept = 500) {
    this.#database = database;
    this.#access = access;
    this.#maxKept = maxKept;
  }

  /** Number of kept statements. */
  get kept(): number {
    return this.#kept.size;
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  /** Runs a statement without parameters or result, like COMMIT. */
  run(sql: string): void {
    this.#statement(sql).run();
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement = this.#statement(query.sql);
    if (this.#access === 'read' && !statement.readonly) throw new Error(`A read must not write: ${query.sql}`);
    if (statement.reader) return Promise.resolve({ rows: statement.all(...query.parameters) as R[] });
    const { changes, lastInsertRowid } = statement.run(...query.parameters);
    return Promise.resolve({ numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid), rows: [] });
  }

  // eslint-disable-next-line require-yield -- Kysely's interface; a list is read whole, since a cursor would keep a statement busy.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('The store does not stream queries.');
  }

  #statement(sql: string): SQLite.Statement<unknown[]> {
    const known = this.#kept.get(sql);
    if (known) {
      this.#kept.delete(sql);
      this.#kept.set(sql, known);
      return known;
    }
    const statement = this.#database.prepare<unknown[]>(sql);
    if (sql.length > MAX_KEPT_SQL) return statement;
    this.#kept.set(sql, statement);
    if (this.#kept.size > this.#maxKept) {
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    }
    return statement;
  }
}

const compiler = new SqliteQueryCompiler();
const adapter = new SqliteAdapter();

/** Transactions belong to the group commit, so Kysely's own are refused instead of being nested by accident. */
const refuse = async (): Promise<never> => {
  throw new Error('Transactions are opened by Store.write only.');
};

const driver: Driver = {
  init: () => Promise.resolve(),
  acquireConnection: refuse,
  beginTransaction: refuse,
  commitTransaction: refuse,
  rollbackTransaction: refuse,
  releaseConnection: () => Promise.resolve(),
  destroy: () => Promise.resolve(),
};

const dialect: Dialect = {
  createAdapter: () => adapter,
  createDriver: () => driver,
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => compiler,
};

/**
 * A query handle over a connection. `ready` runs before each query: it may wait (for a batch to end) or throw (when the
 * handle's time is over), and says which connection serves. Cheap enough to be made for every write.
 */
export function sqliteHandle<Tables = Database>(
  ready: () => DatabaseConnection | Promise<DatabaseConnection>,
): Kysely<Tables> {
  const executor = new DefaultQueryExecutor(compiler, adapter, {
    provideConnection: async (consumer) => {
      const connection = ready();
      return consumer(connection instanceof Promise ? await connection : connection);
    },
  });
  return new Kysely<Tables>({ config: { dialect }, dialect, driver, executor });
}
