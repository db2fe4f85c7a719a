import { afterEach, describe, expect, it } from 'vitest';
import { MqttTransport, type MqttTransportOptions } from '../../../vtn/notify/mqtt.ts';
import { ExternalBroker } from './external-broker.ts';
import { eventually, silent } from './support.ts';

describe('the MQTT transport', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  async function started(options: Partial<MqttTransportOptions> = {}) {
    const broker = new ExternalBroker();
    await broker.start();
    ends.push(() => broker.stop());
    const transport = new MqttTransport({
      url: broker.url,
      username: 'vtn',
      password: broker.password,
      log: silent,
      random: () => 0.1,
      ...options,
    });
    ends.push(() => transport.stop());
    transport.start();
    return { broker, transport };
  }
  const connected = (transport: MqttTransport) => eventually(() => expect(transport.connected).toBe(true));

  it('publishes to a broker of somebody else with its credentials, and knows when the broker took it', async () => {
    const { broker, transport } = await started();
    await connected(transport);
    await transport.publish('a/b', 'hello');
    expect(broker.published).toEqual([{ topic: 'a/b', text: 'hello' }]);
  });

  it('keeps the order of what is published without waiting', async () => {
    const { broker, transport } = await started();
    await connected(transport);
    const texts = Array.from({ length: 1000 }, (_, n) => `${n}`);
    await Promise.all(texts.map((text) => transport.publish('t', text)));
    expect(broker.published.map(({ text }) => text)).toEqual(texts);
  });

  it('refuses to publish while it is not connected, instead of keeping the message for later', async () => {
    const { broker, transport } = await started();
    await connected(transport);
    await broker.stop();
    await eventually(() => expect(transport.connected).toBe(false));
    await expect(transport.publish('t', 'stale')).rejects.toThrow('not connected');
    await broker.start();
    await connected(transport);
    await transport.publish('t', 'fresh');
    expect(broker.published.map(({ text }) => text)).toEqual(['fresh']);
  });

  it('rejects what was not acknowledged when the connection ended, and does not send it again by itself', async () => {
    const { broker, transport } = await started();
    await connected(transport);
    broker.onPublish = (text) => (text === 'lost' ? 'drop' : 'accept');
    await expect(transport.publish('t', 'lost')).rejects.toThrow('not acknowledged');
    broker.onPublish = () => 'accept';
    await connected(transport);
    await transport.publish('t', 'next');
    expect(broker.published.map(({ text }) => text)).toEqual(['next']);
  });

  it('gives up a connection on which nothing is acknowledged', async () => {
    const { broker, transport } = await started({ ackTimeoutMs: 50 });
    await connected(transport);
    broker.onPublish = () => 'ignore';
    await expect(transport.publish('t', 'unheard')).rejects.toThrow('it acknowledges nothing');
    broker.onPublish = () => 'accept';
    await connected(transport);
    await transport.publish('t', 'heard');
    expect(broker.published.map(({ text }) => text)).toEqual(['heard']);
  });

  it('tells each time it is connected, and goes on trying while the broker is down', async () => {
    const { broker, transport } = await started();
    let times = 0;
    transport.onConnected(() => (times += 1));
    await connected(transport);
    for (let round = 2; round <= 3; round += 1) {
      await broker.stop();
      await eventually(() => expect(transport.connected).toBe(false));
      await broker.start();
      await eventually(() => expect(times).toBe(round));
    }
  });

  it('goes on trying, and publishes nothing, while the broker refuses its password', async () => {
    const { broker, transport } = await started({ password: 'wrong' });
    await eventually(() => expect(broker.refused).toBe(3));
    expect(transport.connected).toBe(false);
    await expect(transport.publish('t', 'x')).rejects.toThrow('not connected');
  });

  it('stops with something on its way that is never acknowledged', async () => {
    const { broker, transport } = await started();
    await connected(transport);
    broker.onPublish = () => 'ignore';
    const sent = expect(transport.publish('t', 'x')).rejects.toThrow('stopped');
    await transport.stop();
    await sent;
  });

  it('stops while the broker is away, and while it is connecting', async () => {
    const away = new MqttTransport({ url: 'mqtt://127.0.0.1:1', log: silent, random: () => 0.1 });
    away.start();
    await away.stop();
    const { broker, transport } = await started();
    await connected(transport);
    await broker.stop();
    await transport.stop();
    expect(transport.connected).toBe(false);
  });
});
