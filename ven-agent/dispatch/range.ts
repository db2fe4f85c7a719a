import type { DeviceCapabilities } from '../bridges/device.ts';
import type { Cap, Caps, Envelope } from '../scheduler/envelope.ts';
import type { EnergyBounds } from './energy.ts';

/** Why something is bound, and by which event where one says so. */
export interface Because {
  reason:
    | 'limit'
    | 'subscription'
    | 'configuration'
    | 'dispatch'
    | 'idle'
    | 'charging-over-cap'
    | 'nameplate'
    | 'energy-floor'
    | 'energy-ceiling'
    | 'ramp'
    | 'stale-reading'
    | 'least-output';
  eventName?: string;
  /** The inverter or site whose cap is shared, where it is not the device's own. */
  of?: string;
  /** The grid meter says nothing: the rest of the site is taken at its worst. */
  meterBlind?: true;
}

/** Which constraint binds: "why limited" of the status page. */
export interface Constraint extends Because {
  point: 'output' | 'setpoint';
}

export interface Edge {
  powerW: number;
  because: Because;
}

/** Where a device may run: + discharge. `low` above zero, or `high` below zero, force it. */
export interface Range {
  low: Edge;
  high: Edge;
}

/** What the device's own caps, abilities and energy leave, before anything is shared. */
export function ownRange(envelope: Envelope, bounds: EnergyBounds, capabilities: DeviceCapabilities): Range {
  const charge = tighter(boundOf(envelope.importCap), {
    powerW: bounds.chargeW,
    because: { reason: bounds.chargeReason ?? 'nameplate' },
  });
  let high = tighter(boundOf(envelope.exportCap), {
    powerW: bounds.dischargeW,
    because: { reason: bounds.dischargeReason ?? 'nameplate' },
  });
  const { setpoint } = envelope;
  // PV meets a set-point from above: its output is bounded by it.
  if (capabilities.kind === 'PV' && setpoint?.kind === 'power') {
    const dispatch: Because = { reason: 'dispatch', eventName: setpoint.eventName };
    high = tighter(high, { powerW: Math.max(0, setpoint.powerW), because: dispatch });
  }
  return { low: { powerW: -charge.powerW || 0, because: charge.because }, high };
}

/** A cap as a bound of magnitude; Infinity where there is none. */
export function boundOf(cap: Cap): Edge {
  return { powerW: capW(cap), because: becauseOf(cap) };
}

export function capW({ limit }: Cap): number {
  return limit.kind === 'unlimited' ? Infinity : limit.maxW;
}

/** Is either direction bound? */
export function isCapped({ importCap, exportCap }: Caps): boolean {
  return capW(importCap) < Infinity || capW(exportCap) < Infinity;
}

export function becauseOf({ source }: Cap): Because {
  switch (source.kind) {
    case 'event':
      return { reason: 'limit', eventName: source.eventName };
    case 'subscription':
      return { reason: 'subscription', eventName: source.eventName };
    case 'configuration':
    case 'none':
      return { reason: 'configuration' };
  }
}

/** Of two bounds of magnitude the stricter one; of equal ones the first. */
export function tighter(a: Edge, b: Edge): Edge {
  return b.powerW < a.powerW ? b : a;
}

/** Into the range; where its edges cross, the high one counts: no export beyond what is allowed. */
export function within(powerW: number, { low, high }: Range): number {
  return Math.min(Math.max(powerW, low.powerW), high.powerW) || 0;
}
