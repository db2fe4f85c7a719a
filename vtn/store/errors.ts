import { ApiError, conflict, unavailable } from '../api/errors.ts';

/** The store could not be started. The message is meant to be shown as it is: it says what, where and why. */
export class StoreStartError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StoreStartError';
  }
}

/** A migration failed, or the database was written by a newer version. The database is as it was before the start. */
export class MigrationError extends StoreStartError {
  /** The migration's name, e.g. `001-foundation`. */
  readonly migration: string;

  constructor(migration: string, message: string, cause?: unknown) {
    super(message, cause);
    this.name = 'MigrationError';
    this.migration = migration;
  }
}

/** What went wrong with a statement, in words that every database shares. */
export type StorageFault = 'full' | 'unavailable' | 'duplicate' | 'reference';

/** The answer that a caller gets for a storage fault; `cause` goes to the log, never to the caller. */
export function storageError(fault: StorageFault, cause: unknown): ApiError {
  switch (fault) {
    case 'full':
      return new ApiError({
        status: 507,
        code: 'insufficient_storage',
        title: 'Insufficient Storage',
        detail: 'The disk of the server is full. Nothing was stored.',
        cause,
      });
    case 'unavailable':
      return new ApiError({
        status: 503,
        code: 'unavailable',
        title: 'Service Unavailable',
        detail: 'The database cannot be used at the moment. Nothing was stored.',
        cause,
      });
    case 'duplicate':
      return conflict('Already exists', 'An object with the same key exists already.');
    case 'reference':
      return conflict('Still referred to', 'The object refers to one that does not exist, or is still referred to.');
  }
}

/** Thrown by reads and writes before `start` and after `stop`. */
export const notRunning = () => unavailable('The store is not running.');
