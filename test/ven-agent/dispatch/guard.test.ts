import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitrate } from '../../../ven-agent/dispatch/arbiter.ts';
import { boundsOf, guard, initialGuardState } from '../../../ven-agent/dispatch/guard.ts';
import type { EnergyFacts, LastGateFacts } from '../../../ven-agent/dispatch/guard.ts';
import type { Cap } from '../../../ven-agent/scheduler/envelope.ts';
import { bess, NOON } from '../builders.ts';

const MW = 1_000_000;
const command = (setpointW: number) => ({ outputLimit: { kind: 'unlimited' as const }, leaseSeconds: 30, setpointW });
const gate: LastGateFacts = { chargeW: 10 * MW, dischargeW: 10 * MW, stale: false, elapsedSeconds: 1 };

describe('the energy bounds', () => {
  const facts: EnergyFacts = { capabilities: bess, socMin: 0.1, socMax: 0.9 };
  const bounds = (socFraction: number | undefined, state = initialGuardState, more: Partial<EnergyFacts> = {}) =>
    boundsOf({ ...facts, socFraction, ...more }, state);

  it('are the nameplate between floor and ceiling', () => {
    expect(bounds(0.5).bounds).toEqual({ chargeW: 10 * MW, dischargeW: 10 * MW });
  });

  it('allow no discharge at the floor and no charge at the ceiling', () => {
    expect(bounds(0.1).bounds).toMatchObject({ dischargeW: 0, dischargeReason: 'energy-floor', chargeW: 10 * MW });
    expect(bounds(0.9).bounds).toMatchObject({ chargeW: 0, chargeReason: 'energy-ceiling', dischargeW: 10 * MW });
  });

  it('allow a direction again only when the energy is back inside by a hundredth of the capacity', () => {
    const stopped = { dischargeStopped: true, chargeStopped: false };
    expect(bounds(0.105, stopped).bounds.dischargeW).toBe(0);
    expect(bounds(0.111, stopped).bounds.dischargeW).toBe(10 * MW);
    expect(bounds(0.105).bounds.dischargeW).toBe(10 * MW);
  });

  it('take the narrower of configuration and schedule', () => {
    expect(bounds(0.3, initialGuardState, { energyMinWh: 7 * MW }).bounds.dischargeW).toBe(0);
    expect(bounds(0.3, initialGuardState, { energyMaxWh: 5 * MW }).bounds.chargeW).toBe(0);
  });

  it('stay as they were decided while the state of charge is unknown', () => {
    const stopped = { dischargeStopped: true, chargeStopped: false };
    expect(bounds(undefined, stopped).state).toEqual(stopped);
    expect(bounds(undefined).state).toEqual(initialGuardState);
  });
});

describe('the last gate', () => {
  it('passes a set-point inside its bounds as it is', () => {
    expect(guard(command(-3 * MW), gate)).toEqual({ command: command(-3 * MW), reasons: [] });
  });

  it('clamps to bounds and output limit', () => {
    expect(guard(command(-30 * MW), gate).command.setpointW).toBe(-10 * MW);
    const limited = { ...command(9 * MW), outputLimit: { kind: 'limited' as const, maxW: 2 * MW } };
    expect(guard(limited, gate).command.setpointW).toBe(2 * MW);
  });

  it('never lets a number through that is none', () => {
    expect(guard(command(NaN), gate).command).not.toHaveProperty('setpointW');
    expect(guard(command(Infinity), gate).command.setpointW).toBe(10 * MW);
  });

  it('ramps away from zero, and goes towards zero at once', () => {
    const ramped = { ...gate, rampUpWPerSecond: MW, previousSetpointW: 2 * MW, elapsedSeconds: 2 };
    expect(guard(command(9 * MW), ramped)).toMatchObject({ command: { setpointW: 4 * MW }, reasons: ['ramp'] });
    expect(guard(command(MW), ramped).command.setpointW).toBe(MW);
    expect(guard(command(-9 * MW), ramped).command.setpointW).toBe(-2 * MW);
  });

  it('increases nothing on a stale reading', () => {
    const stale = { ...gate, stale: true, previousSetpointW: 2 * MW };
    expect(guard(command(5 * MW), stale)).toMatchObject({
      command: { setpointW: 2 * MW },
      reasons: ['stale-reading'],
    });
    expect(guard(command(-5 * MW), stale).command.setpointW).toBe(0);
  });
});

describe('whatever is asked and measured', () => {
  const watts = fc.integer({ min: -30 * MW, max: 30 * MW });
  const cap = fc.option(fc.integer({ min: 0, max: 20 * MW }), { nil: undefined });
  const toCap = (maxW: number | undefined): Cap =>
    maxW === undefined
      ? { limit: { kind: 'unlimited' }, source: { kind: 'none' } }
      : { limit: { kind: 'limited', maxW }, source: { kind: 'configuration' } };

  it('no command leaves the envelope', () => {
    fc.assert(
      fc.property(
        fc.record({
          importW: cap,
          exportW: cap,
          wantedW: fc.option(watts, { nil: undefined }),
          measuredW: fc.option(watts, { nil: undefined }),
          soc: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
          previousW: fc.option(watts, { nil: undefined }),
          ramp: fc.option(fc.integer({ min: 1, max: 5 * MW }), { nil: undefined }),
          stale: fc.boolean(),
          takenOver: fc.boolean(),
          idle: fc.boolean(),
        }),
        (s) => {
          const energy = { capabilities: bess, socFraction: s.soc, socMin: 0.1, socMax: 0.9 };
          const { bounds } = boundsOf(energy, initialGuardState);
          const envelope = { importCap: toCap(s.importW), exportCap: toCap(s.exportW) };
          const setpoint = { powerW: s.wantedW ?? 0, endMs: NOON, eventId: 'e', eventName: 'e' };
          const decision = arbitrate({
            envelope: s.wantedW === undefined ? envelope : { ...envelope, setpoint },
            standing: envelope,
            bounds,
            capabilities: bess,
            measuredPowerW: s.measuredW,
            whenNoSetpoint: s.idle ? 'idle' : 'release',
            leaseSeconds: 30,
            state: { takenOver: s.takenOver },
          });
          const { command: safe } = guard(decision.command, {
            chargeW: decision.chargeW,
            dischargeW: decision.dischargeW,
            previousSetpointW: s.previousW,
            stale: s.stale,
            rampUpWPerSecond: s.ramp,
            elapsedSeconds: 1,
          });
          const highest = safe.outputLimit.kind === 'limited' ? safe.outputLimit.maxW : Infinity;
          expect(highest).toBeLessThanOrEqual(s.exportW ?? Infinity);
          const power = safe.setpointW ?? 0;
          expect(power).toBeLessThanOrEqual(Math.min(s.exportW ?? Infinity, bounds.dischargeW));
          expect(-power).toBeLessThanOrEqual(Math.min(s.importW ?? Infinity, bounds.chargeW));
          // Charging above the cap without a set-point is never left to the device.
          const over = s.measuredW === undefined || -s.measuredW > (s.importW ?? Infinity) + 0.01 * bess.maxChargeW;
          if (over && (s.importW ?? Infinity) < bess.maxChargeW) expect(safe.setpointW).toBeDefined();
        },
      ),
      { numRuns: 5000 },
    );
  });
});
