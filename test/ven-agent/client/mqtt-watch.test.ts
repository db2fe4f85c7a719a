import net from 'node:net';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { Aedes } from 'aedes';
import type { Client } from 'aedes';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { MqttWatch } from '../../../ven-agent/client/mqtt-watch.ts';
import type { MqttBinding } from '../../../ven-agent/client/vtn-client.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { tempDir } from '../../support/temp-dir.ts';

const log = createLog({ name: 'test', level: 'silent' });

let broker: Aedes;
let server: net.Server;
let sockets: net.Socket[];
let watch: MqttWatch;
let told: number;
let enrolments: number;
let refusals: number;
let password: string;
/** What the VTN's word has beside the usual. */
let more: Partial<MqttBinding>;
const logins: { username: string; password: string }[] = [];

beforeEach(async () => {
  told = 0;
  enrolments = 0;
  refusals = 0;
  password = 'token-1';
  logins.length = 0;
  more = {};
  sockets = [];
  broker = await Aedes.createBroker();
  broker.authenticate = (_client: Client, username, secret, done) => {
    logins.push({ username: username ?? '', password: String(secret) });
    const bad = Object.assign(new Error('bad'), { returnCode: 4 });
    if (String(secret) === 'expired') done(bad, false);
    else done(null, true);
  };
  server = net.createServer((socket) => {
    sockets.push(socket);
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  watch = new MqttWatch({
    discover: async (): Promise<MqttBinding> => ({
      urls: [`mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`],
      topics: ['vens/ven-1/events/+'],
      enrolmentTopics: ['vens/ven-1/resources/+'],
      credentials: { username: 'client', password },
      ...more,
    }),
    onRefused: () => {
      refusals += 1;
      password = 'token-2';
    },
    onNotification: () => void told++,
    onEnrolment: () => void enrolments++,
    random: () => 0.001,
    log,
  });
});

afterEach(async () => {
  await watch.stop();
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  await new Promise((resolve) => server.close(resolve));
});

async function publish(topic: string): Promise<void> {
  const packet = { cmd: 'publish', topic, payload: '{}', qos: 1, retain: false, dup: false } as const;
  await new Promise<void>((resolve, reject) => broker.publish(packet, (e) => (e ? reject(e) : resolve())));
}

const connected = () => vi.waitFor(() => expect(watch.status.state).toBe('connected'));

describe('listening for notifications', () => {
  it('says "look again" for each message', async () => {
    watch.start();
    await connected();
    await publish('vens/ven-1/events/update');
    await vi.waitFor(() => expect(told).toBe(1));
    expect(logins).toEqual([{ username: 'client', password: 'token-1' }]);
  });

  it('says "look at the enrolment, too" for messages about resources, and once for the connection itself', async () => {
    watch.start();
    await connected();
    expect([told, enrolments]).toEqual([0, 1]);
    await publish('vens/ven-1/resources/update');
    await vi.waitFor(() => expect(enrolments).toBe(2));
    await publish('vens/ven-2/resources/update');
    await publish('vens/ven-1/events/create');
    await vi.waitFor(() => expect(told).toBe(1));
    expect(enrolments).toBe(2);
  });

  it('comes back with fresh credentials after the connection was lost, and looks at everything again', async () => {
    watch.start();
    await connected();
    password = 'token-9';
    sockets.forEach((socket) => socket.destroy());
    await vi.waitFor(() => expect(enrolments).toBe(2));
    expect(logins.at(-1)?.password).toBe('token-9');
    await publish('vens/ven-1/events/create');
    await vi.waitFor(() => expect(told).toBe(1));
  });

  it('has the token renewed when the broker refuses it', async () => {
    password = 'expired';
    watch.start();
    await connected();
    expect(refusals).toBe(1);
    expect(logins.map((l) => l.password)).toEqual(['expired', 'token-2']);
  });

  it('goes over to a new token before the old one is over, and misses nothing meanwhile', async () => {
    let most = 0;
    broker.on('client', () => (most = Math.max(most, broker.connectedClients)));
    more = { renewInMs: 200 };
    watch.start();
    await connected();
    password = 'token-9';
    more = {};
    await vi.waitFor(() => expect(logins.map((login) => login.password)).toEqual(['token-1', 'token-9']));
    await vi.waitFor(() => expect(enrolments).toBe(2));
    await vi.waitFor(() => expect(broker.connectedClients).toBe(1));
    // Both at once for a moment, the old one until the new one listens.
    expect(most).toBe(2);
    await publish('vens/ven-1/events/update');
    await vi.waitFor(() => expect(told).toBe(1));
    expect(watch.status.state).toBe('connected');
  });

  it('listens over TLS to a broker whose authority it knows, and to no other', async () => {
    const folder = tempDir('openadr-tls-');
    const { ca, tls: pems } = makeCertificates(folder.path);
    const secure = tls.createServer(pems, broker.handle);
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const urls = [`mqtts://127.0.0.1:${(secure.address() as AddressInfo).port}`];
    let refused = 0;
    secure.on('tlsClientError', () => (refused += 1));
    more = { urls };
    watch.start();
    await vi.waitFor(() => expect(refused).toBeGreaterThan(1));
    expect(logins).toEqual([]);
    more = { urls, ca };
    await connected();
    await publish('vens/ven-1/events/update');
    await vi.waitFor(() => expect(told).toBe(1));
    await watch.stop();
    await new Promise((resolve) => secure.close(resolve));
    await folder.remove();
  });

  it('ends at once when it is stopped, and stays ended', async () => {
    watch.start();
    await connected();
    await watch.stop();
    await vi.waitFor(() => expect(broker.connectedClients).toBe(0));
    expect(watch.status.state).toBe('stopped');
  });
});
