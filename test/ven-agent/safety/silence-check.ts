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
  #atDeath = new Map<string, { strictest: Caps; heeded: Caps }>();
  #restAtDeathW = 0;
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

  /** When the agent is dead, what it left behind holds, a lease later. */
  checkAgent(): void {
    const { scenario, plants } = this.#moment.world;
    if (this.#deadSeconds === 1) this.#noteDeath();
    if (this.#calmAtDeath < SETTLING_SECONDS || this.#deadSeconds < LEASE_SECONDS + 5) return;
    if ([...plants.values()].some(({ fault }) => fault === 'local')) return;
    this.#moment.tally.silent += 1;
    for (const { name, ratedW, safeReversion } of scenario.devices) {
      const { powerW } = this.#moment.world.plant(name);
      this.#checkLeft(name, powerW, this.#capsLeft(name, safeReversion), TOLERANCE * ratedW);
    }
    for (const subject of [SITE, INVERTER]) this.#checkSum(subject);
  }

  #noteDeath(): void {
    const { scenario, plants, restW } = this.#moment.world;
    const subjects = [...scenario.devices.map(({ name }) => name), SITE, INVERTER];
    const capsOf = (subject: string) => ({
      strictest: this.#moment.strictest(subject),
      heeded: this.#moment.heededCaps(subject),
    });
    this.#atDeath = new Map(subjects.map((subject) => [subject, capsOf(subject)]));
    this.#restAtDeathW = restW;
    // Calm before, and nothing that was wrong with any device.
    if ([...plants.values()].some(({ fault }) => fault !== 'none')) this.#calmAtDeath = 0;
  }

  #checkSum(subject: string): void {
    const { scenario, restW } = this.#moment.world;
    const members = sharersOf(subject, scenario);
    if (members.length === 0) return;
    const sumW = members.reduce((sum, { name }) => sum + this.#moment.world.plant(name).powerW, 0);
    const isMetered = subject === SITE && scenario.hasMeter;
    const reverts = members.every(({ safeReversion }) => safeReversion);
    const { importW, exportW } = this.#capsLeft(subject, reverts);
    // Nobody knows the rest of a metered site when nobody looks: those that revert leave all of the room to it. Those that
    // keep their limit may use what the load leaves, as long as it does.
    if (isMetered && !reverts && restW !== this.#restAtDeathW) return;
    const withRestW = (capW: number): number => Math.max(0, reverts ? 0 : capW - restW);
    const leftW = (capW: number): number => (isMetered && capW < Infinity ? withRestW(capW) : capW);
    this.#checkLeft(subject, sumW, { importW: leftW(importW), exportW: leftW(exportW) }, toleranceOf(members));
  }

  /** What can revert goes to the stricter one of the order and the cap without it; what cannot keeps to the order. */
  #capsLeft(subject: string, reverts: boolean): Caps {
    const { strictest, heeded } = this.#atDeath.get(subject) as { strictest: Caps; heeded: Caps };
    return reverts ? strictest : heeded;
  }

  #checkLeft(subject: string, powerW: number, { importW, exportW }: Caps, toleranceW: number): void {
    if (powerW <= exportW + toleranceW && -powerW <= importW + toleranceW) return;
    this.#moment.fail(
      `${subject}: ${powerW} W ${this.#deadSeconds} s after the agent died, caps ${importW} ${exportW}`,
    );
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
