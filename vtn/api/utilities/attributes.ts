import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import type { UtilityPatch, UtilityRow } from '../../store/utilities.ts';
import { forbidden } from '../errors.ts';
import { decimalText, Faults } from '../operations/fields.ts';

interface Attribute {
  column: keyof UtilityRow;
  /** Decimals after the point, and digits in all. Answered with all its decimals. */
  decimal?: { places: number; digits: number };
  isBoolean?: true;
  /** Leaders may change it, of their own utility. */
  isLeaders?: true;
  /** Nobody but admins sees or changes it. */
  isAdmins?: true;
}

/** The attributes that can be written, in the order of answers. The document says which types they have and which are required. */
const ATTRIBUTES: Readonly<Record<string, Attribute>> = {
  address: { column: 'address', isLeaders: true },
  aptifyId: { column: 'aptify_id' },
  aptifyOrderId: { column: 'aptify_order_id' },
  averageAnnualHouseholdIncome: {
    column: 'average_annual_household_income',
    decimal: { places: 2, digits: 12 },
    isLeaders: true,
  },
  averageAnnualMegawattHours: {
    column: 'average_annual_megawatt_hours',
    decimal: { places: 9, digits: 15 },
    isLeaders: true,
  },
  city: { column: 'city', isLeaders: true },
  estIsActive: { column: 'est_is_active', isBoolean: true },
  estSubscriptionId: { column: 'est_subscription_id', isAdmins: true },
  isActive: { column: 'is_active', isBoolean: true },
  name: { column: 'name' },
  state: { column: 'state', isLeaders: true },
  totalCustomers: { column: 'total_customers', isLeaders: true },
  totalSubscriptions: { column: 'total_subscriptions' },
  milesOfLine: { column: 'miles_of_line' },
  lineLengthOverhead: { column: 'line_length_overhead' },
  lineLengthUnderground: { column: 'line_length_underground' },
  useMeters: { column: 'use_meters', isBoolean: true, isLeaders: true },
  zipCode: { column: 'zip_code', isLeaders: true },
};

/** Attributes as the body has them; validated against the document. `whenUpdate` is the server's: what is sent is left out. */
export type AttributesIn = Readonly<Record<string, string | number | boolean | null>>;

/** @throws ApiError 403 naming every attribute that a leader may not change. */
export function requireLeaders(sent: AttributesIn): void {
  const others = Object.keys(sent).filter((name) => ATTRIBUTES[name] && !ATTRIBUTES[name].isLeaders);
  if (others.length === 0) return;
  const issues = others.map((name) => ({
    loc: ['body', 'data', 'attributes', name],
    msg: 'expected it to be left out: only admins may change it',
    type: 'forbidden',
  }));
  throw forbidden(`a leader may not change ${others.join(', ')}`, issues);
}

/** What is sent, as it is stored. @throws ApiError 422 naming every decimal that has too many digits. */
export function readAttributes(sent: AttributesIn): UtilityPatch {
  const faults = new Faults();
  const patch = Object.entries(ATTRIBUTES).flatMap(([name, { column, decimal, isBoolean }]) => {
    const value = sent[name];
    if (value === undefined) return [];
    if (isBoolean) return [[column, value === true ? 1 : 0]];
    return [[column, decimal ? readDecimal(faults, name, value as string | number | null, decimal) : value]];
  });
  faults.throwIfAny();
  return Object.fromEntries(patch) as UtilityPatch;
}

/** @param isAdmin whether the reader sees what is for admins. */
export function attributesOf(row: UtilityRow, isAdmin: boolean): Record<string, unknown> {
  const { zipCode, ...rest } = Object.fromEntries(
    Object.entries(ATTRIBUTES)
      .filter(([, { isAdmins }]) => isAdmin || !isAdmins)
      .map(([name, { column, decimal, isBoolean }]): [string, unknown] => {
        const value = row[column];
        if (isBoolean) return [name, value === 1];
        return [name, decimal && typeof value === 'string' ? withPlaces(value, decimal.places) : value];
      }),
  );
  return { ...rest, whenUpdate: formatDateTime(row.updated_ms), zipCode };
}

function readDecimal(
  faults: Faults,
  name: string,
  value: string | number | null,
  { places, digits }: { places: number; digits: number },
): string | null {
  const text = decimalText(value);
  const [whole = '', fraction = ''] = (text ?? '').replace('-', '').split('.');
  if (whole.length <= digits - places && fraction.length <= places) return text;
  const msg = `expected at most ${digits - places} digits before the point and ${places} after it`;
  faults.add(['body', 'data', 'attributes', name], 'decimal', msg, value, { digits, places });
  return null;
}

/** `5` with two places is `5.00`. */
function withPlaces(text: string, places: number): string {
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(places, '0')}`;
}
