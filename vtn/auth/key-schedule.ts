import type { SigningKeyRow } from '../store/signing-keys.ts';

/**
 * When a signing key does what:
 *
 *     made        signs                    the next one signs            nobody needs it
 *      |-----------|------------------------|-----------------------------|
 *        published   published               published: its tokens live
 *
 * The first key of an installation signs at once, and so does one that is left alone: there is no other.
 */

/** For so long a new key is only published. Longer than anybody keeps the answer of `/.well-known/jwks.json`. */
export const AHEAD_MS = 10 * 60_000;
/** How long after the last token of a key it is still kept: for servers that hear late of the next key. */
const MARGIN_MS = 60_000;
const DAY_MS = 86_400_000;

/** What the schedule has to know of a key. */
export type Dated = Pick<SigningKeyRow, 'kid' | 'created_ms' | 'token_ttl_ms'>;

/** The key that signs now. @param keys newest first. */
export function signerAt<K extends Dated>(keys: readonly K[], nowMs: number): K | undefined {
  return keys.find((key) => key.created_ms + AHEAD_MS <= nowMs) ?? keys.at(-1);
}

/** When a key is needed no more: all that it signed has expired. Infinity for the newest. @param keys newest first. */
export function neededUntilMs(keys: readonly Dated[], kid: string, toleranceMs: number): number {
  const i = keys.findIndex((key) => key.kid === kid);
  const [key, next] = [keys[i], keys[i - 1]];
  if (!key || !next) return Infinity;
  return next.created_ms + AHEAD_MS + key.token_ttl_ms + toleranceMs + MARGIN_MS;
}

/** Is it time for another key? @param days how old a key becomes; 0: as old as it likes. */
export function isRotationDue(keys: readonly Dated[], days: number, nowMs: number): boolean {
  const [newest] = keys;
  return days > 0 && newest !== undefined && newest.created_ms + days * DAY_MS <= nowMs;
}
