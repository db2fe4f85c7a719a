import { createLog } from '@openadr-gateway/shared/log.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { DeviceError } from '../bridges/device.ts';
import { connectionOf } from '../bridges/registry.ts';
import { SunSpecConnection } from '../bridges/sunspec/connection.ts';
import { scanReport, scanUnit } from './scan.ts';

export interface ScanOptions {
  /** As in the configuration of a device. */
  url: string;
  unitIds: readonly number[];
  timeoutMs: number;
}

/**
 * `ven-agent scan`: prints what each unit is, everything that it says, and a block for the configuration. A unit that does not
 * answer is one line.
 *
 * @throws Error when no unit answered
 */
export async function runScan({ url, unitIds, timeoutMs }: ScanOptions, print: (text: string) => void): Promise<void> {
  const log = createLog({ name: 'scan', level: 'silent' });
  let answered = 0;
  for (const unitId of unitIds) {
    const deps = { clock: systemClock, random: Math.random, log };
    const connection = new SunSpecConnection(connectionOf({ resourceName: 'scan', url, unitId, timeoutMs }, deps));
    try {
      print(scanReport(await scanUnit(await connection.open()), { url, unitId }));
      answered += 1;
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      print(`unit ${unitId}: ${error.message}`);
    } finally {
      connection.close();
    }
  }
  if (answered === 0) throw new Error('no SunSpec device answered; other unit ids: --unit 1-10,126,240');
}
