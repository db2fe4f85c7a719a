import type { z } from 'zod';
import type { ConfigPath } from './config-schema.ts';
import { keysAt, pathText } from './config-schema.ts';

/** Where the value at a path came from. */
export interface Sources {
  /** The variable of the environment, when it was not the file. */
  variable(path: ConfigPath): string | undefined;
  /** The line of the file. */
  line(path: ConfigPath): number | undefined;
}

/** What a schema has against a configuration, one line each: line of the file, path, what was expected, what was there. */
export function faultsOf(
  issues: readonly z.core.$ZodIssue[],
  schema: z.core.$ZodType,
  input: unknown,
  sources: Sources,
): string[] {
  const placed = (path: ConfigPath, text: string): string => {
    const line = sources.line(path);
    return line === undefined ? text : `line ${line}: ${text}`;
  };
  return issues.flatMap((issue) => {
    const path = issue.path as ConfigPath;
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, path);
      return issue.keys.map((key) =>
        placed([...path, key], `${pathText([...path, key])}: unknown key; ${suggestion(key, known)}`),
      );
    }
    const variable = sources.variable(path);
    const where = variable === undefined ? placed(path, pathText(path)) : `${pathText(path)} (${variable})`;
    const value = valueAt(input, path);
    if (value === undefined && issue.code !== 'custom') return [`${where}: is missing, ${expectation(issue)}`];
    return [`${where}: ${expectation(issue)}${value === undefined ? '' : `, got ${shown(value, path)}`}`];
  });
}

/** Names the known key that comes nearest, or all of them when none is near. */
export function suggestion(key: string, known: readonly string[]): string {
  const near = known
    .map((name) => ({ name, distance: editDistance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (near === undefined) return 'no keys are known here';
  return near.distance <= Math.max(2, key.length / 3)
    ? `did you mean "${near.name}"?`
    : `known are ${known.map((name) => `"${name}"`).join(', ')}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.map((v) => JSON.stringify(v)).join(' or ')}`;
    case 'invalid_union':
      return issue.errors.length === 0
        ? `expected another ${issue.discriminator ?? 'value'}`
        : issue.errors.map((alternative) => alternative.map(expectation).join(', ')).join(', or ');
    case 'invalid_format':
      // A pattern's own message says more than its source text; "Invalid URL" says less than "expected a URL".
      return issue.message.replace(/^Invalid /, 'expected a valid ');
    default:
      // "Too small: expected number to be >=1": what comes after the colon says it all.
      return issue.message.replace(/^[A-Z][a-z ]*: (?=expected)/, '');
  }
}

function valueAt(input: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    input,
  );
}

function shown(value: unknown, path: ConfigPath): string {
  if (/secret|password|token(?:hash|s)?$/i.test(String(path.findLast((step) => typeof step === 'string') ?? ''))) {
    return 'a value that is kept secret';
  }
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** How many letters to insert, drop, change or swap with a neighbour. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cell = (di: number, dj: number) => (di === 0 ? row : rows[i - di])?.[j - dj] ?? Infinity;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          cell(1, 0) + 1,
          cell(0, 1) + 1,
          cell(1, 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
          swapped ? cell(2, 2) + 1 : Infinity,
        ),
      );
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? Infinity;
}
