import { afterEach, describe, expect, it } from 'vitest';
import type { DeviceConfig } from '../../../../ven-agent/bridges/registry.ts';
import {
  METER_MODELS,
  MODEL_1,
  MODEL_103,
  MODEL_203,
  MODEL_213,
} from '../../../../ven-agent/bridges/sunspec/models/index.ts';
import { RegisterBank } from '../../../../ven-agent/simulate/register-bank.ts';
import { deviceOnBank } from './bank-slave.ts';

const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

function integerBank(manufacturer = 'Fronius'): RegisterBank {
  const bank = new RegisterBank([MODEL_1, MODEL_203]);
  bank.setText(MODEL_1, { Mn: manufacturer, Md: 'Smart Meter', Vr: '1', SN: 'M-1' });
  bank.set(MODEL_203, { W_SF: 1, TotWh_SF: 2 });
  bank.set(MODEL_203, { W: 12_340, TotWhExp: 500_000, TotWhImp: 1_200 });
  return bank;
}

async function meterOn(bank: RegisterBank, config: Partial<DeviceConfig> = {}) {
  const made = await deviceOnBank(bank, { kind: 'METER', ...config });
  cleanUp.push(() => made.close());
  return { ...made, meter: made.device };
}

describe('a SunSpec meter', () => {
  it('says who it is and that it takes no orders', async () => {
    const { meter, slave } = await meterOn(integerBank());
    expect(await meter.open()).toEqual({
      kind: 'METER',
      manufacturer: 'Fronius',
      model: 'Smart Meter',
      serialNumber: 'M-1',
      maxDischargeW: 0,
      maxChargeW: 0,
      canSetPower: false,
      canLimitOutput: false,
      safeReversion: false,
    });
    expect(await meter.write({ outputLimit: { kind: 'unlimited' }, leaseSeconds: 60 })).toMatchObject({
      kind: 'rejected',
    });
    expect(slave.requests.filter(({ functionCode }) => functionCode !== 3)).toEqual([]);
  });

  it('counts what the site takes as negative, where the maker counts it as positive', async () => {
    const { meter, clock } = await meterOn(integerBank());
    await meter.open();
    expect(await meter.read()).toEqual({
      readAtMs: clock.nowMs(),
      powerW: -12_340,
      dischargedTotalWh: 500_000,
      chargedTotalWh: 1_200,
    });
  });

  it('knows a maker that counts the other way round', async () => {
    const { meter } = await meterOn(integerBank('SolarEdge'));
    await meter.open();
    expect((await meter.read()).powerW).toBe(12_340);
  });

  it('believes the configuration rather than what is known of the maker', async () => {
    const { meter } = await meterOn(integerBank('SolarEdge'), { quirks: { positivePower: 'import' } });
    await meter.open();
    expect((await meter.read()).powerW).toBe(-12_340);
  });

  it('reads power, energies and their scale factors in one request', async () => {
    const { meter, slave } = await meterOn(integerBank());
    await meter.open();
    slave.requests.length = 0;
    await meter.read();
    expect(slave.requests).toEqual([{ functionCode: 3, address: 40_070, count: 55 }]);
  });

  it('reads floats', async () => {
    const bank = new RegisterBank([MODEL_1, MODEL_213]);
    bank.setText(MODEL_1, { Mn: 'Maker', Md: 'Meter', SN: 'M-2' });
    bank.set(MODEL_213, { W: -1_500.5, TotWhExp: 12.5, TotWhImp: 99 });
    const { meter, slave } = await meterOn(bank);
    await meter.open();
    slave.requests.length = 0;
    expect(await meter.read()).toMatchObject({ powerW: 1_500.5, dischargedTotalWh: 12.5, chargedTotalWh: 99 });
    expect(slave.requests).toHaveLength(1);
  });

  it.each(METER_MODELS.map((model) => [model.id, model] as const))('is found by model %i', async (_, model) => {
    const bank = new RegisterBank([MODEL_1, model]);
    const { meter, clock } = await meterOn(bank);
    await meter.open();
    expect(await meter.read()).toEqual({ readAtMs: clock.nowMs() });
  });

  it('is told apart from an inverter', async () => {
    const { meter } = await meterOn(new RegisterBank([MODEL_1, MODEL_103]));
    await expect(meter.open()).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });

  it('refuses to be read before it is opened and after it is closed', async () => {
    const { meter } = await meterOn(integerBank());
    await expect(meter.read()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await meter.open();
    await meter.close();
    await expect(meter.read()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });
});
