import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import SQLite from 'better-sqlite3';
import { build } from 'esbuild';
import { tempDir } from './temp-dir.ts';

export interface KillResult {
  rounds: number;
  /** Writes that were acknowledged before the kill, over all rounds. */
  acknowledged: number;
  /** Of these, those that are not in the database afterwards. Must be 0. */
  lost: number;
  /** Writes of which only a part is there, or whose outbox rows do not match. Must be 0. */
  torn: number;
  /** What `integrity_check` and `foreign_key_check` found wrong. Must be empty. */
  damage: string[];
}

/** A database is used for so many rounds, so that a start meets what a kill has left behind, and does not grow for ever. */
const ROUNDS_PER_DATABASE = 10;

/**
 * Kills a writing process with SIGKILL at random moments, again and again, and looks whether an acknowledged write is missing.
 * @param random 0 ≤ n < 1
 */
export async function killRounds(rounds: number, random: () => number = Math.random): Promise<KillResult> {
  const result: KillResult = { rounds, acknowledged: 0, lost: 0, torn: 0, damage: [] };
  const child = await bundledChild();
  const folder = tempDir();
  try {
    const known = new Set<number>();
    for (let round = 0; round < rounds; round++) {
      const path = join(folder.path, `${Math.floor(round / ROUNDS_PER_DATABASE)}.sqlite`);
      if (round % ROUNDS_PER_DATABASE === 0) known.clear();
      // Every fifth kill counts from the start of the process, and so hits the migration, the recovery or nothing at all.
      const atStart = round % 5 === 4;
      const acknowledged = await oneRound(child, path, round * 1_000_000, atStart, random() * 150);
      for (const n of acknowledged) known.add(n);
      result.acknowledged += acknowledged.length;
      verify(path, known, result);
    }
  } finally {
    await folder.remove();
  }
  return result;
}

/** Bundled, because a process that starts in 100 ms allows ten times the rounds of one that transpiles first. */
async function bundledChild(): Promise<string> {
  const root = join(import.meta.dirname, '../..');
  const outfile = join(root, 'node_modules/.cache/kill-rounds', `${process.pid}.mjs`);
  await mkdir(join(outfile, '..'), { recursive: true });
  await build({
    entryPoints: [join(import.meta.dirname, 'kill-rounds-child.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'bundle',
    external: ['better-sqlite3'],
    logLevel: 'error',
  });
  return outfile;
}

/** Lets the child write until it is killed. @returns the numbers of the writes that it was told are durable */
async function oneRound(
  child: string,
  path: string,
  first: number,
  atStart: boolean,
  delayMs: number,
): Promise<number[]> {
  const writer = spawn(process.execPath, [child, path, String(first)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const complaints = buffer(writer.stderr);
  let said = '';
  const ended = new Promise<NodeJS.Signals | null>((resolve) => writer.once('close', (_, signal) => resolve(signal)));
  const kill = () => setTimeout(() => writer.kill('SIGKILL'), delayMs);
  if (atStart) kill();
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (!atStart && said === '') kill();
    said += text;
  });
  const signal = await ended;
  if (signal !== 'SIGKILL') throw new Error(`The writer ended by itself: ${(await complaints).toString()}`);
  // The last line may be cut off by the kill; then it was not said.
  return said
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== 'ready')
    .map(Number);
}

function verify(path: string, acknowledged: ReadonlySet<number>, result: KillResult): void {
  const database = new SQLite(path);
  try {
    const hasSchema = database.prepare("select 1 from sqlite_schema where name = 'programs'").get() !== undefined;
    const idsOf = (sql: string) =>
      new Set(hasSchema ? (database.prepare(sql).pluck().all() as string[]).map((id) => Number(id.slice(1))) : []);
    const programs = idsOf('select id from programs');
    const others = [
      idsOf('select id from events'),
      idsOf('select target from event_targets'),
      idsOf("select object_id from outbox where object_type = 'PROGRAM'"),
      idsOf("select object_id from outbox where object_type = 'EVENT'"),
    ];
    for (const n of acknowledged) if (!programs.has(n)) result.lost++;
    for (const n of new Set([programs, ...others].flatMap((set) => [...set]))) {
      if (![programs, ...others].every((set) => set.has(n))) result.torn++;
    }
    const integrity = database.pragma('integrity_check') as { integrity_check: string }[];
    for (const row of integrity) if (row.integrity_check !== 'ok') result.damage.push(row.integrity_check);
    for (const row of database.pragma('foreign_key_check') as object[]) result.damage.push(JSON.stringify(row));
  } finally {
    database.close();
  }
}
