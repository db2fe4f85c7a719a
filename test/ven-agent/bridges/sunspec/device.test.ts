import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Device, DeviceCommand } from '../../../../ven-agent/bridges/device.ts';
import { MasterPool } from '../../../../ven-agent/bridges/modbus/pool.ts';
import type { ModbusRequest } from '../../../../ven-agent/bridges/modbus/pdu.ts';
import { createDevice } from '../../../../ven-agent/bridges/registry.ts';
import { BessPlant } from '../../../../ven-agent/simulate/bess.ts';
import { PvPlant } from '../../../../ven-agent/simulate/pv.ts';
import type { SimulatedPlant } from '../../../../ven-agent/simulate/plant.ts';
import { startPlantSlave } from './plant-slave.ts';
import type { PlantSlave } from './plant-slave.ts';

const BESS_704 = 40_002 + 68 + 155 + 52;
const PV_123 = 40_002 + 68 + 52 + 28 + 32;
const MW = 1_000_000;
const lease: Pick<DeviceCommand, 'outputLimit' | 'leaseSeconds'> = {
  outputLimit: { kind: 'unlimited' },
  leaseSeconds: 60,
};

let clock: ManualClock;
let pool: MasterPool;
const cleanUp: (() => Promise<void>)[] = [];

beforeEach(() => {
  clock = new ManualClock('2026-01-15T10:00:00Z');
  pool = new MasterPool();
});

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function serve(plant: SimulatedPlant): Promise<PlantSlave> {
  const slave = await startPlantSlave(plant);
  cleanUp.push(() => slave.close());
  return slave;
}

async function deviceOn(slave: PlantSlave, kind: 'BESS' | 'PV' = 'BESS', timeoutMs = 1_000): Promise<Device> {
  const device = createDevice(
    { resourceName: 'asset-1', kind, driver: 'sunspec', url: slave.url, unitId: 1, timeoutMs },
    { clock, pool, random: () => 0, log: pino({ level: 'silent' }) },
  );
  cleanUp.push(() => device.close());
  await device.open();
  return device;
}

function writesOf(slave: PlantSlave, except715 = true): ModbusRequest[] {
  const heartbeat = BESS_704 + 67 + 9 + 5;
  return slave.requests.filter(
    (request) =>
      (request.functionCode === 6 || request.functionCode === 16) && !(except715 && request.address === heartbeat),
  );
}

describe('a SunSpec battery (701, 702, 704, 713, 715)', () => {
  let plant: BessPlant;
  let slave: PlantSlave;
  let device: Device;

  beforeEach(async () => {
    plant = new BessPlant({ id: 'SN-1', kind: 'BESS' }, clock);
    slave = await serve(plant);
    device = await deviceOn(slave);
    slave.requests.length = 0;
  });

  it('says who it is and what it can do', async () => {
    expect(await device.open()).toEqual({
      kind: 'BESS',
      manufacturer: 'OpenADR Gateway',
      model: 'Simulated BESS',
      serialNumber: 'SN-1',
      maxDischargeW: 20 * MW,
      maxChargeW: 20 * MW,
      capacityWh: 40 * MW,
      canSetPower: true,
      canLimitOutput: true,
      safeReversion: true,
    });
  });

  it('reads power, energies, state of charge and what is in force', async () => {
    clock.advance(600_000);
    const reading = await device.read();
    expect(reading).toMatchObject({
      readAtMs: clock.nowMs(),
      powerW: 6 * MW,
      capacityWh: 40 * MW,
      chargedTotalWh: 0,
      state: 'NORMAL',
      outputLimit: { kind: 'unlimited' },
    });
    expect(reading.dischargedTotalWh).toBeCloseTo(1 * MW, -1);
    // 1 MWh out of the battery takes 1 / 0.95 MWh out of its cells.
    expect(reading.socFraction).toBeCloseTo(0.6 - 1 / 0.95 / 40, 3);
    expect(reading).not.toHaveProperty('setpointW');
  });

  it('reads value and scale factor of 701 in one request', async () => {
    await device.read();
    expect(slave.requests[0]).toEqual({ functionCode: 3, address: 40_070, count: 121 });
  });

  it('writes limit, fallback, timer and enable of 704 in one FC16 at 14..19', async () => {
    const outcome = await device.write({
      outputLimit: { kind: 'limited', maxW: 3 * MW },
      fallback: { outputLimit: { kind: 'limited', maxW: 1 * MW } },
      leaseSeconds: 60,
    });
    expect(outcome).toEqual({ kind: 'applied', registersWritten: 6 });
    expect(writesOf(slave)).toEqual([{ functionCode: 16, address: BESS_704 + 14, values: [1, 1_500, 500, 1, 0, 60] }]);
    clock.advance(300);
    expect(plant.powerW).toBe(3 * MW);
    expect((await device.read()).outputLimit).toEqual({ kind: 'limited', maxW: 3 * MW });
  });

  it('rounds a limit down, never up', async () => {
    await device.write({ ...lease, outputLimit: { kind: 'limited', maxW: 3_001_999 } });
    expect((await device.read()).outputLimit).toEqual({ kind: 'limited', maxW: 3_000_000 });
  });

  it('obeys a limit of 0 W, which is an order and not "no limit"', async () => {
    await device.write({ ...lease, outputLimit: { kind: 'limited', maxW: 0 } });
    clock.advance(300);
    expect(await device.read()).toMatchObject({ powerW: 0, outputLimit: { kind: 'limited', maxW: 0 } });
  });

  it('writes a set-point with its fallback in one FC16 at 22..32', async () => {
    const command: DeviceCommand = { ...lease, setpointW: -5 * MW, fallback: { ...lease, setpointW: 0 } };
    expect(await device.write(command)).toEqual({ kind: 'applied', registersWritten: 11 });
    expect(writesOf(slave)).toEqual([
      {
        functionCode: 16,
        address: BESS_704 + 22,
        values: [1, 1, 0xffb3, 0xb4c0, 0, 0, 0x10000 - 2_500, 0, 1, 0, 60],
      },
    ]);
    clock.advance(300);
    expect(await device.read()).toMatchObject({ powerW: -5 * MW, setpointW: -5 * MW });
  });

  it('clamps a set-point to the ratings instead of rejecting it', async () => {
    expect(await device.write({ ...lease, setpointW: 25 * MW })).toMatchObject({ kind: 'applied' });
    expect((await device.read()).setpointW).toBe(20 * MW);
  });

  it('writes nothing while the command is in force, and refreshes the lease when half of it is over', async () => {
    const command: DeviceCommand = { outputLimit: { kind: 'limited', maxW: 3 * MW }, setpointW: MW, leaseSeconds: 60 };
    await device.write(command);
    slave.requests.length = 0;
    for (let second = 1; second < 30; second += 1) {
      clock.advance(1_000);
      expect(await device.write(command)).toEqual({ kind: 'unchanged' });
    }
    expect(writesOf(slave)).toEqual([]);
    clock.advance(1_000);
    expect(await device.write(command)).toEqual({ kind: 'applied', registersWritten: 17 });
    clock.advance(59_000);
    expect(await device.read()).toMatchObject({ setpointW: MW, outputLimit: { kind: 'limited', maxW: 3 * MW } });
  });

  it('does not read again what it has just read, before it writes', async () => {
    const command: DeviceCommand = { ...lease, setpointW: MW };
    await device.write(command);
    clock.advance(1_000);
    await device.read();
    slave.requests.length = 0;
    expect(await device.write(command)).toEqual({ kind: 'unchanged' });
    expect(slave.requests.filter(({ functionCode }) => functionCode === 3)).toEqual([]);
    // Only once, and not when it is old.
    await device.write(command);
    expect(slave.requests.some(({ functionCode }) => functionCode === 3)).toBe(true);
    await device.read();
    clock.advance(500);
    slave.requests.length = 0;
    await device.write(command);
    expect(slave.requests.some(({ functionCode }) => functionCode === 3)).toBe(true);
  });

  it('goes on with the lease that a restarted agent finds on the device', async () => {
    const command: DeviceCommand = { ...lease, setpointW: MW };
    await device.write(command);
    clock.advance(10_000);
    const second = await deviceOn(slave);
    expect(await second.write(command)).toEqual({ kind: 'unchanged' });
    clock.advance(20_000);
    expect(await second.write(command)).toMatchObject({ kind: 'applied' });
  });

  it('counts the lease itself where the device does not count', async () => {
    slave.plant = {
      write: (address, values) => plant.write(address, values),
      // RvrtRem of both functions stands at 0.
      read: (address, count) =>
        plant.read(address, count).map((word, index) => ([21, 34].includes(address + index - BESS_704) ? 0 : word)),
    };
    const command: DeviceCommand = { outputLimit: { kind: 'limited', maxW: MW }, setpointW: 0, leaseSeconds: 60 };
    await device.write(command);
    expect(await device.read()).not.toHaveProperty('isReversionDoubted');
    for (let second = 1; second < 30; second += 1) {
      clock.advance(1_000);
      expect(await device.write(command)).toEqual({ kind: 'unchanged' });
    }
    clock.advance(1_000);
    expect(await device.write(command)).toEqual({ kind: 'applied', registersWritten: 17 });
    expect((await device.read()).isReversionDoubted).toBe(true);
  });

  it('goes to the programmed fallback when it hears nothing for the lease', async () => {
    await device.write({
      outputLimit: { kind: 'unlimited' },
      setpointW: 15 * MW,
      fallback: { outputLimit: { kind: 'limited', maxW: 2 * MW }, setpointW: -MW },
      leaseSeconds: 60,
    });
    clock.advance(59_000);
    expect(await device.read()).toMatchObject({ powerW: 15 * MW, outputLimit: { kind: 'unlimited' } });
    clock.advance(2_000);
    expect(await device.read()).toMatchObject({
      powerW: -MW,
      setpointW: -MW,
      outputLimit: { kind: 'limited', maxW: 2 * MW },
    });
  });

  it('releases everything when it hears nothing and no fallback was given', async () => {
    await device.write({ outputLimit: { kind: 'limited', maxW: MW }, setpointW: 0, leaseSeconds: 60 });
    clock.advance(61_000);
    const reading = await device.read();
    expect(reading).toMatchObject({ powerW: 6 * MW, outputLimit: { kind: 'unlimited' } });
    expect(reading).not.toHaveProperty('setpointW');
  });

  it('hands the choice of power back when the command has no set-point, and takes the limit away', async () => {
    await device.write({ outputLimit: { kind: 'limited', maxW: MW }, setpointW: 0, leaseSeconds: 60 });
    expect(await device.write(lease)).toMatchObject({ kind: 'applied' });
    clock.advance(300);
    expect(await device.read()).toMatchObject({ powerW: 6 * MW, outputLimit: { kind: 'unlimited' } });
    expect(await device.write(lease)).toEqual({ kind: 'unchanged' });
  });

  it('beats 715.ControllerHb once a second, and nobody else notices', async () => {
    const beats = (): number[] =>
      writesOf(slave, false).flatMap((request) => (request.functionCode === 16 ? [request.values[1] ?? -1] : []));
    for (let tick = 0; tick < 3; tick += 1) {
      expect(await device.write(lease)).toEqual({ kind: 'unchanged' });
      expect(await device.write(lease)).toEqual({ kind: 'unchanged' });
      clock.advance(1_000);
    }
    expect(beats()).toEqual([1, 2, 3]);
  });

  it('reports LOCAL and leaves its hands off while somebody works at the device', async () => {
    plant.setLocal(true);
    expect((await device.read()).state).toBe('LOCAL');
    expect(await device.write({ ...lease, setpointW: 0 })).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('LocRemCtl'),
    });
    expect(writesOf(slave, false)).toEqual([]);
    plant.setLocal(false);
    expect(await device.write({ ...lease, setpointW: 0 })).toMatchObject({ kind: 'applied' });
  });

  it('names the point that does not read back as it was written', async () => {
    slave.onRequest = (request) => (request.functionCode === 16 ? 'pretend' : undefined);
    expect(await device.write({ ...lease, outputLimit: { kind: 'limited', maxW: 3 * MW } })).toEqual({
      kind: 'mismatch',
      point: 'WMaxLimPct',
      wrote: 15,
      readBack: 100,
    });
  });

  it.each([1, 2, 3])(
    'writes value, timer, enable one by one where the block is refused with exception %i',
    async (code) => {
      slave.onRequest = (request) => (request.functionCode === 16 && request.values.length > 2 ? code : undefined);
      const command: DeviceCommand = {
        outputLimit: { kind: 'limited', maxW: 3 * MW },
        setpointW: 2 * MW,
        leaseSeconds: 60,
      };
      expect(await device.write(command)).toMatchObject({ kind: 'applied' });
      const offsets = writesOf(slave).map((request) => request.address - BESS_704);
      expect(offsets).toEqual([14, 15, 16, 17, 18, 14, 22, 23, 24, 26, 30, 31, 22]);
      slave.requests.length = 0;
      clock.advance(30_000);
      await device.write(command);
      expect(writesOf(slave).map((request) => request.address - BESS_704)).toEqual([
        15, 16, 17, 18, 14, 23, 24, 26, 30, 31, 22,
      ]);
    },
  );

  it('rejects a command that the device refuses in every way, and says why', async () => {
    slave.onRequest = (request) => (request.functionCode === 3 ? undefined : 3);
    expect(await device.write({ ...lease, setpointW: 0 })).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('ILLEGAL_DATA_VALUE'),
    });
  });

  it('does not take a fault of the device for a refusal', async () => {
    slave.onRequest = (request) => (request.functionCode === 16 ? 4 : undefined);
    await expect(device.write({ ...lease, setpointW: 0 })).rejects.toMatchObject({
      code: 'EXCEPTION',
      exceptionCode: 4,
    });
  });

  it.each<[string, Partial<DeviceCommand>]>([
    ['a negative limit', { outputLimit: { kind: 'limited', maxW: -1 } }],
    ['a limit that is not a number', { outputLimit: { kind: 'limited', maxW: Number.NaN } }],
    ['a set-point that is not a number', { setpointW: Number.NaN }],
    ['an infinite fallback', { fallback: { outputLimit: { kind: 'unlimited' }, setpointW: Infinity } }],
    ['no lease', { leaseSeconds: 0 }],
  ])('rejects %s without a single request', async (_, wrong) => {
    expect(await device.write({ ...lease, ...wrong })).toMatchObject({ kind: 'rejected' });
    expect(slave.requests).toEqual([]);
  });

  it('computes the percentage from the setting of now, not of when it was opened', async () => {
    const W_MAX_OF_702 = 40_002 + 68 + 155 + 26;
    plant.write(W_MAX_OF_702, [10_000]);
    await device.write({ ...lease, outputLimit: { kind: 'limited', maxW: 3 * MW } });
    clock.advance(300);
    expect(await device.read()).toMatchObject({ powerW: 3 * MW, outputLimit: { kind: 'limited', maxW: 3 * MW } });
  });

  it('notices that another device answers in its place', async () => {
    slave.plant = new PvPlant({ id: 'other', kind: 'PV' }, clock);
    await expect(device.read()).rejects.toMatchObject({ code: 'PROTOCOL' });
    expect(await device.open()).toMatchObject({ model: 'Simulated PV' });
  });

  it('rejects within its deadline when the device says nothing, and works again afterwards', async () => {
    const quick = await deviceOn(slave, 'BESS', 50);
    slave.onRequest = () => 'silent';
    await expect(quick.read()).rejects.toMatchObject({ name: 'DeviceError', code: 'TIMEOUT' });
    slave.onRequest = undefined;
    await expect(quick.read()).resolves.toMatchObject({ powerW: 6 * MW });
  });

  it('rejects what is under way at once when it is closed, and can be opened again', async () => {
    slave.onRequest = () => 'silent';
    const reading = device.read();
    await device.close();
    await expect(reading).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(device.read()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    slave.onRequest = undefined;
    await device.open();
    await expect(device.read()).resolves.toMatchObject({ state: 'NORMAL' });
  });
});

describe('a SunSpec PV inverter of the older family (103, 120, 121, 123)', () => {
  let plant: PvPlant;
  let slave: PlantSlave;
  let device: Device;

  beforeEach(async () => {
    plant = new PvPlant({ id: 'SN-2', kind: 'PV' }, clock);
    slave = await serve(plant);
    device = await deviceOn(slave, 'PV');
    slave.requests.length = 0;
  });

  it('can be limited but not told a power, and has no safe reversion', async () => {
    expect(await device.open()).toEqual({
      kind: 'PV',
      manufacturer: 'OpenADR Gateway',
      model: 'Simulated PV',
      serialNumber: 'SN-2',
      maxDischargeW: 10 * MW,
      maxChargeW: 0,
      canSetPower: false,
      canLimitOutput: true,
      safeReversion: false,
    });
  });

  it('writes its limit in one FC16 at 5..9 and reads it back', async () => {
    const command: DeviceCommand = { ...lease, outputLimit: { kind: 'limited', maxW: 4 * MW } };
    expect(await device.write(command)).toEqual({ kind: 'applied', registersWritten: 5 });
    expect(writesOf(slave)).toEqual([{ functionCode: 16, address: PV_123 + 5, values: [4_000, 0, 60, 0, 1] }]);
    clock.advance(300);
    expect(await device.read()).toMatchObject({ powerW: 4 * MW, outputLimit: { kind: 'limited', maxW: 4 * MW } });
  });

  it('renews the limit at half its time and is released when nobody does', async () => {
    const command: DeviceCommand = { ...lease, outputLimit: { kind: 'limited', maxW: 4 * MW } };
    await device.write(command);
    clock.advance(29_000);
    expect(await device.write(command)).toEqual({ kind: 'unchanged' });
    clock.advance(1_000);
    expect(await device.write(command)).toEqual({ kind: 'applied', registersWritten: 5 });
    clock.advance(59_900);
    expect((await device.read()).powerW).toBe(4 * MW);
    clock.advance(400);
    expect(await device.read()).toMatchObject({ powerW: 8 * MW, outputLimit: { kind: 'unlimited' } });
  });

  it('keeps its limit, without a timer, when nobody renews it and the fallback is a limit: release is all that a timer could do', async () => {
    const outputLimit = { kind: 'limited', maxW: 4 * MW } as const;
    const command: DeviceCommand = { ...lease, outputLimit, fallback: { outputLimit: { ...outputLimit, maxW: MW } } };
    await device.write({ ...lease, outputLimit });
    expect(await device.write(command)).toEqual({ kind: 'applied', registersWritten: 5 });
    expect(writesOf(slave).at(-1)).toMatchObject({ values: [4_000, 0, 0, 0, 1] });
    clock.advance(3_600_000);
    expect(await device.read()).toMatchObject({ powerW: 4 * MW, outputLimit });
    expect(await device.write(command)).toEqual({ kind: 'unchanged' });
    expect(await device.write(lease)).toMatchObject({ kind: 'applied' });
    clock.advance(300);
    expect(await device.read()).toMatchObject({ powerW: 8 * MW, outputLimit: { kind: 'unlimited' } });
  });

  it('uses FC06 where FC16 is refused, and does not ask for FC16 again', async () => {
    slave.onRequest = (request) => (request.functionCode === 16 ? 1 : undefined);
    const command: DeviceCommand = { ...lease, outputLimit: { kind: 'limited', maxW: 4 * MW } };
    expect(await device.write(command)).toEqual({ kind: 'applied', registersWritten: 5 });
    slave.requests.length = 0;
    expect(await device.write({ ...lease, outputLimit: { kind: 'limited', maxW: 3 * MW } })).toMatchObject({
      kind: 'applied',
    });
    const written = writesOf(slave).map((request) => [request.functionCode, request.address - PV_123]);
    expect(written).toEqual([
      [6, 5],
      [6, 6],
      [6, 8],
      [6, 7],
      [6, 9],
    ]);
    slave.requests.length = 0;
    expect(await device.write(lease)).toMatchObject({ kind: 'applied' });
    expect(writesOf(slave)).toEqual([{ functionCode: 6, address: PV_123 + 9, value: 0 }]);
  });

  it('applies the limit even though it has to reject the set-point that came with it', async () => {
    const command: DeviceCommand = { outputLimit: { kind: 'limited', maxW: 4 * MW }, setpointW: MW, leaseSeconds: 60 };
    expect(await device.write(command)).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('set-point'),
    });
    clock.advance(300);
    expect(plant.powerW).toBe(4 * MW);
  });

  it('shares one connection with the other devices at the same host and port', async () => {
    const second = await deviceOn(slave, 'PV');
    await Promise.all([device.read(), second.read()]);
    expect(slave.connections()).toBe(1);
    await device.close();
    await expect(second.read()).resolves.toMatchObject({ powerW: 8 * MW });
  });
});
