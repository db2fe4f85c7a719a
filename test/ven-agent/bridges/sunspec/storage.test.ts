import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceCommand } from '../../../../ven-agent/bridges/device.ts';
import type { DeviceConfig } from '../../../../ven-agent/bridges/registry.ts';
import {
  MODEL_1,
  MODEL_103,
  MODEL_120,
  MODEL_121,
  MODEL_123,
  MODEL_124,
  MODEL_714,
  MODEL_802,
} from '../../../../ven-agent/bridges/sunspec/models/index.ts';
import type { Model } from '../../../../ven-agent/bridges/sunspec/models/model.ts';
import { RegisterBank } from '../../../../ven-agent/simulate/register-bank.ts';
import { deviceOnBank } from './bank-slave.ts';
import type { BankDevice } from './bank-slave.ts';

const lease: DeviceCommand = { outputLimit: { kind: 'unlimited' }, leaseSeconds: 60 };
const limitedTo = (maxW: number): DeviceCommand => ({ ...lease, outputLimit: { kind: 'limited', maxW } });

/** A hybrid inverter of 10 kW with a battery of 12.8 kW and 11 kWh. */
function hybrid(models: readonly Model[] = [MODEL_123, MODEL_124]): RegisterBank {
  const bank = new RegisterBank([MODEL_1, MODEL_103, MODEL_120, MODEL_121, ...models]);
  bank.setText(MODEL_1, { Mn: 'Maker', Md: 'Hybrid', SN: 'H-1' });
  bank.set(MODEL_103, { W_SF: 0, WH_SF: 0, St: 4 });
  bank.set(MODEL_103, { W: 1_500, WH: 77 });
  bank.set(MODEL_120, { WRtg_SF: 0, WHRtg_SF: 0 });
  bank.set(MODEL_120, { WRtg: 10_000, WHRtg: 11_000 });
  bank.set(MODEL_121, { WMax_SF: 0 });
  bank.set(MODEL_121, { WMax: 10_000 });
  if (models.includes(MODEL_123)) {
    bank.set(MODEL_123, { WMaxLimPct_SF: -2 });
    bank.set(MODEL_123, { WMaxLimPct: 100, WMaxLimPct_WinTms: 0, WMaxLimPct_RvrtTms: 0, WMaxLimPct_RmpTms: 0 });
    bank.set(MODEL_123, { WMaxLim_Ena: 0 });
  }
  if (models.includes(MODEL_124)) {
    bank.set(MODEL_124, { WChaMax_SF: 0, InOutWRte_SF: -2, ChaState_SF: -2 });
    bank.set(MODEL_124, { WChaMax: 12_800, StorCtl_Mod: 0, ChaState: 55.5, OutWRte: 100, InWRte: 100 });
    bank.set(MODEL_124, { InOutWRte_WinTms: 0, InOutWRte_RvrtTms: 0, InOutWRte_RmpTms: 0, ChaGriSet: 1 });
  }
  return bank;
}

const RATES_124 = 40_002 + 68 + 52 + 28 + 32 + 26 + 12;
const MODE_124 = RATES_124 - 7;

let open: BankDevice[] = [];

beforeEach(() => {
  open = [];
});

afterEach(async () => {
  for (const each of open) await each.close();
});

async function opened(bank: RegisterBank, config: Partial<DeviceConfig> = {}): Promise<BankDevice> {
  const made = await deviceOnBank(bank, { kind: 'BESS', ...config });
  open.push(made);
  await made.device.open();
  made.takeWrites();
  return made;
}

describe('storage by model 124', () => {
  it('says what it can do: its powers are those of the battery, and it has no safe reversion', async () => {
    const { device } = await opened(hybrid());
    expect(await device.open()).toMatchObject({
      maxDischargeW: 10_000,
      maxChargeW: 12_800,
      capacityWh: 11_000,
      canSetPower: true,
      canLimitOutput: true,
      safeReversion: false,
    });
    expect(await device.read()).toMatchObject({ powerW: 1_500, socFraction: 0.555, state: 'NORMAL' });
  });

  it.each([
    ['discharges', 6_400, [5_000, 0x10000 - 5_000]],
    ['charges', -6_400, [0x10000 - 5_000, 5_000]],
    ['stands still', 0, [0, 0]],
    // 1 W more than 78.11 %: toward zero.
    ['never asks for more than it was told', 9_999, [7_811, 0x10000 - 7_811]],
  ])('%s: rates and timer in one FC16 at 12..16, then the mode', async (_, setpointW, rates) => {
    const bank = hybrid();
    const { device, takeWrites } = await opened(bank);
    expect(await device.write({ ...lease, setpointW })).toEqual({ kind: 'applied', registersWritten: 6 });
    expect(takeWrites()).toEqual([
      { functionCode: 16, address: RATES_124, values: [...rates, 0, 60, 0] },
      { functionCode: 16, address: MODE_124, values: [3] },
    ]);
    const step = 12_800 / 10_000;
    expect(Math.abs(((await device.read()).setpointW ?? NaN) - setpointW)).toBeLessThan(step);
    expect(await device.write({ ...lease, setpointW })).toEqual({ kind: 'unchanged' });
  });

  it('starts its timer over at half of the lease, and sets the mode again where the timer has run out', async () => {
    const bank = hybrid();
    const { device, takeWrites, clock } = await opened(bank);
    await device.write({ ...lease, setpointW: 6_400 });
    takeWrites();
    clock.advance(29_000);
    expect(await device.write({ ...lease, setpointW: 6_400 })).toEqual({ kind: 'unchanged' });
    clock.advance(1_000);
    await device.write({ ...lease, setpointW: 6_400 });
    expect(takeWrites().map(({ address }) => address)).toEqual([RATES_124]);
    bank.set(MODEL_124, { StorCtl_Mod: 0 });
    await device.write({ ...lease, setpointW: 6_400 });
    expect(takeWrites()).toEqual([{ functionCode: 16, address: MODE_124, values: [3] }]);
  });

  it('hands the choice back by the mode alone', async () => {
    const { device, takeWrites } = await opened(hybrid());
    await device.write({ ...lease, setpointW: 6_400 });
    takeWrites();
    expect(await device.write(lease)).toEqual({ kind: 'applied', registersWritten: 1 });
    expect(takeWrites()).toEqual([{ functionCode: 16, address: MODE_124, values: [0] }]);
    expect(await device.read()).not.toHaveProperty('setpointW');
  });

  it('limits the output by 123 where there is one, and else its discharging by 124', async () => {
    const both = await opened(hybrid());
    await both.device.write(limitedTo(4_000));
    expect(both.takeWrites().map(({ address }) => address)).toEqual([40_002 + 68 + 52 + 28 + 32 + 5]);
    const alone = await opened(hybrid([MODEL_124]));
    await alone.device.write(limitedTo(3_200));
    expect(alone.takeWrites()).toEqual([
      { functionCode: 16, address: RATES_124 - 26, values: [2_500, 10_000, 0, 60, 0] },
      { functionCode: 16, address: MODE_124 - 26, values: [2] },
    ]);
    expect((await alone.device.read()).outputLimit).toEqual({ kind: 'limited', maxW: 3_200 });
    await alone.device.write(lease);
    expect((await alone.device.read()).outputLimit).toEqual({ kind: 'unlimited' });
  });

  it('keeps the power where the device refuses the timer', async () => {
    const { device, slave, takeWrites, clock } = await opened(hybrid());
    slave.onRequest = (request) => {
      const last = 'values' in request ? request.address + request.values.length - 1 : request.address;
      const isTimer = request.address <= RATES_124 + 3 && last >= RATES_124 + 3;
      return request.functionCode === 3 || !isTimer ? undefined : 2;
    };
    expect(await device.write({ ...lease, setpointW: 6_400 })).toMatchObject({ kind: 'applied' });
    expect(await device.read()).toMatchObject({ setpointW: 6_400, isReversionDoubted: true });
    takeWrites();
    expect(await device.write({ ...lease, setpointW: 6_400 })).toEqual({ kind: 'unchanged' });
    clock.advance(30_000);
    await device.write({ ...lease, setpointW: 6_400 });
    expect(takeWrites().some(({ address }) => address === RATES_124 + 3)).toBe(false);
  });

  it('is no affair of the PV behind the same inverter', async () => {
    const { device, slave } = await opened(hybrid(), { kind: 'PV' });
    const reading = await device.read();
    expect(reading).not.toHaveProperty('socFraction');
    expect(await device.open()).toMatchObject({ canSetPower: false, canLimitOutput: true, maxChargeW: 0 });
    slave.requests.length = 0;
    expect(await device.write({ ...lease, setpointW: 0 })).toMatchObject({ kind: 'rejected' });
  });
});

describe('a battery bank (802)', () => {
  function bankOnly(): RegisterBank {
    const bank = new RegisterBank([MODEL_1, MODEL_120, MODEL_802]);
    bank.setText(MODEL_1, { Mn: 'Maker', Md: 'Bank' });
    bank.set(MODEL_120, { WRtg_SF: 0 });
    bank.set(MODEL_120, { WRtg: 5_000 });
    bank.set(MODEL_802, { SoC_SF: -1, SoH_SF: 0, W_SF: 1, WHRtg_SF: 2 });
    bank.set(MODEL_802, { SoC: 40.5, SoH: 90, W: -2_000, WHRtg: 10_000, State: 3, LocRemCtl: 0, CtrlHb: 7 });
    return bank;
  }

  it('gives state of charge, capacity by its health, power and state', async () => {
    const { device } = await opened(bankOnly());
    expect(await device.read()).toMatchObject({
      powerW: -2_000,
      socFraction: 0.405,
      capacityWh: 9_000,
      state: 'NORMAL',
    });
  });

  it('counts power the other way round where it is told so', async () => {
    const { device } = await opened(bankOnly(), { quirks: { positiveBankPower: 'charge' } });
    expect((await device.read()).powerW).toBe(2_000);
  });

  it.each([
    [1, 'OFF'],
    [4, 'STANDBY'],
    [99, 'FAULT'],
  ])('is in its state %i %s', async (State, state) => {
    const bank = bankOnly();
    const { device } = await opened(bank);
    bank.set(MODEL_802, { State });
    expect((await device.read()).state).toBe(state);
  });

  it('hears our heartbeat once a second, and is left alone under local control', async () => {
    const bank = bankOnly();
    const { device, takeWrites, clock } = await opened(bank);
    for (let tick = 0; tick < 3; tick += 1) {
      await device.write(lease);
      await device.write(lease);
      clock.advance(1_000);
    }
    expect(takeWrites().map((request) => ('values' in request ? request.values : []))).toEqual([[8], [9], [10]]);
    bank.set(MODEL_802, { LocRemCtl: 1 });
    expect(await device.write(lease)).toMatchObject({ kind: 'rejected' });
    expect(takeWrites()).toEqual([]);
  });

  it('starts its heartbeat over before the value that means "not implemented"', async () => {
    const bank = bankOnly();
    bank.set(MODEL_802, { CtrlHb: 0x7fff });
    const { device, takeWrites } = await opened(bank);
    await device.write(lease);
    expect(takeWrites()).toMatchObject([{ values: [0] }]);
  });
});

it('the DC side (714) says the power where nothing else does', async () => {
  const bank = new RegisterBank([MODEL_1, MODEL_120, MODEL_714]);
  bank.set(MODEL_120, { WRtg_SF: 0 });
  bank.set(MODEL_120, { WRtg: 5_000 });
  bank.set(MODEL_714, { DCW_SF: 1 });
  bank.set(MODEL_714, { DCW: -2_500 });
  const { device } = await opened(bank);
  expect((await device.read()).powerW).toBe(-2_500);
});
