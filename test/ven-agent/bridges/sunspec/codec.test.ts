import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Block } from '../../../../ven-agent/bridges/sunspec/block.ts';
import {
  decodeNumber,
  decodeText,
  encodeNumber,
  encodeText,
  notImplemented,
  scaleDown,
  scaleUp,
} from '../../../../ven-agent/bridges/sunspec/codec.ts';
import {
  MODEL_103,
  MODEL_113,
  MODEL_124,
  MODEL_203,
  MODEL_213,
  MODEL_701,
  MODEL_704,
  MODEL_714,
  MODEL_802,
} from '../../../../ven-agent/bridges/sunspec/models/index.ts';
import { defineModel, POINT_SIZES } from '../../../../ven-agent/bridges/sunspec/models/model.ts';
import type { Point, PointType } from '../../../../ven-agent/bridges/sunspec/models/model.ts';

function pointOfType(type: PointType): Point {
  return { name: 'X', type, offset: 0, size: POINT_SIZES[type], scaleFactor: undefined, isWritable: true };
}

const ranges: [PointType, number, number][] = [
  ['uint16', 0, 0xfffe],
  ['enum16', 0, 0xfffe],
  ['bitfield16', 0, 0xfffe],
  ['int16', -32_767, 32_767],
  ['sunssf', -10, 10],
  ['uint32', 0, 0xfffffffe],
  ['bitfield32', 0, 0x7fffffff],
  ['acc32', 1, 0xffffffff],
  ['int32', -2_147_483_647, 2_147_483_647],
  ['uint64', 0, Number.MAX_SAFE_INTEGER],
];

describe('SunSpec values in registers', () => {
  it.each(ranges)('%s reads back as it was written, from its smallest to its largest value', (type, min, max) => {
    const point = pointOfType(type);
    for (const edge of [min, max]) expect(decodeNumber(point, encodeNumber(point, edge))).toBe(edge);
    fc.assert(
      fc.property(fc.maxSafeInteger(), (seed) => {
        const value = min + (Math.abs(seed) % (max - min + 1));
        expect(decodeNumber(point, encodeNumber(point, value))).toBe(value);
      }),
    );
  });

  it.each(ranges)('%s can never be written outside its range, its not-implemented value included', (type, min, max) => {
    const point = pointOfType(type);
    for (const value of [min - 1, max + 1, Number.NaN, Infinity, min + 0.5]) {
      expect(() => encodeNumber(point, value)).toThrow(RangeError);
    }
  });

  it.each(ranges)('%s that is not implemented reads as unknown', (type) => {
    const point = pointOfType(type);
    expect(decodeNumber(point, notImplemented(point))).toBeUndefined();
  });

  it('never encodes the registers that mean "not implemented", whatever the value', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ranges), fc.double({ noDefaultInfinity: true }), ([type], value) => {
        const point = pointOfType(type);
        let words: number[];
        try {
          words = encodeNumber(point, Math.round(value));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(words).not.toEqual(notImplemented(point));
      }),
    );
  });

  it('puts the high word first', () => {
    expect(encodeNumber(pointOfType('uint32'), 0x12345678)).toEqual([0x1234, 0x5678]);
    expect(encodeNumber(pointOfType('int32'), -2)).toEqual([0xffff, 0xfffe]);
    expect(encodeNumber(pointOfType('uint64'), 0x1_0000_0002)).toEqual([0, 1, 0, 2]);
  });

  it('reads floats of 32 bits, and neither NaN nor infinity as a number', () => {
    const point = pointOfType('float32');
    expect(encodeNumber(point, -123.5)).toEqual([0xc2f7, 0]);
    expect(decodeNumber(point, [0xc2f7, 0])).toBe(-123.5);
    for (const words of [notImplemented(point), [0x7fc0, 1], [0xffff, 0xffff], [0x7f80, 0]]) {
      expect(decodeNumber(point, words)).toBeUndefined();
    }
    for (const value of [Number.NaN, Infinity, 1e39]) expect(() => encodeNumber(point, value)).toThrow(RangeError);
  });

  it('reads texts without their padding, and an empty one as unknown', () => {
    const point = pointOfType('string8');
    expect(decodeText(point, encodeText(point, 'Kölner Str'))).toBe('Kölner Str');
    expect(decodeText(point, encodeText(point, 'longer than sixteen'))).toBe('longer than sixt');
    expect(decodeText(point, [0x4142, 0x2020, 0x2020, 0, 0, 0, 0, 0])).toBe('AB');
    expect(decodeText(point, notImplemented(point))).toBeUndefined();
  });
});

describe('scaling', () => {
  it('rounds a limit down and a set-point toward zero', () => {
    expect(scaleDown(61.729, -2, 'down')).toBe(6_172);
    expect(scaleDown(-1_234_567, 3, 'towardZero')).toBe(-1_234);
    expect(scaleDown(1_234_567, 3, 'towardZero')).toBe(1_234);
    expect(scaleDown(1_999, 3, 'nearest')).toBe(2);
  });

  it('does not lose a step to binary fractions: what was a whole number of steps stays one', () => {
    fc.assert(
      fc.property(fc.integer({ min: -65_534, max: 65_534 }), fc.integer({ min: -6, max: 4 }), (raw, factor) => {
        const value = scaleUp(raw, factor);
        for (const rounding of ['down', 'towardZero', 'nearest'] as const) {
          expect(scaleDown(value, factor, rounding) === raw).toBe(true);
        }
      }),
    );
  });

  it('never rounds a limit up nor a set-point away from zero', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e8, max: 1e8, noNaN: true }), fc.integer({ min: -3, max: 4 }), (value, factor) => {
        const slack = 1e-6 * Math.max(1, Math.abs(value));
        expect(scaleUp(scaleDown(value, factor, 'down'), factor)).toBeLessThanOrEqual(value + slack);
        const towardZero = scaleUp(scaleDown(value, factor, 'towardZero'), factor);
        expect(Math.abs(towardZero)).toBeLessThanOrEqual(Math.abs(value) + slack);
      }),
    );
  });
});

describe('a block of points', () => {
  const model = defineModel(64_000, [
    ['ID', 'uint16'],
    ['L', 'uint16'],
    ['W', 'int16', 'W_SF'],
    ['W_SF', 'sunssf'],
  ]);

  it('multiplies by the scale factor that was read with it', () => {
    expect(new Block(model, [64_000, 2, 0xffff, 3]).value('W')).toBe(-1_000);
    expect(new Block(model, [64_000, 2, 12_345, 0xfffe]).value('W')).toBe(123.45);
  });

  it('does not know a value whose scale factor is missing or impossible', () => {
    expect(new Block(model, [64_000, 2, 100, 0x8000]).value('W')).toBeUndefined();
    expect(new Block(model, [64_000, 2, 100, 11]).value('W')).toBeUndefined();
    expect(new Block(model, [64_000, 2, 0x8000, 0]).value('W')).toBeUndefined();
    expect(new Block(model, [64_000, 2, 100]).value('W')).toBeUndefined();
  });
});

describe('the models', () => {
  it.each([
    [
      MODEL_124,
      { WChaMax: 2, StorCtl_Mod: 5, ChaState: 8, OutWRte: 12, InWRte: 13, ChaGriSet: 17, InOutWRte_SF: 25 },
      24,
    ],
    [MODEL_714, { DCW: 6 }, 18],
    [MODEL_802, { SoC: 11, SoC_SF: 56, LocRemCtl: 17, Hb: 18, CtrlHb: 19, State: 22, W: 47, W_SF: 63 }, 62],
    [MODEL_113, { W: 22, WH: 32, St: 48 }, 60],
    [MODEL_203, { W: 18, W_SF: 22, TotWhExp: 38, TotWhImp: 46, TotWh_SF: 54 }, 105],
    [MODEL_213, { W: 28, TotWhExp: 60, TotWhImp: 68 }, 124],
    [MODEL_103, { W: 14, W_SF: 15, WH: 24, WH_SF: 26, St: 38, Evt1: 40 }, 50],
    [
      MODEL_701,
      { St: 3, InvSt: 4, ConnSt: 5, Alrm: 6, W: 10, TotWhInj: 19, TotWhAbs: 23, W_SF: 116, TotWh_SF: 120 },
      153,
    ],
    [
      MODEL_704,
      {
        WMaxLimPctEna: 14,
        WMaxLimPct: 15,
        WMaxLimPctRvrtTms: 18,
        WMaxLimPctRvrtRem: 20,
        WSetEna: 22,
        WSet: 24,
        WSetRvrt: 26,
        WSetEnaRvrt: 30,
        WSetRvrtTms: 31,
        WSetRvrtRem: 33,
        WMaxLimPct_SF: 54,
        WSet_SF: 55,
      },
      65,
    ],
  ])('have the lengths and offsets of the standard', (model, offsets, length) => {
    expect(model.length).toBe(length);
    for (const [name, offset] of Object.entries(offsets)) {
      expect([name, (model.points as ReadonlyMap<string, Point>).get(name)?.offset]).toEqual([name, offset]);
    }
  });

  it('name a scale factor that they have', async () => {
    const { MODELS } = await import('../../../../ven-agent/bridges/sunspec/models/index.ts');
    const lengths = [...MODELS.values()].map(({ id, length }) => [id, length]);
    expect(lengths).toEqual([
      [1, 66],
      ...[101, 102, 103].map((id) => [id, 50]),
      ...[111, 112, 113].map((id) => [id, 60]),
      [120, 26],
      [121, 30],
      [123, 24],
      [124, 24],
      ...[201, 202, 203, 204].map((id) => [id, 105]),
      ...[211, 212, 213, 214].map((id) => [id, 124]),
      [701, 153],
      [702, 50],
      [704, 65],
      [713, 7],
      [714, 18],
      [715, 7],
      [802, 62],
    ]);
    for (const model of MODELS.values()) {
      for (const point of model.points.values()) {
        if (point.scaleFactor !== undefined) expect(model.points.get(point.scaleFactor)?.type).toBe('sunssf');
      }
    }
  });
});
