import type { DeviceCommand } from '../../../ven-agent/bridges/device.ts';
import type { Order } from './order.ts';
import type { DevicePlan, Scenario } from './scenario.ts';
import { INVERTER, SITE } from './scenario.ts';

/**
 * What is allowed, worked out from the orders as they were meant. Nothing here is taken from the agent: it is slow and
 * simple on purpose, so that both would have to be wrong in the same way.
 */

/** What the agent can know: the list that it got last, and whether that was in this boot of the machine. */
export interface Knowledge {
  orders: readonly Order[];
  ofThisBoot: boolean;
}

/** Whom a target means: the name itself, the two devices of the inverter, or everybody. */
export function membersOf(target: string, { devices }: Scenario): string[] {
  if (target === INVERTER) {
    const behind = devices.filter((d) => d.inverterId !== undefined).map((d) => d.name);
    if (behind.length > 0) return behind;
  }
  return target === SITE || target === INVERTER ? devices.map((d) => d.name) : [target];
}

/** An inverter that nobody knows stands for the whole site. */
function subjectOf(target: string, scenario: Scenario): string {
  return target === INVERTER && !scenario.devices.some((d) => d.inverterId !== undefined) ? SITE : target;
}

export function activeAt({ orders, ofThisBoot }: Knowledge, tMs: number): Order[] {
  return orders.filter(({ what, startMs, endMs }) => {
    const standing = 'as' in what && what.as !== 'LIMIT';
    return startMs <= tMs && tMs < endMs && (ofThisBoot || standing);
  });
}

/** Magnitudes, W; Infinity: no cap. */
export interface Caps {
  importW: number;
  exportW: number;
}

export function capsOf(subject: string, active: readonly Order[], scenario: Scenario): Caps {
  return { importW: cap('import', subject, active, scenario), exportW: cap('export', subject, active, scenario) };
}

function cap(direction: 'import' | 'export', subject: string, active: readonly Order[], scenario: Scenario): number {
  const device = scenario.devices.find((d) => d.name === subject);
  const values = (as: 'LIMIT' | 'SUBSCRIPTION' | 'RESERVATION'): number[] =>
    active.flatMap(({ what, target }) =>
      'as' in what && what.as === as && what.kind === direction && subjectOf(target, scenario) === subject
        ? [what.maxW]
        : [],
    );
  const simple = active.flatMap(({ what, target }) => {
    if (what.kind !== 'simple' || device === undefined || !membersOf(target, scenario).includes(subject)) return [];
    const level = device.simple[`${what.level}`];
    return [direction === 'import' ? level.importMaxW : level.exportMaxW];
  });
  const limits = [...values('LIMIT'), ...simple];
  if (limits.length > 0) return Math.min(...limits);
  const subscribed = values('SUBSCRIPTION');
  const reserved = values('RESERVATION');
  if (subscribed.length > 0) return Math.min(...subscribed) + (reserved.length > 0 ? Math.min(...reserved) : 0);
  const defaults = device?.limits ?? (subject === SITE ? scenario.siteLimits : {});
  return (direction === 'import' ? defaults.importMaxW : defaults.exportMaxW) ?? Infinity;
}

/** Where the state of charge has to stay, 0..1. */
export function bandOf(
  device: DevicePlan,
  active: readonly Order[],
  scenario: Scenario,
): { floor: number; ceiling: number } {
  let floor = device.soc.min ?? -Infinity;
  let ceiling = device.soc.max ?? Infinity;
  let low: number | undefined;
  let high: number | undefined;
  for (const { what, target } of active) {
    if (!('energyWh' in what) || !membersOf(target, scenario).includes(device.name)) continue;
    const part = what.energyWh / device.capacityWh;
    if (what.kind === 'floor') floor = Math.max(floor, part);
    if (what.kind === 'ceiling') ceiling = Math.min(ceiling, part);
    if (what.kind === 'low') low = Math.max(low ?? 0, part);
    if (what.kind === 'high') high = Math.max(high ?? 0, part);
  }
  return {
    floor: low === undefined ? floor : Math.max(0, floor) + low,
    ceiling: high === undefined ? ceiling : Math.min(1, ceiling) - high,
  };
}

/** The set-point of power that rules, undefined when there is none; `charge` when a charge state rules. */
export function rulingSetpoint(
  device: DevicePlan,
  active: readonly Order[],
  scenario: Scenario,
): number | 'charge' | undefined {
  const candidates = active.filter(({ what, target }) => {
    const members = membersOf(target, scenario);
    return (what.kind === 'setpoint' || what.kind === 'charge') && members.length === 1 && members[0] === device.name;
  });
  const [first] = candidates.sort(
    (a, b) =>
      (a.priority ?? Infinity) - (b.priority ?? Infinity) || b.createdMs - a.createdMs || (a.id < b.id ? -1 : 1),
  );
  if (first === undefined) return undefined;
  return first.what.kind === 'setpoint' ? first.what.powerW : 'charge';
}

/** The devices that a cap of the site or the inverter is shared by. */
export function sharersOf(subject: string, scenario: Scenario): DevicePlan[] {
  const behind = scenario.devices.filter(({ inverterId }) => inverterId !== undefined);
  return subject === INVERTER ? behind : scenario.devices;
}

/**
 * How far a device can be expected to go for a cap that it shares. Of one that ramps or shares two caps, or PV, no more is
 * expected than to stand still.
 */
export function reachOf(
  plan: DevicePlan,
  socFraction: number,
  active: readonly Order[],
  scenario: Scenario,
): { lowestW: number; highestW: number } {
  if (plan.kind === 'PV' || plan.inverterId !== undefined || plan.rampUpWPerSecond !== undefined) {
    return { lowestW: 0, highestW: 0 };
  }
  const { importW, exportW } = capsOf(plan.name, active, scenario);
  const { floor, ceiling } = bandOf(plan, active, scenario);
  const margin = 0.02;
  return {
    lowestW: socFraction >= Math.min(1, ceiling) - margin ? 0 : -Math.min(importW, plan.ratedW),
    highestW: socFraction <= Math.max(0, floor) + margin ? 0 : Math.min(exportW, plan.ratedW),
  };
}

/** PV has headroom, and dead bands add up. */
export function toleranceOf(members: readonly DevicePlan[]): number {
  return members.reduce((sum, { ratedW }) => sum + 0.021 * ratedW, 0);
}

/** The most that a command lets a device do. */
export function mostOf({ ratedW }: DevicePlan, command: DeviceCommand | undefined): number {
  const { outputLimit, setpointW } = command ?? {};
  return Math.min(setpointW ?? ratedW, outputLimit?.kind === 'limited' ? outputLimit.maxW : ratedW);
}
