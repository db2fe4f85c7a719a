import { describe, expect, it } from 'vitest';
import { mqttAddress } from '../../shared/mqtt-address.ts';

describe("a broker's URL", () => {
  it.each([
    ['mqtt://127.0.0.1:1884', { protocol: 'mqtt', host: '127.0.0.1', port: 1884 }],
    ['mqtts://broker.example', { protocol: 'mqtts', host: 'broker.example' }],
    ['mqtt://[::1]:1883/', { protocol: 'mqtt', host: '::1', port: 1883 }],
    ['wss://broker.example/mqtt?a=b', { protocol: 'wss', host: 'broker.example', path: '/mqtt?a=b' }],
    ['mqtt://us%40er:s%3Acret@b:1', { protocol: 'mqtt', host: 'b', port: 1, username: 'us@er', password: 's:cret' }],
  ])('%s is taken apart', (url, address) => {
    expect(mqttAddress(url)).toEqual(address);
  });

  it.each([
    ['', TypeError],
    ['broker.example:1883', RangeError],
    ['http://broker.example', RangeError],
    ['mqtt:///topic', TypeError],
  ])('%s is none', (url, error) => {
    expect(() => mqttAddress(url)).toThrow(error);
  });
});
