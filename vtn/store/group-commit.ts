/**
 * What a database offers for group commit: one transaction at a time, savepoints in it. `Scope` is what a write gets to work with.
 */
export interface BatchTransaction<Scope> {
  begin(): Promise<void>;
  /** Opens a savepoint. */
  open(): Promise<Scope>;
  /** The write has succeeded: its savepoint becomes part of the transaction. */
  keep(scope: Scope): Promise<void>;
  /** The write has thrown `reason`: undoes what it did. Throws when the whole transaction is lost with it. */
  undo(scope: Scope, reason: unknown): Promise<void>;
  /** Makes the transaction durable. */
  commit(): Promise<void>;
  /** Gives the transaction up. Never throws; does nothing when none is open. */
  rollback(): Promise<void>;
  /** What a caller is told about an error: storage faults become API errors, everything else stays as it is. */
  explain(error: unknown): unknown;
  /** Runs between COMMIT and the first answer, with the scopes of all writes that were kept. Must not throw. */
  committed(scopes: readonly Scope[]): void;
}

export interface GroupCommitOptions {
  /** Most writes that share a COMMIT. */
  maxWrites?: number;
  /** No further write joins a batch that has run for so long (ms): the event loop is held up meanwhile. */
  maxBatchMs?: number;
  /** Monotonic time, ms. Measures a duration, so it is not the injected clock of the product. */
  elapsedMs?: () => number;
}

interface Job<Scope> {
  work: (scope: Scope) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

interface Kept<Scope> {
  job: Job<Scope>;
  scope: Scope;
  value: unknown;
}

/**
 * Group commit: writes queue, and one COMMIT makes many of them durable.
 *
 * ```text
 *   write a ─┐
 *   write b ─┼─► BEGIN  [a] [b] [c: throws, undone]  COMMIT ─► a, b resolve; c was rejected
 *   write c ─┘
 *   write d ──────────── waits ───────────────────────────────► next batch
 * ```
 *
 * Writes run one after the other in the order in which they were asked for, so that a read-modify-write inside one of them
 * never loses another's update. A write resolves only after its COMMIT. When BEGIN or COMMIT fails, or the database gives the
 * transaction up half-way, every write of the batch is rejected and none of them is stored; the next batch starts afresh.
 */
export class GroupCommit<Scope> {
  readonly #database: BatchTransaction<Scope>;
  readonly #maxWrites: number;
  readonly #maxBatchMs: number;
  readonly #elapsedMs: () => number;
  #queue: Job<Scope>[] = [];
  #loop: Promise<void> | undefined;
  #batch: Promise<void> | undefined;

  constructor(database: BatchTransaction<Scope>, options: GroupCommitOptions = {}) {
    this.#database = database;
    this.#maxWrites = options.maxWrites ?? 64;
    this.#maxBatchMs = options.maxBatchMs ?? 10;
    this.#elapsedMs = options.elapsedMs ?? (() => performance.now());
  }

  /** Queues `work`. Resolves with its result once that is durable; rejects with what it threw, or with the batch's error. */
  run<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: (value) => resolve(value as T), reject });
      this.#loop ??= this.#drain();
    });
  }

  /** The batch that is running now, if any: whoever must not see half of it waits for this. Never rejects. */
  get running(): Promise<void> | undefined {
    return this.#batch;
  }

  /** Resolves when everything queued so far, and whatever is queued meanwhile, has been settled. */
  async drained(): Promise<void> {
    while (this.#loop) await this.#loop;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      // One turn of the event loop: requests that are in the sockets already join the batch, and readers get their chance.
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#batch = this.#runBatch();
      await this.#batch;
      this.#batch = undefined;
    }
    this.#loop = undefined;
  }

  async #runBatch(): Promise<void> {
    const jobs = this.#queue.splice(0, this.#maxWrites);
    const kept: Kept<Scope>[] = [];
    const failed = new Set<Job<Scope>>();
    let next = 0;
    try {
      await this.#database.begin();
      const startedMs = this.#elapsedMs();
      for (; next < jobs.length; next++) {
        if (next > 0 && this.#elapsedMs() - startedMs >= this.#maxBatchMs) break;
        const job = jobs[next] as Job<Scope>;
        const result = await this.#runOne(job);
        if (result) kept.push(result);
        else failed.add(job);
      }
      // The rest goes first in the next batch.
      this.#queue = [...jobs.splice(next), ...this.#queue];
      if (kept.length === 0) return await this.#database.rollback();
      await this.#database.commit();
    } catch (error) {
      await this.#database.rollback();
      const reason = this.#database.explain(error);
      for (const job of jobs) if (!failed.has(job)) job.reject(reason);
      return;
    }
    this.#database.committed(kept.map(({ scope }) => scope));
    for (const { job, value } of kept) job.resolve(value);
  }

  /** Undefined when the write itself has failed (it is rejected then); throws when the whole transaction is lost. */
  async #runOne(job: Job<Scope>): Promise<Kept<Scope> | undefined> {
    const scope = await this.#database.open();
    try {
      const value = await job.work(scope);
      await this.#database.keep(scope);
      return { job, scope, value };
    } catch (error) {
      await this.#database.undo(scope, error);
      job.reject(this.#database.explain(error));
      return undefined;
    }
  }
}
