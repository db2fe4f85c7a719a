import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

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

/**
 * Opens the agent's one file: events that it works from, reports that it still owes. A row that was committed survives
 * kill -9 and power loss (WAL, synchronous=FULL).
 *
 * @param dataDir made when it is not there; ':memory:' keeps everything in memory
 * @throws when the file cannot be opened or is no database
 */
export function openAgentDatabase(dataDir: string): AgentDatabase {
  if (dataDir !== ':memory:') mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = new Database(dataDir === ':memory:' ? dataDir : join(dataDir, 'agent.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  // A gateway has little memory and this file is small.
  db.pragma('cache_size = -512');
  db.exec(SCHEMA);
  return db;
}
