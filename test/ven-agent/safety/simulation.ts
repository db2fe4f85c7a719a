import { vi } from 'vitest';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { Agent } from '../../../ven-agent/agent.ts';
import { EventCache } from '../../../ven-agent/client/event-cache.ts';
import { configSchema } from '../../../ven-agent/config.ts';
import type { AgentConfig } from '../../../ven-agent/config.ts';
import type { AgentDatabase } from '../../../ven-agent/database.ts';
import { ReportOutbox } from '../../../ven-agent/reporting/outbox.ts';
import { Reporter } from '../../../ven-agent/reporting/reporter.ts';
import { DeviceUnit } from '../../../ven-agent/unit.ts';
import { NOON } from '../builders.ts';
import { Checker } from './checker.ts';
import { Meter, Plant } from './plant.ts';
import { eventOf } from './order.ts';
import type { Order } from './order.ts';
import { SITE } from './scenario.ts';
import type { Incident, Scenario } from './scenario.ts';

const log = createLog({ name: 't', level: 'silent' });
const POLL_SECONDS = 5;

/**
 * One scenario, played to its end: the agent's own tick on a manual clock, plants, meter, utility and network in memory. Every
 * second the agent acts, the world moves on, and the checker looks at both.
 */
export class Simulation {
  readonly scenario: Scenario;
  readonly clock: ManualClock;
  readonly plants: ReadonlyMap<string, Plant>;
  readonly meter: Meter;
  restW = 0;
  agent: Agent | undefined;
  units: DeviceUnit[] = [];
  /** What the agent was given last, each moved by what was drawn when the agent first heard of it. */
  known: readonly Order[] = [];
  #given: readonly Order[] = [];
  readonly #draws = new Map<string, number>();
  #starts = 0;
  #bootOfKnown = -1;
  #boot = 0;
  #orders: Order[];
  #vtnUp = true;
  #lookNow = true;
  #watch: { status: { polls: number; failures: number; lastFullReadMs?: number } } = {
    status: { polls: 0, failures: 0 },
  };
  #cache: EventCache | undefined;
  readonly #config: AgentConfig;
  readonly #db: AgentDatabase;

  /**
   * @param db shared by many scenarios; each begins with no events
   * @param plants those of the scenario, where they are not simply in memory
   */
  constructor(scenario: Scenario, db: AgentDatabase, clock = new ManualClock(NOON), plants?: readonly Plant[]) {
    this.scenario = scenario;
    this.#db = db;
    this.#orders = scenario.orders;
    this.#config = configOf(scenario);
    this.clock = clock;
    const all = plants ?? scenario.devices.map((plan) => new Plant(plan, clock));
    this.plants = new Map(all.map((plant) => [plant.resourceName, plant]));
    for (const { name, ownWishW } of scenario.devices) this.plant(name).ownWishW = ownWishW;
    this.meter = new Meter(this.clock, () => this.devicesW + this.restW);
  }

  plant(name: string): Plant {
    return this.plants.get(name) as Plant;
  }

  get devicesW(): number {
    return [...this.plants.values()].reduce((sum, { powerW }) => sum + powerW, 0);
  }

  get ofThisBoot(): boolean {
    return this.#bootOfKnown === this.#boot;
  }

  /** @throws CheckFailed */
  async run(): Promise<Checker> {
    this.#db.exec('DELETE FROM events; DELETE FROM facts;');
    const checker = new Checker(this);
    this.#startAgent();
    for (let second = 0; second < this.scenario.seconds; second += 1) {
      for (const incident of this.scenario.incidents.get(second) ?? []) this.#happen(incident);
      this.#poll(second);
      for (const plant of this.plants.values()) plant.heard = [];
      checker.before();
      await this.#tick();
      checker.afterTick();
      for (const plant of this.plants.values()) plant.advance();
      checker.afterPhysics();
      this.clock.advance(1000);
    }
    return checker;
  }

  /** A tick does not wait for a device that does not answer: its patience is the only time that really would have to pass. */
  async #tick(): Promise<void> {
    const tick = this.agent?.tickSoon();
    if ([...this.plants.values()].some(({ hangs }) => hangs)) await vi.advanceTimersByTimeAsync(2000);
    await tick;
  }

  #poll(second: number): void {
    if (this.agent === undefined || !this.#vtnUp || (second % POLL_SECONDS !== 0 && !this.#lookNow)) return;
    this.#lookNow = false;
    if (this.#given !== this.#orders || !this.ofThisBoot) {
      this.#cache?.replaceAll(this.#orders.map(eventOf));
      this.agent.scheduleChanged();
    }
    this.#given = this.#orders;
    this.known = this.#orders.map((order) => this.#moved(order));
    this.#bootOfKnown = this.#boot;
    this.#watch.status.lastFullReadMs = this.clock.nowMs();
  }

  get #die(): number {
    return this.scenario.dice[this.#starts % 2] as number;
  }

  #moved(order: Order): Order {
    const draw = this.#draws.get(order.id) ?? 2 * this.#die - 1;
    this.#draws.set(order.id, draw);
    const byMs = Math.round(draw * (order.randomizeSeconds ?? 0) * 1000);
    return { ...order, startMs: order.startMs + byMs, endMs: order.endMs + byMs };
  }

  #happen(incident: Incident): void {
    switch (incident.kind) {
      case 'orders':
        this.#orders = incident.orders;
        return;
      case 'vtn':
        this.#vtnUp = incident.up;
        return;
      case 'fault':
        this.plant(incident.name).fault = incident.fault;
        return;
      case 'meter':
        this.meter.fault = incident.fault;
        return;
      case 'rest':
        if (this.scenario.hasMeter) this.restW = incident.powerW;
        return;
      case 'wish':
        this.plant(incident.name).ownWishW = incident.powerW;
        return;
      case 'clock':
        this.clock.advance(incident.stepMs);
        return;
      case 'die':
        this.agent = undefined;
        return;
      case 'boot':
        if (incident.newBoot) this.#boot += 1;
        this.#startAgent();
    }
  }

  #startAgent(): void {
    const { clock } = this;
    this.#starts += 1;
    const die = this.#die;
    this.#watch = { status: { polls: 0, failures: 0 } };
    this.#cache = new EventCache({ db: this.#db, clock, random: () => die, bootId: `boot-${this.#boot}` });
    this.#lookNow = true;
    const devices = [...this.plants.values(), ...(this.scenario.hasMeter ? [this.meter] : [])];
    const deps = { clock, random: () => 0.5, log, onOpened: () => undefined };
    this.units = devices.map((device) => new DeviceUnit(device, deps));
    const outbox = new ReportOutbox(this.#db);
    const cache = this.#cache;
    const reporter = new Reporter({ cache, outbox, onQueued: () => undefined, log, periodMs: 3_600_000, tickMs: 1000 });
    const { units } = this;
    this.agent = new Agent({
      config: this.#config,
      units,
      cache,
      watch: this.#watch,
      reporter,
      clock,
      log,
      dryRun: false,
    });
  }
}

function configOf({ devices, hasMeter, siteLimits }: Scenario): AgentConfig {
  const url = 'tcp://plant.example:502';
  return configSchema.parse({
    vtn: { url: 'http://vtn.example', clientId: 'c', clientSecret: 's', pollSeconds: POLL_SECONDS },
    site: { id: SITE, limits: siteLimits },
    dataDir: 'unused',
    devices: [
      ...devices.map(({ name, kind, limits, soc, whenNoSetpoint, rampUpWPerSecond, inverterId, simple }) => ({
        ...{ resourceName: name, kind, driver: 'sunspec', url, limits, soc, whenNoSetpoint, simple },
        ...(rampUpWPerSecond === undefined ? {} : { rampUpWPerSecond }),
        ...(inverterId === undefined ? {} : { inverterId }),
      })),
      ...(hasMeter ? [{ resourceName: 'METER', kind: 'METER', driver: 'sunspec', url }] : []),
    ],
  });
}
