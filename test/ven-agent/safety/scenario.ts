import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { NOON, payload } from '../builders.ts';
import type { Order } from './order.ts';
import type { Fault, PlantSpec } from './plant.ts';
import { Random } from './random.ts';

export type Incident =
  | { kind: 'orders'; orders: Order[] }
  | { kind: 'vtn'; up: boolean }
  | { kind: 'fault'; name: string; fault: Fault }
  | { kind: 'meter'; fault: 'none' | 'away' | 'garbage' }
  | { kind: 'rest'; powerW: number }
  | { kind: 'wish'; name: string; powerW: number }
  | { kind: 'clock'; stepMs: number }
  | { kind: 'die' }
  | { kind: 'boot'; newBoot: boolean };

export interface DevicePlan extends PlantSpec {
  limits: { importMaxW?: number; exportMaxW?: number };
  soc: { min?: number; max?: number };
  whenNoSetpoint: 'release' | 'idle';
  rampUpWPerSecond?: number;
  inverterId?: string;
  /** What it does by itself at first. */
  ownWishW: number;
  simple: Record<'1' | '2' | '3', { importMaxW: number; exportMaxW: number }>;
}

export interface Scenario {
  seed: number;
  seconds: number;
  devices: DevicePlan[];
  hasMeter: boolean;
  /** Dice of the agent, 0..1: one at every start of it in turn. What was drawn for an event is to stay. */
  dice: [number, number];
  siteLimits: { importMaxW?: number; exportMaxW?: number };
  orders: Order[];
  incidents: Map<number, Incident[]>;
}

export const SITE = 'SITE_1';
export const INVERTER = 'INV_1';
const MW = 1_000_000;

/** A site, what is ordered, and everything that goes wrong: drawn from the seed alone. */
export function scenarioOf(seed: number): Scenario {
  const random = new Random(seed);
  const isCrowded = random.chance(0.3);
  // Long enough to become an island: the VTN is gone from early on.
  const isLong = random.chance(0.04);
  const count = isCrowded ? random.pick(2, 3) : random.pick(1, 1, 2, 2, 3);
  const shares = count > 1 && random.chance(0.3);
  const devices = Array.from({ length: count }, (_, n) => deviceOf(random, n, shares));
  const scenario: Scenario = {
    ...{ seed, seconds: isLong ? random.whole(150, 260) : random.whole(45, 80), devices, hasMeter: random.chance(0.5) },
    dice: [random.next(), random.next()],
    siteLimits: isCrowded ? tightLimits(random, devices) : maybeLimits(random, 0.15),
    orders: ordersOf(random, devices, 0, 1),
    incidents: new Map(),
  };
  if (isLong) scenario.incidents.set(random.whole(1, 20), [{ kind: 'vtn', up: false }]);
  if (isCrowded) crowd(random, scenario);
  for (let n = random.whole(0, isCrowded ? 2 : 5); n > 0; n -= 1) addIncident(random, scenario);
  return scenario;
}

/** Half of what the devices could do, or less. */
function tightLimits(random: Random, devices: readonly DevicePlan[]): Scenario['siteLimits'] {
  const allW = devices.reduce((sum, { ratedW }) => sum + ratedW, 0);
  const part = (): number => Math.round((allW * random.whole(0, 5)) / 10 / 1000) * 1000;
  return { exportMaxW: part(), ...(random.chance(0.5) ? { importMaxW: part() } : {}) };
}

/** Everybody wants much of a shared cap, changes its mind, and one of them fails or the agent dies. */
function crowd(random: Random, scenario: Scenario): void {
  const { devices, incidents } = scenario;
  const direction = random.pick(-1, 1);
  const wishes = (version: number, fromSeconds: number): Order[] =>
    devices.map(({ name, ratedW }) => ({
      id: `crowd-${version}-${name}`,
      what: {
        kind: 'setpoint',
        powerW: Math.round(direction * (version === 1 ? 1 : -1) ** random.whole(0, 1) * ratedW),
      },
      target: name,
      startMs: NOON + fromSeconds * 1000,
      endMs: Infinity,
      priority: 0,
      createdMs: NOON - version * 1000,
    }));
  scenario.orders = random.chance(0.3) ? [] : wishes(1, -10);
  const changesAt = random.whole(10, 20);
  if (random.chance(0.5)) incidents.set(changesAt, [{ kind: 'orders', orders: wishes(2, 0) }]);
  const failsAt = random.whole(15, 25);
  const { name } = random.pick(...devices);
  const isDeath = random.chance(0.3);
  const fault = random.pick<Fault>('away', 'hanging', 'deaf', 'mute', 'refusing', 'local', 'garbage', 'no-soc');
  incidents.set(failsAt, [
    ...(incidents.get(failsAt) ?? []),
    isDeath ? { kind: 'die' } : { kind: 'fault', name, fault },
  ]);
}

function deviceOf(random: Random, n: number, shares: boolean): DevicePlan {
  const isBattery = random.chance(0.65);
  const ratedW = random.whole(1, 20) * MW;
  const id = (level: number): { importMaxW: number; exportMaxW: number } => ({
    importMaxW: level * MW,
    exportMaxW: (4 - level) * MW,
  });
  return {
    name: `${isBattery ? 'BESS' : 'PV'}_${n + 1}`,
    kind: isBattery ? 'BESS' : 'PV',
    ratedW,
    // Small ones, so that a minute and a half shows in their energy.
    capacityWh: Math.round(ratedW / random.pick(2, 10, 60)),
    safeReversion: isBattery || random.chance(0.5),
    socFraction: random.pick(0.05, 0.1, 0.12, 0.5, 0.88, 0.95, random.next()),
    limits: maybeLimits(random, 0.3),
    soc: isBattery && random.chance(0.6) ? { min: 0.1, max: 0.9 } : {},
    whenNoSetpoint: random.pick('release', 'release', 'idle'),
    ownWishW: Math.round((2 * random.next() - 1) * ratedW),
    simple: { '1': id(1), '2': id(2), '3': id(3) },
    ...(random.chance(0.3) ? { rampUpWPerSecond: Math.ceil(ratedW / 8) } : {}),
    ...(shares && n < 2 ? { inverterId: INVERTER } : {}),
  };
}

function maybeLimits(random: Random, probability: number): { importMaxW?: number; exportMaxW?: number } {
  return {
    ...(random.chance(probability) ? { importMaxW: random.whole(0, 15) * MW } : {}),
    ...(random.chance(probability) ? { exportMaxW: random.whole(0, 15) * MW } : {}),
  };
}

function ordersOf(random: Random, devices: readonly DevicePlan[], fromSeconds: number, version: number): Order[] {
  return Array.from({ length: random.pick(0, 1, 2, 3, 5) }, (_, n) => {
    const device = random.pick(...devices);
    const target = random.pick(device.name, device.name, device.name, SITE, INVERTER);
    const startMs = NOON + (fromSeconds + random.whole(-40, 50)) * 1000;
    return {
      id: `order-${version}-${n}`,
      what: whatOf(random, device),
      target,
      startMs,
      endMs: random.chance(0.2) ? Infinity : startMs + random.whole(5, 90) * 1000,
      priority: random.pick(undefined, 0, 1, 1),
      createdMs: NOON - random.whole(0, 100) * 1000,
      ...(random.chance(0.2) ? { randomizeSeconds: random.whole(1, 30) } : {}),
    };
  });
}

function whatOf(random: Random, device: DevicePlan): Order['what'] {
  const maxW = random.pick(0, 0, random.whole(0, 20) * MW, random.whole(0, 20_000) * 1000);
  const direction = random.pick('import', 'export');
  const energyWh = Math.round(device.capacityWh * random.next());
  return random.pick<Order['what']>(
    { kind: direction, as: 'LIMIT', maxW },
    { kind: direction, as: 'LIMIT', maxW },
    { kind: direction, as: 'LIMIT', maxW },
    { kind: direction, as: random.pick('SUBSCRIPTION', 'RESERVATION'), maxW },
    { kind: 'setpoint', powerW: random.whole(-30, 30) * MW },
    { kind: 'setpoint', powerW: random.whole(-10, 10) * MW },
    { kind: 'setpoint', powerW: random.whole(-5, 5) * MW },
    { kind: 'charge', socFraction: random.next() },
    { kind: random.pick('floor', 'ceiling', 'low', 'high'), energyWh },
    { kind: 'simple', level: random.pick(1, 2, 3) },
    { kind: 'junk', event: junkOf(random) },
  );
}

function junkOf(random: Random): Partial<Event> {
  const absurd = random.pick<unknown>(NaN, null, 1e300, 'lots', {}, [], true, undefined);
  const type = random.pick('EXPORT_CAPACITY_LIMIT', 'DISPATCH_SETPOINT', 'STORAGE_ENERGY_MIN', 'SIMPLE', 'X_UNKNOWN');
  return random.pick<Partial<Event>>(
    { intervals: [{ id: 0, payloads: [{ type, values: [absurd] }] }] as never },
    { intervals: [{ id: 0, payloads: null }] as never },
    { intervals: null as never },
    { intervalPeriod: { start: 'soon', duration: 'PT1H' } },
    { intervalPeriod: { start: '2026-06-01T12:00:00Z', duration: '-PT1H' } },
    { targets: 7 as never },
    { intervals: [{ id: 0, payloads: [payload(type, 1)] }], payloadDescriptors: [null] as never },
  );
}

function addIncident(random: Random, scenario: Scenario): void {
  const { devices, seconds } = scenario;
  const at = random.whole(2, seconds - 5);
  const later = at + random.whole(3, 45);
  const { name, ratedW } = random.pick(...devices);
  const add = (second: number, incident: Incident): void => {
    scenario.incidents.set(second, [...(scenario.incidents.get(second) ?? []), incident]);
  };
  switch (
    random.pick(
      'orders',
      'orders',
      'vtn',
      'fault',
      'fault',
      'meter',
      'rest',
      'rest',
      'wish',
      'wish',
      'clock',
      'die',
      'die',
      'boot',
    )
  ) {
    case 'orders':
      return add(at, { kind: 'orders', orders: ordersOf(random, devices, at, at + 1) });
    case 'vtn':
      add(at, { kind: 'vtn', up: false });
      return add(later, { kind: 'vtn', up: true });
    case 'fault':
      add(at, {
        kind: 'fault',
        name,
        fault: random.pick('away', 'hanging', 'deaf', 'mute', 'refusing', 'garbage', 'no-soc', 'local'),
      });
      return add(later, { kind: 'fault', name, fault: 'none' });
    case 'meter':
      add(at, { kind: 'meter', fault: random.pick('away', 'garbage') });
      return add(later, { kind: 'meter', fault: 'none' });
    case 'rest':
      return add(at, { kind: 'rest', powerW: random.whole(-15, 8) * MW });
    case 'wish':
      return add(at, { kind: 'wish', name, powerW: Math.round((2 * random.next() - 1) * ratedW) });
    case 'clock':
      return add(at, { kind: 'clock', stepMs: random.pick(-1, 1) * random.pick(1_000, 10_000, 600_000, 7_200_000) });
    case 'die':
      add(at, { kind: 'die' });
      if (random.chance(0.5)) add(at + random.whole(1, 34), { kind: 'wish', name, powerW: -ratedW });
      return random.chance(0.5) ? add(later, { kind: 'boot', newBoot: random.chance(0.5) }) : undefined;
    case 'boot':
      return add(at, { kind: 'boot', newBoot: random.chance(0.5) });
  }
}
