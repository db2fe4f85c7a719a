import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import SQLite from 'better-sqlite3';

/** How long a statement waits for another process (`vtn clients add`, a backup) that holds the write lock, ms. */
const BUSY_TIMEOUT_MS = 2_000;

/** Opens a database to read and write, or makes one, and the folder it is in. `:memory:` is a database of its own. */
export function openToWrite(path: string): SQLite.Database {
  if (path !== ':memory:') makeFolder(dirname(resolve(path)));
  return prepared(new SQLite(path), [
    'journal_mode = WAL',
    // Every commit reaches the disk before it is acknowledged; NORMAL would lose the last ones with the power.
    'synchronous = FULL',
    'foreign_keys = ON',
    'journal_size_limit = 67108864',
    // Folding the log into the file holds everyone up for several syncs; 32 MB of it means eight times fewer than by default.
    'wal_autocheckpoint = 8000',
  ]);
}

/** Opens a database that `openToWrite` has opened before. It sees what is committed, and cannot write. */
export function openToRead(path: string): SQLite.Database {
  return prepared(new SQLite(path, { readonly: true }), []);
}

function prepared(database: SQLite.Database, pragmas: readonly string[]): SQLite.Database {
  try {
    for (const pragma of [
      `busy_timeout = ${BUSY_TIMEOUT_MS}`,
      'cache_size = -16000',
      'temp_store = MEMORY',
      ...pragmas,
    ]) {
      database.pragma(pragma);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Step by step, since `recursive: true` never returns where a folder cannot be made although its parent is there (`/proc`). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}
