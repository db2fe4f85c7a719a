import { describe, expect, it } from 'vitest';
import { guard } from '../../../ven-agent/dispatch/guard.ts';
import type { LastGateFacts } from '../../../ven-agent/dispatch/guard.ts';
import { MW } from './support.ts';

const command = (setpointW: number) => ({ outputLimit: { kind: 'unlimited' as const }, leaseSeconds: 30, setpointW });
const range = (lowW: number, highW: number): LastGateFacts['range'] => ({
  low: { powerW: lowW, because: { reason: 'limit', eventName: 'import' } },
  high: { powerW: highW, because: { reason: 'nameplate' } },
});
const gate: LastGateFacts = { range: range(-10 * MW, 10 * MW), stale: false, elapsedSeconds: 1, leastOutputW: 0 };

describe('the last gate', () => {
  it('passes a set-point inside its bounds as it is', () => {
    expect(guard(command(-3 * MW), gate)).toEqual({ command: command(-3 * MW), reasons: [] });
  });

  it('clamps to its range and the output limit, and says what binds', () => {
    expect(guard(command(-30 * MW), gate)).toMatchObject({
      command: { setpointW: -10 * MW },
      reasons: [{ point: 'setpoint', reason: 'limit', eventName: 'import' }],
    });
    const limited = { ...command(9 * MW), outputLimit: { kind: 'limited' as const, maxW: 2 * MW } };
    expect(guard(limited, gate).command.setpointW).toBe(2 * MW);
  });

  it('never lets a number through that is none: it is zero', () => {
    expect(guard(command(NaN), gate).command.setpointW).toBe(0);
    expect(guard(command(NaN), { ...gate, range: range(3 * MW, 10 * MW) }).command.setpointW).toBe(3 * MW);
    expect(guard(command(Infinity), gate).command.setpointW).toBe(10 * MW);
    const nonsense = { outputLimit: { kind: 'limited' as const, maxW: NaN }, leaseSeconds: 30 };
    expect(guard(nonsense, gate).command.outputLimit).toEqual({ kind: 'limited', maxW: 0 });
    expect(guard({ ...nonsense, outputLimit: { kind: 'limited', maxW: -1 } }, gate).command.outputLimit).toEqual({
      kind: 'limited',
      maxW: 0,
    });
  });

  it('rounds to the inside of the range', () => {
    expect(guard(command(9.9), gate).command.setpointW).toBe(9);
    expect(guard(command(-9.9), gate).command.setpointW).toBe(-9);
  });

  it('moves a set-point into a range that does not hold zero', () => {
    expect(guard(command(0), { ...gate, range: range(-10 * MW, -2 * MW) }).command.setpointW).toBe(-2 * MW);
    expect(guard(command(0), { ...gate, range: range(3 * MW, 10 * MW) }).command.setpointW).toBe(3 * MW);
  });

  it('ramps away from zero, and goes towards zero at once', () => {
    const ramped = { ...gate, rampUpWPerSecond: MW, previousW: 2 * MW, elapsedSeconds: 2 };
    expect(guard(command(9 * MW), ramped)).toMatchObject({
      command: { setpointW: 4 * MW },
      reasons: [{ reason: 'ramp' }],
    });
    expect(guard(command(MW), ramped).command.setpointW).toBe(MW);
    expect(guard(command(-9 * MW), ramped).command.setpointW).toBe(-2 * MW);
  });

  it('increases nothing on a stale reading', () => {
    const stale = { ...gate, stale: true, previousW: 2 * MW };
    expect(guard(command(5 * MW), stale)).toMatchObject({
      command: { setpointW: 2 * MW },
      reasons: [{ reason: 'stale-reading' }],
    });
    expect(guard(command(-5 * MW), stale).command.setpointW).toBe(0);
  });
});
