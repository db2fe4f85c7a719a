import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawFor, rawOf, REGISTER_TYPES, valueOf, wordsOf } from '../../../../ven-agent/bridges/registers/point.ts';
import type { RegisterPoint, RegisterType } from '../../../../ven-agent/bridges/registers/point.ts';
import { planReads } from '../../../../ven-agent/bridges/registers/reads.ts';

const pointOf = (fields: Partial<RegisterPoint> = {}): RegisterPoint => ({
  address: 0,
  type: 'int16',
  scale: 1,
  sign: 1,
  wordOrder: 'high-first',
  ...fields,
});

const ranges: [Exclude<RegisterType, 'float32'>, number, number][] = [
  ['int16', -0x8000, 0x7fff],
  ['uint16', 0, 0xffff],
  ['int32', -0x80000000, 0x7fffffff],
  ['uint32', 0, 0xffffffff],
  ['int64', -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ['uint64', 0, Number.MAX_SAFE_INTEGER],
];

describe('a value in registers', () => {
  it.each(ranges)(
    'of type %s reads back as it was written, in both word orders, and nothing beyond fits',
    (type, min, max) => {
      for (const wordOrder of ['high-first', 'low-first'] as const) {
        const point = pointOf({ type, wordOrder });
        for (const raw of [min, -1, 0, 1, 12_345, max].filter((each) => each >= min)) {
          const words = wordsOf(point, raw);
          expect(words).toHaveLength(REGISTER_TYPES[type]);
          expect(rawOf(point, words)).toBe(raw);
        }
      }
      for (const raw of [min - 1, max + 1, 0.5, Number.NaN, Infinity]) {
        expect(() => wordsOf(pointOf({ type }), raw)).toThrow(RangeError);
      }
    },
  );

  it('stands in the word order that the device wants', () => {
    expect(wordsOf(pointOf({ type: 'int32' }), 0x12345678)).toEqual([0x1234, 0x5678]);
    expect(wordsOf(pointOf({ type: 'int32', wordOrder: 'low-first' }), 0x12345678)).toEqual([0x5678, 0x1234]);
    expect(rawOf(pointOf({ type: 'float32', wordOrder: 'low-first' }), [0, 0xc2f7])).toBe(-123.5);
  });

  it('that is not a number reads as unknown', () => {
    expect(rawOf(pointOf({ type: 'float32' }), [0x7fc0, 0])).toBeUndefined();
    expect(rawOf(pointOf({ type: 'uint64' }), [0xffff, 0xffff, 0xffff, 0xffff])).toBeUndefined();
  });

  it('is scaled and turned round, and rounded toward zero on its way back', () => {
    const point = pointOf({ scale: 0.1, sign: -1 });
    expect(valueOf(point, 123)).toBeCloseTo(-12.3, 12);
    expect(valueOf(pointOf({ sign: -1 }), 0)).toBe(0);
    expect(rawFor(point, -12.39)).toBe(123);
    expect(rawFor(point, 12.39)).toBe(-123);
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.constantFrom(0.001, 0.01, 0.1, 1, 10, 1_000),
        fc.constantFrom(1 as const, -1 as const),
        (value, scale, sign) => {
          const scaled = pointOf({ scale, sign });
          const held = valueOf(scaled, rawFor(scaled, value));
          expect(Math.abs(held)).toBeLessThanOrEqual(Math.abs(value) * (1 + 1e-8) + 1e-8);
          expect(Math.abs(held - value)).toBeLessThan(scale * 1.000_001);
        },
      ),
    );
  });

  it('that was a whole number of steps stays one', () => {
    fc.assert(
      fc.property(fc.integer({ min: -32_768, max: 32_767 }), fc.constantFrom(0.001, 0.01, 0.1, 1, 10), (raw, scale) => {
        const point = pointOf({ scale });
        expect(rawFor(point, valueOf(point, raw)) === raw).toBe(true);
      }),
    );
  });
});

describe('the requests for many points', () => {
  it('join neighbours, but never ask for what nobody wants nor for more than 125 registers', () => {
    const wanted = (address: number, type: RegisterType, functionCode: 3 | 4 = 3) => ({
      name: `${address}`,
      point: pointOf({ address, type }),
      functionCode,
    });
    expect(
      planReads([wanted(12, 'uint16'), wanted(10, 'int32'), wanted(14, 'uint16'), wanted(13, 'uint16', 4)]),
    ).toEqual([
      { functionCode: 3, address: 10, count: 3 },
      { functionCode: 3, address: 14, count: 1 },
      { functionCode: 4, address: 13, count: 1 },
    ]);
    const many = Array.from({ length: 40 }, (_, index) => wanted(4 * index, 'uint64'));
    expect(planReads(many)).toEqual([
      { functionCode: 3, address: 0, count: 124 },
      { functionCode: 3, address: 124, count: 36 },
    ]);
    expect(planReads([wanted(10, 'uint32'), wanted(10, 'uint16')])).toEqual([
      { functionCode: 3, address: 10, count: 2 },
    ]);
  });
});
