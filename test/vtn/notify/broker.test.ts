import { createServer, connect as connectTcp, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Authenticated, EmbeddedBroker } from '../../../vtn/notify/broker.ts';
import { ManualClock, systemClock } from '../../../shared/time/clock.ts';
import { eventually, listen, silent, testBroker, type Listener } from './support.ts';

const root = 'openadr3/3.1';
const ven = (clientId: string, ...venIds: string[]): Authenticated => ({ clientId, role: 'ven', venIds });

describe('the embedded broker', () => {
  const brokers: EmbeddedBroker[] = [];
  const listeners: Listener[] = [];
  afterEach(async () => {
    for (const { client } of listeners.splice(0)) client.end(true);
    for (const broker of brokers.splice(0)) await broker.stop();
  });
  async function started(...args: Parameters<typeof testBroker>) {
    const broker = testBroker(...args);
    brokers.push(broker);
    const { url } = await broker.start();
    const join = async (password?: string, options: Parameters<typeof listen>[1] = {}) => {
      const listener = await listen(url, {
        ...(password === undefined ? {} : { username: 'x', password }),
        ...options,
      });
      listeners.push(listener);
      return listener;
    };
    const publisher = async () => {
      const { username, password } = broker.internal;
      return (await join(password, { username })).client;
    };
    return { broker, url, join, publisher };
  }

  describe('lets in', () => {
    it('whoever shows a valid token as password, whatever the user name', async () => {
      const { join } = await started(new Map([['token-a', ven('a', 'ven-a')]]));
      await expect(join('token-a', { username: 'whatever' })).resolves.toBeDefined();
      await expect(join('token-a', { username: '' })).resolves.toBeDefined();
    });

    it('nobody without a token, with a wrong one or an expired one: CONNACK 4', async () => {
      const expired: Authenticated = { ...ven('a', 'ven-a'), expiresMs: systemClock.nowMs() - 1 };
      const { join } = await started(new Map([['old', expired]]));
      await expect(join()).rejects.toMatchObject({ code: 4 });
      await expect(join('wrong')).rejects.toMatchObject({ code: 4 });
      await expect(join('old')).rejects.toMatchObject({ code: 4 });
    });

    it('no customer and no utility: CONNACK 5', async () => {
      const { join } = await started(
        new Map<string, Authenticated>([
          ['customer', { clientId: 'c', role: 'customer', venIds: [] }],
          ['utility', { clientId: 'u', role: 'utility', venIds: [] }],
        ]),
      );
      await expect(join('customer')).rejects.toMatchObject({ code: 5 });
      await expect(join('utility')).rejects.toMatchObject({ code: 5 });
    });

    it('nobody while tokens cannot be verified: CONNACK 3, and the broker goes on', async () => {
      const authenticate = vi
        .fn<(token: string) => Promise<Authenticated | undefined>>()
        .mockRejectedValueOnce(new Error('the database is locked'))
        .mockResolvedValue(ven('a', 'ven-a'));
      const { join } = await started(new Map(), { authenticate });
      await expect(join('token-a')).rejects.toMatchObject({ code: 3 });
      await expect(join('token-a')).resolves.toBeDefined();
    });

    it('nobody as the VTN itself without the password that only the VTN knows', async () => {
      const { join, broker } = await started();
      await expect(join('guess', { username: broker.internal.username })).rejects.toMatchObject({ code: 4 });
    });

    it('everybody, as a reader, when it is told to be anonymous', async () => {
      const { join } = await started(new Map(), { authentication: 'ANONYMOUS' });
      const anyone = await join();
      expect(await anyone.subscribe(`${root}/vens/ven-a/events/+`)).toBe(1);
      anyone.client.publish(`${root}/events/create`, '{}');
      await anyone.closed;
    });
  });

  describe('lets a ven hear', () => {
    const tokens = new Map<string, Authenticated>([
      ['token-a', ven('a', 'ven-a')],
      ['token-b', ven('b', 'ven-b')],
      ['token-bl', { clientId: 'bl', role: 'bl', venIds: [] }],
    ]);

    it('its own topics and those that carry only what everybody may see', async () => {
      const { join } = await started(tokens);
      const a = await join('token-a');
      const filters = [
        'vens/ven-a/events/+',
        'vens/ven-a/events/create',
        'vens/ven-a/programs/+',
        'vens/ven-a/resources/+',
        'vens/ven-a/+',
        'vens/ven-a/#',
        'programs/+',
        'programs/p1/+',
        'programs/p1/events/+',
        'programs/#',
      ];
      const granted: [string, number][] = [];
      for (const filter of filters) granted.push([filter, await a.subscribe(`${root}/${filter}`)]);
      expect(granted).toEqual(filters.map((filter) => [filter, 1]));
    });

    it("nothing of others, nor what is business logic's", async () => {
      const { join } = await started(tokens);
      const a = await join('token-a');
      const filters = [
        `${root}/vens/ven-b/events/+`,
        `${root}/vens/ven-b/#`,
        `${root}/vens/+/events/+`,
        `${root}/vens/#`,
        `${root}/vens/+`,
        `${root}/vens/ven-a`,
        `${root}/vens/ven-ab/events/+`,
        `${root}/+/ven-b/events/+`,
        `${root}/events/+`,
        `${root}/reports/+`,
        `${root}/resources/+`,
        `${root}/subscriptions/+`,
        `${root}/#`,
        '#',
        '+/#',
        '$SYS/#',
        `$share/group/${root}/vens/ven-b/events/+`,
      ];
      const granted: [string, number][] = [];
      for (const filter of filters) granted.push([filter, await a.subscribe(filter)]);
      expect(granted).toEqual(filters.map((filter) => [filter, 128]));
    });

    it('only what it asked for and may hear, when a message is published on both', async () => {
      const { join, publisher } = await started(tokens);
      const [a, b, bl] = [await join('token-a'), await join('token-b'), await join('token-bl')];
      await a.subscribe(`${root}/vens/ven-a/#`);
      await b.subscribe(`${root}/vens/ven-a/#`);
      expect(await bl.subscribe(`${root}/#`)).toBe(1);
      const vtn = await publisher();
      await vtn.publishAsync(`${root}/vens/ven-a/events/create`, 'for a', { qos: 1 });
      await b.subscribe(`${root}/vens/ven-b/#`);
      await vtn.publishAsync(`${root}/vens/ven-b/events/create`, 'for b', { qos: 1 });
      await eventually(() => expect(b.heard.length + a.heard.length + bl.heard.length).toBe(4));
      expect(a.heard.map(({ text }) => text)).toEqual(['for a']);
      expect(b.heard.map(({ text }) => text)).toEqual(['for b']);
      expect(bl.heard.map(({ text }) => text)).toEqual(['for a', 'for b']);
    });

    it('its topics also when its ven was made after it connected', async () => {
      const late = new Map([['token-c', ven('c')]]);
      const { join } = await started(late);
      const c = await join('token-c');
      expect(await c.subscribe(`${root}/vens/ven-c/events/+`)).toBe(128);
      late.set('token-c', ven('c', 'ven-c'));
      expect(await c.subscribe(`${root}/vens/ven-c/events/+`)).toBe(1);
    });
  });

  it('lets nobody publish but the VTN, not even a will', async () => {
    const { join, publisher } = await started(
      new Map<string, Authenticated>([
        ['token-a', ven('a', 'ven-a')],
        ['token-bl', { clientId: 'bl', role: 'bl', venIds: [] }],
      ]),
    );
    const bl = await join('token-bl');
    await bl.subscribe(`${root}/#`);
    const a = await join('token-a', {
      will: { topic: `${root}/vens/ven-a/events/create`, payload: Buffer.from('my last'), qos: 1, retain: false },
    });
    a.client.publish(`${root}/vens/ven-a/events/create`, 'forged', { qos: 1 });
    await a.closed;
    await (await publisher()).publishAsync(`${root}/events/create`, 'true', { qos: 1 });
    await eventually(() => expect(bl.heard.map(({ text }) => text)).toEqual(['true']));
  });

  it('ends a connection when its token expires', async () => {
    const clock = new ManualClock('2026-01-01T00:00:00Z');
    const expiresMs = clock.nowMs() + 300;
    const { join } = await started(new Map([['token-a', { ...ven('a', 'ven-a'), expiresMs }]]), { clock });
    const begun = performance.now();
    const a = await join('token-a');
    await a.closed;
    expect(performance.now() - begun).toBeGreaterThan(290);
  });

  it('ends all connections of a client that is kicked, and no others', async () => {
    const { join, broker } = await started(
      new Map([
        ['token-a', ven('a', 'ven-a')],
        ['token-b', ven('b', 'ven-b')],
      ]),
    );
    const [one, two, other] = [await join('token-a'), await join('token-a'), await join('token-b')];
    broker.kick('a');
    await Promise.all([one.closed, two.closed]);
    expect(await other.subscribe(`${root}/programs/+`)).toBe(1);
  });

  it('ends a connection whose client was revoked, at the next check', async () => {
    const tokens = new Map([['token-a', ven('a', 'ven-a')]]);
    const { join } = await started(tokens, { recheckMs: 50 });
    const a = await join('token-a');
    tokens.clear();
    await a.closed;
  });

  it('sends nothing more to a ven that is gone, although it had subscribed', async () => {
    const tokens = new Map<string, Authenticated>([['token-a', ven('a', 'ven-a')]]);
    const { join, publisher } = await started(tokens);
    const a = await join('token-a');
    await a.subscribe(`${root}/vens/ven-a/#`);
    await a.subscribe(`${root}/programs/+`);
    tokens.set('token-a', ven('a'));
    // A refused subscription makes the broker ask again.
    expect(await a.subscribe(`${root}/vens/ven-x/#`)).toBe(128);
    const vtn = await publisher();
    await vtn.publishAsync(`${root}/vens/ven-a/events/create`, 'secret', { qos: 1 });
    await vtn.publishAsync(`${root}/programs/create`, 'public', { qos: 1 });
    await eventually(() => expect(a.heard.map(({ text }) => text)).toEqual(['public']));
  });

  it('does not let one client take over another by naming its client id', async () => {
    const { join } = await started(
      new Map([
        ['token-a', ven('a', 'ven-a')],
        ['token-b', ven('b', 'ven-b')],
      ]),
    );
    const a = await join('token-a', { clientId: 'gateway', clean: false });
    await a.subscribe(`${root}/vens/ven-a/#`);
    const b = await join('token-b', { clientId: 'gateway', clean: false });
    expect(await b.subscribe(`${root}/programs/+`)).toBe(1);
    expect(a.client.connected).toBe(true);
    const again = await join('token-a', { clientId: 'gateway' });
    await a.closed;
    expect(again.client.connected).toBe(true);
  });

  it('delivers in order, with QoS 1, not retained', async () => {
    const { join, publisher } = await started(new Map([['token-a', ven('a', 'ven-a')]]));
    const a = await join('token-a');
    await a.subscribe(`${root}/vens/ven-a/#`);
    const packets: { qos: number; retain: boolean }[] = [];
    a.client.on('message', (_topic, _payload, { qos, retain }) => packets.push({ qos, retain }));
    const vtn = await publisher();
    const texts = Array.from({ length: 500 }, (_, n) => `${n}`);
    await Promise.all(texts.map((text) => vtn.publishAsync(`${root}/vens/ven-a/events/update`, text, { qos: 1 })));
    await eventually(() => expect(a.heard.length).toBe(500));
    expect(a.heard.map(({ text }) => text)).toEqual(texts);
    expect(new Set(packets.map((packet) => JSON.stringify(packet)))).toEqual(new Set(['{"qos":1,"retain":false}']));
  });

  it('a subscriber that reads nothing does not hold up the others', async () => {
    const { join, publisher } = await started(
      new Map([
        ['token-a', ven('a', 'ven-a')],
        ['token-b', ven('b', 'ven-b')],
      ]),
    );
    const [a, b] = [await join('token-a'), await join('token-b')];
    await a.subscribe(`${root}/programs/+`);
    await b.subscribe(`${root}/programs/+`);
    a.client.stream.pause();
    const vtn = await publisher();
    const big = 'x'.repeat(100_000);
    const sent = Array.from({ length: 300 }, () => vtn.publishAsync(`${root}/programs/update`, big, { qos: 1 }));
    await eventually(() => expect(b.heard.length).toBe(300));
    await Promise.all(sent);
    expect(a.heard.length).toBeLessThan(300);
  });

  it('drops a stranger who announces a packet that is too long, before collecting it', async () => {
    const { url } = await started();
    const { hostname, port } = new URL(url);
    const socket = connectTcp(Number(port), hostname);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    // CONNECT with a remaining length of 1 MB, of which almost nothing is sent.
    socket.write(Buffer.from([0x10, 0xc0, 0x84, 0x3d, 0x00, 0x04]));
    socket.resume();
    await closed;
  });

  it('takes long packets from the VTN', async () => {
    const { join, publisher } = await started(new Map([['token-a', ven('a', 'ven-a')]]));
    const a = await join('token-a');
    await a.subscribe(`${root}/programs/+`);
    const vtn = await publisher();
    await vtn.publishAsync(`${root}/programs/update`, 'x'.repeat(2_000_000), { qos: 1 });
    await eventually(() => expect(a.heard[0]?.text.length).toBe(2_000_000));
  });

  it('says clearly that its port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const broker = testBroker(new Map(), { port });
    await expect(broker.start()).rejects.toThrow(
      `The MQTT broker cannot listen on 127.0.0.1:${port}: listen EADDRINUSE`,
    );
    await broker.stop();
    server.close();
  });

  it('stops with its connections open, and can be started again', async () => {
    const { broker, join } = await started(new Map([['token-a', ven('a', 'ven-a')]]));
    const a = await join('token-a');
    await broker.stop();
    await a.closed;
    const { url } = await broker.start();
    const again = await listen(url, { username: '', password: 'token-a' });
    again.client.end(true);
  });

  it('is started again on its port when its thread dies', async () => {
    const tokens = new Map([['token-a', ven('a', 'ven-a')]]);
    const errors: string[] = [];
    const log = Object.assign(Object.create(silent) as typeof silent, {
      error: (_details: object, message: string) => errors.push(message),
    });
    const { url, join } = await started(tokens, { log });
    // An answer that breaks its contract is one thing that the thread does not survive.
    tokens.set('token-x', { clientId: 'x', role: 'ven', venIds: undefined as unknown as string[] });
    const x = await join('token-x');
    x.client.subscribe(`${root}/vens/ven-x/+`);
    await x.closed;
    const again = await eventually(() => listen(url, { username: '', password: 'token-a' }));
    listeners.push(again);
    expect(await again.subscribe(`${root}/vens/ven-a/+`)).toBe(1);
    expect(errors).toContain('the MQTT broker failed');
  });
});
