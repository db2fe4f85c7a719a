import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dimension } from '@openadr-gateway/shared/units.ts';
import {
  formatMw,
  formatMwh,
  formatPricePerMwh,
  kwhToWh,
  kwToW,
  parseQuantity,
  percentOfW,
  QuantityError,
  whToKwh,
  wToKw,
} from '@openadr-gateway/shared/units.ts';

const whole = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });

function refusal(input: unknown, dimension: Dimension = 'power'): QuantityError {
  try {
    parseQuantity(input, dimension);
  } catch (error) {
    if (error instanceof QuantityError) return error;
  }
  throw new Error('was not refused with a QuantityError');
}

describe('parseQuantity', () => {
  it.each<[number | string, string, Dimension, number]>([
    [12.5, 'MW', 'power', 12_500_000],
    ['12.5', 'MW', 'power', 12_500_000],
    ['-4', 'MW', 'power', -4_000_000],
    ['+4.000', 'kW', 'power', 4_000],
    [0, 'W', 'power', 0],
    ['0.1', 'kWh', 'energy', 100],
    ['1234567.890123', 'MWh', 'energy', 1_234_567_890_123],
    [1e-6, 'MW', 'power', 1],
    [1e-7, 'MW', 'power', 0],
    [1.5e3, 'kW', 'power', 1_500_000],
    ['-42.135', 'EUR/MWh', 'price', -42_135],
    [7, 'PLN/MWh', 'price', 7_000],
  ])('reads %s %s', (amount, unit, dimension, expected) => {
    expect(parseQuantity({ amount, unit }, dimension)).toBe(expected);
  });

  it('rounds half to even', () => {
    const halves = ['0.5', '1.5', '2.5', '-0.5', '-1.5', '2.50000', '2.50001', '2.49999'];
    expect(halves.map((amount) => parseQuantity({ amount, unit: 'W' }, 'power'))).toEqual([0, 2, 2, 0, -2, 2, 3, 2]);
  });

  it('never answers with a negative zero', () => {
    expect(Object.is(parseQuantity({ amount: -0, unit: 'MW' }, 'power'), 0)).toBe(true);
    expect(Object.is(parseQuantity({ amount: '-0.0000001', unit: 'MW' }, 'power'), 0)).toBe(true);
  });

  it('knows no binary fractions: 0.1 + 0.2 MW is read as the double that it is, "0.3" as 0.3', () => {
    expect(parseQuantity({ amount: 0.1 + 0.2, unit: 'MW' }, 'power')).toBe(300_000);
    expect(parseQuantity({ amount: '0.3', unit: 'MW' }, 'power')).toBe(300_000);
    // 4.35 * 1e6 is 4349999.999999999 in doubles.
    expect(parseQuantity({ amount: 1.005, unit: 'kW' }, 'power')).toBe(1_005);
    expect(parseQuantity({ amount: 4.35, unit: 'MW' }, 'power')).toBe(4_350_000);
  });

  it.each<[unknown, string, string[]]>([
    [undefined, 'type_error', []],
    [null, 'type_error', []],
    [12.5, 'type_error', []],
    [[1, 'MW'], 'type_error', []],
    [{ amount: 1 }, 'missing', ['unit']],
    [{ unit: 'MW' }, 'missing', ['amount']],
    [{ amount: true, unit: 'MW' }, 'type_error', ['amount']],
    [{ amount: null, unit: 'MW' }, 'type_error', ['amount']],
    [{ amount: 1, unit: 7 }, 'type_error', ['unit']],
    [{ amount: 1, unit: 'GW' }, 'unit', ['unit']],
    [{ amount: 1, unit: 'mw' }, 'unit', ['unit']],
    [{ amount: 1, unit: 'toString' }, 'unit', ['unit']],
    [{ amount: 1, unit: 'MWh' }, 'dimension', ['unit']],
    [{ amount: '1e3', unit: 'MW' }, 'decimal', ['amount']],
    [{ amount: '12,5', unit: 'MW' }, 'decimal', ['amount']],
    [{ amount: ' 1', unit: 'MW' }, 'decimal', ['amount']],
    [{ amount: '', unit: 'MW' }, 'decimal', ['amount']],
    [{ amount: '.5', unit: 'MW' }, 'decimal', ['amount']],
    [{ amount: '0x10', unit: 'MW' }, 'decimal', ['amount']],
    [{ amount: NaN, unit: 'MW' }, 'decimal', ['amount']],
    [{ amount: Infinity, unit: 'MW' }, 'decimal', ['amount']],
    [{ amount: '1'.repeat(500), unit: 'MW' }, 'decimal', ['amount']],
    [{ amount: 1e300, unit: 'MW' }, 'out_of_range', ['amount']],
    [{ amount: '9007199254.740993', unit: 'MW' }, 'out_of_range', ['amount']],
  ])('refuses %j as %s at %j', (input, type, path) => {
    const error = refusal(input);
    expect([error.type, error.path]).toEqual([type, path]);
  });

  it('says which units it expected, and of what the given one is', () => {
    expect(refusal({ amount: 1, unit: 'MWh' }).message).toBe(
      'expected a unit of power (MW, kW, W), got MWh, which is a unit of energy',
    );
  });

  it('reads back every power and energy that it formats', () => {
    fc.assert(
      fc.property(whole, (value) => {
        expect(parseQuantity(formatMw(value), 'power')).toBe(value);
        expect(parseQuantity(formatMwh(value), 'energy')).toBe(value);
        expect(parseQuantity({ amount: formatPricePerMwh(value), unit: 'EUR/MWh' }, 'price')).toBe(value);
      }),
    );
  });

  it('agrees with exact arithmetic on decimals of any length', () => {
    const decimal = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.bigInt({ min: 0n, max: 10n ** 12n - 1n }));
    fc.assert(
      fc.property(decimal, ([units, parts]) => {
        const amount = `${units}.${parts.toString().padStart(12, '0')}`;
        const [kept, rest] = [units * 1000n + parts / 10n ** 9n, parts % 10n ** 9n];
        const half = 5n * 10n ** 8n;
        const expected = rest > half || (rest === half && kept % 2n === 1n) ? kept + 1n : kept;
        expect(parseQuantity({ amount, unit: 'kW' }, 'power')).toBe(Number(expected));
      }),
    );
  });
});

describe('answers', () => {
  it('are plain decimals without trailing zeros', () => {
    expect([12_500_000, 0, -4_000_000, 1, -500, 10_000_000].map((w) => formatMw(w).amount)).toEqual([
      '12.5',
      '0',
      '-4',
      '0.000001',
      '-0.0005',
      '10',
    ]);
    expect(formatMwh(12_500_000)).toEqual({ amount: '12.5', unit: 'MWh' });
    expect(formatPricePerMwh(-42_130)).toBe('-42.13');
  });

  it('refuse what is not whole', () => {
    expect(() => formatMw(0.5)).toThrow(RangeError);
    expect(() => formatMwh(NaN)).toThrow(RangeError);
  });
});

describe('kW and kWh of OpenADR', () => {
  it('are thousands', () => {
    expect([wToKw(-3_500_000), whToKwh(20_000_000)]).toEqual([-3500, 20_000]);
    expect([kwToW(0.1 + 0.2), kwhToWh(1.0005)]).toEqual([300, 1_000]);
  });

  it('come back exactly', () => {
    fc.assert(
      fc.property(whole, (value) => {
        expect(kwToW(wToKw(value))).toBe(value);
        expect(kwhToWh(whToKwh(value))).toBe(value);
      }),
    );
  });

  it('refuse what is no finite number', () => {
    for (const value of [NaN, Infinity, 1e300]) expect(() => kwToW(value)).toThrow(RangeError);
  });
});

describe('a share of a power in percent', () => {
  it('is exact, rounded half to even', () => {
    expect(percentOfW(20_000_000, 33.3)).toBe(6_660_000);
    expect(percentOfW(20_000_000, 0.1 + 0.2)).toBe(60_000);
    expect([percentOfW(50, 1), percentOfW(150, 1), percentOfW(151, 1)]).toEqual([0, 2, 2]);
    expect([percentOfW(1e12, 0), percentOfW(1e12, 100)]).toEqual([0, 1e12]);
  });

  it('refuses what is no finite number', () => {
    expect(() => percentOfW(1, NaN)).toThrow(RangeError);
  });
});
