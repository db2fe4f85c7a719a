import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * How secrets of clients are kept: `scrypt$N$r$p$salt$hash`. The secrets are 256 random bits of our own making, so that the
 * cost only has to be felt, not to make up for a weak password.
 */
const COST = { N: 4096, r: 8, p: 1 };
const KEY_BYTES = 32;
/** A hash that no secret has: checked in place of an unknown client's, so that both take the same time. */
const NOBODY = `scrypt$${COST.N}$${COST.r}$${COST.p}$${Buffer.alloc(16).toString('base64url')}$${Buffer.alloc(KEY_BYTES).toString('base64url')}`;
const MAX_REMEMBERED = 10_000;

/** A new secret, 43 characters. Shown once; only its hash is stored. */
export function newSecret(): string {
  return randomBytes(KEY_BYTES).toString('base64url');
}

export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(secret, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Whether the secret has this hash, in constant time. `undefined` (no such client) takes as long and is false. */
export async function verifySecret(secret: string, stored: string | undefined): Promise<boolean> {
  const [scheme, N, r, p, salt = '', hash = ''] = (stored ?? NOBODY).split('$');
  if (scheme !== 'scrypt') return false;
  const expected = Buffer.from(hash, 'base64url');
  const found = await derive(secret, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return stored !== undefined && found.length === expected.length && timingSafeEqual(found, expected);
}

/**
 * `verifySecret` that remembers, for as long as the process lives, which secrets were right: a fleet that fetches its tokens
 * again does not cost scrypt each time. Remembered is a keyed digest of hash and secret, so that a rotated hash misses.
 */
export class SecretVerifier {
  readonly #key = randomBytes(32);
  readonly #right = new Set<string>();

  async verify(secret: string, stored: string | undefined): Promise<boolean> {
    const digest = createHmac('sha256', this.#key)
      .update(`${stored ?? ''}\0${secret}`)
      .digest('base64');
    if (this.#right.has(digest)) return true;
    if (!(await verifySecret(secret, stored))) return false;
    if (this.#right.size >= MAX_REMEMBERED) this.#right.clear();
    this.#right.add(digest);
    return true;
  }
}

function derive(secret: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
