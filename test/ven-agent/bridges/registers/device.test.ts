import type { AddressInfo } from 'node:net';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { ServerTCP } from 'modbus-serial';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import type { Device, DeviceCommand, DeviceKind } from '../../../../ven-agent/bridges/device.ts';
import { MasterPool } from '../../../../ven-agent/bridges/modbus/pool.ts';
import { registerMapSchema } from '../../../../ven-agent/bridges/registers/map.ts';
import { createDevice } from '../../../../ven-agent/bridges/registry.ts';

type MapInput = z.input<typeof registerMapSchema>;

const lease: DeviceCommand = { outputLimit: { kind: 'unlimited' }, leaseSeconds: 60 };
const limitedTo = (maxW: number): DeviceCommand => ({ ...lease, outputLimit: { kind: 'limited', maxW } });

const battery: MapInput = {
  manufacturer: 'Maker',
  model: 'Battery',
  maxDischargeW: 50_000,
  maxChargeW: 40_000,
  capacityWh: 100_000,
  read: {
    powerW: { address: 0, type: 'int32', sign: -1, functionCode: 4, wordOrder: 'low-first', unknown: -0x80000000 },
    socFraction: { address: 2, type: 'uint16', scale: 0.001, functionCode: 4 },
    state: { address: 3, type: 'uint16', functionCode: 4, states: { NORMAL: [2, 3], FAULT: [9], LOCAL: [4] } },
    dischargedTotalWh: { address: 4, type: 'uint32', functionCode: 4 },
  },
  write: {
    outputLimitPercent: { address: 100, type: 'uint16', scale: 0.1, functionCode: 6 },
    outputLimitEnable: { address: 101, on: 1, off: 0 },
    setpointW: { address: 102, type: 'int32', sign: -1 },
    setpointEnable: { address: 104, on: 170, off: 187, functionCode: 6 },
    timerSeconds: { address: 105, type: 'uint16' },
  },
};

let clock: ManualClock;
let input: Map<number, number>;
let holding: Map<number, number>;
let writes: [address: number, value: number][];
let onWrite: (address: number, value: number) => number;
let server: ServerTCP;
let port: number;
const devices: Device[] = [];

beforeEach(async () => {
  clock = new ManualClock('2026-01-15T10:00:00Z');
  // 12,000 W of charging, low word first; 55.5 %; state 2; 0x10001 Wh.
  input = new Map(Object.entries([12_000, 0, 555, 2, 1, 1]).map(([at, word]) => [Number(at), word]));
  holding = new Map([100, 101, 102, 103, 105].map((address) => [address, 0]));
  holding.set(104, 187);
  writes = [];
  onWrite = (_, value) => value;
  const held = (registers: Map<number, number>, address: number): number => {
    const word = registers.get(address);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the peer's way to refuse
    if (word === undefined) throw { modbusErrorCode: 2, msg: 'no such register' };
    return word;
  };
  server = new ServerTCP(
    {
      getInputRegister: (address: number) => held(input, address),
      getHoldingRegister: (address: number) => held(holding, address),
      setRegister: (address: number, value: number) => {
        held(holding, address);
        writes.push([address, value]);
        holding.set(address, onWrite(address, value));
      },
    },
    { host: '127.0.0.1', port: 0, unitID: 3 },
  );
  await new Promise<void>((resolve) => server.on('initialized', () => resolve()));
  port = (server as unknown as { _server: { address(): AddressInfo } })._server.address().port;
});

afterEach(async () => {
  for (const device of devices.splice(0)) await device.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

async function opened(map: MapInput, kind: DeviceKind = 'BESS'): Promise<Device> {
  const device = createDevice(
    {
      resourceName: 'asset-1',
      kind,
      driver: 'registers',
      url: `tcp://127.0.0.1:${port}`,
      unitId: 3,
      registers: registerMapSchema.parse(map),
    },
    { clock, pool: new MasterPool(), random: () => 0, log: pino({ level: 'silent' }) },
  );
  devices.push(device);
  await device.open();
  return device;
}

describe('a device by its register map', () => {
  it('says what the map says of it, and has no safe reversion', async () => {
    const device = await opened(battery);
    expect(await device.open()).toEqual({
      kind: 'BESS',
      manufacturer: 'Maker',
      model: 'Battery',
      serialNumber: '',
      maxDischargeW: 50_000,
      maxChargeW: 40_000,
      capacityWh: 100_000,
      canSetPower: true,
      canLimitOutput: true,
      safeReversion: false,
    });
  });

  it('reads with type, scale, sign, word order and function code of each point', async () => {
    const device = await opened(battery);
    expect(await device.read()).toEqual({
      readAtMs: clock.nowMs(),
      powerW: -12_000,
      socFraction: 0.555,
      state: 'NORMAL',
      dischargedTotalWh: 0x10001,
      outputLimit: { kind: 'unlimited' },
    });
  });

  it('does not know what the device does not know', async () => {
    const device = await opened(battery);
    input.set(0, 0).set(1, 0x8000).set(3, 77);
    const reading = await device.read();
    expect(reading).not.toHaveProperty('powerW');
    expect(reading).not.toHaveProperty('state');
  });

  it('writes value, timer and switch in this order, each by its function', async () => {
    const device = await opened(battery);
    expect(await device.write(limitedTo(20_039))).toEqual({ kind: 'applied', registersWritten: 3 });
    // 40.078 % goes in steps of 0.1 %: down.
    expect(writes).toEqual([
      [100, 400],
      [105, 60],
      [101, 1],
    ]);
    expect((await device.read()).outputLimit).toEqual({ kind: 'limited', maxW: 20_000 });
  });

  it('gives a set-point in the sign of the device, clamped to what it can, and hands it back by the switch', async () => {
    const device = await opened(battery);
    expect(await device.write({ ...lease, setpointW: -99_000 })).toMatchObject({ kind: 'applied' });
    expect((await device.read()).setpointW).toBe(-40_000);
    expect([holding.get(102), holding.get(103), holding.get(104)]).toEqual([0, 40_000, 170]);
    writes.length = 0;
    expect(await device.write(lease)).toEqual({ kind: 'applied', registersWritten: 1 });
    expect(writes).toEqual([[104, 187]]);
    expect(await device.read()).not.toHaveProperty('setpointW');
  });

  it('writes only what differs, and all of it again at half of the lease', async () => {
    const device = await opened(battery);
    await device.write(limitedTo(20_000));
    writes.length = 0;
    clock.advance(29_000);
    expect(await device.write(limitedTo(20_000))).toEqual({ kind: 'unchanged' });
    expect(writes).toEqual([]);
    clock.advance(1_000);
    expect(await device.write(limitedTo(20_000))).toMatchObject({ kind: 'applied' });
    expect(writes).toContainEqual([105, 60]);
    writes.length = 0;
    await device.write(limitedTo(10_000));
    expect(writes).toEqual([
      [100, 200],
      [105, 60],
    ]);
  });

  it('without a timer is written again as often as the map says, or only on changes', async () => {
    const { timerSeconds: _, ...write } = battery.write ?? {};
    const forgetful = await opened({ ...battery, write: { ...write, refreshSeconds: 10 } });
    await forgetful.write(limitedTo(20_000));
    writes.length = 0;
    clock.advance(10_000);
    await forgetful.write(limitedTo(20_000));
    expect(writes).toContainEqual([100, 400]);
    const steady = await opened({ ...battery, write });
    await steady.write(limitedTo(20_000));
    writes.length = 0;
    clock.advance(3_600_000);
    expect(await steady.write(limitedTo(20_000))).toEqual({ kind: 'unchanged' });
    expect(writes).toEqual([]);
  });

  it('that has no switch is released by its nameplate', async () => {
    const solar = { ...battery, write: { outputLimitW: { address: 102, type: 'uint32' as const } } };
    const device = await opened(solar, 'PV');
    await device.write(limitedTo(10_000));
    expect((await device.read()).outputLimit).toEqual({ kind: 'limited', maxW: 10_000 });
    await device.write(lease);
    expect(holding.get(103)).toBe(50_000);
    expect((await device.read()).outputLimit).toEqual({ kind: 'unlimited' });
  });

  it('believes what it wrote where that cannot be read', async () => {
    const write = { outputLimitW: { address: 900, type: 'uint16' as const, readBack: false } };
    const device = await opened({ ...battery, maxDischargeW: 9_000, write });
    expect(await device.read()).not.toHaveProperty('outputLimit');
    holding.set(900, 0);
    expect(await device.write(limitedTo(4_000))).toEqual({ kind: 'applied', registersWritten: 1 });
    expect(await device.write(limitedTo(4_000))).toEqual({ kind: 'unchanged' });
    expect((await device.read()).outputLimit).toEqual({ kind: 'limited', maxW: 4_000 });
  });

  it('is left alone while it says that somebody works at it', async () => {
    const device = await opened(battery);
    input.set(3, 4);
    expect((await device.read()).state).toBe('LOCAL');
    expect(await device.write(limitedTo(20_000))).toMatchObject({ kind: 'rejected' });
    expect(writes).toEqual([]);
    input.set(3, 2);
    await device.read();
    expect(await device.write(limitedTo(20_000))).toMatchObject({ kind: 'applied' });
  });

  it('names the point that does not read back as it was written', async () => {
    onWrite = (address, value) => (address === 100 ? 500 : value);
    const device = await opened(battery);
    expect(await device.write(limitedTo(20_000))).toEqual({
      kind: 'mismatch',
      point: 'outputLimitPercent',
      wrote: 40,
      readBack: 50,
    });
  });

  it('rejects what its registers cannot hold, what the device refuses and what the map does not know', async () => {
    const narrow = await opened({ ...battery, write: { outputLimitW: { address: 100, type: 'int16' } } });
    expect(await narrow.write(limitedTo(40_000))).toMatchObject({
      kind: 'rejected',
      reason: '40000 does not fit int16 at 100',
    });
    expect(await narrow.write({ ...limitedTo(100), setpointW: 5 })).toMatchObject({ kind: 'rejected' });
    const elsewhere = { outputLimitW: { address: 700, type: 'uint16' as const, readBack: false } };
    const refusing = await opened({ ...battery, write: elsewhere });
    expect(await refusing.write(limitedTo(100))).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('ILLEGAL_DATA_ADDRESS'),
    });
    writes.length = 0;
    expect(await narrow.write(limitedTo(-1))).toMatchObject({ kind: 'rejected' });
    expect(writes).toEqual([]);
  });

  it('can be the meter of the site', async () => {
    const device = await opened(
      { read: { powerW: { address: 2, type: 'int16', functionCode: 4, scale: 10 } } },
      'METER',
    );
    expect(await device.open()).toMatchObject({ kind: 'METER', canSetPower: false, canLimitOutput: false });
    expect(await device.read()).toEqual({ readAtMs: clock.nowMs(), powerW: 5_550 });
  });

  it('that lacks a register of its map cannot be opened', async () => {
    await expect(opened({ ...battery, read: { powerW: { address: 800, type: 'int16' } } })).rejects.toMatchObject({
      code: 'EXCEPTION',
      exceptionCode: 2,
    });
  });

  it('is not read before it is opened and after it is closed', async () => {
    const device = await opened(battery);
    await device.close();
    await expect(device.read()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(device.write(lease)).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });
});
