import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { parseLineAddress } from '../../../../ven-agent/bridges/modbus/address.ts';
import { ModbusMaster } from '../../../../ven-agent/bridges/modbus/master.ts';

vi.mock('serialport', () => {
  throw new Error("Cannot find package 'serialport'");
});

it('a serial line without the optional package says which one is missing and how to get it', async () => {
  const master = new ModbusMaster({
    address: parseLineAddress('serial:///dev/ttyUSB0'),
    clock: systemClock,
    random: () => 0,
    log: pino({ level: 'silent' }),
  });
  await expect(master.readHolding(1, 0, 1)).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
    message: expect.stringContaining('npm install serialport'),
  });
  master.close();
});
