import { createHash } from 'node:crypto';
import type { ApiAnswer } from './http.ts';

/** A strong validator of exactly these bytes (RFC 9110, 8.8.3). */
export function etagOf(bytes: string | Buffer): string {
  return `"${createHash('sha1').update(bytes).digest('base64url')}"`;
}

/**
 * Whether a validator list (`If-None-Match`, `If-Match`) names `etag`. `W/` is ignored, in `If-Match` too, where RFC 9110 is
 * stricter: a tag of ours names the object's JSON whatever its coding, and proxies that compress make strong tags weak.
 *
 * @param etag a strong one. @param header `*` or a comma-separated list; undefined names nothing.
 */
export function namesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header === etag || (header.length === etag.length + 2 && header === `W/${etag}`)) return true;
  return header.split(',').some((entry) => {
    const tag = entry.trim();
    return tag === '*' || tag === etag || tag === `W/${etag}`;
  });
}

/** JSON as an answer with its entity tag, for whoever asks again. */
export function taggedJson(status: 200 | 201, body: string): ApiAnswer & { headers: Record<string, string> } {
  return { status, body, headers: { etag: etagOf(body), 'cache-control': 'private, no-cache' } };
}
