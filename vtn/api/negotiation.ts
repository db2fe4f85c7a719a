/** What a client is willing to read: `Accept` and `Accept-Encoding` (RFC 9110, 12.5). Pollers send the same headers again and again. */

export type Coding = 'identity' | 'gzip' | 'br';

/** Different values of one header that are remembered. */
const MAX_REMEMBERED = 200;
/** Longer ones say nothing that matters, and are read like one that is missing. */
const MAX_LENGTH = 1_000;

/**
 * The content coding to answer with. The highest q-value wins, and br goes before gzip where they are equal; without the
 * header, or when nothing fits, the content goes as it is (RFC 9110, 12.5.3).
 */
export const codingFor = remembering((header): Coding => {
  const wishes = weights(header);
  const of = (name: string) => wishes.get(name) ?? wishes.get('*') ?? 0;
  const br = of('br');
  const gzip = Math.max(of('gzip'), wishes.get('x-gzip') ?? 0);
  const identity = wishes.get('identity') ?? 0;
  if (br > 0 && br >= gzip && br >= identity) return 'br';
  return gzip > 0 && gzip >= identity ? 'gzip' : 'identity';
}, 'identity');

/** Whether the client reads JSON. The most specific range decides; other parameters than `q` are not looked at. */
export const acceptsJson = accepting('application/json');

/** The same for another media type. */
export function accepting(mediaType: string): (header: string | undefined) => boolean {
  const ranges = [mediaType, mediaType.replace(/\/.*/, '/*'), '*/*'];
  return remembering((header): boolean => {
    const wishes = weights(header);
    const range = ranges.find((name) => wishes.has(name));
    return range !== undefined && (wishes.get(range) ?? 0) > 0;
  }, true);
}

/** `gzip;q=0.5, *;q=0` -> gzip 0.5, * 0. What has no valid weight counts as wanted, as clients without one mean it. */
function weights(header: string): Map<string, number> {
  const result = new Map<string, number>();
  for (const entry of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim());
    if (name === '') continue;
    const q = parameters.find((parameter) => /^q\s*=/.test(parameter));
    const weight = q === undefined ? 1 : Number(q.slice(q.indexOf('=') + 1).trim() || 'none');
    result.set(name, weight >= 0 && weight <= 1 ? weight : 1);
  }
  return result;
}

function remembering<T>(read: (header: string) => T, otherwise: T): (header: string | undefined) => T {
  const remembered = new Map<string, T>();
  return (header) => {
    if (header === undefined || header.trim() === '' || header.length > MAX_LENGTH) return otherwise;
    const known = remembered.get(header);
    if (known !== undefined) return known;
    const value = read(header);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(header, value);
    return value;
  };
}
