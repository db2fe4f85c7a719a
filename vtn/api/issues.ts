import type { ErrorObject } from 'ajv';
import { FORMAT_WORDS } from './formats.ts';
import type { Issue } from './errors.ts';

/** Beyond this nobody reads on. */
const MAX_ISSUES = 100;
const MAX_INPUT_LENGTH = 200;

/**
 * What ajv found (with `allErrors` and `verbose`), as issues: where down to the field, what was expected, what was sent.
 * Of `anyOf` and `oneOf` only the faults of the alternative that was meant are told.
 */
export function issuesOf(errors: readonly ErrorObject[]): Issue[] {
  return collapse(errors).slice(0, MAX_ISSUES).map(issueOf);
}

/** ajv reports every alternative's faults, then the choice itself; keep one alternative's, or the choice when none was meant. */
function collapse(errors: readonly ErrorObject[]): ErrorObject[] {
  let kept: ErrorObject[] = [];
  for (const error of errors) {
    if (error.keyword !== 'anyOf' && error.keyword !== 'oneOf') {
      // `if` says only that `then` or `else` failed, which has been told.
      if (error.keyword !== 'if') kept.push(error);
      continue;
    }
    const isInside = (e: ErrorObject) =>
      e.instancePath === error.instancePath || e.instancePath.startsWith(`${error.instancePath}/`);
    const inside = kept.filter(
      (e) => isInside(e) && (error.keyword === 'anyOf' || error.params['passingSchemas'] == null),
    );
    kept = kept.filter((e) => !inside.includes(e));
    kept.push(...(meant(error, inside) ?? [error]));
  }
  return kept;
}

/** The faults of the alternative that the sender meant, if one can be told. */
function meant(choice: ErrorObject, inside: readonly ErrorObject[]): ErrorObject[] | undefined {
  const branches = new Map<string, ErrorObject[]>();
  for (const error of inside) {
    const rest = error.schemaPath.startsWith(`${choice.schemaPath}/`)
      ? error.schemaPath.slice(choice.schemaPath.length + 1)
      : error.schemaPath;
    const branch = rest.split('/')[rest.startsWith('#') ? 2 : 0] ?? '';
    branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  const isOtherKind = (e: ErrorObject) =>
    (e.instancePath === choice.instancePath && e.keyword === 'type') ||
    ((e.keyword === 'enum' || e.keyword === 'const') &&
      e.instancePath.split('/').length === choice.instancePath.split('/').length + 1);
  const candidates = [...branches.values()].filter((branch) => !branch.some(isOtherKind));
  return candidates.sort((a, b) => a.length - b.length)[0] ?? mergedEnum(inside, choice);
}

/** When every alternative refuses the same discriminator: one fault with all the values that one of them would take. */
function mergedEnum(inside: readonly ErrorObject[], choice: ErrorObject): ErrorObject[] | undefined {
  const refusals = inside.filter((e) => e.keyword === 'enum' && e.instancePath !== choice.instancePath);
  const [first] = refusals;
  if (!first || refusals.some((e) => e.instancePath !== first.instancePath)) return undefined;
  const allowedValues = refusals.flatMap((e) => e.params['allowedValues'] as unknown[]);
  return [{ ...first, params: { allowedValues } }];
}

function issueOf(error: ErrorObject): Issue {
  const loc = locOf(error);
  const { msg, type, ctx } = describe(error);
  const input = shown(error);
  return { loc, msg, type, ...(input === undefined ? {} : { input }), ...(ctx ? { ctx } : {}) };
}

/** `/requestBody/limits/0/amount` -> `['body', 'limits', 0, 'amount']`. A missing or unknown field is part of the path. */
function locOf(error: ErrorObject): (string | number)[] {
  const steps: (string | number)[] = [];
  let data: unknown = undefined;
  for (const raw of error.instancePath.split('/').slice(1)) {
    const step = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    if (steps.length === 0) steps.push(step === 'requestBody' ? 'body' : step);
    else steps.push(/^\d+$/.test(step) ? Number(step) : step);
    data = step;
  }
  const extra: unknown = error.params['missingProperty'] ?? error.params['additionalProperty'];
  if (typeof extra === 'string') steps.push(data === undefined && extra === 'requestBody' ? 'body' : extra);
  return steps;
}

interface Words {
  msg: string;
  type: string;
  ctx?: Record<string, unknown>;
}

function describe(error: ErrorObject): Words {
  const params = error.params as Record<string, unknown>;
  const limit = params['limit'] as number;
  switch (error.keyword) {
    case 'required':
      return { msg: 'required, but missing', type: 'missing' };
    case 'additionalProperties':
      return { msg: 'unknown field', type: 'extra_forbidden' };
    case 'type':
      return { msg: `expected ${typeWords(params['type'])}`, type: 'type_error', ctx: { expected: params['type'] } };
    case 'enum':
      return {
        msg: `expected ${listWords(params['allowedValues'] as unknown[])}`,
        type: 'enum',
        ctx: { allowed: params['allowedValues'] },
      };
    case 'const':
      return {
        msg: `expected ${JSON.stringify(params['allowedValue'])}`,
        type: 'enum',
        ctx: { allowed: [params['allowedValue']] },
      };
    case 'minimum':
      return { msg: `expected at least ${limit}`, type: 'greater_than_equal', ctx: { min: limit } };
    case 'maximum':
      return { msg: `expected at most ${limit}`, type: 'less_than_equal', ctx: { max: limit } };
    case 'exclusiveMinimum':
      return { msg: `expected more than ${limit}`, type: 'greater_than', ctx: { above: limit } };
    case 'exclusiveMaximum':
      return { msg: `expected less than ${limit}`, type: 'less_than', ctx: { below: limit } };
    case 'minLength':
      return {
        msg: `expected at least ${count(limit, 'character')}`,
        type: 'string_too_short',
        ctx: { min_length: limit },
      };
    case 'maxLength':
      return {
        msg: `expected at most ${count(limit, 'character')}`,
        type: 'string_too_long',
        ctx: { max_length: limit },
      };
    case 'minItems':
      return { msg: `expected at least ${count(limit, 'item')}`, type: 'too_short', ctx: { min_length: limit } };
    case 'maxItems':
      return { msg: `expected at most ${count(limit, 'item')}`, type: 'too_long', ctx: { max_length: limit } };
    case 'uniqueItems':
      return {
        msg: `expected no item twice (items ${String(params['j'])} and ${String(params['i'])} are equal)`,
        type: 'not_unique',
      };
    case 'pattern':
      return {
        msg: `expected text that matches ${String(params['pattern'])}`,
        type: 'pattern',
        ctx: { pattern: params['pattern'] },
      };
    case 'format': {
      const format = String(params['format']);
      return { msg: `expected ${FORMAT_WORDS[format] ?? format}`, type: 'format', ctx: { format } };
    }
    case 'anyOf':
    case 'oneOf':
      return { msg: `expected ${alternatives(error)}`, type: 'no_alternative' };
    default:
      return {
        msg: `expected what the document says (${error.keyword}): ${error.message ?? ''}`.trim(),
        type: error.keyword,
      };
  }
}

function alternatives(error: ErrorObject): string {
  const schemas = Array.isArray(error.schema) ? (error.schema as { type?: string }[]) : [];
  const types = [...new Set(schemas.map((s) => s.type).filter((type) => type !== undefined))];
  // A number is said once, not as number and integer.
  const told = types.filter((type) => type !== 'integer' || !types.includes('number'));
  return told.length === 0 ? 'one of the documented alternatives' : told.map(typeWords).join(' or ');
}

const TYPES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

function typeWords(type: unknown): string {
  const types = Array.isArray(type) ? type : String(type).split(',');
  return types.map((t) => TYPES[String(t)] ?? String(t)).join(' or ');
}

function listWords(values: readonly unknown[]): string {
  const texts = [...new Set(values)].map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return texts.length === 1 ? (texts[0] ?? '') : `one of ${texts.join(', ')}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** What was sent, when it is short and was sent at all; secrets are never repeated. */
function shown(error: ErrorObject): unknown {
  if (error.keyword === 'required' || /secret|password|token/i.test(error.instancePath)) return undefined;
  const extra: unknown = error.params['additionalProperty'];
  const data: unknown = typeof extra === 'string' ? (error.data as Record<string, unknown>)[extra] : error.data;
  const text = JSON.stringify(data) as string | undefined;
  return text === undefined || text.length > MAX_INPUT_LENGTH ? undefined : data;
}
