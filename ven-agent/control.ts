import type { DeviceCommand } from './bridges/device.ts';
import type { AgentConfig, DeviceEntry } from './config.ts';
import { confirmed, initialSiteState } from './dispatch/memory.ts';
import type { SiteState } from './dispatch/memory.ts';
import type { Constraint } from './dispatch/range.ts';
import type { MeterView } from './dispatch/rest.ts';
import { decideSite } from './dispatch/site.ts';
import type { DeviceFacts, SharedCap } from './dispatch/site.ts';
import { meterView, seen } from './picture.ts';
import type { CommunicationMode } from './scheduler/communication.ts';
import { envelopeAt, standingEnvelope } from './scheduler/envelope.ts';
import type { Envelope } from './scheduler/envelope.ts';
import type { TargetBook } from './scheduler/subjects.ts';
import type { Timeline } from './scheduler/timeline.ts';
import type { DeviceUnit } from './unit.ts';

export interface Decided {
  envelope: Envelope;
  command: DeviceCommand;
  why: Constraint[];
}

/** What was seen of the site as a whole, for the status page. */
export interface SiteView {
  meter: MeterView;
  /** The rest of the site beside its devices, averaged, + export; undefined: nobody sees it. */
  restAverageW?: number | undefined;
  /** Caps in force that are shared: of inverters and of the site. */
  shared: readonly SharedCap[];
}

const LEAST_LEASE_SECONDS = 30;
/** Longer than this many ticks was no time to ramp in, but a jump of the clock or a sleep of the machine. */
const MOST_TICKS = 3;

/** What the devices of the site are told: the pure steps in their order, and what they remember from tick to tick. */
export class Control {
  readonly #config: AgentConfig;
  #state: SiteState = initialSiteState;
  #decidedMs: number | undefined;
  #view: SiteView = { meter: { kind: 'absent' }, shared: [] };

  constructor(config: AgentConfig) {
    this.#config = config;
  }

  get view(): SiteView {
    return this.#view;
  }

  /** One decision for every device that can be told something now. */
  decide(
    units: readonly DeviceUnit[],
    schedule: { timeline: Timeline; book: TargetBook },
    nowMs: number,
    mode: CommunicationMode,
  ): Map<string, Decided> {
    const { site, devices, tick } = this.#config;
    const unitOf = new Map(units.map((unit) => [unit.resourceName, unit]));
    const meterEntry = devices.find(({ kind }) => kind === 'METER');
    const meter = meterView(meterEntry && unitOf.get(meterEntry.resourceName), nowMs, tick.intervalMs);
    const facts = devices.flatMap((entry): DeviceFacts[] => {
      const unit = entry.kind === 'METER' ? undefined : unitOf.get(entry.resourceName);
      return unit === undefined ? [] : [this.#facts(entry, unit, schedule.timeline, nowMs, mode)];
    });
    const shared = this.#shared(schedule, nowMs, mode);
    const { decisions, state } = decideSite(
      {
        nowMs,
        elapsedSeconds: this.#elapsedMs(nowMs) / 1000,
        // Three refreshes fit into a lease, and no device is asked to count less than half a minute.
        leaseSeconds: Math.max(LEAST_LEASE_SECONDS, Math.ceil((3 * tick.intervalMs) / 1000)),
        devices: facts,
        shared,
        meter,
        rest: site.rest,
      },
      this.#state,
    );
    this.#state = state;
    this.#decidedMs = nowMs;
    this.#view = { meter, restAverageW: state.rest.averageW, shared };
    const envelopes = new Map(facts.map(({ name, envelope }) => [name, envelope]));
    return new Map(
      [...decisions].map(([name, decision]) => [name, { ...decision, envelope: envelopes.get(name) as Envelope }]),
    );
  }

  /** The device was told so and holds it. */
  confirm(resourceName: string): void {
    this.#state = confirmed(this.#state, resourceName);
  }

  #facts(
    entry: DeviceEntry,
    unit: DeviceUnit,
    timeline: Timeline,
    nowMs: number,
    mode: CommunicationMode,
  ): DeviceFacts {
    const { resourceName: name, limits, whenNoSetpoint, soc, rampUpWPerSecond, ratedW, dropsOutAtZero } = entry;
    const bound = { kind: 'resource', name } as const;
    return {
      name,
      settings: { whenNoSetpoint, socMin: soc.min, socMax: soc.max, rampUpWPerSecond, ratedW, dropsOutAtZero },
      envelope: envelopeAt(timeline, bound, nowMs, limits, mode),
      standing: standingEnvelope(timeline, bound, nowMs, limits),
      ...seen(unit, nowMs, this.#config.tick.intervalMs),
    };
  }

  /** Inverters first, the site last. */
  #shared(
    { timeline, book }: { timeline: Timeline; book: TargetBook },
    nowMs: number,
    mode: CommunicationMode,
  ): SharedCap[] {
    const { site } = this.#config;
    const inverters = [...book.groups].map(([of, members]): SharedCap => {
      const bound = { kind: 'group', name: of } as const;
      const caps = envelopeAt(timeline, bound, nowMs, {}, mode);
      return { of, kind: 'group', members, caps, standing: standingEnvelope(timeline, bound, nowMs, {}) };
    });
    const bound = { kind: 'site', name: site.id } as const;
    return [
      ...inverters,
      {
        of: site.id,
        kind: 'site',
        members: [...book.resourceKeys.keys()],
        caps: envelopeAt(timeline, bound, nowMs, site.limits, mode),
        standing: standingEnvelope(timeline, bound, nowMs, site.limits),
      },
    ];
  }

  #elapsedMs(nowMs: number): number {
    const { intervalMs } = this.#config.tick;
    const elapsedMs = this.#decidedMs === undefined ? intervalMs : nowMs - this.#decidedMs;
    return Math.min(Math.max(0, elapsedMs), MOST_TICKS * intervalMs);
  }
}

/**
 * The command that an agent leaves behind when it stops in order: that to which the device would fall back at the end of its lease.
 * So limits hold where it has no timer for that; the set-point is handed back, except where a bound of charging or a shared cap
 * is in force (the device stands still then).
 */
export function handBack(last: DeviceCommand): DeviceCommand {
  const { setpointW: _released, ...limits } = last;
  return { ...limits, ...last.fallback };
}
