import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { tempDir } from '../support/temp-dir.ts';
import { DataInUseError, openAgentDatabase, openOrMakeDo } from '../../ven-agent/database.ts';
import { ReportOutbox } from '../../ven-agent/reporting/outbox.ts';
import { NOON } from './builders.ts';

let dir: ReturnType<typeof tempDir>;
let lines: string[];
const log = createLog({ name: 't', level: 'error', destination: { write: (line) => void lines.push(line) } });

beforeEach(() => {
  dir = tempDir();
  lines = [];
});

afterEach(() => dir.remove());

describe("the agent's file", () => {
  it('is one agent’s alone: a second one is told so', () => {
    const first = openAgentDatabase(dir.path);
    expect(() => openOrMakeDo(dir.path, NOON, log)).toThrow(DataInUseError);
    expect(() => openOrMakeDo(dir.path, NOON, log)).toThrow(/another agent works with/);
    first.close();
    openAgentDatabase(dir.path).close();
  });

  it('is put aside when it is broken, and a new one begun', () => {
    writeFileSync(join(dir.path, 'agent.db'), 'not a database, but long enough to be looked at '.repeat(50));
    const db = openOrMakeDo(dir.path, NOON, log);
    new ReportOutbox(db).add('a', '{}', NOON);
    db.close();
    expect(readdirSync(dir.path)).toContain(`agent.db.broken-${NOON}`);
    const again = openAgentDatabase(dir.path);
    expect(new ReportOutbox(again).newest()?.name).toBe('a');
    again.close();
    expect(lines.join('')).toContain('put aside');
  });

  it('is done without where nothing can be written, and that is said', () => {
    const file = join(dir.path, 'file');
    writeFileSync(file, '');
    const db = openOrMakeDo(join(file, 'data'), NOON, log);
    new ReportOutbox(db).add('a', '{}', NOON);
    expect(new ReportOutbox(db).counts().waiting).toBe(1);
    db.close();
    expect(lines.join('')).toContain('going on without a disk');
  });
});
