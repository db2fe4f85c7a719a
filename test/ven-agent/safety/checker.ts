import type { DeviceCommand } from '../../../ven-agent/bridges/device.ts';
import { activeAt, bandOf, capsOf, mostOf, reachOf, rulingSetpoint, sharersOf, toleranceOf } from './oracle.ts';
import type { Caps } from './oracle.ts';
import type { Plant } from './plant.ts';
import { INVERTER, SITE } from './scenario.ts';
import type { DevicePlan, Order } from './scenario.ts';
import type { Simulation } from './simulation.ts';

/** The time that the loop is given to settle after anything has changed, seconds. */
const SETTLING_SECONDS = 12;
/** The time that is given to catch a device that decides for itself, when it does something else. */
const CAUGHT_SECONDS = 5;
const STILL = { lowestW: 0, highestW: 0 };
/** Longest time until a device that is back is controlled again: its back-off and a tick. */
const BACK_SECONDS = 35;
const LEASE_SECONDS = 30;
/** Part of the nameplate that is measurement, dead band and rounding. */
const TOLERANCE = 0.011;

export class CheckFailed extends Error {}

/** Figures of what was checked, so that a check that never applies is seen. */
export interface Tally {
  commands: number;
  ownCaps: number;
  energy: number;
  sharedCaps: number;
  sharedSums: number;
  setpoints: number;
  silent: number;
  silentDevices: number;
  islandSeconds: number;
}

/** Looks at every command and at the true power of every plant, and knows nothing of how the agent works. */
export class Checker {
  readonly tally: Tally = {
    ...{ commands: 0, ownCaps: 0, energy: 0, sharedCaps: 0, sharedSums: 0, setpoints: 0 },
    ...{ silent: 0, silentDevices: 0, islandSeconds: 0 },
  };
  readonly #world: Simulation;
  #active: Order[] = [];
  /** What held when the agent acted last. */
  #heeded: Order[] = [];
  #situation = '';
  #calmSeconds = 0;
  #deadSeconds = 0;
  /** How calm it was when the agent died. */
  #calmAtDeath = 0;
  #atDeath = new Map<string, Caps>();
  /** How calm it was when each device fell silent, since when it is, and what held for it. */
  readonly #lost = new Map<string, { calmSeconds: number; seconds: number; caps: Caps }>();
  readonly #healthySeconds = new Map<string, number>();
  readonly #outsideSeconds = new Map<string, number>();
  readonly #excessSeconds = new Map<string, number>();

  constructor(world: Simulation) {
    this.#world = world;
  }

  /** What holds at this instant, and for how long nothing has changed. */
  before(): void {
    const { scenario, clock, agent, known, ofThisBoot, plants, meter, restW } = this.#world;
    this.#active = activeAt({ orders: known, ofThisBoot }, clock.nowMs());
    if (agent !== undefined) this.#heeded = this.#active;
    const faults = [...plants.values()].map(({ fault, ownWishW }) => `${fault}${ownWishW}`);
    const reached = this.#world.units.map((unit) => unit.status.reachable);
    const active = this.#active.map(({ id }) => id);
    const situation = JSON.stringify([active, faults, meter.fault, restW, reached, agent !== undefined, ofThisBoot]);
    if (agent === undefined && this.#deadSeconds === 0) this.#calmAtDeath = this.#calmSeconds;
    if (agent?.mode.startsWith('ISLAND') === true) this.tally.islandSeconds += 1;
    this.#noteLosses();
    this.#calmSeconds = situation === this.#situation ? this.#calmSeconds + 1 : 0;
    this.#situation = situation;
    this.#deadSeconds = agent === undefined ? this.#deadSeconds + 1 : 0;
    for (const { name } of scenario.devices) {
      const healthy = agent !== undefined && this.#world.plant(name).fault === 'none';
      this.#healthySeconds.set(name, healthy ? (this.#healthySeconds.get(name) ?? 0) + 1 : 0);
    }
  }

  #noteLosses(): void {
    for (const { name } of this.#world.scenario.devices) {
      const { fault } = this.#world.plant(name);
      const lost = this.#lost.get(name);
      if (fault !== 'away' && fault !== 'hanging') this.#lost.delete(name);
      else if (lost !== undefined) lost.seconds += 1;
      else this.#lost.set(name, { calmSeconds: this.#calmSeconds, seconds: 1, caps: this.#strictest(name) });
    }
  }

  afterTick(): void {
    for (const plan of this.#world.scenario.devices) {
      const plant = this.#world.plant(plan.name);
      for (const { command, saidSoc } of plant.heard) this.#checkCommand(plan, plant, command, saidSoc);
      const back = (this.#healthySeconds.get(plan.name) ?? 0) > BACK_SECONDS;
      if (back && plant.heard.length === 0) this.#fail(`${plan.name} is well for ${BACK_SECONDS} s and told nothing`);
    }
    this.#checkSums();
  }

  afterPhysics(): void {
    this.#checkLost();
    if (this.#world.agent === undefined) return this.#checkSilence();
    for (const plan of this.#world.scenario.devices) this.#checkPlant(plan);
    if (this.#calmSeconds < SETTLING_SECONDS) return;
    this.#checkShared(SITE);
    this.#checkShared(INVERTER);
  }

  /** No command is outside of what the device itself may do, whatever else happens. */
  #checkCommand(plan: DevicePlan, plant: Plant, command: DeviceCommand, saidSoc: number | undefined): void {
    this.tally.commands += 1;
    const { importW, exportW } = capsOf(plan.name, this.#active, this.#world.scenario);
    const { outputLimit, setpointW } = command;
    const say = (what: string): never => this.#fail(`${plan.name}: ${what}: ${JSON.stringify(command)}`);
    const limitW = outputLimit.kind === 'limited' ? outputLimit.maxW : Infinity;
    if (!(limitW >= 0)) say('a limit that is none');
    if (limitW > exportW && exportW < plan.ratedW) say(`output limit above the cap ${exportW}`);
    if (setpointW !== undefined) {
      if (!Number.isFinite(setpointW)) say('a set-point that is no number');
      if (plan.kind === 'PV') say('a set-point for PV');
      if (setpointW > Math.min(exportW, plan.ratedW)) say(`discharge above ${exportW} or nameplate`);
      if (-setpointW > Math.min(importW, plan.ratedW)) say(`charge above ${importW} or nameplate`);
    }
    if (plan.kind !== 'BESS') return;
    if (this.#standsStill(plan) && setpointW !== 0) say('a set-point that nobody gave');
    if (saidSoc === undefined || plant.fault !== 'none') return;
    const { floor, ceiling } = bandOf(plan, this.#active, this.#world.scenario);
    if (saidSoc <= floor && Math.min(setpointW ?? Infinity, limitW) > 0) say(`discharge at ${saidSoc}, floor ${floor}`);
    if (saidSoc >= ceiling && (setpointW ?? 0) < 0) say(`charge at ${saidSoc}, ceiling ${ceiling}`);
  }

  /** An idle battery that no set-point and no shared cap moves. */
  #standsStill(plan: DevicePlan): boolean {
    const { scenario } = this.#world;
    const capped = [SITE, INVERTER].some((subject) => {
      const { importW, exportW } = capsOf(subject, this.#active, scenario);
      return importW < Infinity || exportW < Infinity;
    });
    return plan.whenNoSetpoint === 'idle' && !capped && rulingSetpoint(plan, this.#active, scenario) === undefined;
  }

  /** True power and true energy of a plant that is well. */
  #checkPlant(plan: DevicePlan): void {
    const plant = this.#world.plant(plan.name);
    const toleranceW = TOLERANCE * plan.ratedW;
    const say = (what: string): never => this.#fail(`${plan.name}: ${what}: ${plant.powerW} W, ${plant.socFraction}`);
    if (Math.abs(plant.powerW) > plan.ratedW) say('above nameplate');
    const { floor, ceiling } = bandOf(plan, this.#active, this.#world.scenario);
    const controlled = plant.fault === 'none' || plant.fault === 'no-soc';
    const low = plan.kind === 'BESS' && controlled && plant.socFraction <= floor;
    const high = plan.kind === 'BESS' && controlled && plant.socFraction >= ceiling;
    for (const [side, outside] of [
      ['low', low],
      ['high', high],
    ] as const) {
      const key = `${plan.name} ${side}`;
      // A change of what holds, or a device that is just back, begins anew.
      const seconds = outside && this.#calmSeconds > 0 ? (this.#outsideSeconds.get(key) ?? 0) + 1 : 0;
      this.#outsideSeconds.set(key, seconds);
      if (seconds <= 3 || !this.#isReached(plan.name)) continue;
      this.tally.energy += 1;
      if (side === 'low' && plant.powerW > toleranceW) say(`discharges below its floor ${floor}`);
      const charges = this.#lasts(key, side === 'high' && plant.powerW < -toleranceW);
      if (charges) say(`charges above its ceiling ${ceiling}`);
    }
    if (this.#calmSeconds < SETTLING_SECONDS || plant.fault !== 'none' || !this.#isReached(plan.name)) return;
    this.tally.ownCaps += 1;
    const { importW, exportW } = capsOf(plan.name, this.#active, this.#world.scenario);
    if (plant.powerW > exportW + toleranceW) say(`above its export cap ${exportW}`);
    const overW = -plant.powerW - importW;
    if (this.#lasts(plan.name, overW > toleranceW)) say(`above its import cap ${importW}`);
    this.#checkFollowed(plan, plant, { importW, exportW }, { floor, ceiling });
  }

  /** An agent that does nothing would be safe: set-points that nothing forbids are followed. */
  #checkFollowed(
    plan: DevicePlan,
    plant: Plant,
    caps: Caps,
    { floor, ceiling }: { floor: number; ceiling: number },
  ): void {
    const { scenario } = this.#world;
    const wished = rulingSetpoint(plan, this.#active, scenario);
    if (plan.kind !== 'BESS' || typeof wished !== 'number') return;
    const shared = [SITE, INVERTER].map((subject) => capsOf(subject, this.#active, scenario));
    if (shared.some(({ importW, exportW }) => importW < Infinity || exportW < Infinity)) return;
    const margin = 0.05;
    if (plant.socFraction < Math.max(0, floor) + margin || plant.socFraction > Math.min(1, ceiling) - margin) return;
    this.tally.setpoints += 1;
    const most = Math.min(caps.exportW, plan.ratedW);
    const least = -Math.min(caps.importW, plan.ratedW);
    const expectedW = Math.min(Math.max(wished, least), most);
    if (Math.abs(plant.powerW - expectedW) <= TOLERANCE * plan.ratedW) return;
    this.#fail(`${plan.name}: set-point ${expectedW} is not followed: ${plant.powerW} W`);
  }

  /** What is told in one tick adds up, also while the loop is still settling. */
  #checkSums(): void {
    const { scenario, restW } = this.#world;
    for (const subject of [SITE, INVERTER]) {
      const { exportW } = capsOf(subject, this.#active, scenario);
      const members = sharersOf(subject, scenario);
      if (exportW === Infinity || members.length === 0) continue;
      const plants = members.map(({ name }) => this.#world.plant(name));
      if (plants.some(({ heard, fault }) => heard.length !== 1 || fault !== 'none')) continue;
      if (subject === SITE && this.#isBlind()) continue;
      this.tally.sharedSums += 1;
      const tellsW = members.map((plan, n) => mostOf(plan, plants[n]?.heard[0]?.command));
      const sumW = tellsW.reduce((a, b) => a + b, subject === SITE ? restW : 0);
      const toleranceW = toleranceOf(members);
      if (sumW <= exportW + toleranceW) continue;
      const asLowAsCanBe = members.every((plan, n) => (tellsW[n] ?? 0) <= this.#reach(plan).lowestW + toleranceW);
      if (!asLowAsCanBe) this.#fail(`${subject}: commands add up to ${sumW}, cap ${exportW}: ${tellsW.join(' ')}`);
    }
  }

  /** The true sum at the meter or the inverter keeps to the cap, or nothing more can be done. */
  #checkShared(subject: string): void {
    const { scenario, restW } = this.#world;
    const members = sharersOf(subject, scenario);
    const caps = capsOf(subject, this.#active, scenario);
    if (members.length === 0 || (caps.importW === Infinity && caps.exportW === Infinity)) return;
    const plants = members.map(({ name }) => this.#world.plant(name));
    this.tally.sharedCaps += 1;
    const sumW = plants.reduce((sum, { powerW }) => sum + powerW, 0);
    const toleranceW = toleranceOf(members);
    const { lowW, highW } = this.#budget(subject, caps, this.#isBlind(), restW);
    // Those that are well make up for those that are not, but are not expected to go beyond standing still for them.
    const well = members.filter(({ name }) => this.#world.plant(name).fault === 'none' && this.#isReached(name));
    const someFail = well.length < members.length;
    const reach = (plan: DevicePlan) => (someFail ? STILL : this.#reach(plan));
    const powerOf = ({ name }: DevicePlan): number => this.#world.plant(name).powerW;
    // Those behind an inverter can do no more for the site, together, than the inverter's own caps let them.
    const behind = subject === SITE ? sharersOf(INVERTER, scenario) : [];
    const behindW = behind.reduce((sum, plan) => sum + powerOf(plan), 0);
    const inner = capsOf(INVERTER, this.#active, scenario);
    const innerToleranceW = toleranceOf(behind);
    const isHeld = (plan: DevicePlan, atEdge: boolean): boolean => atEdge && behind.includes(plan);
    const atBottom = behindW <= -inner.importW + innerToleranceW;
    const atTop = behindW >= inner.exportW - innerToleranceW;
    // One may make up for another: together they stand still then.
    const wellW = well.reduce((sum, plan) => sum + powerOf(plan), 0);
    const lowest =
      (someFail && wellW <= toleranceW) ||
      well.every((plan) => isHeld(plan, atBottom) || powerOf(plan) <= reach(plan).lowestW + toleranceW);
    const highest =
      (someFail && wellW >= -toleranceW) ||
      well.every((plan) => isHeld(plan, atTop) || powerOf(plan) >= reach(plan).highestW - toleranceW);
    const outside = (sumW > highW + toleranceW && !lowest) || (sumW < lowW - toleranceW && !highest);
    if (!this.#lasts(subject, outside)) return;
    const powers = plants.map(({ powerW }) => powerW).join(' ');
    this.#fail(`${subject}: outside of its caps ${caps.importW} ${caps.exportW}: ${powers}, rest ${restW}`);
  }

  /** A battery that was let go may do something else at once, and is caught as soon as that is seen. */
  #lasts(subject: string, outside: boolean): boolean {
    const seconds = outside ? (this.#excessSeconds.get(subject) ?? 0) + 1 : 0;
    this.#excessSeconds.set(subject, seconds);
    return seconds > CAUGHT_SECONDS;
  }

  /** A site whose meter is silent stands still, since the configuration of these sites says nothing about the rest. */
  #budget(subject: string, { importW, exportW }: Caps, blind: boolean, restW: number): { lowW: number; highW: number } {
    if (subject !== SITE) return { lowW: -importW, highW: exportW };
    if (!blind) return { lowW: -importW - restW, highW: exportW - restW };
    return { lowW: importW === Infinity ? -Infinity : 0, highW: exportW === Infinity ? Infinity : 0 };
  }

  /** When the agent is dead, what it left behind holds: a lease later each device that can revert is where it is safe. */
  #checkSilence(): void {
    const { scenario, plants } = this.#world;
    if (this.#deadSeconds === 1) {
      this.#atDeath = new Map(
        [...scenario.devices.map(({ name }) => name), SITE, INVERTER].map((name) => [name, this.#strictest(name)]),
      );
      // Calm before, and nothing that was wrong with any device.
      if ([...plants.values()].some(({ fault }) => fault !== 'none')) this.#calmAtDeath = 0;
    }
    if (this.#calmAtDeath < SETTLING_SECONDS || this.#deadSeconds < LEASE_SECONDS + 5) return;
    if ([...plants.values()].some(({ fault }) => fault === 'local')) return;
    this.tally.silent += 1;
    for (const plan of scenario.devices) {
      const { powerW, spec } = this.#world.plant(plan.name);
      const { importW, exportW } = this.#atDeath.get(plan.name) as Caps;
      const toleranceW = TOLERANCE * plan.ratedW;
      if (!spec.safeReversion) continue;
      if (powerW > exportW + toleranceW || -powerW > importW + toleranceW) {
        this.#fail(`${plan.name}: ${powerW} W ${this.#deadSeconds} s after the agent died, caps ${importW} ${exportW}`);
      }
    }
    for (const subject of [SITE, INVERTER]) {
      const members = sharersOf(subject, scenario);
      const { importW, exportW } = this.#atDeath.get(subject) as Caps;
      if (members.length === 0 || members.some(({ safeReversion }) => !safeReversion)) continue;
      const sumW = members.reduce((sum, { name }) => sum + this.#world.plant(name).powerW, 0);
      const metered = subject === SITE && scenario.hasMeter;
      const toleranceW = toleranceOf(members);
      // Nobody knows the rest of a metered site when nobody looks.
      const leftW = (capW: number): number => (metered && capW < Infinity ? 0 : capW);
      if (sumW > leftW(exportW) + toleranceW || -sumW > leftW(importW) + toleranceW) {
        this.#fail(`${subject}: ${sumW} W ${this.#deadSeconds} s after the agent died, caps ${importW} ${exportW}`);
      }
    }
  }

  /** A device that hears nothing is where its own caps hold a lease later, whatever becomes of the agent. */
  #checkLost(): void {
    for (const { name, ratedW, kind } of this.#world.scenario.devices) {
      const { powerW, spec } = this.#world.plant(name);
      const lost = this.#lost.get(name);
      if (lost === undefined || !spec.safeReversion || lost.calmSeconds < SETTLING_SECONDS) continue;
      if (lost.seconds < LEASE_SECONDS + 5) continue;
      this.tally.silentDevices += 1;
      const { importW, exportW } = lost.caps;
      const toleranceW = TOLERANCE * ratedW;
      if (powerW <= exportW + toleranceW && -powerW <= importW + toleranceW) continue;
      this.#fail(`${kind} ${name}: ${powerW} W ${lost.seconds} s after it fell silent, caps ${importW} ${exportW}`);
    }
  }

  /** The cap that holds, or the one that would without orders, whichever is stricter. */
  #strictest(subject: string): Caps {
    const { scenario } = this.#world;
    const standing = this.#heeded.filter(({ what }) => 'as' in what && what.as !== 'LIMIT');
    const [a, b] = [capsOf(subject, this.#heeded, scenario), capsOf(subject, standing, scenario)];
    return { importW: Math.min(a.importW, b.importW), exportW: Math.min(a.exportW, b.exportW) };
  }

  #reach(plan: DevicePlan): { lowestW: number; highestW: number } {
    return reachOf(plan, this.#world.plant(plan.name).socFraction, this.#active, this.#world.scenario);
  }

  /** The meter is silent, or not yet asked again. */
  #isBlind(): boolean {
    const { scenario, meter } = this.#world;
    return scenario.hasMeter && (meter.fault !== 'none' || !this.#isReached(meter.resourceName));
  }

  #isReached(name: string): boolean {
    return this.#world.units.some((unit) => unit.resourceName === name && unit.status.reachable);
  }

  #fail(what: string): never {
    const { seed } = this.#world.scenario;
    throw new CheckFailed(`scenario ${seed}, ${new Date(this.#world.clock.nowMs()).toISOString()}: ${what}`);
  }
}
