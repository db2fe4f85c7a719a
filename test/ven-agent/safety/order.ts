import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { payload } from '../builders.ts';

/** An order as the one who plays the utility means it, before it is written as an event. */
export interface Order {
  id: string;
  what:
    | { kind: 'import' | 'export'; as: 'LIMIT' | 'SUBSCRIPTION' | 'RESERVATION'; maxW: number }
    | { kind: 'setpoint'; powerW: number }
    | { kind: 'charge'; socFraction: number }
    | { kind: 'floor' | 'ceiling' | 'low' | 'high'; energyWh: number }
    | { kind: 'simple'; level: 1 | 2 | 3 }
    | { kind: 'junk'; event: Partial<Event> };
  /** A resource, an inverter or the site. */
  target: string;
  startMs: number;
  /** Infinity: for ever. */
  endMs: number;
  /** What its start may be moved by, either way; the draw of the agent says by how much. */
  randomizeSeconds?: number;
  priority: number | undefined;
  createdMs: number;
}

/** The order as an event. */
export function eventOf({ id, what, target, startMs, endMs, priority, createdMs, randomizeSeconds }: Order): Event {
  const createdDateTime = new Date(createdMs).toISOString();
  const duration = endMs === Infinity ? 'P9999Y' : `PT${(endMs - startMs) / 1000}S`;
  const event: Event = {
    ...{ id, createdDateTime, modificationDateTime: createdDateTime, objectType: 'EVENT', programID: 'p' },
    ...(priority === undefined ? {} : { priority }),
    targets: [target],
    intervalPeriod: {
      start: new Date(startMs).toISOString(),
      duration,
      ...(randomizeSeconds === undefined ? {} : { randomizeStart: `PT${randomizeSeconds}S` }),
    },
    intervals: [{ id: 0, payloads: payloadOf(what) }],
  };
  if (what.kind === 'charge') {
    event.payloadDescriptors = [
      { objectType: 'EVENT_PAYLOAD_DESCRIPTOR', payloadType: 'CHARGE_STATE_SETPOINT', units: 'PERCENT' },
    ];
  }
  return what.kind === 'junk' ? { ...event, ...what.event } : event;
}

function payloadOf(what: Order['what']): ReturnType<typeof payload>[] {
  switch (what.kind) {
    case 'import':
    case 'export':
      return [payload(`${what.kind.toUpperCase()}_CAPACITY_${what.as}`, what.maxW / 1000)];
    case 'setpoint':
      return [payload('DISPATCH_SETPOINT', -what.powerW / 1000)];
    case 'charge':
      return [payload('CHARGE_STATE_SETPOINT', what.socFraction * 100)];
    case 'floor':
      return [payload('STORAGE_ENERGY_MIN', what.energyWh / 1000)];
    case 'ceiling':
      return [payload('STORAGE_ENERGY_MAX', what.energyWh / 1000)];
    case 'low':
      return [payload('STORAGE_BUFFER_LOW', what.energyWh / 1000)];
    case 'high':
      return [payload('STORAGE_BUFFER_HIGH', what.energyWh / 1000)];
    case 'simple':
      return [payload('SIMPLE', what.level)];
    case 'junk':
      return [];
  }
}
