import { afterEach, describe, expect, it } from 'vitest';
import type { DeviceCommand } from '../../../../ven-agent/bridges/device.ts';
import type { DeviceConfig } from '../../../../ven-agent/bridges/registry.ts';
import { MODEL_1, MODEL_120, MODEL_121, MODEL_123 } from '../../../../ven-agent/bridges/sunspec/models/index.ts';
import { quirksOf } from '../../../../ven-agent/bridges/sunspec/quirks.ts';
import { RegisterBank } from '../../../../ven-agent/simulate/register-bank.ts';
import { deviceOnBank } from './bank-slave.ts';
import type { BankDevice } from './bank-slave.ts';

const CONTROLS = 40_002 + 68 + 28 + 32;
const limitedTo = (maxW: number): DeviceCommand => ({ outputLimit: { kind: 'limited', maxW }, leaseSeconds: 60 });

let made: BankDevice | undefined;

afterEach(() => made?.close());

async function inverterOf(manufacturer: string, config: Partial<DeviceConfig> = {}): Promise<BankDevice> {
  const bank = new RegisterBank([MODEL_1, MODEL_120, MODEL_121, MODEL_123]);
  bank.setText(MODEL_1, { Mn: manufacturer, Md: 'Inverter', Vr: '1.2' });
  bank.set(MODEL_121, { WMax_SF: 0 });
  bank.set(MODEL_121, { WMax: 10_000 });
  bank.set(MODEL_123, { WMaxLimPct_SF: -2 });
  bank.set(MODEL_123, { WMaxLimPct: 100, WMaxLimPct_WinTms: 0, WMaxLimPct_RvrtTms: 0, WMaxLimPct_RmpTms: 0 });
  bank.set(MODEL_123, { WMaxLim_Ena: 0 });
  made = await deviceOnBank(bank, { kind: 'PV', ...config });
  await made.device.open();
  made.takeWrites();
  return made;
}

const maker = (manufacturer: string) => ({ manufacturer, model: 'X', version: '1', serialNumber: '1' });

describe('what is known of makers', () => {
  it('is found by what the common model says, and the configuration goes over it', () => {
    expect(quirksOf(maker('Somebody'))).toEqual({
      positivePower: 'import',
      positiveBankPower: 'discharge',
      togglesLimit: false,
      singleWrites: false,
    });
    expect(quirksOf(maker('FRONIUS'))).toMatchObject({ togglesLimit: true, singleWrites: false });
    expect(quirksOf(maker('KOSTAL'))).toMatchObject({ singleWrites: true, togglesLimit: false });
    expect(quirksOf(maker('SolarEdge '))).toMatchObject({ positivePower: 'export' });
    expect(quirksOf(maker('Fronius'), { togglesLimit: false })).toMatchObject({
      togglesLimit: false,
    });
  });
});

describe('an inverter that wants its limit off and on again', () => {
  it('gets that when the limit changes, and only then', async () => {
    const { device, takeWrites, clock } = await inverterOf('Fronius');
    await device.write(limitedTo(5_000));
    expect(takeWrites()).toEqual([{ functionCode: 16, address: CONTROLS + 5, values: [5_000, 0, 60, 0, 1] }]);
    await device.write(limitedTo(4_000));
    expect(takeWrites()).toEqual([
      { functionCode: 16, address: CONTROLS + 9, values: [0] },
      { functionCode: 16, address: CONTROLS + 5, values: [4_000, 0, 60, 0, 1] },
    ]);
    clock.advance(30_000);
    await device.write(limitedTo(4_000));
    expect(takeWrites()).toEqual([{ functionCode: 16, address: CONTROLS + 5, values: [4_000, 0, 60, 0, 1] }]);
  });

  it('is not made to by the others', async () => {
    const { device, takeWrites } = await inverterOf('Somebody');
    await device.write(limitedTo(5_000));
    await device.write(limitedTo(4_000));
    expect(takeWrites()).toHaveLength(2);
  });
});

describe('an inverter that wants single writes', () => {
  it.each([
    ['by its maker', 'KOSTAL', {}],
    ['by the configuration', 'Somebody', { quirks: { singleWrites: true } }],
  ])('gets them from the first one on, %s', async (_, manufacturer, config) => {
    const { device, slave, takeWrites } = await inverterOf(manufacturer, config);
    slave.onRequest = (request) => (request.functionCode === 16 ? 2 : undefined);
    expect(await device.write(limitedTo(5_000))).toEqual({ kind: 'applied', registersWritten: 5 });
    expect(takeWrites().map(({ functionCode, address }) => [functionCode, address - CONTROLS])).toEqual([
      [6, 5],
      [6, 6],
      [6, 8],
      [6, 7],
      [6, 9],
    ]);
    expect((await device.read()).outputLimit).toEqual({ kind: 'limited', maxW: 5_000 });
  });
});
