import type { Kysely } from 'kysely';
import type { Operation, StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Database } from './schema.ts';

/** A query handle: the committed state inside `read`, the open transaction inside `write`. */
export type Db = Kysely<Database>;

/**
 * One change of an OpenADR object. A write returns its changes to `Writer.apply`, and nothing else announces them:
 * the object and its outbox row are stored in the same transaction (rule 3 of the house: commit notifies).
 */
export interface Change {
  operation: Operation;
  /** The object as it is after the change; for DELETE, as it was before. */
  object: StoredObject;
  /** UPDATE only: the object as it was, so that whoever can no longer see it is told to look again. */
  previous?: StoredObject;
}

export interface Writer {
  db: Db;
  /** Stores the objects, their targets and one outbox row each. Within the transaction; durable when `write` resolves. */
  apply(changes: readonly Change[]): Promise<void>;
}

/** What a commit touched: a counter for each collection, raised by one at every commit that changed it. */
export interface Versions {
  programs: number;
  events: number;
  vens: number;
  resources: number;
  reports: number;
  subscriptions: number;
}

/**
 * The port to the database. SQLite serves it today; PostgreSQL joins behind the same interface and the same suite.
 *
 * - `read` sees only committed rows.
 * - `write` runs `work` in a transaction and resolves when it is durable. Several writes may share one COMMIT (group commit);
 *   each has its own savepoint, so that one that throws undoes only itself. `work` awaits nothing but its own queries: no
 *   timers, no network, because everyone queues behind it.
 */
export interface Store {
  start(): Promise<void>;
  stop(): Promise<void>;
  read<T>(work: (db: Db) => Promise<T>): Promise<T>;
  write<T>(work: (tx: Writer) => Promise<T>): Promise<T>;
  /** Live counters; compare them to know whether something cached is still true. */
  readonly versions: Readonly<Versions>;
  /** Called after every commit that stored outbox rows. Returns the function that ends the subscription. */
  onOutbox(listener: () => void): () => void;
  /** Throws unless the database answers and can be written. For /readyz. */
  check(): Promise<void>;
}
