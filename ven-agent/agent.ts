import type { Logger } from '@openadr-gateway/shared/log.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { EventCache } from './client/event-cache.ts';
import type { Watch } from './client/watch.ts';
import type { AgentConfig } from './config.ts';
import { Control, handBack } from './control.ts';
import type { Decided, SiteView } from './control.ts';
import type { Reporter } from './reporting/reporter.ts';
import { communicationMode } from './scheduler/communication.ts';
import type { CommunicationMode } from './scheduler/communication.ts';
import { targetBook } from './scheduler/subjects.ts';
import type { TargetBook } from './scheduler/subjects.ts';
import { buildTimeline, EMPTY_TIMELINE } from './scheduler/timeline.ts';
import type { Timeline } from './scheduler/timeline.ts';
import type { DeviceUnit } from './unit.ts';
import type { WriteOutcome } from './bridges/device.ts';

export interface AgentDeps {
  config: AgentConfig;
  units: readonly DeviceUnit[];
  cache: EventCache;
  watch: Pick<Watch, 'status'>;
  reporter: Reporter;
  clock: Clock;
  log: Logger;
  /** Decides, logs and reports, but writes nothing to devices. */
  dryRun: boolean;
}

export interface Applied extends Decided {
  outcome: WriteOutcome['kind'] | 'pending' | 'dry-run';
}

/** The part of a tick that it will wait for devices to be read, and again to be written. */
const WAIT_SHARE = 0.4;
const LONGEST_WAIT_MS = 1_000;
/** At its start an agent waits this long for the VTN's word before it lets defaults replace what a device holds. */
const INIT_GRACE_MS = 3_000;
/** Repeating events are rolled out for two days; the schedule is built anew long before. */
const TIMELINE_LIFE_MS = 3_600_000;

/**
 * The control loop. A tick runs top to bottom: read every device, see what the schedule says, decide, write what
 * differs, record. A slow device is not waited for; its answer counts in the tick after it came.
 */
export class Agent {
  readonly #deps: AgentDeps;
  readonly #control: Control;
  readonly #applied = new Map<string, Applied>();
  #timeline: Timeline = EMPTY_TIMELINE;
  #book: TargetBook;
  #timelineIsOld = true;
  #timelineBuiltMs = -Infinity;
  #mode: CommunicationMode = 'INIT';
  #running = false;
  #startedMs = -Infinity;
  #ticking: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;
  readonly #saidFaults = new Set<string>();
  readonly #saidDecisions = new Map<string, string>();

  constructor(deps: AgentDeps) {
    this.#deps = deps;
    this.#control = new Control(deps.config);
    this.#book = this.#whoIsWho();
  }

  get mode(): CommunicationMode {
    return this.#mode;
  }

  get timeline(): Timeline {
    return this.#timeline;
  }

  get site(): SiteView {
    return this.#control.view;
  }

  get ticks(): number {
    return this.#ticks;
  }

  applied(resourceName: string): Applied | undefined {
    return this.#applied.get(resourceName);
  }

  start(): void {
    this.#running = true;
    this.#startedMs = this.#deps.clock.nowMs();
    void this.tickSoon();
  }

  /** Ends the loop and hands the devices back; takes four seconds at most. */
  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await this.#ticking;
    const { units, config, dryRun } = this.#deps;
    const waitMs = Math.min(config.tick.intervalMs, LONGEST_WAIT_MS);
    const farewells = units.map(async (unit) => {
      const last = this.#applied.get(unit.resourceName);
      if (last !== undefined && !dryRun) await unit.apply(handBack(last.command));
    });
    await settledWithin(farewells, waitMs);
    await settledWithin(
      units.map((unit) => unit.close()),
      waitMs,
    );
  }

  /** The events or their meaning changed: the schedule is built anew, and a tick runs at once. */
  scheduleChanged(): void {
    this.#timelineIsOld = true;
    if (this.#running) void this.tickSoon();
  }

  /** Runs a tick now, or once more after the one that is running. */
  async tickSoon(): Promise<void> {
    if (this.#ticking !== undefined) {
      this.#again = true;
      return this.#ticking;
    }
    clearTimeout(this.#timer);
    this.#ticking = this.#tickUntilQuiet().finally(() => {
      this.#ticking = undefined;
      if (this.#running) this.#timer = setTimeout(() => void this.tickSoon(), this.#untilNextTickMs());
    });
    return this.#ticking;
  }

  async #tickUntilQuiet(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.#tick();
      } catch (error) {
        // A defect must not end control: the leases would run out and the devices fall back.
        this.#deps.log.error({ err: error }, 'a tick failed');
      }
    } while (this.#again && this.#running);
  }

  async #tick(): Promise<void> {
    const { units, config, clock, reporter, dryRun } = this.#deps;
    const waitMs = Math.min(WAIT_SHARE * config.tick.intervalMs, LONGEST_WAIT_MS);
    await settledWithin(
      units.map((unit) => unit.poll()),
      waitMs,
    );
    const nowMs = clock.nowMs();
    this.#refreshTimeline(nowMs);
    this.#mode = this.#modeAt(nowMs);
    const tooEarly = this.#mode === 'INIT' && Math.abs(nowMs - this.#startedMs) < INIT_GRACE_MS;

    const schedule = { timeline: this.#timeline, book: this.#book };
    const decisions = tooEarly ? undefined : this.#control.decide(units, schedule, nowMs, this.#mode);
    const writes = units.map(async (unit) => {
      const decided = decisions?.get(unit.resourceName);
      if (decided === undefined) return;
      this.#say(unit.resourceName, decided);
      this.#applied.set(unit.resourceName, { ...decided, outcome: dryRun ? 'dry-run' : 'pending' });
      const outcome = dryRun ? undefined : await unit.apply(decided.command);
      if (outcome !== undefined) this.#applied.set(unit.resourceName, { ...decided, outcome: outcome.kind });
      if (outcome?.kind === 'applied' || outcome?.kind === 'unchanged') this.#control.confirm(unit.resourceName);
    });
    await settledWithin(writes, waitMs);
    this.#ticks += 1;
    reporter.record(units, (name) => this.#applied.get(name)?.command, nowMs);
  }

  #modeAt(nowMs: number): CommunicationMode {
    const { cache, config, watch, log } = this.#deps;
    const endMs = this.#timeline.ordersEndMs;
    const { lastFullReadMs } = watch.status;
    const mode = communicationMode({
      nowMs,
      pollIntervalMs: config.vtn.pollSeconds * 1000,
      cacheOfThisBoot: lastFullReadMs !== undefined || cache.isOfThisBoot,
      ...(lastFullReadMs === undefined ? {} : { lastFullReadMs }),
      ...(endMs === undefined ? {} : { scheduleEndMs: endMs }),
    });
    if (mode !== this.#mode) log.info({ from: this.#mode, to: mode }, `mode ${mode}`);
    return mode;
  }

  #refreshTimeline(nowMs: number): void {
    const ageMs = nowMs - this.#timelineBuiltMs;
    // A clock that was set back needs what was not rolled out any more.
    if (!this.#timelineIsOld && ageMs >= 0 && ageMs < TIMELINE_LIFE_MS) return;
    const { cache, log } = this.#deps;
    this.#book = this.#whoIsWho();
    this.#timeline = buildTimeline(cache.events(), this.#book, nowMs);
    this.#timelineIsOld = false;
    this.#timelineBuiltMs = nowMs;
    for (const { eventName, eventId, reason } of [...this.#timeline.faults, ...this.#timeline.warnings]) {
      const text = `event ${eventName}: ${reason}`;
      if (this.#saidFaults.has(text)) continue;
      this.#saidFaults.add(text);
      log.warn({ eventId }, text);
    }
    if (this.#saidFaults.size > 1000) this.#saidFaults.clear();
  }

  #whoIsWho(): TargetBook {
    const { cache, config } = this.#deps;
    const { id, simple } = config.site;
    const meter = config.devices.find(({ kind }) => kind === 'METER')?.resourceName;
    const devices = config.devices.filter(({ kind }) => kind !== 'METER');
    return targetBook({ id, meter, simple }, devices, cache.enrolment);
  }

  /** Every intervention is on record: what was ordered, and why; once per change. */
  #say(resourceName: string, { command, why }: Decided): void {
    const text = JSON.stringify({ limit: command.outputLimit, setpointW: command.setpointW, why });
    if (this.#saidDecisions.get(resourceName) === text) return;
    this.#saidDecisions.set(resourceName, text);
    this.#deps.log.info({ resourceName, outputLimit: command.outputLimit, setpointW: command.setpointW, why }, 'order');
  }

  #untilNextTickMs(): number {
    const { config, clock } = this.#deps;
    const { intervalMs } = config.tick;
    return intervalMs - (clock.nowMs() % intervalMs);
  }
}

/** Waits until all have settled, but no longer than that. */
async function settledWithin(work: readonly Promise<unknown>[], waitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  await Promise.race([Promise.allSettled(work), enough]);
  clearTimeout(timer);
}
