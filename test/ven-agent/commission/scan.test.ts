import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { runScan } from '../../../ven-agent/commission/scan-command.ts';
import { unitIdsOf } from '../../../ven-agent/commission/unit-ids.ts';
import { startSimulatedSite } from '../../../ven-agent/simulate/site.ts';
import type { SimulatedSite } from '../../../ven-agent/simulate/site.ts';

describe('scan', () => {
  let site: SimulatedSite;
  beforeAll(async () => {
    site = await startSimulatedSite({
      host: '127.0.0.1',
      clock: systemClock,
      log: pino({ level: 'silent' }),
      plants: [
        { id: 'SN-BESS', kind: 'BESS' },
        { id: 'SN-PV', kind: 'PV' },
      ],
    });
  });
  afterAll(() => site.stop());

  const scanned = async (index: number, unitIds = [1]): Promise<string> => {
    const lines: string[] = [];
    const url = site.assets[index]?.url ?? '';
    await runScan({ url, unitIds, timeoutMs: 1_000 }, (text) => lines.push(text));
    return lines.join('\n');
  };

  it('tells maker, models and points, by their names and in their units', async () => {
    const text = await scanned(0);
    expect(text).toContain('OpenADR Gateway Simulated BESS');
    expect(text).toContain('serial number SN-BESS');
    expect(text).toMatch(/^ {2}704 at \d+, \d+ registers$/m);
    expect(text).toContain('      WMaxRtg = 20000000');
    expect(text).not.toContain('W_SF');
  });

  it.each([
    ['BESS', 0],
    ['PV', 1],
  ] as const)('prints a block of configuration for a %s that can be used as it is', async (kind, index) => {
    const text = await scanned(index);
    const { devices } = parse(text.slice(text.indexOf('devices:'))) as { devices: object[] };
    expect(devices).toEqual([
      { resourceName: 'ASSET_ID', kind, driver: 'sunspec', url: site.assets[index]?.url, unitId: 1 },
    ]);
  });

  it('goes on where a unit does not answer, and fails where none does', async () => {
    const text = await scanned(0, [7, 1]);
    expect(text).toMatch(/^unit 7: .+/);
    expect(text).toContain('unit 1: OpenADR Gateway');
    await expect(scanned(0, [7])).rejects.toThrow('no SunSpec device answered');
    const nowhere = runScan({ url: 'tcp://127.0.0.1:1', unitIds: [1], timeoutMs: 200 }, () => undefined);
    await expect(nowhere).rejects.toThrow('no SunSpec device answered');
  });

  it('reads unit ids as people write them', () => {
    expect(unitIdsOf('1,3-5, 240')).toEqual([1, 3, 4, 5, 240]);
    for (const text of ['', 'x', '5-3', '256', '1,', '-1']) expect(() => unitIdsOf(text)).toThrow(RangeError);
  });
});
