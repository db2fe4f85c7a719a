import SQLite from 'better-sqlite3';
import { storageError, type StorageFault } from './errors.ts';

/** Result codes of SQLite (https://www.sqlite.org/rescode.html) that say something about the disk or the file, not the program. */
const UNAVAILABLE = [
  'SQLITE_READONLY',
  'SQLITE_IOERR',
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_CANTOPEN',
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  'SQLITE_NOMEM',
  'SQLITE_PROTOCOL',
];

function faultOf(code: string): StorageFault | undefined {
  if (code === 'SQLITE_FULL') return 'full';
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') return 'duplicate';
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return 'reference';
  return UNAVAILABLE.some((name) => code === name || code.startsWith(`${name}_`)) ? 'unavailable' : undefined;
}

/** SQLite's errors as API errors: 507 disk full, 503 file unusable, 409 broken key. Everything else comes back unchanged. */
export function explainSqliteError(error: unknown): unknown {
  if (!(error instanceof SQLite.SqliteError)) return error;
  const fault = faultOf(error.code);
  return fault === undefined ? error : storageError(fault, error);
}
