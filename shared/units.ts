/**
 * Quantities at the door, integers inside. Power is kept in whole W, energy in whole Wh, prices in thousandths of the
 * currency per MWh (which are millionths per kWh). Amounts are read digit by digit and rounded half to even, so that no
 * binary fraction ever stands between what was sent and what is answered.
 */

export type Dimension = 'power' | 'energy' | 'price';

/** A quantity as the APIs carry it. */
export interface Quantity {
  amount: number | string;
  unit: string;
}

/** Powers of ten from the unit to the integer kept inside: 1 MW is 10^6 W; 1 EUR/MWh is 10^3 thousandths of it. */
const UNITS: Record<Dimension, Record<string, number>> = {
  power: { MW: 6, kW: 3, W: 0 },
  energy: { MWh: 6, kWh: 3, Wh: 0 },
  price: { 'EUR/MWh': 3, 'PLN/MWh': 3, 'GBP/MWh': 3 },
};

export type QuantityErrorType = 'missing' | 'type_error' | 'decimal' | 'unit' | 'dimension' | 'out_of_range';

/** What is wrong with a quantity, and in which of its fields. */
export class QuantityError extends Error {
  readonly type: QuantityErrorType;
  /** From the quantity to the field: `[]`, `['amount']` or `['unit']`. */
  readonly path: readonly ('amount' | 'unit')[];

  constructor(type: QuantityErrorType, message: string, path: readonly ('amount' | 'unit')[] = []) {
    super(message);
    this.name = 'QuantityError';
    this.type = type;
    this.path = path;
  }
}

/**
 * Reads `{amount, unit}`, the amount being a JSON number or a plain decimal string.
 *
 * @returns whole W, whole Wh, or thousandths of the currency per MWh.
 * @throws QuantityError for another shape, an amount that is no decimal or too large, a unit of another dimension.
 */
export function parseQuantity(input: unknown, dimension: Dimension): number {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new QuantityError('type_error', `expected {amount, unit}, got ${describe(input)}`);
  }
  const { amount, unit } = input as Record<string, unknown>;
  const exponent = exponentOf(unit, dimension);
  if (amount === undefined) throw new QuantityError('missing', 'amount is required', ['amount']);
  if (typeof amount !== 'number' && typeof amount !== 'string') {
    throw new QuantityError('type_error', `expected a number or a decimal string, got ${describe(amount)}`, ['amount']);
  }
  const value = scaled(typeof amount === 'number' ? plainDigits(amount) : amount, exponent);
  if (value === undefined) {
    throw new QuantityError('decimal', `expected a plain decimal such as "12.5", got ${describe(amount)}`, ['amount']);
  }
  if (!Number.isSafeInteger(value)) throw new QuantityError('out_of_range', `${amount} is too large`, ['amount']);
  return value;
}

/** Power as the APIs answer it, in plain notation without trailing zeros: 12500000 W is `12.5 MW`. */
export function formatMw(powerW: number): { amount: string; unit: 'MW' } {
  return { amount: decimal(powerW, 6), unit: 'MW' };
}

/** Energy as the APIs answer it: 500 Wh is `0.0005 MWh`. */
export function formatMwh(energyWh: number): { amount: string; unit: 'MWh' } {
  return { amount: decimal(energyWh, 6), unit: 'MWh' };
}

/** A price kept in thousandths per MWh as decimal text in whole currency per MWh. */
export function formatPricePerMwh(priceMilliPerMwh: number): string {
  return decimal(priceMilliPerMwh, 3);
}

/**
 * A price kept in thousandths per MWh as whole currency per kWh, for OpenADR payloads. It has at most six decimals, so that
 * JSON shows it digit for digit.
 */
export function pricePerKwh(priceMilliPerMwh: number): number {
  return priceMilliPerMwh / 1_000_000;
}

/** Whole W to the kW of OpenADR payloads. */
export function wToKw(powerW: number): number {
  return powerW / 1000;
}

/** kW to whole W, half to even. @throws RangeError when the number is not finite or too large. */
export function kwToW(powerKw: number): number {
  return thousandfold(powerKw);
}

/** Whole Wh to the kWh of OpenADR payloads. */
export function whToKwh(energyWh: number): number {
  return energyWh / 1000;
}

/** kWh to whole Wh, half to even. @throws RangeError when the number is not finite or too large. */
export function kwhToWh(energyKwh: number): number {
  return thousandfold(energyKwh);
}

/** So many percent (read to a thousandth of one) of a power, in whole W, half to even. @throws RangeError as `kwToW`. */
export function percentOfW(powerW: number, percent: number): number {
  const product = BigInt(powerW) * BigInt(thousandfold(percent));
  const [whole, rest] = [product / 100_000n, product % 100_000n];
  const isUp = rest > 50_000n || (rest === 50_000n && whole % 2n === 1n);
  return Number(isUp ? whole + 1n : whole);
}

function thousandfold(value: number): number {
  const result = scaled(plainDigits(value), 3);
  if (result === undefined || !Number.isSafeInteger(result)) throw new RangeError(`${value} cannot be converted`);
  return result;
}

function exponentOf(unit: unknown, dimension: Dimension): number {
  if (unit === undefined) throw new QuantityError('missing', 'unit is required', ['unit']);
  const expected = `expected a unit of ${dimension} (${Object.keys(UNITS[dimension]).join(', ')})`;
  if (typeof unit !== 'string') throw new QuantityError('type_error', `${expected}, got ${describe(unit)}`, ['unit']);
  if (Object.hasOwn(UNITS[dimension], unit)) return UNITS[dimension][unit] ?? 0;
  const other = (Object.keys(UNITS) as Dimension[]).find((name) => Object.hasOwn(UNITS[name], unit));
  if (other) throw new QuantityError('dimension', `${expected}, got ${unit}, which is a unit of ${other}`, ['unit']);
  throw new QuantityError('unit', `${expected}, got ${describe(unit)}`, ['unit']);
}

/** A number without exponent: 1e-7 is "0.0000001". What is not finite stays a word, which is no decimal. */
function plainDigits(value: number): string {
  const [digits = '', exponent] = String(value).split('e');
  if (exponent === undefined) return digits;
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  const shift = Number(exponent);
  const sign = value < 0 ? '-' : '';
  return shift < 0
    ? `${sign}0.${'0'.repeat(-shift - 1)}${whole}${fraction}`
    : `${sign}${whole}${fraction.padEnd(shift, '0')}`;
}

/** Decimal text times 10^exponent as an integer, half to even; `undefined` when the text is no plain decimal. */
function scaled(text: string, exponent: number): number | undefined {
  // 400 digits hold any JSON number; longer strings are nobody's measurement.
  const m = text.length <= 400 ? /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text) : null;
  if (!m) return undefined;
  const [, sign, whole = '', fraction = ''] = m;
  const kept = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  const rest = fraction.slice(exponent);
  const half = /^50*$/.test(rest);
  const up = half ? kept % 2n === 1n : /^[5-9]/.test(rest);
  const magnitude = Number(up ? kept + 1n : kept);
  return sign === '-' && magnitude !== 0 ? -magnitude : magnitude;
}

/** An integer times 10^-places in plain notation without trailing zeros. */
function decimal(value: number, places: number): string {
  const magnitude = BigInt(value < 0 ? -value : value)
    .toString()
    .padStart(places + 1, '0');
  const fraction = magnitude.slice(-places).replace(/0+$/, '');
  const whole = magnitude.slice(0, -places);
  return `${value < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
}
