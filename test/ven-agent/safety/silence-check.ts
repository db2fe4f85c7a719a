import { SETTLING_SECONDS, TOLERANCE } from './moment.ts';
import type { Moment } from './moment.ts';
import { sharersOf, toleranceOf } from './oracle.ts';
import type { Caps } from './oracle.ts';
import { INVERTER, SITE } from './scenario.ts';

const LEASE_SECONDS = 30;

/** Who is left alone, by a dead agent or by a line that says nothing, is safe after its lease. */
export class SilenceCheck {
  readonly #moment: Moment;
  #deadSeconds = 0;
  /** How calm it was when the agent died. */
  #calmAtDeath = 0;
  #atDeath = new Map<string, Caps>();
  /** How calm it was when each device fell silent, since when it is, and what held for it. */
  readonly #lost = new Map<string, { calmSeconds: number; seconds: number; caps: Caps }>();

  constructor(moment: Moment) {
    this.#moment = moment;
  }

  /** Before what is new at this instant is taken note of. */
  before(): void {
    const isDead = this.#moment.world.agent === undefined;
    if (isDead && this.#deadSeconds === 0) this.#calmAtDeath = this.#moment.calmSeconds;
    this.#deadSeconds = isDead ? this.#deadSeconds + 1 : 0;
    this.#noteLosses();
  }

  #noteLosses(): void {
    for (const { name } of this.#moment.world.scenario.devices) {
      const { fault } = this.#moment.world.plant(name);
      const lost = this.#lost.get(name);
      if (fault !== 'away' && fault !== 'hanging') this.#lost.delete(name);
      else if (lost !== undefined) lost.seconds += 1;
      else
        this.#lost.set(name, { calmSeconds: this.#moment.calmSeconds, seconds: 1, caps: this.#moment.strictest(name) });
    }
  }

  /** When the agent is dead, what it left behind holds: a lease later each device that can revert is where it is safe. */
  checkAgent(): void {
    const { scenario, plants } = this.#moment.world;
    if (this.#deadSeconds === 1) {
      this.#atDeath = new Map(
        [...scenario.devices.map(({ name }) => name), SITE, INVERTER].map((name) => [
          name,
          this.#moment.strictest(name),
        ]),
      );
      // Calm before, and nothing that was wrong with any device.
      if ([...plants.values()].some(({ fault }) => fault !== 'none')) this.#calmAtDeath = 0;
    }
    if (this.#calmAtDeath < SETTLING_SECONDS || this.#deadSeconds < LEASE_SECONDS + 5) return;
    if ([...plants.values()].some(({ fault }) => fault === 'local')) return;
    this.#moment.tally.silent += 1;
    for (const plan of scenario.devices) {
      const { powerW, spec } = this.#moment.world.plant(plan.name);
      const { importW, exportW } = this.#atDeath.get(plan.name) as Caps;
      const toleranceW = TOLERANCE * plan.ratedW;
      if (!spec.safeReversion) continue;
      if (powerW > exportW + toleranceW || -powerW > importW + toleranceW) {
        this.#moment.fail(
          `${plan.name}: ${powerW} W ${this.#deadSeconds} s after the agent died, caps ${importW} ${exportW}`,
        );
      }
    }
    for (const subject of [SITE, INVERTER]) {
      const members = sharersOf(subject, scenario);
      const { importW, exportW } = this.#atDeath.get(subject) as Caps;
      if (members.length === 0 || members.some(({ safeReversion }) => !safeReversion)) continue;
      const sumW = members.reduce((sum, { name }) => sum + this.#moment.world.plant(name).powerW, 0);
      const metered = subject === SITE && scenario.hasMeter;
      const toleranceW = toleranceOf(members);
      // Nobody knows the rest of a metered site when nobody looks.
      const leftW = (capW: number): number => (metered && capW < Infinity ? 0 : capW);
      if (sumW > leftW(exportW) + toleranceW || -sumW > leftW(importW) + toleranceW) {
        this.#moment.fail(
          `${subject}: ${sumW} W ${this.#deadSeconds} s after the agent died, caps ${importW} ${exportW}`,
        );
      }
    }
  }

  /** A device that hears nothing is where its own caps hold a lease later, whatever becomes of the agent. */
  checkDevices(): void {
    for (const { name, ratedW, kind } of this.#moment.world.scenario.devices) {
      const { powerW, spec } = this.#moment.world.plant(name);
      const lost = this.#lost.get(name);
      if (lost === undefined || !spec.safeReversion || lost.calmSeconds < SETTLING_SECONDS) continue;
      if (lost.seconds < LEASE_SECONDS + 5) continue;
      this.#moment.tally.silentDevices += 1;
      const { importW, exportW } = lost.caps;
      const toleranceW = TOLERANCE * ratedW;
      if (powerW <= exportW + toleranceW && -powerW <= importW + toleranceW) continue;
      this.#moment.fail(
        `${kind} ${name}: ${powerW} W ${lost.seconds} s after it fell silent, caps ${importW} ${exportW}`,
      );
    }
  }
}
