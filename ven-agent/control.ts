import type { DeviceCommand } from './bridges/device.ts';
import type { DeviceEntry } from './config.ts';
import { arbitrate, initialArbiterState } from './dispatch/arbiter.ts';
import type { ArbiterState, Constraint } from './dispatch/arbiter.ts';
import { boundsOf, guard, initialGuardState } from './dispatch/guard.ts';
import type { GuardState } from './dispatch/guard.ts';
import type { CommunicationMode } from './scheduler/communication.ts';
import { envelopeAt, standingEnvelope } from './scheduler/envelope.ts';
import type { Envelope } from './scheduler/envelope.ts';
import type { Timeline } from './scheduler/timeline.ts';
import type { DeviceUnit } from './unit.ts';

export interface Decided {
  envelope: Envelope;
  command: DeviceCommand;
  why: Constraint[];
}

/** A reading older than this many ticks is not believed. */
const STALE_TICKS = 3;
const LEAST_LEASE_SECONDS = 30;

/** What one device is told: the pure steps in their order, and the little that they remember from tick to tick. */
export class Control {
  readonly entry: DeviceEntry;
  readonly #tickMs: number;
  #arbiter: ArbiterState = initialArbiterState;
  #guard: GuardState = initialGuardState;
  #previous: { setpointW: number | undefined; atMs: number } | undefined;

  constructor(entry: DeviceEntry, tickMs: number) {
    this.entry = entry;
    this.#tickMs = tickMs;
  }

  /** Undefined while the device cannot be told anything: what was decided last is then remembered as it was. */
  decide(unit: DeviceUnit, timeline: Timeline, nowMs: number, mode: CommunicationMode): Decided | undefined {
    const { capabilities, reading } = unit;
    if (capabilities === undefined || !unit.isReady) return undefined;
    const { entry } = this;
    const envelope = envelopeAt(timeline, entry.resourceName, nowMs, entry.limits, mode);
    const stale = reading === undefined || nowMs - reading.readAtMs > STALE_TICKS * this.#tickMs;
    const { bounds, state } = boundsOf(
      {
        capabilities,
        socFraction: stale ? undefined : reading.socFraction,
        capacityWh: reading?.capacityWh,
        socMin: entry.soc.min,
        socMax: entry.soc.max,
        energyMinWh: envelope.energyMinWh,
        energyMaxWh: envelope.energyMaxWh,
      },
      this.#guard,
    );
    const decision = arbitrate({
      envelope,
      standing: standingEnvelope(timeline, entry.resourceName, nowMs, entry.limits),
      bounds,
      capabilities,
      measuredPowerW: stale ? undefined : reading.powerW,
      whenNoSetpoint: entry.whenNoSetpoint,
      // Three refreshes fit into a lease, and no device is asked to count less than half a minute.
      leaseSeconds: Math.max(LEAST_LEASE_SECONDS, Math.ceil((3 * this.#tickMs) / 1000)),
      state: this.#arbiter,
    });
    const { command, reasons } = guard(decision.command, {
      chargeW: decision.chargeW,
      dischargeW: decision.dischargeW,
      previousSetpointW: this.#previous?.setpointW,
      stale,
      rampUpWPerSecond: entry.rampUpWPerSecond,
      elapsedSeconds: (nowMs - (this.#previous?.atMs ?? nowMs - this.#tickMs)) / 1000,
    });
    this.#guard = state;
    this.#arbiter = decision.state;
    this.#previous = { setpointW: command.setpointW, atMs: nowMs };
    const why = [...decision.why, ...reasons.map((reason): Constraint => ({ point: 'setpoint', reason }))];
    return { envelope, command, why };
  }
}

/**
 * The command that an agent leaves behind when it stops in order: the set-point is handed back, except where a bound of
 * charging is in force (the device stands still then); output limits stay until the lease is over, and then the device
 * goes to its programmed fallback.
 */
export function handBack(last: DeviceCommand): DeviceCommand {
  const { setpointW: _released, ...limits } = last;
  return last.fallback?.setpointW === undefined ? limits : { ...limits, setpointW: last.fallback.setpointW };
}
