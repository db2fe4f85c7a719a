import { connectAsync } from 'mqtt';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DispatchSubscriber } from '../../../vtn/ingest/dispatch-subscriber.ts';
import { ExternalBroker } from '../notify/external-broker.ts';
import { eventually } from '../notify/support.ts';

describe('the subscriber at an external broker', () => {
  const broker = new ExternalBroker();
  let log: string[];
  let heard: string[];
  let subscriber: DispatchSubscriber;
  /** What is done with a message before it counts as stored. */
  let store: () => Promise<void>;
  beforeEach(async () => {
    [log, heard, store] = [[], [], () => Promise.resolve()];
    broker.maySubscribe = true;
    await broker.start();
    subscriber = new DispatchSubscriber({
      url: broker.url,
      username: 'vtn',
      password: broker.password,
      sessionId: 'session',
      topicPrefix: 'orders',
      log: pino({}, { write: (line: string) => void log.push(line) }),
      random: () => 0,
      receive: async (topic, payload) => {
        await store();
        heard.push(`${topic} ${Buffer.from(payload).toString()}`);
      },
    });
  });
  afterEach(async () => {
    await subscriber.stop();
    await broker.stop();
  });
  const told = (words: string) => eventually(() => expect(log.some((line) => line.includes(words))).toBe(true));
  async function publish(...orders: string[]): Promise<void> {
    const client = await connectAsync(broker.url, { username: 'x', password: broker.password });
    for (const order of orders) await client.publishAsync(...(order.split(' ') as [string, string]), { qos: 1 });
    await client.endAsync();
  }

  it('hears what is one level below its prefix, and only that', async () => {
    subscriber.start();
    await told('listening');
    await publish('orders/a 1', 'orders 2', 'orders/a/b 3', 'other/a 4', 'orders/b 5');
    await eventually(() => expect(heard).toEqual(['orders/a 1', 'orders/b 5']));
  });

  it('tries again when it may not listen, and says why it does not', async () => {
    broker.maySubscribe = false;
    subscriber.start();
    await told('orders/+ was refused');
    broker.maySubscribe = true;
    await told('listening');
    await publish('orders/a 1');
    await eventually(() => expect(heard).toEqual(['orders/a 1']));
  });

  it('takes one after the other: the next is not begun before the one before is stored', async () => {
    let atOnce = 0;
    let most = 0;
    store = async () => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce -= 1;
    };
    subscriber.start();
    await told('listening');
    const orders = Array.from({ length: 20 }, (_, n) => `orders/a ${n}`);
    await publish(...orders);
    await eventually(() => expect(heard).toEqual(orders));
    expect(most).toBe(1);
  });

  it('is given again what could not be stored, before what came after it', async () => {
    let isFull = true;
    store = () => (isFull ? Promise.reject(new Error('the disk is full')) : Promise.resolve());
    subscriber.start();
    await told('listening');
    await publish('orders/a 1', 'orders/a 2');
    await told('it has to come again');
    isFull = false;
    await eventually(() => expect(heard).toEqual(['orders/a 1', 'orders/a 2']));
  });

  it('is given what came while it was away', async () => {
    subscriber.start();
    await told('listening');
    await subscriber.stop();
    await publish('orders/a 1');
    expect(heard).toEqual([]);
    subscriber.start();
    await eventually(() => expect(heard).toEqual(['orders/a 1']));
  });

  it('does not acknowledge what was being stored when it is stopped: it comes again', async () => {
    let stored: () => void = () => undefined;
    let begun = 0;
    store = () => {
      begun += 1;
      return begun === 1 ? new Promise<void>((resolve) => (stored = resolve)) : Promise.resolve();
    };
    subscriber.start();
    await told('listening');
    await publish('orders/a 1');
    await eventually(() => expect(begun).toBe(1));
    await subscriber.stop();
    stored();
    subscriber.start();
    await eventually(() => expect(heard).toEqual(['orders/a 1', 'orders/a 1']));
  });
});
