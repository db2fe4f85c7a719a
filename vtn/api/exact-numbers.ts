import type { Issue } from './errors.ts';

const LONG_NUMBER = /\d{16}/;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],:]/gs;
const INTEGER = /^-?\d+$/;

/**
 * The first whole number of a JSON text that would not come back as it is, with its path: `12345678901234567890` would come back as
 * `12345678901234567000`. Such numbers are identifiers that belong into text, so that refusing them loses nothing silently.
 * Decimals are rounded to the nearest double, as everywhere in JSON (RFC 8259, 6).
 *
 * @param json valid JSON.
 */
export function inexactInteger(json: string): Issue | undefined {
  if (!LONG_NUMBER.test(json)) return undefined;
  /** From the root down: the key or index where we are. */
  const path: (string | number)[] = [];
  let text = '';
  for (const [token] of json.matchAll(TOKEN)) {
    const at = path.length - 1;
    const step = path[at];
    if (token === '{') path.push('');
    else if (token === '[') path.push(0);
    else if (token === '}' || token === ']') path.pop();
    else if (token === ':') path[at] = JSON.parse(text) as string;
    else if (token === ',') path[at] = typeof step === 'number' ? step + 1 : '';
    else if (token.startsWith('"')) text = token;
    else if (INTEGER.test(token) && !isExact(token)) {
      const msg = 'expected a whole number that a double holds (up to 2^53 all of them); send longer ones as text';
      return { loc: ['body', ...path], msg, type: 'inexact_number', input: token };
    }
  }
  return undefined;
}

/** It comes back digit for digit, or in a form of the same value: `10000000000000000000000` as `1e+22`. */
function isExact(integer: string): boolean {
  if (integer.length < 16) return true;
  const number = Number(integer);
  return String(number) === integer || (Number.isFinite(number) && BigInt(number) === BigInt(integer));
}
