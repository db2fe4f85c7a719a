import { describe, expect, it } from 'vitest';
import { arbitrate } from '../../../ven-agent/dispatch/arbiter.ts';
import type { DeviceFacts } from '../../../ven-agent/dispatch/site.ts';
import type { Envelope } from '../../../ven-agent/scheduler/envelope.ts';
import { bess, NOON } from '../builders.ts';
import { battery, cap, decideOne, free, MW, power, solar, unbound } from './support.ts';

function decide(envelope: Partial<Envelope>, fields: Partial<DeviceFacts> = {}) {
  return decideOne(battery({ envelope: { ...unbound, ...envelope }, ...fields }));
}

const idle = { whenNoSetpoint: 'idle', dropsOutAtZero: false } as const;

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

  it('writes a cap above the nameplate, which limits nothing', () => {
    const { command, why } = decide({ exportCap: cap(30 * MW) });
    expect(command.outputLimit).toEqual({ kind: 'limited', maxW: 30 * MW });
    expect(why).toEqual([]);
  });

  it('meets a set-point inside the limits', () => {
    expect(decide({ setpoint: power(-2 * MW), importCap: cap(4 * MW) }).command.setpointW).toBe(-2 * MW);
  });

  it('lets limits beat set-points, in both directions, and says so', () => {
    const charge = decide({ setpoint: power(-8 * MW), importCap: cap(4 * MW) });
    expect(charge.command.setpointW).toBe(-4 * MW);
    expect(charge.why.map((w) => w.reason)).toEqual(['dispatch', 'limit']);
    expect(decide({ setpoint: power(8 * MW), exportCap: cap(0) }).command.setpointW).toBe(0);
  });

  it('clamps a set-point to what the device can do', () => {
    const { command, why } = decide({ setpoint: power(50 * MW) });
    expect(command.setpointW).toBe(10 * MW);
    expect(why).toContainEqual({ point: 'setpoint', reason: 'nameplate' });
  });

  it('stops charging, not discharging, at the energy ceiling', () => {
    const full = { settings: { ...idle, socMax: 0.9 }, socFraction: 0.9 };
    const { command, why } = decide({ setpoint: power(-5 * MW) }, full);
    expect(command.setpointW).toBe(0);
    expect(why).toContainEqual({ point: 'setpoint', reason: 'energy-ceiling' });
    expect(decide({ setpoint: power(5 * MW) }, full).command.setpointW).toBe(5 * MW);
  });

  it('closes the output at the energy floor, also without a set-point', () => {
    const empty = {
      settings: { whenNoSetpoint: 'release', dropsOutAtZero: false, socMin: 0.1 },
      socFraction: 0.1,
    } as const;
    const { command, why } = decide({}, empty);
    expect(command.outputLimit).toEqual({ kind: 'limited', maxW: 0 });
    expect(why).toContainEqual({ point: 'output', reason: 'energy-floor' });
  });

  it('curtails a device without set-point to a set-point of generation', () => {
    const curtailed = (envelope: Partial<Envelope>) => decideOne(solar({ envelope: { ...unbound, ...envelope } }));
    const { command, why } = curtailed({ setpoint: power(2 * MW) });
    expect(command.outputLimit).toEqual({ kind: 'limited', maxW: 2 * MW });
    expect(command).not.toHaveProperty('setpointW');
    expect(why).toContainEqual({ point: 'output', reason: 'dispatch', eventName: 'dispatch/BESS_1' });
    const limited = curtailed({ setpoint: power(2 * MW), exportCap: cap(MW) });
    expect(limited.command.outputLimit).toEqual({ kind: 'limited', maxW: MW });
  });

  it('holds an idle device at zero while nobody gives a set-point', () => {
    expect(decide({}, { settings: idle }).command.setpointW).toBe(0);
  });

  it('lets a battery that does not know how full it is stand still rather than guess a charge state', () => {
    const target = { kind: 'chargeState', level: { unit: 'fraction', socFraction: 1 } } as const;
    const setpoint = { ...power(0), ...target };
    expect(decide({ setpoint }, { socFraction: undefined }).command.setpointW).toBe(0);
    expect(decide({ setpoint }).command.setpointW).toBe(-10 * MW);
  });

  it('keeps inside the range by itself, whatever the last gate would do', () => {
    const edge = (powerW: number) => ({ powerW, because: { reason: 'limit' } as const });
    const wanting = (powerW: number, range = { low: edge(-2 * MW), high: edge(MW) }) =>
      arbitrate({
        ...{ nowMs: NOON, range, own: range, exportCap: free, standingExportCap: free, capabilities: bess },
        ...{ wish: { powerW, eventName: 'e' }, whenNoSetpoint: 'idle', leaseSeconds: 30 },
      }).command.setpointW;
    expect([wanting(5 * MW), wanting(-5 * MW), wanting(0)]).toEqual([MW, -2 * MW, 0]);
    // Where the edges cross, no export beyond what is allowed.
    expect(wanting(0, { low: edge(2 * MW), high: edge(MW) })).toBe(MW);
  });

  it('tells nothing to a device that cannot be told anything now', () => {
    expect(() => decide({}, { ready: false })).toThrow('told nothing');
  });
});

describe('a battery that decides for itself and may not charge, for which devices have no register', () => {
  const limits = { whenNoSetpoint: 'release', dropsOutAtZero: false, socMax: 0.9 } as const;
  const full = (powerW: number | undefined) => battery({ settings: limits, socFraction: 0.9, powerW });

  it('is left alone as long as it does not', () => {
    expect(decideOne(full(4 * MW)).command).not.toHaveProperty('setpointW');
  });

  it('is taken over when it does, or cannot be seen', () => {
    const { command, why } = decideOne(full(-6 * MW));
    expect(command.setpointW).toBe(0);
    expect(why.map((w) => w.reason)).toEqual(['charging-over-cap', 'energy-ceiling']);
    expect(decideOne(full(undefined)).command.setpointW).toBe(0);
  });

  it('is held, so that it does not flap, and let go when it may charge again', () => {
    const taken = decideOne(full(-6 * MW));
    const held = decideOne(full(0), taken.state, NOON + 60_000);
    expect(held.command.setpointW).toBe(0);
    expect(decideOne(battery(), held.state, NOON + 61_000).command).not.toHaveProperty('setpointW');
  });

  it('is let go now and then, or it could never discharge again', () => {
    const taken = decideOne(full(-6 * MW));
    const held = decideOne(full(0), taken.state, NOON + 14 * 60_000);
    const freed = decideOne(full(0), held.state, NOON + 15 * 60_000);
    expect([held.command.setpointW, freed.command.setpointW]).toEqual([0, undefined]);
  });
});

describe('the fallback, for when the agent falls silent', () => {
  it('is the standing limit, or the stricter order in force', () => {
    const standing = { importCap: free, exportCap: cap(5 * MW) };
    expect(decide({ exportCap: cap(8 * MW) }, { standing }).command.fallback).toEqual({
      outputLimit: { kind: 'limited', maxW: 5 * MW },
    });
    expect(decide({ exportCap: cap(MW) }, { standing }).command.fallback).toEqual({
      outputLimit: { kind: 'limited', maxW: MW },
    });
  });

  it('never keeps a set-point up, and stands still under a charge cap', () => {
    expect(decide({ setpoint: power(5 * MW) }).command).not.toHaveProperty('fallback');
    expect(decide({ setpoint: power(-5 * MW), importCap: cap(4 * MW) }).command.fallback).toMatchObject({
      setpointW: 0,
    });
    const standing = { importCap: cap(4 * MW), exportCap: free };
    expect(decide({ setpoint: power(-5 * MW) }, { standing }).command.fallback).toMatchObject({ setpointW: 0 });
  });
});

describe('a device that drops out at 0 %', () => {
  it('is limited to 1 % of its nameplate instead, and says so', () => {
    const settings = { whenNoSetpoint: 'release', dropsOutAtZero: true } as const;
    const { command, why } = decideOne(solar({ settings, envelope: { ...unbound, exportCap: cap(0) } }));
    expect(command.outputLimit).toEqual({ kind: 'limited', maxW: 50_000 });
    expect(why).toContainEqual({ point: 'output', reason: 'least-output' });
  });
});

describe('the ramp', () => {
  it('takes the time that passed, from tick to tick', () => {
    const settings = { whenNoSetpoint: 'release', dropsOutAtZero: false, rampUpWPerSecond: MW } as const;
    const facts = battery({ settings, envelope: { ...unbound, setpoint: power(3 * MW) } });
    const first = decideOne(facts);
    const second = decideOne(facts, first.state, NOON + 1000);
    expect([first.command.setpointW, second.command.setpointW]).toEqual([MW, 2 * MW]);
    expect(first.why).toContainEqual({ point: 'setpoint', reason: 'ramp' });
  });
});
