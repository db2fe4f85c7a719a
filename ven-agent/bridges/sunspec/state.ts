/** What a device says about its state. Pure. */
import type { OperatingState } from '../device.ts';
import type { Blocks } from './measure.ts';

/** Is the device under local control, so that commands from outside have no effect (715 or 802 LocRemCtl)? */
export function isLocal({ m715, m802 }: Blocks): boolean {
  return m715?.raw('LocRemCtl') === 1 || m802?.raw('LocRemCtl') === 1;
}

/** The state by its models, the inverter's before the battery's; `undefined` where none of them says. */
export function stateOf(blocks: Blocks): OperatingState | undefined {
  const inverterState = blocks.m701 === undefined ? stateOfInverter(blocks) : stateOf701(blocks);
  const state = inverterState ?? stateOfBank(blocks);
  return isLocal(blocks) && state !== 'FAULT' ? 'LOCAL' : state;
}

function stateOf701({ m701 }: Blocks): OperatingState | undefined {
  const inverterState = m701?.raw('InvSt');
  if (inverterState === 6) return 'FAULT';
  if (m701?.raw('St') === 0 || m701?.raw('ConnSt') === 0 || inverterState === 0 || inverterState === 5) return 'OFF';
  if (inverterState === 1 || inverterState === 2 || inverterState === 7) return 'STANDBY';
  return inverterState === undefined && m701?.raw('St') === undefined ? undefined : 'NORMAL';
}

function stateOfInverter({ inverter }: Blocks): OperatingState | undefined {
  const states: Record<number, OperatingState> = {
    1: 'OFF',
    2: 'STANDBY',
    3: 'STANDBY',
    4: 'NORMAL',
    5: 'NORMAL',
    6: 'OFF',
    7: 'FAULT',
    8: 'STANDBY',
  };
  const state = inverter?.raw('St');
  return state === undefined ? undefined : states[state];
}

function stateOfBank({ m802 }: Blocks): OperatingState | undefined {
  const states: Record<number, OperatingState> = {
    1: 'OFF',
    2: 'STANDBY',
    3: 'NORMAL',
    4: 'STANDBY',
    5: 'NORMAL',
    6: 'STANDBY',
    99: 'FAULT',
  };
  const state = m802?.raw('State');
  return state === undefined ? undefined : states[state];
}
