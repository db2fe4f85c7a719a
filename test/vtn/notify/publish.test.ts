import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MqttTransport } from '../../../vtn/notify/mqtt.ts';
import { publishInOrder } from '../../../vtn/notify/publish.ts';
import { ExternalBroker } from './external-broker.ts';
import { eventually, silent } from './support.ts';

/** Rows 0, 1, …, each with so many messages `row.message`. */
const rows = (...sizes: number[]) =>
  sizes.map((size, seq) => ({
    seq,
    messages: Array.from({ length: size }, (_, n) => ({ topic: 't', payload: `${seq}.${n}` })),
  }));
const always = () => true;

describe('publishing the outbox', () => {
  let broker: ExternalBroker;
  let transport: MqttTransport;
  beforeEach(async () => {
    broker = new ExternalBroker();
    await broker.start();
    transport = new MqttTransport({ url: broker.url, password: broker.password, username: 'vtn', log: silent });
    transport.start();
    await eventually(() => expect(transport.connected).toBe(true));
  });
  afterEach(async () => {
    await transport.stop();
    await broker.stop();
  });
  const heard = () => broker.published.map(({ text }) => text);

  it('keeps the order over more messages than may be on their way at a time', async () => {
    const announcements = rows(1, 3000, 0, 2500, 7);
    expect(await publishInOrder(transport, announcements, always)).toEqual({ done: [0, 1, 2, 3, 4] });
    expect(heard()).toEqual(announcements.flatMap(({ messages }) => messages.map(({ payload }) => payload)));
  });

  it('a row that nobody may hear is done without a message', async () => {
    expect(await publishInOrder(transport, rows(0, 0), always)).toEqual({ done: [0, 1] });
    expect(heard()).toEqual([]);
  });

  it('a row is not done before all rows before it are, whatever was acknowledged', async () => {
    broker.onPublish = (text) => (text === '1.1' ? 'ignore' : 'accept');
    const publishing = publishInOrder(transport, rows(2, 2, 2, 0), always);
    await eventually(() => expect(heard()).toEqual(['0.0', '0.1', '1.0', '2.0', '2.1']));
    await broker.stop();
    const { done, failure } = await publishing;
    expect(done).toEqual([0]);
    expect(failure?.message).toContain('not acknowledged');
  });

  it('begins nothing after a failure', async () => {
    broker.onPublish = (text) => (text === '0.5' ? 'drop' : 'accept');
    const { done, failure } = await publishInOrder(transport, rows(10, 5000, 1), always);
    expect(done).toEqual([]);
    expect(failure).toBeDefined();
    expect(heard().length).toBeLessThan(5000);
    expect(heard()).not.toContain('2.0');
  });

  it('begins no further row when it is told to end, and finishes the one that it is at', async () => {
    let rowsBegun = 0;
    const two = () => (rowsBegun += 1) <= 2;
    expect(await publishInOrder(transport, rows(3, 3, 3), two)).toEqual({ done: [0, 1] });
    expect(heard()).toEqual(['0.0', '0.1', '0.2', '1.0', '1.1', '1.2']);
  });
});
