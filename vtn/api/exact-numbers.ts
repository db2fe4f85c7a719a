import type { Issue } from './errors.ts';

/** Only numbers that are long or have a large exponent can be meant. */
const SUSPECT = /\d{16}|[eE]\+?\d{3}/;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],:]/gs;
const INTEGER = /^-?\d+$/;

/**
 * The first number of a JSON text that would not come back with its value, with its path: the whole number
 * `12345678901234567890` would become `12345678901234567000`, `1e400` nothing at all. To refuse them loses nothing silently;
 * identifiers belong into text. Decimals are rounded to the nearest double, as everywhere in JSON (RFC 8259, 6).
 *
 * @param json valid JSON.
 */
export function inexactNumber(json: string): Issue | undefined {
  if (!SUSPECT.test(json)) return undefined;
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
    else if (!isExact(token)) {
      const msg = 'expected a number that a double holds (whole ones up to 2^53); send longer ones as text';
      return { loc: ['body', ...path], msg, type: 'inexact_number', input: token };
    }
  }
  return undefined;
}

/** A whole number comes back digit for digit, or in a form of the same value: `10000000000000000000000` as `1e+22`. */
function isExact(written: string): boolean {
  const number = Number(written);
  if (!INTEGER.test(written)) return Number.isFinite(number);
  return String(number) === written || (Number.isFinite(number) && BigInt(number) === BigInt(written));
}
