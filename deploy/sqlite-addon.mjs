#!/usr/bin/env node
// Runs after `npm ci`. The headers of Node 24.19 and later give every wrapped object a hook for the end of the process
// (nodejs/node issue 65446). better-sqlite3 12 built with them aborts as soon as a statement is garbage: it is built once more,
// without those hooks. Version 13 would not need it, but does not run on Node 20.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const folder = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
const addon = join(folder, 'build', 'Release', 'better_sqlite3.node');

const aborts = () => existsSync(addon) && readFileSync(addon).includes('RemoveEnvironmentCleanupHook');

if (aborts()) {
  console.log(`better-sqlite3 is built once more: as it is, it aborts on Node ${process.versions.node}`);
  // npm says where the node-gyp is that it brings.
  const gyp = process.env.npm_config_node_gyp;
  const header = relative(join(folder, 'build'), join(import.meta.dirname, 'object-wrap.h'));
  const env = { ...process.env, CXXFLAGS: `${process.env.CXXFLAGS ?? ''} -include ${header}` };
  const { status } =
    gyp === undefined
      ? { status: 1 }
      : spawnSync(process.execPath, [gyp, 'rebuild', '--release'], { cwd: folder, env, stdio: 'inherit' });
  if (status !== 0 || aborts()) {
    console.error('That failed. Use npm to install (npm ci), or Node 20, 22, or 24 up to 24.18.');
    process.exit(1);
  }
}
