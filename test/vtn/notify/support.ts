import { connect, ErrorWithSubackPacket, type IClientOptions, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { vi } from 'vitest';
import { systemClock } from '../../../shared/time/clock.ts';
import { EmbeddedBroker, type Authenticated, type EmbeddedBrokerOptions } from '../../../vtn/notify/broker.ts';

/** Waits until the assertion holds; a busy machine takes its time. */
export const eventually = <T>(assertion: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(assertion, { timeout: 15_000, interval: 10 });

export const silent = pino({ level: 'silent' });

/** A broker on a free port of the loopback interface whose tokens are looked up in `tokens`. */
export function testBroker(
  tokens: Map<string, Authenticated> = new Map(),
  options: Partial<EmbeddedBrokerOptions> = {},
): EmbeddedBroker {
  return new EmbeddedBroker({
    host: '127.0.0.1',
    port: 0,
    authentication: 'OAUTH2_BEARER_TOKEN',
    authenticate: (token) => Promise.resolve(tokens.get(token)),
    clock: systemClock,
    log: silent,
    ...options,
  });
}

export interface Heard {
  topic: string;
  text: string;
}

/** A real MQTT client that remembers what it heard. */
export interface Listener {
  client: MqttClient;
  heard: Heard[];
  /** Resolves to the granted QoS; 128: refused. */
  subscribe(filter: string): Promise<number>;
  closed: Promise<void>;
}

/** Connects; rejects with mqtt.js's error, whose `code` is the CONNACK return code. */
export async function listen(url: string, options: IClientOptions = {}): Promise<Listener> {
  const client = connect(url, { protocolVersion: 4, reconnectPeriod: 0, ...options });
  const heard: Heard[] = [];
  client.on('message', (topic, payload) => heard.push({ topic, text: payload.toString() }));
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', (error) => {
      client.end(true);
      reject(error);
    });
    client.once('close', () => reject(new Error('closed before CONNACK')));
  });
  client.on('error', () => undefined);
  return {
    client,
    heard,
    closed,
    subscribe: (filter) =>
      new Promise((resolve, reject) => {
        client.subscribe(filter, { qos: 1 }, (error, granted) => {
          // mqtt.js calls a refusal an error; the packet is what the broker said.
          const refused = error instanceof ErrorWithSubackPacket ? error.packet.granted[0] : undefined;
          const code = error == null ? granted?.[0]?.qos : refused;
          if (typeof code === 'number') resolve(code);
          else reject(error ?? new Error('no answer to SUBSCRIBE'));
        });
      }),
  };
}
