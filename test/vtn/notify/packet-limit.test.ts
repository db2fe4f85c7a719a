import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packetScanner } from '../../../vtn/notify/packet-limit.ts';

/** An MQTT packet with so many bytes after its fixed header (MQTT 3.1.1 2.2). */
function packet(bytes: number): Buffer {
  const length: number[] = [];
  let rest = bytes;
  do {
    length.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([0x30, ...length]), Buffer.alloc(bytes, 0xff)]);
}

describe('the packet limit', () => {
  it('lets packets up to the limit pass however they are cut into pieces', () => {
    const stream = Buffer.concat([0, 1, 0, 127, 128, 130, 1000, 2, 0].map(packet));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (sizes) => {
        const scan = packetScanner(1000);
        let at = 0;
        for (let n = 0; at < stream.length; n += 1) {
          const size = sizes[n % sizes.length] ?? 1;
          expect(scan(stream.subarray(at, at + size))).toBe(true);
          at += size;
        }
      }),
    );
  });

  it('refuses a longer packet at its length, in whatever pieces it comes and whatever came before', () => {
    const scan = packetScanner(1000);
    expect(scan(packet(900))).toBe(true);
    const long = packet(1001);
    expect(scan(long.subarray(0, 2))).toBe(true);
    expect(scan(long.subarray(2, 3))).toBe(false);
  });

  it('refuses a length of more than four bytes', () => {
    expect(packetScanner(Number.MAX_SAFE_INTEGER)(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80]))).toBe(false);
    expect(packetScanner(Number.MAX_SAFE_INTEGER)(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]))).toBe(true);
  });
});
