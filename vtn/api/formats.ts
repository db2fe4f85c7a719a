import type { Ajv } from 'ajv';
import { isNow, parseDateTime } from '@openadr-gateway/shared/time/date-time.ts';

const INT32 = 2 ** 31;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** What each format expects, in the words of an error message. */
export const FORMAT_WORDS: Readonly<Record<string, string>> = {
  'date-time': 'a date and time as in RFC 3339 with its offset, such as 2026-01-31T14:30:00Z',
  date: 'a date, such as 2026-01-31',
  int32: 'a whole number between -2147483648 and 2147483647',
  int64: 'a whole number',
  uri: 'an absolute URI',
  uuid: 'a UUID',
};

/**
 * Teaches a validator the formats that our documents use. `date-time` is what `parseDateTime` reads plus OpenADR's forms of
 * "now" (Definition "intervalPeriod": a start of 0001-01-01 means now), so that what passes here is parsed later without surprise.
 */
export function addFormats(ajv: Ajv): Ajv {
  ajv.addFormat('date-time', (text) => isNow(text) || parses(() => parseDateTime(text)));
  ajv.addFormat('date', isDate);
  ajv.addFormat('int32', { type: 'number', validate: (n) => Number.isInteger(n) && n >= -INT32 && n < INT32 });
  ajv.addFormat('int64', { type: 'number', validate: Number.isSafeInteger });
  ajv.addFormat('float', { type: 'number', validate: Number.isFinite });
  ajv.addFormat('double', { type: 'number', validate: Number.isFinite });
  ajv.addFormat('uri', (text) => URL.canParse(text));
  ajv.addFormat('uuid', UUID);
  ajv.addFormat('password', true);
  ajv.addFormat('decimal', /^-?\d+(?:\.\d+)?$/);
  return ajv;
}

function parses(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

function isDate(text: string): boolean {
  const parts = DATE.exec(text);
  if (!parts) return false;
  const [, year, month, day] = parts.map(Number);
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day ?? 0));
  return date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
}
