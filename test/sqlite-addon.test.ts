import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));

describe('the SQLite addon, on every Node that is supported', () => {
  it('was built without the hooks of Node 24.19, with which garbage aborts the process', () => {
    const addon = readFileSync(join(folder, 'build', 'Release', 'better_sqlite3.node'));
    expect(addon.includes('better_sqlite3')).toBe(true);
    expect(addon.includes('RemoveEnvironmentCleanupHook')).toBe(false);
  });

  it('outlives statements that become garbage while nothing runs', () => {
    const program = `
      const database = new (require(${JSON.stringify(folder)}))(':memory:');
      let rounds = 0;
      const litter = () => {
        for (let n = 0; n < 5000; n += 1) database.prepare('SELECT ' + n).get();
        if (++rounds < 20) setTimeout(litter, 10);
        else console.log(rounds);
      };
      litter();`;
    const { status, signal, stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    expect({ status, signal, stdout }).toEqual({ status: 0, signal: null, stdout: '20\n' });
  });
});
