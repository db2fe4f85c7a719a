import type { DeviceCapabilities, DeviceReading } from './bridges/device.ts';
import type { DeviceFacts } from './dispatch/site.ts';
import type { MeterView } from './dispatch/rest.ts';
import type { DeviceUnit } from './unit.ts';

/** A reading older than this many ticks is not believed. */
const STALE_TICKS = 3;
/** A device does not do a multiple of its nameplate: such a figure is nobody's measurement. */
const ABSURD_NAMEPLATES = 3;

type Seen = Pick<
  DeviceFacts,
  'capabilities' | 'reachable' | 'ready' | 'obeys' | 'stale' | 'powerW' | 'socFraction' | 'capacityWh'
>;

/** What is known of a device at `nowMs`: values that are too old or make no sense are absent. */
export function seen(unit: DeviceUnit, nowMs: number, tickMs: number): Seen {
  const { capabilities, reading, isReady } = unit;
  const fresh = freshOf(reading, nowMs, tickMs);
  return {
    capabilities,
    reachable: unit.status.reachable,
    ready: isReady,
    obeys: reading?.state !== 'LOCAL' && reading?.state !== 'FAULT',
    stale: fresh === undefined,
    powerW: sanePower(fresh, capabilities),
    socFraction: inRange(fresh?.socFraction, 0, 1),
    // What it holds does not change while it is away.
    capacityWh: inRange(reading?.capacityWh, Number.MIN_VALUE, Number.MAX_VALUE),
  };
}

/** What the grid meter says, where there is one. */
export function meterView(meter: DeviceUnit | undefined, nowMs: number, tickMs: number): MeterView {
  if (meter === undefined) return { kind: 'absent' };
  const powerW = inRange(freshOf(meter.reading, nowMs, tickMs)?.powerW, -Number.MAX_VALUE, Number.MAX_VALUE);
  return powerW === undefined || !meter.status.reachable ? { kind: 'blind' } : { kind: 'seen', powerW };
}

/** A reading from the future is one from before the clock was set back: nobody knows how old it is. */
function freshOf(reading: DeviceReading | undefined, nowMs: number, tickMs: number): DeviceReading | undefined {
  if (reading === undefined) return undefined;
  const ageMs = nowMs - reading.readAtMs;
  return ageMs > STALE_TICKS * tickMs || ageMs < -tickMs ? undefined : reading;
}

function sanePower(
  reading: DeviceReading | undefined,
  capabilities: DeviceCapabilities | undefined,
): number | undefined {
  if (capabilities === undefined) return undefined;
  const mostW = ABSURD_NAMEPLATES * Math.max(capabilities.maxDischargeW, capabilities.maxChargeW);
  return inRange(reading?.powerW, -mostW, mostW);
}

function inRange(value: number | undefined, least: number, most: number): number | undefined {
  return value !== undefined && value >= least && value <= most ? value : undefined;
}
