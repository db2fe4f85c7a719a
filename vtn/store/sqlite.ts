import type SQLite from 'better-sqlite3';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { counted, countUp } from './counters.ts';
import { sqliteTraits } from './dialect.ts';
import { notRunning, StoreStartError } from './errors.ts';
import { GroupCommit, type GroupCommitOptions } from './group-commit.ts';
import { migrate, type Migration } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { SqliteBatch } from './sqlite-batch.ts';
import { SqliteConnection, sqliteHandle } from './sqlite-dialect.ts';
import { explainSqliteError } from './sqlite-errors.ts';
import { openToRead, openToWrite } from './sqlite-open.ts';
import type { Db, Store, Versions, Writer } from './store.ts';
import type { WriteScope } from './write-scope.ts';

export interface SqliteStoreOptions {
  /** The database file, or `:memory:`. The folder is made when it is missing. */
  path: string;
  clock: Clock;
  /** Hears of what goes wrong beside reads and writes. */
  log?: { error(details: object, message: string): void };
  /** Other steps than the product's; for tests of the runner. */
  migrations?: readonly Migration[];
  groupCommit?: GroupCommitOptions;
}

interface Running {
  writeDatabase: SQLite.Database;
  /** The same as `writeDatabase` for `:memory:`. */
  readDatabase: SQLite.Database;
  reader: Db;
}

/**
 * The store on SQLite: WAL, `synchronous=FULL`, group commit. One connection writes, another reads, so that a read never sees
 * what is not committed; `:memory:` has only one connection, and there reads wait for the running batch.
 */
export class SqliteStore implements Store {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #log: SqliteStoreOptions['log'];
  readonly #migrations: readonly Migration[];
  readonly #groupCommit: GroupCommitOptions | undefined;
  readonly #versions: Versions = { programs: 0, events: 0, vens: 0, resources: 0, reports: 0, subscriptions: 0 };
  readonly #listeners = new Set<() => void>();
  #running: Running | undefined;
  #writes: GroupCommit<WriteScope> | undefined;
  #applied: readonly string[] = [];

  constructor(options: SqliteStoreOptions) {
    this.#path = options.path;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#migrations = options.migrations ?? migrations;
    this.#groupCommit = options.groupCommit;
  }

  get versions(): Readonly<Versions> {
    return this.#versions;
  }

  /** Names of the migrations that `start` applied. */
  get applied(): readonly string[] {
    return this.#applied;
  }

  /** @throws StoreStartError when the file cannot be opened, MigrationError when its schema cannot be brought up to date */
  async start(): Promise<void> {
    if (this.#running) throw new Error('The store is running already.');
    const inMemory = this.#path === ':memory:';
    const open: SQLite.Database[] = [];
    try {
      const writeDatabase = openToWrite(this.#path);
      open.push(writeDatabase);
      const writer = new SqliteConnection(writeDatabase, 'write');
      this.#applied = await this.#migrate(writer);

      const readDatabase = inMemory ? writeDatabase : openToRead(this.#path);
      open.push(readDatabase);
      const batch = new SqliteBatch(writer, this.#clock, (scopes) => this.#committed(scopes));
      const writes = new GroupCommit(batch, this.#groupCommit);
      const reads = new SqliteConnection(readDatabase, 'read');
      this.#writes = writes;
      this.#running = { writeDatabase, readDatabase, reader: this.#reader(reads, inMemory ? writes : undefined) };
    } catch (error) {
      for (const database of open) database.close();
      if (error instanceof StoreStartError) throw error;
      const cause = error instanceof Error ? error.message : String(error);
      throw new StoreStartError(`The database ${this.#path} cannot be opened: ${cause}.`, error);
    }
  }

  /** Finishes what was asked for before, refuses what comes later, folds the log into the file and closes it. */
  async stop(): Promise<void> {
    const running = this.#running;
    const writes = this.#writes;
    if (!running || !writes) return;
    this.#writes = undefined;
    await writes.drained();
    this.#running = undefined;
    if (running.readDatabase !== running.writeDatabase) running.readDatabase.close();
    try {
      running.writeDatabase.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      // A full disk, for example. Nothing is lost: what was committed stays in the log and is read from there at the next start.
      this.#log?.error({ err: error }, 'the log of the database could not be folded into its file');
    }
    running.writeDatabase.close();
  }

  async read<T>(work: (db: Db) => Promise<T>): Promise<T> {
    if (!this.#running) throw notRunning();
    try {
      return await work(this.#running.reader);
    } catch (error) {
      throw explainSqliteError(error);
    }
  }

  async write<T>(work: (tx: Writer) => Promise<T>): Promise<T> {
    if (!this.#writes) throw notRunning();
    return this.#writes.run(work);
  }

  onOutbox(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes one small row, so that a full or read-only disk is noticed, and reads it back. */
  async check(): Promise<void> {
    await this.write(({ db }) => countUp(db, 'readiness'));
    await this.read((db) => counted(db, 'readiness'));
  }

  async #migrate(connection: SqliteConnection): Promise<string[]> {
    const db = sqliteHandle<unknown>(() => connection);
    connection.run('BEGIN IMMEDIATE');
    try {
      const options = { migrations: this.#migrations, traits: sqliteTraits, nowMs: this.#clock.nowMs() };
      const applied = await migrate(db, options);
      connection.run('COMMIT');
      return applied;
    } catch (error) {
      if (connection.inTransaction) connection.run('ROLLBACK');
      throw error;
    }
  }

  /** The handle of all reads. In memory, where they share the writer's connection, each query waits for the running batch. */
  #reader(connection: SqliteConnection, shared: GroupCommit<WriteScope> | undefined): Db {
    const settled = async () => {
      while (shared?.running) await shared.running;
      return connection;
    };
    return sqliteHandle(() => {
      if (!this.#running) throw notRunning();
      return shared?.running ? settled() : connection;
    });
  }

  /** After a COMMIT: first the counters, then whoever waits for outbox rows. */
  #committed(scopes: readonly WriteScope[]): void {
    const touched = new Set(scopes.flatMap((scope) => [...scope.touched]));
    for (const collection of touched) this.#versions[collection] += 1;
    if (touched.size === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        this.#log?.error({ err: error }, 'a listener of the outbox has thrown');
      }
    }
  }
}
