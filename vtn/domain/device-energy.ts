/** A snapshot says what is stored now for so long; schedules are planned from it. */
export const FRESH_SNAPSHOT_MS = 1_800_000;

/** What a device holds, since when that is known, and from whom. */
export interface DeviceEnergy {
  energyWh: number;
  atMs: number;
  source: 'SNAPSHOT' | 'GIVEN';
}

interface Known {
  capacity_wh: number;
  soc: string | null;
  soc_ms: number | null;
}

interface Snapshot {
  effective_ms: number;
  stored_energy_wh: number | null;
  reading_quality: string;
}

/** From the newest snapshot of the linked asset while that is fresh, else as it was given; undefined when nobody knows. */
export function deviceEnergy(device: Known, snapshot: Snapshot | undefined, nowMs: number): DeviceEnergy | undefined {
  if (snapshot && isUsable(snapshot) && nowMs - snapshot.effective_ms <= FRESH_SNAPSHOT_MS) {
    const energyWh = Math.min(device.capacity_wh, snapshot.stored_energy_wh ?? 0);
    return { energyWh, atMs: snapshot.effective_ms, source: 'SNAPSHOT' };
  }
  if (device.soc === null) return undefined;
  return { energyWh: Number(device.soc) * device.capacity_wh, atMs: device.soc_ms ?? nowMs, source: 'GIVEN' };
}

const isUsable = ({ stored_energy_wh, reading_quality }: Snapshot) =>
  stored_energy_wh !== null && (reading_quality === 'VALID' || reading_quality === 'ESTIMATED');
