import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { applyChanges } from './apply.ts';
import type { Change, Db, Versions, Writer } from './store.ts';

/** What one write gets to work with, and what is remembered of it until its COMMIT. */
export class WriteScope implements Writer {
  readonly db: Db;
  /** The collections that `apply` changed. */
  readonly touched = new Set<keyof Versions>();
  /** False once the write has ended: a query that comes later is a bug and must not join somebody else's write. */
  open = true;
  /** What `apply` has thrown: even when the write goes on after it, it must not be kept half-applied. */
  failure: Error | undefined;
  readonly #clock: Clock;

  constructor(db: Db, clock: Clock) {
    this.db = db;
    this.#clock = clock;
  }

  async apply(changes: readonly Change[]): Promise<void> {
    try {
      const collections = await applyChanges(this.db, changes, this.#clock.nowMs());
      for (const collection of collections) this.touched.add(collection);
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }
}
