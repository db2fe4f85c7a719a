import { describe, expect, it } from 'vitest';
import { handBack } from '../../ven-agent/control.ts';

const limitedTo = (maxW: number) => ({ kind: 'limited', maxW }) as const;

describe('an agent that stops in order leaves behind', () => {
  it('the bound to which the device would fall back, at once, and no set-point', () => {
    const fallback = { outputLimit: limitedTo(1_000) };
    const last = { outputLimit: limitedTo(5_000), setpointW: 3_000, leaseSeconds: 30, fallback };
    expect(handBack(last)).toEqual({ outputLimit: limitedTo(1_000), leaseSeconds: 30, fallback });
  });

  it('a battery standing still where it would fall back to that', () => {
    const fallback = { outputLimit: limitedTo(5_000), setpointW: 0 };
    const last = { outputLimit: limitedTo(5_000), setpointW: -3_000, leaseSeconds: 30, fallback };
    expect(handBack(last)).toEqual({ outputLimit: limitedTo(5_000), setpointW: 0, leaseSeconds: 30, fallback });
  });

  it('everything as it is, but for the set-point, where nothing was to fall back to', () => {
    const last = { outputLimit: { kind: 'unlimited' } as const, setpointW: 3_000, leaseSeconds: 30 };
    expect(handBack(last)).toEqual({ outputLimit: { kind: 'unlimited' }, leaseSeconds: 30 });
  });
});
