import { describe, expect, it } from 'vitest';
import { isTimeZone } from '@openadr-gateway/shared/time/time-zone.ts';

describe('time zones', () => {
  it.each(['Europe/Madrid', 'Atlantic/Canary', 'America/Argentina/Buenos_Aires', 'UTC', 'Etc/GMT+1'])(
    '%s is one',
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );

  it.each(['', 'Madrid', '+01:00', 'Europe/Madrid ', 'Europe/Nowhere', '../etc', 'Europe/'])('%j is none', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
