import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { ServerSerial } from 'modbus-serial';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { MasterPool } from '../../../../ven-agent/bridges/modbus/pool.ts';
import type { ModbusUnit } from '../../../../ven-agent/bridges/modbus/server.ts';
import { createDevice } from '../../../../ven-agent/bridges/registry.ts';
import { BessPlant } from '../../../../ven-agent/simulate/bess.ts';
import { PvPlant } from '../../../../ven-agent/simulate/pv.ts';
import { hasProgram } from '../../../support/tools.ts';
import { startSerialPair } from '../modbus/serial-pair.ts';

const MW = 1_000_000;
const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** An independent slave for several units on one serial port. */
async function serve(path: string, units: ReadonlyMap<number, ModbusUnit>): Promise<void> {
  const unitOf = (unitId: number): ModbusUnit => {
    const unit = units.get(unitId);
    if (unit === undefined) throw new Error(`no unit ${unitId}`);
    return unit;
  };
  await new Promise<void>((resolve, reject) => {
    const server = new ServerSerial(
      {
        getHoldingRegister: (address: number, unitId: number) => unitOf(unitId).read(address, 1)[0] ?? 0,
        getMultipleHoldingRegisters: (address: number, count: number, unitId: number) => [
          ...unitOf(unitId).read(address, count),
        ],
        setRegisterArray: (address: number, values: number[], unitId: number) =>
          unitOf(unitId).write(address, values, 16),
        setRegister: (address: number, value: number, unitId: number) => unitOf(unitId).write(address, [value], 6),
      },
      { path, baudRate: 9_600, unitID: 255, openCallback: (error) => (error ? reject(error) : resolve()) },
    );
    server.on('error', () => undefined);
    cleanUp.push(() => new Promise<void>((closed) => server.close(() => closed())));
  });
}

describe.skipIf(!hasProgram('socat'))('a serial bus (socat is needed for it)', () => {
  it('carries a battery and a PV plant that are opened, read and ordered at the same time', async () => {
    const pair = await startSerialPair();
    cleanUp.push(() => pair.close());
    const plants = [
      new BessPlant({ id: 'B', kind: 'BESS' }, systemClock),
      new PvPlant({ id: 'P', kind: 'PV' }, systemClock),
    ];
    await serve(pair.theirs, new Map(plants.map((plant, index) => [index + 1, plant])));
    const pool = new MasterPool();
    const devices = plants.map(({ id, kind }, index) =>
      createDevice(
        {
          resourceName: id,
          kind,
          driver: 'sunspec',
          url: `serial://${pair.ours}`,
          unitId: index + 1,
          timeoutMs: 10_000,
        },
        { clock: systemClock, pool, random: () => 0, log: pino({ level: 'silent' }) },
      ),
    );
    cleanUp.push(() => Promise.all(devices.map((device) => device.close())));
    const capabilities = await Promise.all(devices.map((device) => device.open()));
    expect(capabilities.map(({ serialNumber }) => serialNumber)).toEqual(['B', 'P']);
    const outcomes = await Promise.all(
      devices.map((device) => device.write({ outputLimit: { kind: 'limited', maxW: 3 * MW }, leaseSeconds: 600 })),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['applied', 'applied']);
    const readings = await Promise.all(devices.map((device) => device.read()));
    for (const reading of readings) expect(reading.outputLimit).toEqual({ kind: 'limited', maxW: 3 * MW });
  });
});
