import type { DocumentOperation, Parameter, Schema } from './document.ts';
import type { Issue } from './errors.ts';

const INTEGER = /^[+-]?\d{1,15}$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The query string as the document types it: arrays from repeated parameters (one alone too) and, where the parameter says
 * `explode: false`, from comma-separated text; numbers and booleans from their text. Unknown parameters are left out.
 *
 * @param search what follows the `?`.
 * @returns the values, and what could not be read. Bounds and enums are the validator's business.
 */
export function coerceQuery(
  operation: DocumentOperation,
  search: string,
): { query: Record<string, unknown>; issues: Issue[] } {
  const query: Record<string, unknown> = {};
  const issues: Issue[] = [];
  const sent = new URLSearchParams(search);
  for (const parameter of operation.parameters) {
    if (parameter.in !== 'query') continue;
    // `targets[]=a` is how some HTTP clients repeat a parameter.
    const texts = [...sent.getAll(parameter.name), ...sent.getAll(`${parameter.name}[]`)];
    if (texts.length === 0) continue;
    const value = readParameter(parameter, texts, issues);
    if (value !== undefined) query[parameter.name] = value;
  }
  return { query, issues };
}

/** The parameters of a query string that the operation does not have. */
export function unknownParameters(operation: DocumentOperation, search: string): Issue[] {
  const known = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const unknown = new Set([...new URLSearchParams(search).keys()].filter((name) => !known.includes(name)));
  const msg = known.length === 0 ? 'expected no parameters' : `unknown parameter; expected one of ${known.join(', ')}`;
  return [...unknown].map((name) => ({ loc: ['query', name], msg, type: 'unknown_parameter' }));
}

function readParameter(parameter: Parameter, texts: string[], issues: Issue[]): unknown {
  const schema = parameter.schema ?? {};
  const loc = ['query', parameter.name];
  if (schema.type === 'array') {
    const items =
      parameter.explode === false ? texts.flatMap((text) => text.split(',')).filter((t) => t !== '') : texts;
    return items.map((text, i) => readScalar(schema.items ?? {}, text, [...loc, i], issues));
  }
  if (texts.length > 1) {
    issues.push({ loc, msg: 'expected it once', type: 'repeated', input: texts });
    return undefined;
  }
  return readScalar(schema, texts[0] ?? '', loc, issues);
}

/** Where several types are possible the text is left as it is. */
function readScalar(schema: Schema, text: string, loc: Issue['loc'], issues: Issue[]): unknown {
  const fault = (expected: string) => {
    issues.push({ loc, msg: `expected ${expected}`, type: 'type_error', input: text });
    return undefined;
  };
  switch (schema.type) {
    case 'integer':
      return INTEGER.test(text) ? Number(text) : fault('a whole number');
    case 'number':
      return NUMBER.test(text) ? Number(text) : fault('a number');
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : fault('true or false');
    default:
      return text;
  }
}
