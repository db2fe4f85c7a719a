import type { Logger } from '@openadr-gateway/shared/log.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import type { DeviceCommand } from '../bridges/device.ts';
import type { EventCache } from '../client/event-cache.ts';
import type { DeviceUnit } from '../unit.ts';
import { operatingStateOf } from './operating-state.ts';
import type { ReportOutbox } from './outbox.ts';
import { reportPlan } from './report-plan.ts';
import { PAYLOAD_DESCRIPTORS, summarise } from './snapshot.ts';
import type { Period, Sample } from './snapshot.ts';

export interface ReporterDeps {
  cache: EventCache;
  outbox: ReportOutbox;
  /** Called when something was put into the outbox. */
  onQueued: () => void;
  log: Logger;
  periodMs: number;
  tickMs: number;
}

/** Reports kept in memory while the disk refuses; beyond that the oldest go. */
const MOST_UNSAVED = 500;
/** Periods that went by at once (the machine slept) and are still reported as missing. */
const MOST_MISSED = 10;

/** As much of a device as a report needs. */
type Seen = Pick<DeviceUnit, 'resourceName' | 'reading' | 'capabilities'>;

/** Collects what every tick saw and, when a period of the wall clock is over, puts one report per resource in the outbox. */
export class Reporter {
  readonly #deps: ReporterDeps;
  readonly #samples = new Map<string, Sample[]>();
  readonly #unsaved: { name: string; body: string }[] = [];
  #periodStartMs: number | undefined;
  #diskRefuses = false;
  #nobodyAsks = false;

  constructor(deps: ReporterDeps) {
    this.#deps = deps;
  }

  /** Reports that are only in memory because the disk refuses. */
  get unsaved(): number {
    return this.#unsaved.length;
  }

  /** Called at the end of every tick. Never throws. */
  record(units: readonly Seen[], commandOf: (resourceName: string) => DeviceCommand | undefined, nowMs: number): void {
    for (const unit of units) this.#sample(unit, commandOf(unit.resourceName));
    const { periodMs } = this.#deps;
    const currentMs = nowMs - (nowMs % periodMs);
    const openedMs = this.#periodStartMs;
    this.#periodStartMs = currentMs;
    // A clock that was set back starts a new period; nothing is reported twice with other figures.
    if (openedMs === undefined || currentMs <= openedMs) return;
    const firstMs = Math.max(openedMs, currentMs - MOST_MISSED * periodMs);
    const names = units.map((unit) => unit.resourceName);
    for (let startMs = firstMs; startMs < currentMs; startMs += periodMs) {
      this.#close({ startMs, endMs: startMs + periodMs }, names);
    }
    for (const [name, samples] of this.#samples)
      this.#samples.set(
        name,
        samples.filter((s) => s.atMs >= currentMs),
      );
    this.#save(nowMs);
  }

  #sample(unit: Seen, command: DeviceCommand | undefined): void {
    const { reading, capabilities } = unit;
    const samples = this.#samples.get(unit.resourceName) ?? [];
    this.#samples.set(unit.resourceName, samples);
    if (reading === undefined || capabilities === undefined || reading.readAtMs === samples.at(-1)?.atMs) return;
    samples.push({
      atMs: reading.readAtMs,
      powerW: reading.powerW,
      socFraction: reading.socFraction,
      capacityWh: reading.capacityWh ?? capabilities.capacityWh,
      dischargedTotalWh: reading.dischargedTotalWh,
      chargedTotalWh: reading.chargedTotalWh,
      setpointW: reading.setpointW,
      operatingState: operatingStateOf(reading, capabilities, command),
    });
  }

  #close(period: Period, names: readonly string[]): void {
    const { cache, log, tickMs } = this.#deps;
    const plan = reportPlan(
      cache.events().map((cached) => cached.event),
      names,
    );
    if (plan.length === 0 && !this.#nobodyAsks) log.info('no event asks for reports: none are made');
    this.#nobodyAsks = plan.length === 0;
    for (const { resourceName, eventId } of plan) {
      const samples = this.#samples.get(resourceName) ?? [];
      const report = {
        eventID: eventId,
        clientName: cache.enrolment?.venName ?? resourceName,
        // The same again when the period is reported again.
        reportName: `${resourceName}/${formatDateTime(period.startMs)}`,
        payloadDescriptors: PAYLOAD_DESCRIPTORS,
        resources: [summarise(resourceName, period, samples, 3 * tickMs)],
      };
      this.#unsaved.push({ name: report.reportName, body: JSON.stringify(report) });
    }
  }

  /** Control goes on when the disk is full or read-only: reports then wait in memory. */
  #save(nowMs: number): void {
    const { outbox, onQueued, log } = this.#deps;
    try {
      for (let next = this.#unsaved[0]; next !== undefined; next = this.#unsaved[0]) {
        outbox.add(next.name, next.body, nowMs);
        this.#unsaved.shift();
      }
      if (this.#diskRefuses) log.info('reports are saved again');
      this.#diskRefuses = false;
    } catch (error) {
      if (!this.#diskRefuses) log.error({ err: error }, 'reports cannot be saved; keeping some in memory');
      this.#diskRefuses = true;
      this.#unsaved.splice(0, this.#unsaved.length - MOST_UNSAVED);
    }
    onQueued();
  }
}
