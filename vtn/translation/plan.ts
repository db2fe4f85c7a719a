import { addDays, deliveryDayOf } from '@openadr-gateway/shared/time/delivery-day.ts';
import type { Region } from '@openadr-gateway/shared/time/delivery-day.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import { PAYLOADS } from '@openadr-gateway/shared/openadr/payloads.ts';
import type { EventPayloadName, ReportPayloadName, Unit } from '@openadr-gateway/shared/openadr/payloads.ts';

/** What is published where: the programs, the natural keys of their events, and the days that have events. */

export type ProgramName =
  'capacity-subscription' | 'capacity-limits' | 'dispatches' | 'schedules' | 'reservations' | 'prices';

export interface ProgramPlan {
  /** Program attribute PROGRAM_LONG_NAME (OpenADR 3.1 enumerations). */
  longName: string;
  payloads: readonly EventPayloadName[];
  /** Of its events; a lower number wins (OpenADR 3.1 `event.priority`). `null`: unset. */
  priority: number | null;
  /** Where the payload type leaves the unit open. */
  units?: Unit;
  /** Further attributes of the program, by type. */
  attributes?: Readonly<Record<string, string>>;
}

/** The enumeration has no sign for injection: ours is a negative DISPATCH_SETPOINT. */
const SIGNED = { SIGN_CONVENTION: 'CONSUMPTION_POSITIVE' };

/** The programs that the VTN makes at its start and finds again by name. */
export const PROGRAMS: Readonly<Record<ProgramName, ProgramPlan>> = {
  'capacity-subscription': {
    longName: 'Capacity of the grid connection, and the standing request for reports',
    payloads: ['IMPORT_CAPACITY_SUBSCRIPTION', 'EXPORT_CAPACITY_SUBSCRIPTION'],
    priority: null,
  },
  'capacity-limits': {
    longName: 'The most restrictive power and energy limits of assets, points of connection and inverters',
    payloads: ['IMPORT_CAPACITY_LIMIT', 'EXPORT_CAPACITY_LIMIT', 'STORAGE_ENERGY_MIN', 'STORAGE_ENERGY_MAX'],
    priority: 0,
  },
  dispatches: {
    longName: 'Dispatch commands, each for one delivery period of an asset',
    payloads: ['DISPATCH_SETPOINT'],
    priority: 1,
    attributes: SIGNED,
  },
  schedules: {
    longName:
      'The cheapest way of storages to their state of charge, with the energy stored at the end of each interval',
    payloads: ['DISPATCH_SETPOINT', 'CHARGE_STATE_SETPOINT'],
    priority: 2,
    units: 'KWH',
    attributes: SIGNED,
  },
  reservations: {
    longName: 'What is sold and bought on the markets, and the energy that is kept free for it',
    payloads: ['DISPATCH_SETPOINT', 'STORAGE_BUFFER_LOW', 'STORAGE_BUFFER_HIGH', 'CAPACITY_PRODUCT'],
    priority: 3,
    attributes: SIGNED,
  },
  prices: {
    longName: 'What energy from the grid costs, its fee included, and what energy into the grid earns',
    payloads: ['PRICE', 'EXPORT_PRICE'],
    priority: null,
    units: 'KWH',
  },
};

/** What becomes one event for each subject and delivery day, and in which program. */
export const KINDS = {
  limits: 'capacity-limits',
  'poc-limits': 'capacity-limits',
  'inverter-limits': 'capacity-limits',
  reservations: 'reservations',
  prices: 'prices',
} as const satisfies Record<string, ProgramName>;
export type Kind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as Kind[];

/** The descriptors of a program's payloads, for the program and for each of its events. `currency` (ISO 4217): of prices. */
export function payloadDescriptors(name: ProgramName, currency?: string) {
  return PROGRAMS[name].payloads.map((payloadType) => {
    const units = PAYLOADS[payloadType].unit ?? PROGRAMS[name].units;
    const said = { ...(units ? { units } : {}), ...(currency === undefined ? {} : { currency }) };
    return { objectType: 'EVENT_PAYLOAD_DESCRIPTOR' as const, payloadType, ...said };
  });
}

export const PROGRAM_NAMES = Object.keys(PROGRAMS) as ProgramName[];

/** `limits/{asset_id}/{day}`: the event of one kind for one subject on one delivery day. */
export function dayEventName(kind: Kind, subject: string, day: string): string {
  return `${kind}/${subject}/${day}`;
}

/** `subscription/{asset_id}`: the event with the connection's capacity and the report request of one asset. */
export function subscriptionEventName(assetId: string): string {
  return `subscription/${assetId}`;
}

/** `dispatch/{asset_id}/{delivery_period_start}`: the event of the commands for one delivery period of one asset. */
export function dispatchEventName(assetId: string, periodStartMs: number): string {
  return `dispatch/${assetId}/${formatDateTime(periodStartMs)}`;
}

/** `schedule/{device_id}`: the event with the schedule of one device. */
export function scheduleEventName(deviceId: string): string {
  return `schedule/${deviceId}`;
}

/** Whether an event has one of the names above for this subject. */
export function isEventOf(eventName: string | null | undefined, subject: string): boolean {
  const isOfTime = ['dispatch', ...KIND_NAMES].some((kind) => eventName?.startsWith(`${kind}/${subject}/`));
  return isOfTime || eventName === subscriptionEventName(subject);
}

const ASKED_FOR: readonly (readonly [ReportPayloadName, readingType: string])[] = [
  ['STORAGE_CHARGE_LEVEL', 'DIRECT_READ'],
  ['STORAGE_USABLE_CAPACITY', 'DIRECT_READ'],
  ['DEMAND', 'MEAN'],
  ['USAGE', 'DIRECT_READ'],
  ['OPERATING_STATE', 'DIRECT_READ'],
  ['SETPOINT', 'DIRECT_READ'],
];

/**
 * The standing report request: what each resource is asked to report, without end (`repeat: -1`), at times of its own
 * choosing (User Guide 7.5: frequency 0, OPEN_INTERVALS).
 */
export function standingReports() {
  return ASKED_FOR.map(([payloadType, readingType]) => {
    const units = payloadType === 'SETPOINT' ? 'KW' : PAYLOADS[payloadType].unit;
    const times = { startInterval: 0, historical: true, frequency: 0, repeat: -1 };
    const reportIntervals = 'OPEN_INTERVALS' as const;
    return { payloadType, readingType, ...(units ? { units } : {}), ...times, reportIntervals };
  });
}

/** The delivery days that have events: today in the market's time zone to `horizonDays` later, in order. */
export function horizon(region: Region, nowMs: number, horizonDays: number): string[] {
  const today = deliveryDayOf(nowMs, region);
  return Array.from({ length: horizonDays + 1 }, (_, n) => addDays(today, n));
}
