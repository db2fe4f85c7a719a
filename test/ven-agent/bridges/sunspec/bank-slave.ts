import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { pino } from 'pino';
import type { Device } from '../../../../ven-agent/bridges/device.ts';
import { MasterPool } from '../../../../ven-agent/bridges/modbus/pool.ts';
import type { ModbusRequest } from '../../../../ven-agent/bridges/modbus/pdu.ts';
import { createDevice } from '../../../../ven-agent/bridges/registry.ts';
import type { DeviceConfig } from '../../../../ven-agent/bridges/registry.ts';
import type { RegisterBank } from '../../../../ven-agent/simulate/register-bank.ts';
import { startPlantSlave } from './plant-slave.ts';
import type { PlantSlave } from './plant-slave.ts';

/** A device on registers that hold what the test puts there, without a plant behind them. */
export interface BankDevice {
  device: Device;
  slave: PlantSlave;
  clock: ManualClock;
  /** What was written, in order; forgotten by then. */
  takeWrites: () => Exclude<ModbusRequest, { count: number }>[];
  close(): Promise<void>;
}

export async function deviceOnBank(
  bank: RegisterBank,
  config: Partial<DeviceConfig> & Pick<DeviceConfig, 'kind'>,
): Promise<BankDevice> {
  const clock = new ManualClock('2026-01-15T10:00:00Z');
  const slave = await startPlantSlave({
    read: (address, count) => bank.read(address, count),
    write: (address, values) => void bank.write(address, values, () => undefined),
  });
  const device = createDevice(
    { resourceName: 'asset-1', driver: 'sunspec', url: slave.url, unitId: 1, ...config },
    { clock, pool: new MasterPool(), random: () => 0, log: pino({ level: 'silent' }) },
  );
  return {
    device,
    slave,
    clock,
    takeWrites: () =>
      slave.requests.splice(0).filter((request) => request.functionCode === 6 || request.functionCode === 16),
    close: async () => {
      await device.close();
      await slave.close();
    },
  };
}
