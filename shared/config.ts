import { readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, LineCounter, parse, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import * as z from 'zod';
import { faultsOf, suggestion } from './config-faults.ts';
import { leavesOf } from './config-schema.ts';
import type { ConfigPath, Leaf } from './config-schema.ts';

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigError extends Error {
  /** One line each: line of the file, path, what was expected, what was there. */
  readonly faults: readonly string[];

  constructor(source: string, faults: readonly string[]) {
    super(
      `${source}: ${faults.length === 1 ? '1 fault' : `${faults.length} faults`}\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * Reads a YAML or JSON file, lays the environment over it, and checks the result.
 *
 * `VTN_SERVER_PUBLIC_URL` (in any case) is `server.publicUrl`. What a variable says is taken as text where the schema takes text,
 * else as YAML (`8080`, `true`, `[a, b]`); a list may also be separated by commas. Empty variables count as absent. Unknown
 * variables with the prefix are faults like unknown keys, except those that container platforms make up for a service of
 * that name (`VTN_PORT_8080_TCP`, `VTN_SERVICE_HOST`), and `…_CONFIG`, by which programs may find their file.
 *
 * @param options.schema of strict objects, so that unknown keys are refused.
 * @throws ConfigError naming every fault at once.
 */
export function loadConfig<S extends z.ZodType>(options: {
  schema: S;
  file?: string;
  env?: Record<string, string | undefined>;
  envPrefix: 'VTN' | 'VEN_AGENT';
}): z.output<S> {
  const { schema, file, env = {}, envPrefix } = options;
  const source = file === undefined ? `configuration from ${envPrefix}_*` : `configuration ${file}`;
  const { tree: input, lineOf } = file === undefined ? { tree: {} } : readTree(file, source);
  const { values, faults } = readEnv(env, envPrefix, leavesOf(schema));
  for (const { leaf, value } of values) put(input, leaf.path, value);
  const result = schema.safeParse(input);
  if (!result.success) {
    const variable = (path: ConfigPath) =>
      values.find(({ leaf }) => leaf.path.every((step, i) => path[i] === step))?.variable;
    faults.unshift(...faultsOf(result.error.issues, schema, input, { variable, line: lineOf ?? (() => undefined) }));
  }
  if (faults.length > 0 || !result.success) throw new ConfigError(source, faults);
  return result.data;
}

type Tree = Record<string, unknown>;

interface Read {
  tree: Tree;
  /** The line on which a key stands, or the innermost of those around it. */
  lineOf?: (path: ConfigPath) => number | undefined;
}

function readTree(file: string, source: string): Read {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(source, [error instanceof Error ? error.message : String(error)]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    throw new ConfigError(
      source,
      // The first line says what and where; the rest quotes the file.
      document.errors.map((e) => e.message.split('\n', 1).join().replace(/:$/, '')),
    );
  }
  // A section of which every line is commented out is null: the same as none.
  const tree: unknown = document.toJS({ reviver: (_key, value: unknown) => value ?? undefined }) ?? {};
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    throw new ConfigError(source, ['expected keys and values at the top']);
  }
  return {
    tree: tree as Tree,
    lineOf: (path) => {
      const offset = offsetOf(document, path);
      return offset === undefined ? undefined : lines.linePos(offset).line;
    },
  };
}

function offsetOf(document: Document, path: ConfigPath): number | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const around: unknown = document.getIn(path.slice(0, depth - 1), true);
    const step = path[depth - 1];
    if (isMap(around)) {
      const key = around.items.find((item) => isScalar(item.key) && item.key.value === step)?.key;
      if (isNode(key) && key.range) return key.range[0];
    }
    const item: unknown = document.getIn(path.slice(0, depth), true);
    if (isNode(item) && item.range) return item.range[0];
  }
  return undefined;
}

interface Variable {
  variable: string;
  leaf: Leaf;
  value: unknown;
}

function readEnv(env: Record<string, string | undefined>, prefix: string, leaves: readonly Leaf[]) {
  const byName = new Map(leaves.map((leaf) => [variableOf(prefix, leaf.path), leaf]));
  const values: Variable[] = [];
  const faults: string[] = [];
  for (const [variable, text] of Object.entries(env)) {
    const name = variable.toUpperCase();
    if (!name.startsWith(`${prefix}_`) || text === undefined || text === '') continue;
    const leaf = byName.get(name);
    if (leaf) values.push({ variable, leaf, value: read(text, leaf.schema) });
    else if (!isForeign(name.slice(prefix.length))) {
      faults.push(`${variable}: unknown variable; ${suggestion(name, [...byName.keys()])}`);
    }
  }
  return { values, faults };
}

/** `['server', 'publicUrl']` is `VTN_SERVER_PUBLIC_URL`. */
function variableOf(prefix: string, path: readonly string[]): string {
  return [prefix, ...path.map((key) => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2'))].join('_').toUpperCase();
}

function isForeign(rest: string): boolean {
  return rest === '_CONFIG' || /^(?:_SERVICE_(?:HOST|PORT).*|_PORT(?:_\d+_(?:TCP|UDP).*)?)$/.test(rest);
}

/** The reading that the schema accepts; where it accepts none, the one that its complaint will be about. */
function read(text: string, schema: z.core.$ZodType): unknown {
  const fits = (value: unknown) => z.safeParse(schema, value).success;
  if (fits(text)) return text;
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return text;
  }
  const list = text.split(',').map((item) => item.trim());
  return !fits(value) && fits(list) ? list : value;
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) tree[key] = value;
  else {
    const inner = (tree[key] ??= {});
    // What the file has in place of an object is a fault of its own; it is left for the schema to name.
    if (typeof inner === 'object' && !Array.isArray(inner)) put(inner as Tree, rest, value);
  }
}
