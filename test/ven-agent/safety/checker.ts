import type { DeviceCommand } from '../../../ven-agent/bridges/device.ts';
import { Moment, SETTLING_SECONDS, TOLERANCE } from './moment.ts';
import type { Tally } from './moment.ts';
import { bandOf, rulingSetpoint } from './oracle.ts';
import type { Caps } from './oracle.ts';
import type { Plant } from './plant.ts';
import { INVERTER, SITE } from './scenario.ts';
import type { DevicePlan } from './scenario.ts';
import { SharedCheck } from './shared-check.ts';
import { SilenceCheck } from './silence-check.ts';
import type { Simulation } from './simulation.ts';

/** Longest time until a device that is back is controlled again: its back-off and a tick. */
const BACK_SECONDS = 35;

/** Looks at every command and at the true power of every plant, and knows nothing of how the agent works. */
export class Checker {
  readonly #moment: Moment;
  readonly #shared: SharedCheck;
  readonly #silence: SilenceCheck;
  readonly #healthySeconds = new Map<string, number>();
  readonly #outsideSeconds = new Map<string, number>();

  constructor(world: Simulation) {
    this.#moment = new Moment(world);
    this.#shared = new SharedCheck(this.#moment);
    this.#silence = new SilenceCheck(this.#moment);
  }

  get tally(): Tally {
    return this.#moment.tally;
  }

  before(): void {
    this.#silence.before();
    this.#moment.update();
    const { scenario, agent } = this.#moment.world;
    for (const { name } of scenario.devices) {
      const healthy = agent !== undefined && this.#moment.world.plant(name).fault === 'none';
      this.#healthySeconds.set(name, healthy ? (this.#healthySeconds.get(name) ?? 0) + 1 : 0);
    }
  }

  afterTick(): void {
    for (const plan of this.#moment.world.scenario.devices) {
      const plant = this.#moment.world.plant(plan.name);
      for (const { command, saidSoc } of plant.heard) this.#checkCommand(plan, plant, command, saidSoc);
      const back = (this.#healthySeconds.get(plan.name) ?? 0) > BACK_SECONDS;
      if (back && plant.heard.length === 0)
        this.#moment.fail(`${plan.name} is well for ${BACK_SECONDS} s and told nothing`);
    }
    this.#shared.checkSums();
  }

  afterPhysics(): void {
    this.#silence.checkDevices();
    if (this.#moment.world.agent === undefined) return this.#silence.checkAgent();
    for (const plan of this.#moment.world.scenario.devices) this.#checkPlant(plan);
    if (this.#moment.calmSeconds < SETTLING_SECONDS) return;
    this.#shared.checkShared(SITE);
    this.#shared.checkShared(INVERTER);
  }

  /** No command is outside of what the device itself may do, whatever else happens. */
  #checkCommand(plan: DevicePlan, plant: Plant, command: DeviceCommand, saidSoc: number | undefined): void {
    this.#moment.tally.commands += 1;
    const { importW, exportW } = this.#moment.capsOf(plan.name);
    const { outputLimit, setpointW } = command;
    const say = (what: string): never => this.#moment.fail(`${plan.name}: ${what}: ${JSON.stringify(command)}`);
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
    const { floor, ceiling } = bandOf(plan, this.#moment.active, this.#moment.world.scenario);
    if (saidSoc <= floor && Math.min(setpointW ?? Infinity, limitW) > 0) say(`discharge at ${saidSoc}, floor ${floor}`);
    if (saidSoc >= ceiling && (setpointW ?? 0) < 0) say(`charge at ${saidSoc}, ceiling ${ceiling}`);
  }

  /** An idle battery that no set-point and no shared cap moves. */
  #standsStill(plan: DevicePlan): boolean {
    const { scenario } = this.#moment.world;
    const capped = [SITE, INVERTER].some((subject) => {
      const { importW, exportW } = this.#moment.capsOf(subject);
      return importW < Infinity || exportW < Infinity;
    });
    return (
      plan.whenNoSetpoint === 'idle' && !capped && rulingSetpoint(plan, this.#moment.active, scenario) === undefined
    );
  }

  /** True power and true energy of a plant that is well. */
  #checkPlant(plan: DevicePlan): void {
    const plant = this.#moment.world.plant(plan.name);
    const toleranceW = TOLERANCE * plan.ratedW;
    const say = (what: string): never =>
      this.#moment.fail(`${plan.name}: ${what}: ${plant.powerW} W, ${plant.socFraction}`);
    if (Math.abs(plant.powerW) > plan.ratedW) say('above nameplate');
    const { floor, ceiling } = bandOf(plan, this.#moment.active, this.#moment.world.scenario);
    const controlled = plant.fault === 'none' || plant.fault === 'no-soc';
    const low = plan.kind === 'BESS' && controlled && plant.socFraction <= floor;
    const high = plan.kind === 'BESS' && controlled && plant.socFraction >= ceiling;
    for (const [side, outside] of [
      ['low', low],
      ['high', high],
    ] as const) {
      const key = `${plan.name} ${side}`;
      // A change of what holds, or a device that is just back, begins anew.
      const seconds = outside && this.#moment.calmSeconds > 0 ? (this.#outsideSeconds.get(key) ?? 0) + 1 : 0;
      this.#outsideSeconds.set(key, seconds);
      if (seconds <= 3 || !this.#moment.isReached(plan.name)) continue;
      this.#moment.tally.energy += 1;
      if (side === 'low' && plant.powerW > toleranceW) say(`discharges below its floor ${floor}`);
      const charges = this.#moment.lasts(key, side === 'high' && plant.powerW < -toleranceW);
      if (charges) say(`charges above its ceiling ${ceiling}`);
    }
    if (this.#moment.calmSeconds < SETTLING_SECONDS || plant.fault !== 'none' || !this.#moment.isReached(plan.name))
      return;
    this.#moment.tally.ownCaps += 1;
    const { importW, exportW } = this.#moment.capsOf(plan.name);
    if (plant.powerW > exportW + toleranceW) say(`above its export cap ${exportW}`);
    const overW = -plant.powerW - importW;
    if (this.#moment.lasts(plan.name, overW > toleranceW)) say(`above its import cap ${importW}`);
    this.#checkFollowed(plan, plant, { importW, exportW }, { floor, ceiling });
  }

  /** An agent that does nothing would be safe: set-points that nothing forbids are followed. */
  #checkFollowed(
    plan: DevicePlan,
    plant: Plant,
    caps: Caps,
    { floor, ceiling }: { floor: number; ceiling: number },
  ): void {
    const { scenario } = this.#moment.world;
    const wished = rulingSetpoint(plan, this.#moment.active, scenario);
    if (plan.kind !== 'BESS' || typeof wished !== 'number') return;
    const shared = [SITE, INVERTER].map((subject) => this.#moment.capsOf(subject));
    if (shared.some(({ importW, exportW }) => importW < Infinity || exportW < Infinity)) return;
    const margin = 0.05;
    if (plant.socFraction < Math.max(0, floor) + margin || plant.socFraction > Math.min(1, ceiling) - margin) return;
    this.#moment.tally.setpoints += 1;
    const most = Math.min(caps.exportW, plan.ratedW);
    const least = -Math.min(caps.importW, plan.ratedW);
    const expectedW = Math.min(Math.max(wished, least), most);
    if (Math.abs(plant.powerW - expectedW) <= TOLERANCE * plan.ratedW) return;
    this.#moment.fail(`${plan.name}: set-point ${expectedW} is not followed: ${plant.powerW} W`);
  }
}
