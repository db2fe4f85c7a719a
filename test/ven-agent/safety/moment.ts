import { activeAt, capsOf } from './oracle.ts';
import type { Caps } from './oracle.ts';
import type { Order } from './order.ts';
import type { Simulation } from './simulation.ts';

/** The time that the loop is given to settle after anything has changed, seconds. */
export const SETTLING_SECONDS = 12;
/** The time that is given to catch a device that decides for itself, when it does something else. */
const CAUGHT_SECONDS = 5;
/** Part of the nameplate that is measurement, dead band and rounding. */
export const TOLERANCE = 0.011;

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

/** What holds at one instant, and for how long nothing has changed: what all checks go by. */
export class Moment {
  readonly tally: Tally = {
    ...{ commands: 0, ownCaps: 0, energy: 0, sharedCaps: 0, sharedSums: 0, setpoints: 0 },
    ...{ silent: 0, silentDevices: 0, islandSeconds: 0 },
  };
  readonly world: Simulation;
  active: Order[] = [];
  calmSeconds = 0;
  /** What held when the agent acted last. */
  #heeded: Order[] = [];
  #situation = '';
  readonly #lastingSeconds = new Map<string, number>();

  constructor(world: Simulation) {
    this.world = world;
  }

  update(): void {
    const { clock, agent, known, ofThisBoot, plants, meter, restW, units } = this.world;
    this.active = activeAt({ orders: known, ofThisBoot }, clock.nowMs());
    if (agent !== undefined) this.#heeded = this.active;
    if (agent?.mode.startsWith('ISLAND') === true) this.tally.islandSeconds += 1;
    const faults = [...plants.values()].map(({ fault, ownWishW }) => `${fault}${ownWishW}`);
    const reached = units.map((unit) => unit.status.reachable);
    const active = this.active.map(({ id }) => id);
    const situation = JSON.stringify([active, faults, meter.fault, restW, reached, agent !== undefined, ofThisBoot]);
    this.calmSeconds = situation === this.#situation ? this.calmSeconds + 1 : 0;
    this.#situation = situation;
  }

  capsOf(subject: string): Caps {
    return capsOf(subject, this.active, this.world.scenario);
  }

  /** What held when the agent acted last. */
  heededCaps(subject: string): Caps {
    return capsOf(subject, this.#heeded, this.world.scenario);
  }

  /** That, or what would hold without orders, whichever is stricter. */
  strictest(subject: string): Caps {
    const standing = this.#heeded.filter(({ what }) => 'as' in what && what.as !== 'LIMIT');
    const [a, b] = [this.heededCaps(subject), capsOf(subject, standing, this.world.scenario)];
    return { importW: Math.min(a.importW, b.importW), exportW: Math.min(a.exportW, b.exportW) };
  }

  isReached(name: string): boolean {
    return this.world.units.some((unit) => unit.resourceName === name && unit.status.reachable);
  }

  /** A battery that was let go may do something else at once, and is caught as soon as that is seen. */
  lasts(subject: string, outside: boolean): boolean {
    const seconds = outside ? (this.#lastingSeconds.get(subject) ?? 0) + 1 : 0;
    this.#lastingSeconds.set(subject, seconds);
    return seconds > CAUGHT_SECONDS;
  }

  /** @throws CheckFailed */
  fail(what: string): never {
    const { scenario, clock } = this.world;
    throw new CheckFailed(`scenario ${scenario.seed}, ${new Date(clock.nowMs()).toISOString()}: ${what}`);
  }
}
