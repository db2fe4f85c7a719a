import { describe, expect, it } from 'vitest';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { RateLimit } from '../../../vtn/auth/rate-limit.ts';
import { hashSecret, newSecret, SecretVerifier, verifySecret } from '../../../vtn/auth/secrets.ts';

describe('secrets', () => {
  it('are 256 random bits and never equal', () => {
    expect(Buffer.from(newSecret(), 'base64url')).toHaveLength(32);
    expect(newSecret()).not.toBe(newSecret());
  });

  it('are stored as salted scrypt hashes', async () => {
    const [one, two] = [await hashSecret('s'), await hashSecret('s')];
    expect(one).toMatch(/^scrypt\$4096\$8\$1\$/);
    expect(one).not.toBe(two);
    expect(await verifySecret('s', one)).toBe(true);
    expect(await verifySecret('t', one)).toBe(false);
  });

  it('nobody has the secret of an unknown client, and finding that out takes as long', async () => {
    const hash = await hashSecret('s');
    const time = async (stored: string | undefined) => {
      const start = performance.now();
      for (let i = 0; i < 8; i++) expect(await verifySecret('x', stored)).toBe(false);
      return performance.now() - start;
    };
    await time(hash);
    const [known, unknown] = [await time(hash), await time(undefined)];
    expect(unknown).toBeGreaterThan(known / 4);
    expect(unknown).toBeLessThan(known * 4);
  });

  it('a hash of another scheme is never matched', async () => {
    expect(await verifySecret('s', 'plain$s')).toBe(false);
  });

  it('a secret that was right is remembered for its hash only', async () => {
    const verifier = new SecretVerifier();
    const hash = await hashSecret('s');
    expect(await verifier.verify('s', hash)).toBe(true);
    expect(await verifier.verify('s', hash)).toBe(true);
    expect(await verifier.verify('s', await hashSecret('t'))).toBe(false);
    expect(await verifier.verify('s', undefined)).toBe(false);
  });
});

describe('a rate limit', () => {
  it('lets through so many at once, then one after each share of a minute', () => {
    const clock = new ManualClock(0);
    const limit = new RateLimit(clock, 6);
    for (let i = 0; i < 6; i++) expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBe(10);
    expect(limit.peek('b')).toBe(0);
    clock.advance(9_000);
    expect(limit.take('a')).toBe(1);
    clock.advance(1_000);
    expect(limit.take('a')).toBe(0);
    clock.advance(3_600_000);
    for (let i = 0; i < 6; i++) expect(limit.take('a')).toBe(0);
    expect(limit.take('a')).toBe(10);
  });
});
