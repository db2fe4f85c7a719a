import { describe, expect, it } from 'vitest';
import { sharesTarget, visibleTargets } from '@openadr-gateway/shared/openadr/targets.ts';

describe('targets', () => {
  it('match when the lists have one in common', () => {
    expect(sharesTarget(['a', 'b'], ['c', 'b'])).toBe(true);
    expect(sharesTarget(['a'], ['A'])).toBe(false);
    expect(sharesTarget([], ['a'])).toBe(false);
    expect(sharesTarget(['a'], [])).toBe(false);
  });

  it('are hidden from readers that do not hold them, the others keep their order', () => {
    expect(visibleTargets(['c', 'a', 'b'], ['b', 'c', 'x'])).toEqual(['c', 'b']);
    expect(visibleTargets(['a'], [])).toEqual([]);
  });
});
