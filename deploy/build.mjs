#!/usr/bin/env node
// Bundles the programs into dist/: vtn.js and its workers, ven-agent.js, demo.js. Less than a second; no type check
// (`npm run typecheck`). The server keeps its packages in node_modules; the agent carries everything but what is native
// (the database, serial ports) in one file, because that halves its memory on site hardware.
import { build } from 'esbuild';
import { cp, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'dist');

/** `@openadr-gateway/shared/x.ts` is a file of this repository, not a package to leave outside. */
const ownWorkspaces = {
  name: 'own-workspaces',
  setup(plugin) {
    plugin.onResolve({ filter: /^@openadr-gateway\// }, ({ path }) => ({
      path: join(root, path.slice('@openadr-gateway/'.length)),
    }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'linked',
  logLevel: 'warning',
  outdir: out,
  plugins: [ownWorkspaces],
};

await rm(out, { recursive: true, force: true });
await mkdir(join(out, 'openapi'), { recursive: true });
await Promise.all([
  build({
    ...common,
    packages: 'external',
    entryPoints: {
      vtn: 'vtn/cli.ts',
      'broker-worker': 'vtn/notify/broker-worker.ts',
      'solver-worker': 'vtn/scheduling/solver-worker.ts',
      'caller-worker': 'vtn/notify/caller-worker.ts',
      demo: 'deploy/demo.ts',
    },
  }),
  build({
    ...common,
    entryPoints: { 'ven-agent': 'ven-agent/cli.ts' },
    // Both have native code; serialport is loaded only where there is a serial line.
    external: ['better-sqlite3', 'serialport'],
    minifySyntax: true,
    // Source text stays in memory: two megabytes less.
    minifyWhitespace: true,
    legalComments: 'linked',
    // Bundled CommonJS packages ask for node's modules with require().
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  }),
  cp(join(root, 'shared/openapi/openadr-3.1.yaml'), join(out, 'openapi/openadr-3.1.yaml')),
  cp(join(root, 'shared/openapi/openadr-3.0.1.yaml'), join(out, 'openapi/openadr-3.0.1.yaml')),
  cp(join(root, 'vtn/api/operations/openapi.yaml'), join(out, 'openapi/operations.yaml')),
  cp(join(root, 'vtn/api/schedules/openapi.yaml'), join(out, 'openapi/schedules.yaml')),
  cp(join(root, 'vtn/api/customer/openapi.yaml'), join(out, 'openapi/customer.yaml')),
  cp(join(root, 'vtn/api/feeds/openapi.yaml'), join(out, 'openapi/feeds.yaml')),
]);
if (!process.argv.includes('--quiet')) console.log('built dist/vtn.js, dist/ven-agent.js, dist/demo.js');
