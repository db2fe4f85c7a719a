import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Runs once before the whole suite: the end-to-end tests start the programs as they are shipped, so they are bundled here. */
export default function setup(): void {
  process.env['TZ'] = 'UTC';
  execFileSync(process.execPath, [join(import.meta.dirname, '../../deploy/build.mjs'), '--quiet'], {
    stdio: 'inherit',
  });
}
