import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Coding } from './negotiation.ts';

/** Smaller answers fit into one packet anyway. */
export const MIN_COMPRESSED_BYTES = 1_024;

/** Fast enough to be done while the client waits; the highest levels take ten times as long for a tenth. */
const BROTLI = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
};
const work = {
  br: (body: Buffer) => promisify(brotliCompress)(body, BROTLI),
  gzip: (body: Buffer) => promisify(gzip)(body),
};

type Variant = Buffer | Promise<Buffer>;
/** By the bytes themselves: a list that is kept ready keeps its compressed forms, and they go when it goes. */
const variants = new WeakMap<Buffer, Partial<Record<Exclude<Coding, 'identity'>, Variant>>>();

/**
 * The bytes in a content coding. Done once for each buffer, off the main thread; at once when it has been done before.
 * The buffer must not be changed afterwards.
 */
export function compressed(body: Buffer, coding: Exclude<Coding, 'identity'>): Variant {
  const known = variants.get(body) ?? {};
  const made = known[coding];
  if (made !== undefined) return made;
  const making = work[coding](body).then((bytes) => {
    known[coding] = bytes;
    return bytes;
  });
  making.catch(() => delete known[coding]);
  known[coding] = making;
  variants.set(body, known);
  return making;
}
