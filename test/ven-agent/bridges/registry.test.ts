import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createDevice } from '../../../ven-agent/bridges/registry.ts';
import type { DeviceConfig } from '../../../ven-agent/bridges/registry.ts';

const deps = { clock: new ManualClock(0), random: () => 0, log: pino({ level: 'silent' }) };
const config: DeviceConfig = {
  resourceName: 'asset-1',
  kind: 'PV',
  driver: 'sunspec',
  url: 'tcp://127.0.0.1:502',
  unitId: 1,
};

describe('createDevice', () => {
  it.each(['tcp://10.0.0.7:1502', 'tcp://inverter.local', 'tcp://[::1]:502', 'tcp://10.0.0.7:502/'])(
    'accepts the address %s',
    (url) => {
      expect(createDevice({ ...config, url }, deps).resourceName).toBe('asset-1');
    },
  );

  it.each(['10.0.0.7:502', 'http://10.0.0.7:502', 'tcp://', 'tcp://a:0', 'tcp://a:70000', 'tcp://a:b', 'tcp://a b'])(
    'names the address %s as faulty',
    (url) => {
      expect(() => createDevice({ ...config, url }, deps)).toThrow(`"${url}" is not tcp://host:port`);
    },
  );

  it.each([
    'rtu+tcp://10.0.0.7:4001',
    'serial:///dev/ttyUSB0',
    'serial:///dev/serial/by-id/usb-1?baudRate=19200&parity=even&dataBits=7&stopBits=2',
  ])('accepts the serial line %s', (url) => {
    expect(createDevice({ ...config, url }, deps).resourceName).toBe('asset-1');
  });

  it.each([
    ['serial://ttyUSB0', 'is not tcp://host:port'],
    ['serial:///dev/ttyUSB0?baud=9600', 'baud is none of baudRate, parity'],
    ['serial:///dev/ttyUSB0?baudRate=fast', 'baudRate is not a whole number'],
    ['serial:///dev/ttyUSB0?stopBits=3', 'stopBits is none of 1, 2'],
  ])('names the serial line %s as faulty', (url, reason) => {
    expect(() => createDevice({ ...config, url }, deps)).toThrow(reason);
  });

  it('knows no unit 0 on a serial line, where it is a broadcast', () => {
    expect(() => createDevice({ ...config, url: 'serial:///dev/ttyUSB0', unitId: 0 }, deps)).toThrow('from 1 to 247');
  });

  it.each([-1, 256, 1.5])('names the unit id %d as faulty', (unitId) => {
    expect(() => createDevice({ ...config, unitId }, deps)).toThrow('unitId of asset-1');
  });

  it('touches nothing before it is opened, and refuses to read until then', async () => {
    const device = createDevice(config, deps);
    await expect(device.read()).rejects.toMatchObject({ name: 'DeviceError', code: 'UNREACHABLE' });
    await device.close();
  });
});
