import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDateTime, isNow, parseDateTime } from '@openadr-gateway/shared/time/date-time.ts';

const at = (text: string) => Date.parse(text);

describe('parseDateTime', () => {
  it('reads RFC 3339 with its offset', () => {
    expect(parseDateTime('2026-01-01T12:00:00Z')).toBe(at('2026-01-01T12:00:00Z'));
    expect(parseDateTime('2026-01-01T12:00:00+02:00')).toBe(at('2026-01-01T10:00:00Z'));
    expect(parseDateTime('2026-01-01T00:15:00-09:30')).toBe(at('2026-01-01T09:45:00Z'));
    expect(parseDateTime('2026-01-01t12:00:00z')).toBe(at('2026-01-01T12:00:00Z'));
    expect(parseDateTime('0001-01-01T00:00:00Z')).toBe(at('0001-01-01T00:00:00Z'));
  });

  it('keeps milliseconds and cuts off what is finer', () => {
    expect(parseDateTime('2026-01-01T00:00:00.5Z') % 1000).toBe(500);
    expect(parseDateTime('2026-01-01T00:00:00.123999Z') % 1000).toBe(123);
  });

  it('takes a leap second for the start of the next minute, and only at the end of a day in UTC', () => {
    expect(parseDateTime('2016-12-31T23:59:60Z')).toBe(at('2017-01-01T00:00:00Z'));
    expect(parseDateTime('2017-01-01T00:59:60+01:00')).toBe(at('2017-01-01T00:00:00Z'));
    expect(() => parseDateTime('2016-12-31T22:59:60Z')).toThrow(RangeError);
  });

  it.each([
    '2026-01-01',
    '2026-01-01T12:00:00',
    '2026-01-01T12:00Z',
    '2026-01-01 12:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:61Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+0200',
    ' 2026-01-01T00:00:00Z',
    '20260101T000000Z',
    'now',
    '',
  ])('refuses "%s"', (text) => {
    expect(() => parseDateTime(text)).toThrow(RangeError);
  });

  it('reads back what formatDateTime writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (ms) => {
        expect(parseDateTime(formatDateTime(ms))).toBe(ms);
      }),
    );
  });

  it('agrees with the engine on every date that both know', () => {
    const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }), offset, (date, minutes) => {
        const pad = (n: number) => String(Math.floor(n)).padStart(2, '0');
        const text = `${date.toISOString().slice(0, 23)}${minutes < 0 ? '-' : '+'}${pad(Math.abs(minutes) / 60)}:${pad(Math.abs(minutes) % 60)}`;
        expect(parseDateTime(text)).toBe(Date.parse(text));
      }),
    );
  });
});

describe('isNow', () => {
  it.each([
    '0001-01-01',
    '0001-01-01T00:00:00',
    '0001-01-01T00:00:00Z',
    '0001-01-01T00:00:00.000Z',
    '0001-01-01T00:00:00+00:00',
  ])('understands "%s"', (text) => {
    expect(isNow(text)).toBe(true);
  });

  it.each(['0001-01-02', '0001-01-01T00:00:01Z', '0001-01-01T00:00:00+01:00', '2026-01-01T00:00:00Z', '0', ''])(
    'does not take "%s" for it',
    (text) => {
      expect(isNow(text)).toBe(false);
    },
  );
});

describe('formatDateTime', () => {
  it('writes UTC, and milliseconds only when there are any', () => {
    expect(formatDateTime(at('2026-01-01T00:00:00Z'))).toBe('2026-01-01T00:00:00Z');
    expect(formatDateTime(at('2026-01-01T00:00:00.010Z'))).toBe('2026-01-01T00:00:00.010Z');
  });

  it('refuses what has no four-digit year', () => {
    expect(() => formatDateTime(Infinity)).toThrow(RangeError);
    expect(() => formatDateTime(253_402_300_800_000)).toThrow(RangeError);
  });
});
