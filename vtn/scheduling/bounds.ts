import type { Constraint, DeviceModel, ScheduleProblem, SlotModel } from './types.ts';

const HOUR_MS = 3_600_000;

export const hoursOf = (slot: { startMs: number; endMs: number }): number => (slot.endMs - slot.startMs) / HOUR_MS;

/** What a slot's power may be: two magnitudes. */
export interface PowerBounds {
  chargeW: number;
  dischargeW: number;
}

/** What the device and the period limits allow. */
export function limitsOf(device: DeviceModel, slot: SlotModel): PowerBounds {
  return {
    chargeW: Math.min(device.maxChargeW, slot.maxChargeW ?? Infinity),
    dischargeW: Math.min(device.maxDischargeW, slot.maxDischargeW ?? Infinity),
  };
}

/** A settled power as far as device and period limits let it through, which is what an agent does with it. */
export function fixedPower(device: DeviceModel, slot: SlotModel): number | undefined {
  if (!slot.fixed) return undefined;
  const { chargeW, dischargeW } = limitsOf(device, slot);
  return Math.max(-dischargeW, Math.min(chargeW, slot.fixed.powerW));
}

/** What a constant power (consumption positive) adds to the storage in a number of hours, Wh. */
export function storedWh(device: DeviceModel, powerW: number, hours: number): number {
  return powerW >= 0 ? powerW * device.chargeEfficiency * hours : (powerW / device.dischargeEfficiency) * hours;
}

/** What must be stored at the end of a slot, and who says so. */
export interface Band {
  lowWh: number;
  highWh: number;
  lowBy: Constraint;
}

/**
 * The band of stored energy at the end of each slot. A storage that starts outside of it is brought back as fast as can be:
 * until then the band is what can be reached at best.
 */
export function energyBands({ device, slots }: ScheduleProblem): Band[] {
  const { capacityWh, minimumWh } = device;
  let highestWh = device.energyWh;
  let lowestWh = device.energyWh;
  return slots.map((slot) => {
    const bounds = limitsOf(device, slot);
    const fixedW = fixedPower(device, slot);
    const hours = hoursOf(slot);
    const mostW = fixedW ?? Math.min(bounds.chargeW, slot.importHeadroomW ?? Infinity);
    const leastW = fixedW ?? -Math.min(bounds.dischargeW, slot.exportHeadroomW ?? Infinity);
    highestWh += storedWh(device, mostW, hours);
    lowestWh += storedWh(device, leastW, hours);
    const low = slot.energyLowWh ?? 0;
    return {
      lowWh: Math.max(0, Math.min(Math.max(low, minimumWh), highestWh)),
      highWh: Math.min(capacityWh, Math.max(slot.energyHighWh ?? capacityWh, lowestWh)),
      lowBy: low > minimumWh ? 'period_limits' : 'minimum_state_of_charge',
    };
  });
}

/** What must be stored after which slot for the target, and by how much that is out of the device's reach. */
export interface Target {
  slot: number;
  energyWh: number;
  beyondWh: number;
}

/** The target as the schedule has to meet it; undefined when it says nothing yet. */
export function targetOf({ device, slots }: ScheduleProblem): Target | undefined {
  const last = slots.length - 1;
  const endMs = slots[last]?.endMs ?? 0;
  if (!device.target) return undefined;
  const { energyWh, byMs = endMs } = device.target;
  const slot = slots.findIndex((s) => s.endMs >= byMs);
  if (slot !== -1) return within(energyWh, slot, device, slots);
  // Later than the schedule: leave no more to do than can be done until then.
  const rest = storedWh(device, device.maxChargeW, hoursOf({ startMs: endMs, endMs: byMs }));
  return energyWh > rest ? within(energyWh - rest, last, device, slots) : undefined;
}

/** A target that is out of reach by no more than whole watts can tell is taken to be the most that can be reached. */
function within(wantedWh: number, slot: number, device: DeviceModel, slots: readonly SlotModel[]): Target {
  const hours = slots.slice(0, slot + 1).reduce((sum, one) => sum + hoursOf(one), 0);
  const mostWh = Math.min(device.capacityWh, device.energyWh + storedWh(device, device.maxChargeW, hours));
  const beyondWh = wantedWh - mostWh;
  return beyondWh <= hours
    ? { slot, energyWh: Math.min(wantedWh, mostWh), beyondWh: 0 }
    : { slot, energyWh: wantedWh, beyondWh };
}
