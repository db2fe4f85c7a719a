import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { DocumentOperation } from './document.ts';
import { ApiError, badRequest, invalid } from './errors.ts';
import { inexactNumber } from './exact-numbers.ts';

/** Deeper than any object of ours; keeps recursive code from running out of stack. */
const MAX_DEPTH = 64;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** A parsed body, and whether its text says `null` anywhere. */
export interface Body {
  value: unknown;
  mayHoldNull: boolean;
}

/**
 * Reads and parses a request's body: media type (415), size (413), then JSON or form. `undefined` when none was sent.
 *
 * @throws ApiError 413, 415; `malformed_json` with status 400 for text that does not parse; `invalid` for numbers that would change.
 */
export async function readBody(
  request: IncomingMessage,
  operation: DocumentOperation,
  limitBytes: number,
): Promise<Body | undefined> {
  const declaredBytes = Number(request.headers['content-length'] ?? 0);
  const isSent = declaredBytes > 0 || request.headers['transfer-encoding'] !== undefined;
  if (!isSent || operation.mediaTypes.length === 0) return undefined;
  const mediaType = mediaTypeOf(request, operation.mediaTypes);
  if (declaredBytes > limitBytes) throw tooLarge(limitBytes, request);
  const bytes = await collect(request, limitBytes);
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw malformed('the body is not valid UTF-8');
  if (mediaType === 'application/x-www-form-urlencoded') return { value: parseForm(bytes), mayHoldNull: false };
  return { value: parseJson(bytes), mayHoldNull: bytes.includes('null') };
}

function mediaTypeOf(request: IncomingMessage, accepted: readonly string[]): string {
  const header = request.headers['content-type'] ?? '';
  const [name = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters
    .find((p) => p.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  const encoding = request.headers['content-encoding'];
  if (!accepted.includes(name)) throw unsupported(accepted, header === '' ? 'none' : `"${header}"`);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') throw unsupported(accepted, `"${header}"`);
  if (encoding !== undefined && encoding !== 'identity') throw unsupported(accepted, `content-encoding "${encoding}"`);
  return name;
}

function unsupported(accepted: readonly string[], got: string): ApiError {
  return new ApiError({
    status: 415,
    code: 'unsupported_media_type',
    title: 'Unsupported Media Type',
    detail: `expected a body in UTF-8 with Content-Type ${accepted.join(' or ')} and no Content-Encoding, got ${got}`,
    headers: { accept: accepted.join(', ') },
  });
}

/** What is still on its way is read and thrown away, so that the client gets the answer and not a reset; a huge one is cut off. */
function tooLarge(limitBytes: number, request: IncomingMessage): ApiError {
  const isHuge = Number(request.headers['content-length'] ?? 0) > 16 * limitBytes;
  return new ApiError({
    status: 413,
    code: 'payload_too_large',
    title: 'Content Too Large',
    detail: `expected a body of at most ${limitBytes} bytes`,
    headers: isHuge ? { connection: 'close' } : {},
  });
}

function collect(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) {
        chunks.length = 0;
        reject(tooLarge(limitBytes, request));
      } else {
        chunks.push(chunk);
      }
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', () => reject(badRequest('the body broke off before its end')));
    request.on('close', () => {
      if (!request.complete) reject(badRequest('the body broke off before its end'));
    });
  });
}

function parseForm(bytes: Buffer): Record<string, unknown> {
  const form: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(bytes.toString('utf8'))) {
    if (Object.hasOwn(form, name)) throw badRequest(`body.${name}: expected it once`);
    form[name] = value;
  }
  return form;
}

function parseJson(bytes: Buffer): unknown {
  if (depthOf(bytes) > MAX_DEPTH) throw malformed(`it is nested deeper than ${MAX_DEPTH} levels`);
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const value = parse(text);
  const inexact = inexactNumber(text);
  if (inexact) throw invalid([inexact]);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : 'it does not parse');
  }
}

function malformed(why: string): ApiError {
  const message = `expected valid JSON: ${why}`;
  const position = /position (\d+)/.exec(why)?.[1];
  const loc = position === undefined ? ['body'] : ['body', Number(position)];
  return new ApiError({
    status: 400,
    code: 'malformed_json',
    title: 'Malformed JSON',
    detail: `body: ${message}`,
    issues: [{ loc, msg: message, type: 'json_invalid', input: {} }],
  });
}

/** How deep arrays and objects are nested; brackets inside strings do not count. */
function depthOf(json: Buffer): number {
  let [depth, deepest, inString] = [0, 0, false];
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) deepest = Math.max(deepest, ++depth);
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
  }
  return deepest;
}
