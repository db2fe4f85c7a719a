import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { ServerSerial } from 'modbus-serial';
import { pino } from 'pino';
import { SerialPort } from 'serialport';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseLineAddress } from '../../../../ven-agent/bridges/modbus/address.ts';
import { ModbusMaster } from '../../../../ven-agent/bridges/modbus/master.ts';
import { hasProgram } from '../../../support/tools.ts';
import { rtuRegisters } from './rtu-slave.ts';
import { startSerialPair } from './serial-pair.ts';
import type { SerialPair } from './serial-pair.ts';

const cleanUp: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function pairOf(): Promise<SerialPair> {
  const pair = await startSerialPair();
  cleanUp.push(() => pair.close());
  return pair;
}

function masterOn(path: string, query = '', timeoutMs = 5_000): ModbusMaster {
  const master = new ModbusMaster({
    address: parseLineAddress(`serial://${path}${query}`),
    clock: systemClock,
    random: () => 0,
    log: pino({ level: 'silent' }),
    timeoutMs,
  });
  cleanUp.push(() => master.close());
  return master;
}

/** An independent slave that answers for every unit: register n of unit u holds 1000 u + n, until it is written. */
async function peerOn(path: string): Promise<Map<string, number>> {
  const written = new Map<string, number>();
  const key = (address: number, unitId: number): string => `${unitId}/${address}`;
  const read = (address: number, unitId: number): number =>
    written.get(key(address, unitId)) ?? 1_000 * unitId + address;
  await new Promise<void>((resolve, reject) => {
    const server = new ServerSerial(
      {
        getHoldingRegister: (address: number, unitId: number) => read(address, unitId),
        getInputRegister: (address: number, unitId: number) => read(address, unitId),
        setRegister: (address: number, value: number, unitId: number) => void written.set(key(address, unitId), value),
      },
      { path, baudRate: 9_600, unitID: 255, openCallback: (error) => (error ? reject(error) : resolve()) },
    );
    server.on('error', () => undefined);
    server.on('socketError', () => undefined);
    cleanUp.push(() => new Promise<void>((closed) => server.close(() => closed())));
  });
  return written;
}

describe.skipIf(!hasProgram('socat'))('a serial line (socat is needed for it)', () => {
  it('reads and writes registers of several units of an independent slave', async () => {
    const pair = await pairOf();
    const written = await peerOn(pair.theirs);
    const master = masterOn(pair.ours);
    const answers = await Promise.all([
      master.readHolding(1, 10, 3),
      master.readInput(7, 5, 1),
      master.readHolding(31, 0, 1),
    ]);
    expect(answers).toEqual([[1_010, 1_011, 1_012], [7_005], [31_000]]);
    await master.writeSingle(2, 4, 0xffff);
    await master.writeMultiple(3, 8, [1, 2]);
    expect(Object.fromEntries(written)).toEqual({ '2/4': 0xffff, '3/8': 1, '3/9': 2 });
    expect(await master.readHolding(1, 0, 125)).toHaveLength(125);
    expect(master.counters(1)).toMatchObject({ timeouts: 0, protocolErrors: 0 });
  });

  it('keeps the silence between frames', async () => {
    const pair = await pairOf();
    const port = new SerialPort({ path: pair.theirs, baudRate: 1_200 });
    cleanUp.push(() => new Promise<void>((resolve) => port.close(() => resolve())));
    const silences: number[] = [];
    let answeredAtMs: number | undefined;
    port.on('data', (bytes: Buffer) => {
      if (answeredAtMs !== undefined) silences.push(performance.now() - answeredAtMs);
      answeredAtMs = performance.now();
      port.write(rtuRegisters({ unitId: bytes.readUInt8(0), pdu: bytes.subarray(1, -2) }, 1));
    });
    const master = masterOn(pair.ours, '?baudRate=1200');
    await Promise.all([1, 2, 3, 4].map((unitId) => master.readHolding(unitId, 0, 1)));
    expect(silences).toHaveLength(3);
    // 3.5 characters of 11 bits at 1200 baud are 32 ms.
    for (const silence of silences) expect(silence).toBeGreaterThan(31);
  });

  it('that is unplugged fails at once, and works again when it is back', async () => {
    const pair = await pairOf();
    const port = new SerialPort({ path: pair.theirs, baudRate: 9_600 });
    port.on('error', () => undefined);
    const master = masterOn(pair.ours, '', 20_000);
    const heard = new Promise<void>((resolve) => port.once('data', () => resolve()));
    const rejected = expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await heard;
    await pair.unplug();
    await rejected;
    await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await pair.plugIn();
    await peerOn(pair.theirs);
    await vi.waitFor(async () => expect(await master.readHolding(2, 7, 1)).toEqual([2_007]), { timeout: 10_000 });
    expect(master.counters(1)).toMatchObject({ reconnects: 1 });
  });

  it('that does not exist is unreachable, by its name', async () => {
    const master = masterOn('/dev/there-is-no-such-port');
    await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('/dev/there-is-no-such-port'),
    });
  });
});
