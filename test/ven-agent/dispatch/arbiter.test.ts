import { describe, expect, it } from 'vitest';
import { arbitrate, initialArbiterState } from '../../../ven-agent/dispatch/arbiter.ts';
import type { ArbiterInput } from '../../../ven-agent/dispatch/arbiter.ts';
import type { Cap, Envelope } from '../../../ven-agent/scheduler/envelope.ts';
import { bess, NOON, pv } from '../builders.ts';

const MW = 1_000_000;
const free: Cap = { limit: { kind: 'unlimited' }, source: { kind: 'none' } };
const cap = (maxW: number, eventName = 'limits/BESS_1'): Cap => ({
  limit: { kind: 'limited', maxW },
  source: { kind: 'event', eventId: 'e', eventName },
});
const setpoint = (powerW: number) => ({ powerW, endMs: NOON, eventId: 's', eventName: 'dispatch/BESS_1' });

function decide(envelope: Partial<Envelope>, fields: Partial<ArbiterInput> = {}) {
  const capabilities = fields.capabilities ?? bess;
  return arbitrate({
    envelope: { importCap: free, exportCap: free, ...envelope },
    standing: { importCap: free, exportCap: free },
    bounds: { chargeW: capabilities.maxChargeW, dischargeW: capabilities.maxDischargeW },
    capabilities,
    measuredPowerW: 0,
    whenNoSetpoint: 'release',
    leaseSeconds: 30,
    state: initialArbiterState,
    ...fields,
  });
}

describe('the arbiter', () => {
  it('leaves a device alone when nothing is ordered', () => {
    expect(decide({})).toMatchObject({ command: { outputLimit: { kind: 'unlimited' } }, why: [] });
    expect(decide({}).command).not.toHaveProperty('setpointW');
    expect(decide({}).command).not.toHaveProperty('fallback');
  });

  it('limits the output to the export cap and says by which event', () => {
    const { command, why } = decide({ exportCap: cap(3 * MW) });
    expect(command.outputLimit).toEqual({ kind: 'limited', maxW: 3 * MW });
    expect(why).toEqual([{ point: 'output', reason: 'limit', eventName: 'limits/BESS_1' }]);
  });

  it('meets a set-point inside the limits', () => {
    expect(decide({ setpoint: setpoint(-2 * MW), importCap: cap(4 * MW) }).command.setpointW).toBe(-2 * MW);
  });

  it('lets limits beat set-points, in both directions, and says so', () => {
    const charge = decide({ setpoint: setpoint(-8 * MW), importCap: cap(4 * MW) });
    expect(charge.command.setpointW).toBe(-4 * MW);
    expect(charge.why.map((w) => w.reason)).toEqual(['dispatch', 'limit']);
    expect(decide({ setpoint: setpoint(8 * MW), exportCap: cap(0) }).command.setpointW).toBe(0);
  });

  it('clamps a set-point to what the device can do', () => {
    const { command, why } = decide({ setpoint: setpoint(50 * MW) });
    expect(command.setpointW).toBe(10 * MW);
    expect(why).toContainEqual({ point: 'setpoint', reason: 'nameplate' });
  });

  it('stops charging, not discharging, at the energy ceiling', () => {
    const bounds = { chargeW: 0, dischargeW: 10 * MW, chargeReason: 'energy-ceiling' as const };
    const { command, why } = decide({ setpoint: setpoint(-5 * MW) }, { bounds });
    expect(command.setpointW).toBe(0);
    expect(why).toContainEqual({ point: 'setpoint', reason: 'energy-ceiling' });
    expect(decide({ setpoint: setpoint(5 * MW) }, { bounds }).command.setpointW).toBe(5 * MW);
  });

  it('closes the output at the energy floor, also without a set-point', () => {
    const bounds = { chargeW: 10 * MW, dischargeW: 0, dischargeReason: 'energy-floor' as const };
    expect(decide({}, { bounds }).command.outputLimit).toEqual({ kind: 'limited', maxW: 0 });
  });

  it('curtails a device without set-point to a set-point of generation', () => {
    const { command } = decide({ setpoint: setpoint(2 * MW) }, { capabilities: pv });
    expect(command).toMatchObject({ outputLimit: { kind: 'limited', maxW: 2 * MW } });
    expect(command).not.toHaveProperty('setpointW');
    const limited = decide({ setpoint: setpoint(2 * MW), exportCap: cap(MW) }, { capabilities: pv });
    expect(limited.command.outputLimit).toEqual({ kind: 'limited', maxW: MW });
  });

  it('holds an idle device at zero while nobody gives a set-point', () => {
    expect(decide({}, { whenNoSetpoint: 'idle' }).command.setpointW).toBe(0);
  });
});

describe('a charge cap, for which devices have no register', () => {
  it('leaves a released device alone as long as it keeps to the cap', () => {
    expect(decide({ importCap: cap(4 * MW) }, { measuredPowerW: -4 * MW }).command).not.toHaveProperty('setpointW');
  });

  it('takes a released device over at the cap when it charges above it', () => {
    const { command, state, why } = decide({ importCap: cap(4 * MW) }, { measuredPowerW: -6 * MW });
    expect(command.setpointW).toBe(-4 * MW);
    expect(state.takenOver).toBe(true);
    expect(why.map((w) => w.reason)).toEqual(['charging-over-cap', 'limit']);
  });

  it('holds on as long as the cap lasts, so that the device does not flap, and lets go when it ends', () => {
    const taken = { state: { takenOver: true }, measuredPowerW: -4 * MW };
    expect(decide({ importCap: cap(4 * MW) }, taken).command.setpointW).toBe(-4 * MW);
    const after = decide({}, taken);
    expect(after.command).not.toHaveProperty('setpointW');
    expect(after.state.takenOver).toBe(false);
  });

  it('takes over when it cannot see what the device does', () => {
    expect(decide({ importCap: cap(0) }, { measuredPowerW: undefined }).command.setpointW).toBe(0);
  });
});

describe('the fallback, for when the agent falls silent', () => {
  it('is the standing limit, or the stricter order in force', () => {
    const standing: Envelope = { importCap: free, exportCap: cap(5 * MW) };
    expect(decide({ exportCap: cap(8 * MW) }, { standing }).command.fallback).toEqual({
      outputLimit: { kind: 'limited', maxW: 5 * MW },
    });
    expect(decide({ exportCap: cap(MW) }, { standing }).command.fallback).toEqual({
      outputLimit: { kind: 'limited', maxW: MW },
    });
  });

  it('never keeps a set-point up, and stands still under a charge cap', () => {
    expect(decide({ setpoint: setpoint(5 * MW) }).command).not.toHaveProperty('fallback');
    expect(decide({ setpoint: setpoint(-5 * MW), importCap: cap(4 * MW) }).command.fallback).toMatchObject({
      setpointW: 0,
    });
  });
});
