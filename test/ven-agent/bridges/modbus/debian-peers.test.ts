import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseLineAddress } from '../../../../ven-agent/bridges/modbus/address.ts';
import { ModbusMaster } from '../../../../ven-agent/bridges/modbus/master.ts';
import { startSimulatedSite } from '../../../../ven-agent/simulate/site.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { hasProgram, pythonWith } from '../../../support/tools.ts';

const log = pino({ level: 'silent' });
const cleanUp: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

describe.skipIf(!hasProgram('mbpoll'))('the simulator under mbpoll (which is needed for it)', () => {
  /** Reads, or writes the values where there are some. @returns what it prints, or the reason why it failed */
  async function mbpoll(
    url: string,
    unitId: number,
    address: number,
    { count = 1, values = [] }: { count?: number; values?: number[] },
  ): Promise<string> {
    const { hostname, port } = new URL(url);
    const what = ['-a', `${unitId}`, '-0', '-r', `${address}`, ...(values.length > 0 ? [] : ['-c', `${count}`])];
    const args = ['-m', 'tcp', '-p', port, '-1', '-q', ...what, hostname, ...values.map(String)];
    try {
      return (await promisify(execFile)('mbpoll', args)).stdout;
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
  }

  async function solarUrl(): Promise<string> {
    const plants = [{ id: 'PV', kind: 'PV' as const }];
    const site = await startSimulatedSite({ host: '127.0.0.1', clock: systemClock, log, plants });
    cleanUp.push(() => site.stop());
    return site.assets[0]?.url ?? '';
  }

  it('shows its SunSpec marker and common model, and takes a limit', async () => {
    const url = await solarUrl();
    const map = await mbpoll(url, 1, 40_000, { count: 4 });
    expect(map).toMatch(/\[40000\]:\s+21365\s+\[40001\]:\s+28243\s+\[40002\]:\s+1\s+\[40003\]:\s+66\b/);
    const limit = 40_002 + 68 + 52 + 28 + 32 + 5;
    expect(await mbpoll(url, 1, limit, { values: [5_000] })).toContain('Written 1 references');
    expect(await mbpoll(url, 1, limit, { values: [4_000, 0, 60, 0, 1] })).toContain('Written 5 references');
    expect(await mbpoll(url, 1, limit, { count: 5 })).toMatch(/\]:\s+4000\s+\S+\s+0\s+\S+\s+60\s+\S+\s+0\s+\S+\s+1\b/);
  });

  it('refuses what it does not have by the exception of the standard', async () => {
    const url = await solarUrl();
    expect(await mbpoll(url, 1, 100, {})).toContain('Illegal data address');
    expect(await mbpoll(url, 9, 40_000, {})).toContain('Target device failed to respond');
  });
});

const python = pythonWith('pymodbus');

describe.skipIf(python === undefined)('our master over pymodbus (python3-pymodbus is needed for it)', () => {
  async function startPymodbus(framing: 'tcp' | 'rtu', ...unitIds: number[]): Promise<number> {
    const script = join(import.meta.dirname, '../../../support/pymodbus-slave.py');
    const child = spawn(python ?? '', [script, framing, ...unitIds.map(String)], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    cleanUp.push(async () => {
      child.stdin.end();
      await ended;
    });
    const lines = createInterface(child.stdout);
    return new Promise((resolve, reject) => {
      lines.once('line', (line) => resolve(Number(line)));
      child.once('exit', () => reject(new Error('pymodbus ended')));
    });
  }

  function masterAt(url: string): ModbusMaster {
    const master = new ModbusMaster({
      address: parseLineAddress(url),
      clock: systemClock,
      random: () => 0,
      log,
      timeoutMs: 5_000,
    });
    cleanUp.push(() => master.close());
    return master;
  }

  async function exercise(master: ModbusMaster): Promise<void> {
    expect(await master.readHolding(1, 40, 3)).toEqual([40, 41, 42]);
    expect(await master.readInput(7, 500, 125)).toEqual(Array.from({ length: 125 }, (_, index) => 500 + index));
    await master.writeSingle(1, 3, 0xffff);
    await master.writeMultiple(
      1,
      4,
      Array.from({ length: 123 }, (_, index) => 2 * index),
    );
    expect(await master.readHolding(1, 3, 3)).toEqual([0xffff, 0, 2]);
    // The other unit keeps its own registers.
    expect(await master.readHolding(7, 3, 3)).toEqual([3, 4, 5]);
    await expect(master.readHolding(1, 60_000, 1)).rejects.toMatchObject({ code: 'EXCEPTION', exceptionCode: 2 });
    expect(await master.readHolding(1, 41, 1)).toEqual([74]);
    expect(master.counters(1)).toMatchObject({ exceptions: 1, timeouts: 0, protocolErrors: 0, lateReplies: 0 });
  }

  it('reads and writes registers of several units, over TCP', async () => {
    const port = await startPymodbus('tcp', 1, 7);
    await exercise(masterAt(`tcp://127.0.0.1:${port}`));
  });

  it('reads and writes registers of several units, in RTU frames over TCP', async () => {
    const port = await startPymodbus('rtu', 1, 7);
    await exercise(masterAt(`rtu+tcp://127.0.0.1:${port}`));
  });

  it.skipIf(!hasProgram('socat'))('reads and writes registers of several units, on a serial port (socat)', async () => {
    const port = await startPymodbus('rtu', 1, 7);
    const dir = tempDir();
    const path = join(dir.path, 'port');
    const socat = spawn('socat', [`pty,raw,echo=0,link=${path}`, `tcp:127.0.0.1:${port}`]);
    const ended = new Promise((resolve) => socat.once('exit', resolve));
    cleanUp.push(async () => {
      socat.kill();
      await ended;
      await dir.remove();
    });
    const master = masterAt(`serial://${path}?baudRate=115200`);
    await vi.waitFor(() => master.readHolding(1, 0, 1), { timeout: 10_000 });
    await exercise(master);
  });
});
