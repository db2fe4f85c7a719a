import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Is there such a program on the machine? Tests with a peer that Debian packages are skipped where it is missing. */
export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Debian's python with this package; `undefined` where one of them is missing. */
export function pythonWith(packageName: string): string | undefined {
  const python = '/usr/bin/python3';
  return spawnSync(python, ['-c', `import ${packageName}`]).status === 0 ? python : undefined;
}
