import type { Moment } from './moment.ts';
import { capsOf, mostOf, reachOf, sharersOf, toleranceOf } from './oracle.ts';
import type { Caps } from './oracle.ts';
import { INVERTER, SITE } from './scenario.ts';
import type { DevicePlan } from './scenario.ts';

const STILL = { lowestW: 0, highestW: 0 };

/** The caps of inverter and site, over what is told and over what is done. */
export class SharedCheck {
  readonly #moment: Moment;

  constructor(moment: Moment) {
    this.#moment = moment;
  }

  /** What is told in one tick adds up, also while the loop is still settling. */
  checkSums(): void {
    const { scenario, restW } = this.#moment.world;
    for (const subject of [SITE, INVERTER]) {
      const { exportW } = this.#moment.capsOf(subject);
      const members = sharersOf(subject, scenario);
      if (exportW === Infinity || members.length === 0) continue;
      const plants = members.map(({ name }) => this.#moment.world.plant(name));
      if (plants.some(({ heard, fault }) => heard.length !== 1 || fault !== 'none')) continue;
      if (subject === SITE && this.#isBlind()) continue;
      this.#moment.tally.sharedSums += 1;
      const tellsW = members.map((plan, n) => mostOf(plan, plants[n]?.heard[0]?.command));
      const sumW = tellsW.reduce((a, b) => a + b, subject === SITE ? restW : 0);
      const toleranceW = toleranceOf(members);
      if (sumW <= exportW + toleranceW) continue;
      const asLowAsCanBe = members.every((plan, n) => (tellsW[n] ?? 0) <= this.#reach(plan).lowestW + toleranceW);
      if (!asLowAsCanBe)
        this.#moment.fail(`${subject}: commands add up to ${sumW}, cap ${exportW}: ${tellsW.join(' ')}`);
    }
  }

  /** The true sum at the meter or the inverter keeps to the cap, or nothing more can be done. */
  checkShared(subject: string): void {
    const { scenario, restW } = this.#moment.world;
    const members = sharersOf(subject, scenario);
    const caps = this.#moment.capsOf(subject);
    if (members.length === 0 || (caps.importW === Infinity && caps.exportW === Infinity)) return;
    const plants = members.map(({ name }) => this.#moment.world.plant(name));
    this.#moment.tally.sharedCaps += 1;
    const sumW = plants.reduce((sum, { powerW }) => sum + powerW, 0);
    const toleranceW = toleranceOf(members);
    const { lowW, highW } = this.#budget(subject, caps, this.#isBlind(), restW);
    // Those that are well make up for those that are not, but are not expected to go beyond standing still for them.
    const well = members.filter(
      ({ name }) => this.#moment.world.plant(name).fault === 'none' && this.#moment.isReached(name),
    );
    const someFail = well.length < members.length;
    const reach = (plan: DevicePlan) => (someFail ? STILL : this.#reach(plan));
    const powerOf = ({ name }: DevicePlan): number => this.#moment.world.plant(name).powerW;
    // Those behind an inverter can do no more for the site, together, than the inverter's own caps let them.
    const behind = subject === SITE ? sharersOf(INVERTER, scenario) : [];
    const behindW = behind.reduce((sum, plan) => sum + powerOf(plan), 0);
    const inner = capsOf(INVERTER, this.#moment.active, scenario);
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
    if (!this.#moment.lasts(subject, outside)) return;
    const powers = plants.map(({ powerW }) => powerW).join(' ');
    this.#moment.fail(`${subject}: outside of its caps ${caps.importW} ${caps.exportW}: ${powers}, rest ${restW}`);
  }

  /** A site whose meter is silent stands still, since the configuration of these sites says nothing about the rest. */
  #budget(subject: string, { importW, exportW }: Caps, blind: boolean, restW: number): { lowW: number; highW: number } {
    if (subject !== SITE) return { lowW: -importW, highW: exportW };
    if (!blind) return { lowW: -importW - restW, highW: exportW - restW };
    return { lowW: importW === Infinity ? -Infinity : 0, highW: exportW === Infinity ? Infinity : 0 };
  }

  #reach(plan: DevicePlan): { lowestW: number; highestW: number } {
    return reachOf(
      plan,
      this.#moment.world.plant(plan.name).socFraction,
      this.#moment.active,
      this.#moment.world.scenario,
    );
  }

  /** The meter is silent, or not yet asked again. */
  #isBlind(): boolean {
    const { scenario, meter } = this.#moment.world;
    return scenario.hasMeter && (meter.fault !== 'none' || !this.#moment.isReached(meter.resourceName));
  }
}
