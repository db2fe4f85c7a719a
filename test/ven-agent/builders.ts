import type { Event, Interval, ValuesMap } from '@openadr-gateway/shared/openadr/objects.ts';
import type { DeviceCapabilities } from '../../ven-agent/bridges/device.ts';
import type { CachedEvent } from '../../ven-agent/scheduler/timeline.ts';
import type { TargetBook } from '../../ven-agent/scheduler/subjects.ts';
import { targetBook } from '../../ven-agent/scheduler/subjects.ts';

export const NOON = Date.parse('2026-06-01T12:00:00Z');
export const MINUTE = 60_000;

let count = 0;

/** An event of one interval, an hour from noon on, for BESS_1 unless told otherwise. */
export function event(payloads: ValuesMap[], fields: Partial<Event> = {}): Event {
  count += 1;
  const interval: Interval = { id: 0, payloads };
  return {
    id: `event-${count}`,
    createdDateTime: '2026-06-01T00:00:00Z',
    modificationDateTime: '2026-06-01T00:00:00Z',
    objectType: 'EVENT',
    programID: 'program-1',
    targets: ['BESS_1'],
    intervalPeriod: { start: '2026-06-01T12:00:00Z', duration: 'PT1H' },
    intervals: [interval],
    ...fields,
  };
}

export function payload(type: string, value: number | string): ValuesMap {
  return { type, values: [value] };
}

export function cached(event: Event, fields: Partial<CachedEvent> = {}): CachedEvent {
  return { event, receivedMs: NOON, startDraw: 0, ...fields };
}

/** A site SITE_1 with a battery behind INV_1 and a PV plant. */
export const book: TargetBook = targetBook(
  { id: 'SITE_1' },
  [{ resourceName: 'BESS_1', inverterId: 'INV_1' }, { resourceName: 'PV_1' }],
  undefined,
);

export const bess: DeviceCapabilities = {
  kind: 'BESS',
  manufacturer: 'Maker',
  model: 'Battery',
  serialNumber: '1',
  maxDischargeW: 10_000_000,
  maxChargeW: 10_000_000,
  capacityWh: 20_000_000,
  canSetPower: true,
  canLimitOutput: true,
  safeReversion: true,
};

export const pv: DeviceCapabilities = {
  kind: 'PV',
  manufacturer: 'Maker',
  model: 'Plant',
  serialNumber: '2',
  maxDischargeW: 5_000_000,
  maxChargeW: 0,
  canSetPower: false,
  canLimitOutput: true,
  safeReversion: false,
};
