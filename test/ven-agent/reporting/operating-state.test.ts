import { describe, expect, it } from 'vitest';
import type { DeviceReading } from '../../../ven-agent/bridges/device.ts';
import { operatingStateOf } from '../../../ven-agent/reporting/operating-state.ts';
import { bess, NOON } from '../builders.ts';

const reading = (fields: Partial<DeviceReading>): DeviceReading => ({ readAtMs: NOON, state: 'NORMAL', ...fields });
const limited = (maxW: number) => ({ outputLimit: { kind: 'limited' as const, maxW }, leaseSeconds: 30 });

describe('the operating state', () => {
  it.each([
    ['its own fault', reading({ state: 'FAULT', powerW: 5_000_000 }), undefined, 'ERROR'],
    ['nothing of interest', reading({ powerW: 10_000 }), undefined, 'IDLE_NORMAL'],
    ['power', reading({ powerW: -5_000_000 }), undefined, 'RUNNING_NORMAL'],
    ['power under an order', reading({ powerW: 5_000_000 }), limited(5_000_000), 'RUNNING_CURTAILED'],
    ['an order to stop', reading({ powerW: 0 }), limited(0), 'IDLE_CURTAILED'],
    ['an order that bounds nothing', reading({ powerW: 5_000_000 }), limited(10_000_000), 'RUNNING_NORMAL'],
    ['somebody at its panel', reading({ state: 'LOCAL', powerW: 5_000_000 }), undefined, 'RUNNING_OPTED_OUT'],
  ])('of a device with %s', (_what, seen, command, state) => {
    expect(operatingStateOf(seen, bess, command)).toBe(state);
  });
});
