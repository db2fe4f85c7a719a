import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { DeviceError } from '../bridges/device.ts';
import type { Limit } from '../bridges/device.ts';
import { createDevice } from '../bridges/registry.ts';
import type { AgentConfig } from '../config.ts';
import { deviceConfigOf } from '../config.ts';
import { selftest } from './selftest.ts';

export interface SelftestOptions {
  config: AgentConfig;
  /** Only these; empty: every device that takes orders. */
  resourceNames: readonly string[];
  leaseSeconds: number;
}

/**
 * `ven-agent selftest`: tests the reversion of one device after the other and prints a line for each.
 *
 * @returns whether every device reverted
 * @throws Error for a resourceName that the configuration does not have
 */
export async function runSelftest(
  { config, resourceNames, leaseSeconds }: SelftestOptions,
  print: (text: string) => void,
): Promise<boolean> {
  const able = config.devices.filter(({ kind }) => kind !== 'METER');
  const unknown = resourceNames.filter((name) => !able.some(({ resourceName }) => resourceName === name));
  if (unknown.length > 0) {
    const known = able.map(({ resourceName }) => resourceName).join(', ');
    throw new Error(`no device takes orders as ${unknown.join(', ')}; the configuration has ${known}`);
  }
  const log = createLog({ name: 'selftest', level: 'warn' });
  const wait = async (ms: number): Promise<void> => {
    await sleep(ms);
  };
  let allReverted = true;
  for (const entry of able) {
    if (resourceNames.length > 0 && !resourceNames.includes(entry.resourceName)) continue;
    const device = createDevice(deviceConfigOf(entry), { log, clock: systemClock, random: Math.random });
    try {
      const { exportMaxW } = entry.limits;
      const standing: Limit = exportMaxW === undefined ? { kind: 'unlimited' } : { kind: 'limited', maxW: exportMaxW };
      const { outcome, detail } = await selftest(device, { wait, leaseSeconds, standing });
      print(`${entry.resourceName}: ${outcome} (${detail})`);
      allReverted &&= outcome === 'reverted';
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      print(`${entry.resourceName}: not tested (${error.message})`);
      allReverted = false;
    } finally {
      await device.close();
    }
  }
  return allReverted;
}
