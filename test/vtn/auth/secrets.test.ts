import { describe, expect, it } from 'vitest';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { networkOf, RateLimit } from '../../../vtn/auth/rate-limit.ts';
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

  it('remembers no more than it has room for, and whoever has to wait waits through a flood of others', () => {
    const clock = new ManualClock(0);
    const limit = new RateLimit(clock, 30);
    const wait = (): number => limit.take('waits');
    for (let i = 0; i < 30; i++) wait();
    for (let i = 0; i < 100_000; i++) {
      if (i % 1_000 === 0) clock.advance(10);
      expect(limit.take(`address-${i}`)).toBe(0);
      if (i % 5_000 === 0) expect(wait(), `after ${i}`).toBeGreaterThan(0);
      expect(limit.size).toBeLessThanOrEqual(20_000);
    }
  });

  it('counts each of many addresses by itself', () => {
    const limit = new RateLimit(new ManualClock(0), 2);
    const addresses = Array.from({ length: 5_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    for (const allowed of [true, true, false])
      for (const address of addresses) expect(limit.take(address) === 0, address).toBe(allowed);
  });
});

describe('one peer', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
