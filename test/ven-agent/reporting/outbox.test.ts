import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tempDir } from '../../support/temp-dir.ts';
import { openAgentDatabase } from '../../../ven-agent/database.ts';
import type { AgentDatabase } from '../../../ven-agent/database.ts';
import { ReportOutbox } from '../../../ven-agent/reporting/outbox.ts';
import { NOON } from '../builders.ts';

let dir: ReturnType<typeof tempDir>;
let db: AgentDatabase;
let outbox: ReportOutbox;

beforeEach(() => {
  dir = tempDir();
  db = openAgentDatabase(dir.path);
  outbox = new ReportOutbox(db);
});

afterEach(async () => {
  db.close();
  await dir.remove();
});

const names = (box = outbox) => box.oldest(10_000).map((r) => r.name);

describe('the report outbox', () => {
  it('keeps the order in which reports came in, whatever the clock says', () => {
    outbox.add('a', '{}', NOON);
    outbox.add('b', '{}', NOON - 60_000);
    outbox.add('c', '{}', NOON + 60_000);
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(outbox.newest()?.name).toBe('c');
  });

  it('forgets what was acknowledged, for good', () => {
    outbox.add('a', '{}', NOON);
    outbox.add('b', '{}', NOON);
    outbox.acknowledge(outbox.newest()?.seq ?? 0);
    expect(names(new ReportOutbox(db))).toEqual(['a']);
  });

  it('replaces a report of the same name', () => {
    outbox.add('a', '{"v":1}', NOON);
    outbox.add('a', '{"v":22}', NOON);
    expect(outbox.oldest(10)).toMatchObject([{ body: '{"v":22}' }]);
    expect(outbox.counts()).toMatchObject({ waiting: 1, bytes: 8 });
  });

  it('buries a report with the answer, and goes on', () => {
    outbox.add('bad', '{}', NOON);
    outbox.add('good', '{}', NOON);
    outbox.bury(outbox.oldest(1)[0]?.seq ?? 0, 400, 'no such event');
    expect(names()).toEqual(['good']);
    expect(outbox.counts()).toMatchObject({ waiting: 1, dead: 1 });
    expect(db.prepare('SELECT name, status, answer FROM dead_reports').all()).toEqual([
      { name: 'bad', status: 400, answer: 'no such event' },
    ]);
  });

  it('thins the older half before it drops the oldest, and counts both', () => {
    const small = new ReportOutbox(db, { maxBytes: 1000, maxAgeMs: 1e12 });
    for (let i = 0; i < 11; i++) small.add(`r${i}`, 'x'.repeat(100), NOON);
    expect(names()).toEqual(['r0', 'r2', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'r10']);
    expect(small.counts()).toMatchObject({ waiting: 9, bytes: 900, dropped: 2 });
    const tiny = new ReportOutbox(db, { maxBytes: 150, maxAgeMs: 1e12 });
    tiny.add('last', 'x'.repeat(100), NOON);
    expect(names()).toEqual(['last']);
    expect(tiny.counts().dropped).toBe(11);
  });

  it('drops what is older than anybody wants to know', () => {
    const young = new ReportOutbox(db, { maxBytes: 1e9, maxAgeMs: 60_000 });
    young.add('old', '{}', NOON);
    young.add('new', '{}', NOON + 60_001);
    expect(names()).toEqual(['new']);
    expect(young.counts()).toMatchObject({ dropped: 1, oldestMs: NOON + 60_001 });
  });

  it('counts the same after a restart', () => {
    outbox.add('a', '{"ü":1}', NOON);
    expect(new ReportOutbox(db).counts()).toEqual(outbox.counts());
  });
});

it('a report that the outbox has taken survives kill -9, round after round', async () => {
  const taken: string[] = [];
  // The file is one process's alone.
  db.close();
  for (let round = 0; round < 5; round++) {
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'outbox-child.ts'), dir.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.split('\n').length > 40 * (round + 1)) child.kill('SIGKILL');
    });
    await once(child, 'close');
    taken.push(...output.split('\n').slice(0, -1));
  }
  expect(taken.length).toBeGreaterThan(500);
  db = openAgentDatabase(dir.path);
  const kept = new Set(names(new ReportOutbox(db)));
  expect(taken.filter((name) => !kept.has(name))).toEqual([]);
  expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
});
