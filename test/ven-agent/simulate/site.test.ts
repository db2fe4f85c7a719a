import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import modbusSerial from 'modbus-serial';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { MasterPool } from '../../../ven-agent/bridges/modbus/pool.ts';
import { createDevice } from '../../../ven-agent/bridges/registry.ts';
import { startSimulatedSite } from '../../../ven-agent/simulate/site.ts';
import type { SimulatedSite } from '../../../ven-agent/simulate/site.ts';

const clock = new ManualClock('2026-01-15T10:00:00Z');
const log = pino({ level: 'silent' });
const cleanUp: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function siteOf(): Promise<SimulatedSite> {
  const site = await startSimulatedSite({
    host: '127.0.0.1',
    clock,
    log,
    plants: [
      { id: 'battery', kind: 'BESS' },
      { id: 'solar', kind: 'PV' },
    ],
  });
  cleanUp.push(() => site.stop());
  return site;
}

function portOf(site: SimulatedSite, id: string): number {
  return Number(new URL(site.assets.find((asset) => asset.id === id)?.url ?? '').port);
}

describe('the simulated site', () => {
  it('serves a map that a foreign Modbus client can walk, read and write', async () => {
    const site = await siteOf();
    const client = new modbusSerial.default();
    await client.connectTCP('127.0.0.1', { port: portOf(site, 'solar') });
    cleanUp.push(() => new Promise((resolve) => client.close(resolve)));
    client.setID(1);
    expect((await client.readHoldingRegisters(40_000, 2)).buffer.toString()).toBe('SunS');
    const ids: number[] = [];
    for (let address = 40_002; ;) {
      const [id = 0, length = 0] = (await client.readHoldingRegisters(address, 2)).data;
      ids.push(id);
      if (id === 0xffff) break;
      address += 2 + length;
    }
    expect(ids).toEqual([1, 103, 120, 121, 123, 0xffff]);
    expect((await client.readHoldingRegisters(40_070 + 14, 2)).data).toEqual([8_000, 3]);
    await client.writeRegisters(40_182 + 5, [2_500, 0, 60, 0, 1]);
    clock.advance(300);
    expect((await client.readHoldingRegisters(40_070 + 14, 1)).data).toEqual([2_500]);
    expect(site.plant('solar').powerW).toBe(2_500_000);
  });

  it('lets one device vanish, refuse or dawdle while the others go on, and come back', async () => {
    const site = await siteOf();
    const pool = new MasterPool();
    const [battery, solar] = site.assets.map((asset) => {
      const device = createDevice(
        {
          resourceName: asset.id,
          kind: asset.kind,
          driver: 'sunspec',
          url: asset.url,
          unitId: asset.unitId,
          timeoutMs: 200,
        },
        { clock, pool, log, random: () => 0 },
      );
      cleanUp.push(() => device.close());
      return device;
    });
    if (battery === undefined || solar === undefined) throw new Error('two devices');
    await Promise.all([battery.open(), solar.open()]);
    for (const [fault, code] of [
      [{ kind: 'drop' }, 'UNREACHABLE'],
      [{ kind: 'exception', exceptionCode: 4 }, 'EXCEPTION'],
      [{ kind: 'stall', delayMs: 300 }, 'TIMEOUT'],
    ] as const) {
      site.setFault('battery', fault);
      const outcomes = await Promise.allSettled([battery.read(), solar.read()]);
      expect(outcomes).toMatchObject([
        { status: 'rejected', reason: { code } },
        { status: 'fulfilled', value: { powerW: 8_000_000 } },
      ]);
      site.setFault('battery', { kind: 'none' });
      await expect(battery.open()).resolves.toMatchObject({ serialNumber: 'battery' });
      await expect(battery.read()).resolves.toMatchObject({ state: 'NORMAL' });
    }
  });

  it('leaves nothing listening when it is stopped or cannot start', async () => {
    const site = await siteOf();
    const port = portOf(site, 'battery');
    const plants = [
      { id: 'a', kind: 'PV' },
      { id: 'b', kind: 'PV' },
    ] as const;
    await expect(
      startSimulatedSite({ host: '127.0.0.1', ports: { b: port }, clock, log, plants }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await site.stop();
    const socket = connect({ host: '127.0.0.1', port });
    const [error] = await once(socket, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('refuses two plants of one name and faults for unknown ones', async () => {
    const twins = [
      { id: 'a', kind: 'PV' },
      { id: 'a', kind: 'BESS' },
    ] as const;
    await expect(startSimulatedSite({ host: '127.0.0.1', clock, log, plants: twins })).rejects.toThrow('two plants a');
    const site = await siteOf();
    expect(() => site.setFault('nobody', { kind: 'drop' })).toThrow('no plant nobody');
  });
});

describe('the simulator as a program', () => {
  const script = `
    const { runSimulate } = await import(${JSON.stringify(new URL('../../../ven-agent/simulate/run.ts', import.meta.url).href)});
    await runSimulate({ host: '127.0.0.1', bessId: 'b', pvId: 'p', bessPort: 0, pvPort: 0 });
  `;
  const root = fileURLToPath(new URL('../../..', import.meta.url));

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'says where it listens in one line and ends in order on %s',
    async (signal) => {
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: root });
      cleanUp.push(() => void child.kill('SIGKILL'));
      let output = '';
      const line = await new Promise<string>((resolve, reject) => {
        child.once('exit', () => reject(new Error('ended before it listened')));
        child.stdout.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          if (output.includes('\n')) resolve(output);
        });
      });
      const { listening } = JSON.parse(line);
      expect(listening).toEqual([
        { id: 'b', kind: 'BESS', url: expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/), unitId: 1 },
        { id: 'p', kind: 'PV', url: expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/), unitId: 1 },
      ]);
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(listening[0].url).port) });
      await once(socket, 'connect');
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(output.trim().split('\n')).toHaveLength(1);
    },
  );
});
