import { describe, expect, it } from 'vitest';
import { LIFECYCLES, TRANSITIONS, mayBeDeleted } from '../../../vtn/domain/lifecycle.ts';
import { deliveryAreasOf, isAreaOf } from '../../../vtn/domain/markets.ts';

describe('the lifecycle of an asset', () => {
  it('lets go only of drafts and of what was decommissioned', () => {
    expect(LIFECYCLES.filter(mayBeDeleted)).toEqual(['DRAFT', 'DECOMMISSIONED']);
  });

  it('has one step per action', () => {
    expect(Object.values(TRANSITIONS).map(({ from, to }) => `${from} ${to}`)).toEqual([
      'DRAFT COMMISSIONING',
      'COMMISSIONING LIVE',
      'LIVE SUSPENDED',
      'SUSPENDED LIVE',
      'LIVE DECOMMISSIONED',
    ]);
  });
});

describe('delivery areas', () => {
  it('belong to one region each', () => {
    expect(deliveryAreasOf('DE')).toEqual(['50HZ', 'AMPN', 'TNBW', 'TNNT']);
    expect(deliveryAreasOf('PL')).toEqual(['PSE']);
    expect(isAreaOf('PSE', 'DE')).toBe(false);
    expect(isAreaOf('TNNT', 'DE')).toBe(true);
  });
});
