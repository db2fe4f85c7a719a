import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { parseLineAddress } from '../../../../ven-agent/bridges/modbus/address.ts';
import { MasterPool } from '../../../../ven-agent/bridges/modbus/pool.ts';

const optionsOf = (url: string) => ({
  address: parseLineAddress(url),
  clock: new ManualClock(0),
  random: () => 0,
  log: pino({ level: 'silent' }),
});

describe('the masters of a process', () => {
  it.each(['tcp://10.0.0.7:502', 'serial:///dev/ttyUSB0?parity=even'])(
    'are one for all devices at %s, until the last of them has gone',
    async (url) => {
      const pool = new MasterPool();
      const first = pool.acquire(optionsOf(url));
      const second = pool.acquire(optionsOf(url));
      expect(second.master).toBe(first.master);
      first.release();
      first.release();
      expect(pool.acquire(optionsOf(url)).master).toBe(first.master);
      second.release();
      const other = new MasterPool().acquire(optionsOf(url));
      expect(other.master).not.toBe(first.master);
    },
  );

  it('are made anew after the last has gone, and then the old one answers nobody any more', async () => {
    const pool = new MasterPool();
    const lease = pool.acquire(optionsOf('tcp://10.0.0.7:502'));
    lease.release();
    await expect(lease.master.readHolding(1, 0, 1)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(pool.acquire(optionsOf('tcp://10.0.0.7:502')).master).not.toBe(lease.master);
  });

  it.each([
    ['serial:///dev/ttyUSB0', 'serial:///dev/ttyUSB0?baudRate=19200'],
    ['tcp://10.0.0.7:502', 'rtu+tcp://10.0.0.7:502'],
  ])('refuse to speak two ways on one line: %s and %s', (one, other) => {
    const pool = new MasterPool();
    pool.acquire(optionsOf(one));
    expect(() => pool.acquire(optionsOf(other))).toThrow('in use with other settings');
  });
});
