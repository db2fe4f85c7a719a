import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Logger } from '@openadr-gateway/shared/log.ts';

export type AgentDatabase = Database.Database;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY,
    received_ms INTEGER NOT NULL,
    start_draw REAL NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS reports (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created_ms INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS dead_reports (
    seq INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    body TEXT NOT NULL,
    status INTEGER NOT NULL,
    answer TEXT NOT NULL
  ) STRICT;
`;

const MEMORY = ':memory:';

/** Two agents on one folder would give every device two masters. */
export class DataInUseError extends Error {
  override readonly name = 'DataInUseError';
}

/** How long a file that somebody else has open is waited for: an agent that was just stopped may still be closing it. */
const LOCK_WAIT_MS = 2_000;

/**
 * Opens the agent's one file: events that it works from, reports that it still owes. A row that was committed survives
 * kill -9 and power loss (WAL, synchronous=FULL). The file is this process's alone.
 *
 * @param dataDir made when it is not there; ':memory:' keeps everything in memory
 * @throws {DataInUseError} when another agent works with it
 * @throws when the file cannot be opened or is no database
 */
export function openAgentDatabase(dataDir: string): AgentDatabase {
  if (dataDir !== MEMORY) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = new Database(fileIn(dataDir), { timeout: LOCK_WAIT_MS });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    // A gateway has little memory and this file is small.
    db.pragma('cache_size = -512');
    db.exec(`BEGIN EXCLUSIVE; ${SCHEMA} COMMIT`);
    return db;
  } catch (error) {
    db.close();
    if (codeOf(error)?.startsWith('SQLITE_BUSY')) {
      throw new DataInUseError(`another agent works with the data in ${dataDir}`, { cause: error });
    }
    throw error;
  }
}

/**
 * Opens the file, or makes do without: control of the site does not depend on a disk. A file that is broken is put aside
 * under another name and a new one begun; where there is no writing at all, everything is kept in memory.
 *
 * @throws {DataInUseError} when another agent works with it
 */
export function openOrMakeDo(dataDir: string, nowMs: number, log: Logger): AgentDatabase {
  try {
    return openAgentDatabase(dataDir);
  } catch (error) {
    if (error instanceof DataInUseError) throw error;
    log.error({ err: error, dataDir }, 'the data of the agent cannot be opened');
    try {
      if (isBroken(error)) return putAside(dataDir, nowMs, log);
    } catch (second) {
      log.error({ err: second, dataDir }, 'nor can a new file be begun');
    }
    log.error('going on without a disk: events and reports do not survive a restart');
    return openAgentDatabase(MEMORY);
  }
}

function fileIn(dataDir: string): string {
  return dataDir === MEMORY ? MEMORY : join(dataDir, 'agent.db');
}

function putAside(dataDir: string, nowMs: number, log: Logger): AgentDatabase {
  const file = fileIn(dataDir);
  const aside = `${file}.broken-${nowMs}`;
  renameSync(file, aside);
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
  log.error({ aside }, 'the broken file was put aside and a new one begun');
  return openAgentDatabase(dataDir);
}

function isBroken(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT');
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Database.SqliteError ? error.code : undefined;
}
