import { createHash } from 'node:crypto';

/** A strong validator of exactly these bytes (RFC 9110, 8.8.3). */
export function etagOf(bytes: string | Buffer): string {
  return `"${createHash('sha1').update(bytes).digest('base64url')}"`;
}

/**
 * Whether a validator list (`If-None-Match`, `If-Match`) names `etag`. `W/` is ignored: what it names is compared weakly.
 *
 * @param header `*` or a comma-separated list; undefined names nothing.
 */
export function namesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header === etag) return true;
  return header.split(',').some((entry) => {
    const tag = entry.trim();
    return tag === '*' || tag === etag || tag === `W/${etag}`;
  });
}
