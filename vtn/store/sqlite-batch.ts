import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { storageError } from './errors.ts';
import type { BatchTransaction } from './group-commit.ts';
import { sqliteHandle, type SqliteConnection } from './sqlite-dialect.ts';
import { explainSqliteError } from './sqlite-errors.ts';
import { WriteScope } from './write-scope.ts';

/** Group commit on one SQLite connection. */
export class SqliteBatch implements BatchTransaction<WriteScope> {
  readonly #connection: SqliteConnection;
  readonly #clock: Clock;
  readonly committed: (scopes: readonly WriteScope[]) => void;

  constructor(connection: SqliteConnection, clock: Clock, committed: (scopes: readonly WriteScope[]) => void) {
    this.#connection = connection;
    this.#clock = clock;
    this.committed = committed;
  }

  async begin(): Promise<void> {
    await this.rollback();
    // IMMEDIATE takes the write lock now, so that it is BEGIN that fails on a busy or read-only database, not some statement.
    this.#connection.run('BEGIN IMMEDIATE');
  }

  async open(): Promise<WriteScope> {
    this.#connection.run('SAVEPOINT one_write');
    const scope: WriteScope = new WriteScope(
      sqliteHandle(() => {
        if (!scope.open) throw new Error('A query ran after its write had ended; it was not awaited.');
        this.#assertTransaction();
        return this.#connection;
      }),
      this.#clock,
    );
    return scope;
  }

  async keep(scope: WriteScope): Promise<void> {
    scope.open = false;
    if (scope.failure !== undefined) throw scope.failure;
    this.#assertTransaction();
    this.#connection.run('RELEASE one_write');
  }

  async undo(scope: WriteScope, reason: unknown): Promise<void> {
    scope.open = false;
    // A full disk or an I/O error may have rolled the whole transaction back (sqlite.org/lang_transaction.html, 3.1).
    if (!this.#connection.inTransaction) throw reason;
    this.#connection.run('ROLLBACK TO one_write');
    this.#connection.run('RELEASE one_write');
  }

  async commit(): Promise<void> {
    this.#assertTransaction();
    this.#connection.run('COMMIT');
  }

  async rollback(): Promise<void> {
    if (!this.#connection.inTransaction) return;
    try {
      this.#connection.run('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself in the meantime; what failed was reported with the statement that caused it.
    }
  }

  explain(error: unknown): unknown {
    return explainSqliteError(error);
  }

  /** Without this, statements after an automatic rollback would each commit on their own. */
  #assertTransaction(): void {
    if (this.#connection.inTransaction) return;
    throw storageError('unavailable', new Error('SQLite has rolled the transaction back.'));
  }
}
