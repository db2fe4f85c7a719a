import { ApiError, notAcceptable } from '../errors.ts';
import type { Headers } from '../http.ts';

export const JSON_API = 'application/vnd.api+json';

/** Parts between commas or semicolons; quoted text may hold both. */
const ENTRIES = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;
const PARTS = /(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g;

/**
 * JSON:API 1.0, "Server Responsibilities": media type parameters mean something else than plain JSON:API, so that a body that
 * is sent with some is 415, and a reader who accepts it with some only is 406.
 *
 * @throws ApiError 406, 415
 */
export function negotiateJsonApi({ accept, 'content-type': contentType }: Headers): void {
  const [sent] = rangesOf(textOf(contentType));
  if (sent?.name === JSON_API && sent.isModified) {
    throw new ApiError({
      status: 415,
      code: 'unsupported_media_type',
      title: 'Unsupported Media Type',
      detail: `header.content-type: expected ${JSON_API} without parameters, got "${textOf(contentType)}"`,
      headers: { accept: JSON_API },
    });
  }
  if (!isRead(textOf(accept))) throw notAcceptable(`${JSON_API} without parameters`, textOf(accept));
}

function isRead(accept: string): boolean {
  const ranges = rangesOf(accept);
  if (ranges.length === 0) return true;
  const named = ranges.filter(({ name }) => name === JSON_API);
  // Even who reads anything is refused when JSON:API is named with parameters only.
  const meant = named.length > 0 ? named.filter(({ isModified }) => !isModified) : ranges.filter(isWildcard);
  return meant.some(({ weight }) => weight > 0);
}

const isWildcard = ({ name }: { name: string }): boolean => name === '*/*' || name === 'application/*';

/** The media ranges of a header. What follows `q` is no media type parameter any more (RFC 9110, 12.5.1). */
function rangesOf(header: string): { name: string; isModified: boolean; weight: number }[] {
  return (header.match(ENTRIES) ?? []).flatMap((entry) => {
    const [name = '', ...parameters] = (entry.match(PARTS) ?? []).map((part) => part.trim().toLowerCase());
    if (name === '') return [];
    const at = parameters.findIndex((parameter) => /^q\s*=/.test(parameter));
    const isModified = (at < 0 ? parameters : parameters.slice(0, at)).some((parameter) => parameter !== '');
    const weight = at < 0 ? 1 : Number(parameters[at]?.replace(/^q\s*=/, ''));
    return [{ name, isModified, weight: weight >= 0 && weight <= 1 ? weight : 1 }];
  });
}

const textOf = (header: string | string[] | undefined): string =>
  Array.isArray(header) ? header.join(',') : (header ?? '');
