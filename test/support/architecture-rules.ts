import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** Source files by their path from the repository's root, `/` between folders. */
export type SourceTree = ReadonlyMap<string, string>;

export interface Violation {
  file: string;
  rule: 'arrow' | 'purity' | 'undeclared-package' | 'translation-size';
  what: string;
}

const WORKSPACES = ['shared', 'vtn', 'ven-agent'] as const;
type Workspace = (typeof WORKSPACES)[number];

/** Who may import whom (rule 1). Everything outside the workspaces (tests, demo, build) may import all of them. */
const MAY_IMPORT: Readonly<Record<Workspace, readonly Workspace[]>> = {
  shared: ['shared'],
  vtn: ['vtn', 'shared'],
  'ven-agent': ['ven-agent', 'shared'],
};

/** Folders and files without clock, randomness and I/O (rule 2). */
const PURE = [
  'shared/openadr/',
  'shared/time/',
  'shared/units.ts',
  'vtn/domain/',
  'vtn/translation/',
  'vtn/ingest/snapshots.ts',
  'vtn/api/errors.ts',
  'vtn/api/utilities/negotiation.ts',
  'vtn/api/utilities/pages.ts',
  'vtn/api/utilities/roles.ts',
  'vtn/auth/access.ts',
  'vtn/auth/caller.ts',
  'vtn/auth/roles.ts',
  'vtn/notify/routing.ts',
  'vtn/notify/callback-routing.ts',
  'vtn/scheduling/types.ts',
  'vtn/scheduling/slots.ts',
  'vtn/scheduling/bounds.ts',
  'vtn/scheduling/linear-program.ts',
  'vtn/scheduling/problem.ts',
  'vtn/scheduling/schedule.ts',
  'vtn/notify/feed/routing.ts',
  'ven-agent/scheduler/',
  'ven-agent/dispatch/',
  'ven-agent/picture.ts',
  'ven-agent/reporting/snapshot.ts',
  'ven-agent/reporting/integrate.ts',
  'ven-agent/bridges/device.ts',
  'ven-agent/bridges/modbus/address.ts',
  'ven-agent/bridges/command.ts',
  'ven-agent/bridges/registers/orders.ts',
  'ven-agent/bridges/registers/point.ts',
  'ven-agent/bridges/sunspec/block.ts',
  'ven-agent/bridges/sunspec/codec.ts',
  'ven-agent/bridges/sunspec/command.ts',
  'ven-agent/bridges/sunspec/control.ts',
  'ven-agent/bridges/sunspec/measure.ts',
  'ven-agent/bridges/sunspec/quirks.ts',
  'ven-agent/bridges/sunspec/state.ts',
  'ven-agent/bridges/sunspec/storage.ts',
  'ven-agent/bridges/sunspec/models',
];

/** The one place that reads the machine's clock, so that nobody else does. */
const PURITY_EXCEPTIONS = ['shared/time/clock.ts'];

const IMPURE: readonly [RegExp, string][] = [
  [/\bDate\.now\s*\(/, 'Date.now()'],
  [/\bnew Date\s*\(\s*\)/, 'new Date() without an argument'],
  [/\bMath\.random\s*\(/, 'Math.random()'],
  [/\bperformance\s*\.\s*now/, 'performance.now()'],
  [/\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\s*\(/, 'a timer'],
  [/\bprocess\s*\./, 'process'],
  [/\bconsole\s*\./, 'console'],
  [/\bfetch\s*\(/, 'fetch()'],
  [/\bcrypto\s*\./, 'crypto'],
];

const TRANSLATION_MAX_LINES = 600;

/** Every `.ts` file below the workspaces. */
export function readSourceTree(root: string): SourceTree {
  const files = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && entry.name !== 'dist') walk(path);
      } else if (entry.name.endsWith('.ts')) {
        files.set(relative(root, path).split('\\').join('/'), readFileSync(path, 'utf8'));
      }
    }
  };
  for (const workspace of WORKSPACES) walk(join(root, workspace));
  return files;
}

interface ImportLine {
  specifier: string;
  typeOnly: boolean;
}

/** The import and re-export lines of a file, dynamic imports among them. */
export function importsOf(text: string): ImportLine[] {
  const code = withoutComments(text);
  const found: ImportLine[] = [];
  for (const m of code.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm)) {
    found.push({ specifier: m[2] ?? '', typeOnly: m[1] !== undefined });
  }
  for (const m of code.matchAll(/\bimport\s*\(\s*['"]([^'"]+)['"]/g)) {
    found.push({ specifier: m[1] ?? '', typeOnly: false });
  }
  return found;
}

export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1');
}

/** The file that a specifier means, as a path in the tree; `undefined` for packages and node's own modules. */
function resolveImport(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.'))
    return normalize(join(dirname(from), specifier))
      .split('\\')
      .join('/');
  const own = /^@openadr-gateway\/(.+)$/.exec(specifier);
  return own?.[1];
}

function packageNameOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

const workspaceOf = (file: string): Workspace | undefined => WORKSPACES.find((w) => file.startsWith(`${w}/`));

const isPure = (file: string): boolean =>
  !PURITY_EXCEPTIONS.includes(file) && PURE.some((p) => (p.endsWith('.ts') ? file === p : file.startsWith(p)));

/** Holds a tree against the rules of the house. `packages`: each workspace's declared dependencies. */
export function checkArchitecture(
  tree: SourceTree,
  packages: Readonly<Record<string, readonly string[]>>,
): Violation[] {
  const violations: Violation[] = [];
  for (const [file, text] of tree) {
    const workspace = workspaceOf(file);
    if (!workspace) continue;
    const say = (rule: Violation['rule'], what: string): number => violations.push({ file, rule, what });
    const pure = isPure(file);
    for (const { specifier, typeOnly } of importsOf(text)) {
      const target = resolveImport(file, specifier);
      const targetWorkspace = target === undefined ? undefined : workspaceOf(target);
      if (target !== undefined && (!targetWorkspace || !MAY_IMPORT[workspace].includes(targetWorkspace))) {
        say('arrow', `${workspace} must not import ${specifier}`);
      }
      const name = packageNameOf(specifier);
      if (
        name !== undefined &&
        !(packages[workspace] ?? []).includes(name) &&
        name !== `@openadr-gateway/${workspace}`
      ) {
        say('undeclared-package', `${name} is not in ${workspace}/package.json`);
      }
      if (pure && !typeOnly && (target === undefined || !isPure(target))) {
        say('purity', `a pure file must not import ${specifier}`);
      }
    }
    if (pure) {
      const code = withoutComments(text);
      for (const [pattern, name] of IMPURE) if (pattern.test(code)) say('purity', `a pure file must not use ${name}`);
    }
  }
  const lines = [...tree].filter(([f]) => f.startsWith('vtn/translation/')).map(([, t]) => t.split('\n').length - 1);
  const total = lines.reduce((a, b) => a + b, 0);
  if (total > TRANSLATION_MAX_LINES) {
    violations.push({
      file: 'vtn/translation',
      rule: 'translation-size',
      what: `${total} lines; it must be readable in one sitting (${TRANSLATION_MAX_LINES})`,
    });
  }
  return violations;
}
