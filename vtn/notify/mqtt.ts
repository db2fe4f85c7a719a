import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import { connect, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { backoffMs } from '@openadr-gateway/shared/retry.ts';
import type { NotificationTransport } from './transport.ts';

export interface MqttTransportOptions {
  /** `mqtt://host:port`, `mqtts://host:port`. */
  url: string;
  username?: string;
  password?: string;
  log: Logger;
  /** For the waiting times between attempts to connect; [0, 1). */
  random?: () => number;
  /** How long the broker may take to acknowledge anything at all while messages wait for it. */
  ackTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const ACK_TIMEOUT_MS = 30_000;
const RECONNECT_BASE_MS = 250;
const RECONNECT_MAX_MS = 30_000;
const KEEPALIVE_SECONDS = 30;

/**
 * Publishes to an MQTT broker with QoS 1, not retained.
 *
 * Each connection is a new mqtt.js client: its own queue of unacknowledged messages would send them again after a reconnect,
 * behind the back of the outbox that sends them again too, and old states would follow new ones. When a connection ends, what
 * it had not acknowledged is rejected, and the outbox decides.
 */
export class MqttTransport implements NotificationTransport {
  readonly #options: MqttTransportOptions;
  readonly #random: () => number;
  readonly #listeners = new Set<() => void>();
  /** The `reject` of what the broker has not acknowledged. */
  readonly #unacknowledged = new Set<(error: Error) => void>();
  #client: MqttClient | undefined;
  #connected = false;
  #attempt = 0;
  #stopped = true;
  #reconnect: NodeJS.Timeout | undefined;
  #ackTimer: NodeJS.Timeout | undefined;

  constructor(options: MqttTransportOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Begins to connect, and goes on trying: the VTN runs without its broker, and the outbox waits. */
  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#connect();
  }

  /** Says DISCONNECT and closes. Rejects what is not acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#reconnect);
    const client = this.#client;
    // mqtt.js would wait for ever for what is not acknowledged.
    const force = !this.#connected || this.#unacknowledged.size > 0;
    this.#lose('stopped');
    await client?.endAsync(force);
  }

  onConnected(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(topic: string, payload: string): Promise<void> {
    const client = this.#client;
    if (client === undefined || !this.#connected) return Promise.reject(new Error('not connected to the MQTT broker'));
    return new Promise((resolve, reject) => {
      this.#unacknowledged.add(reject);
      if (this.#ackTimer === undefined) this.#awaitAck();
      client.publish(topic, payload, { qos: 1, retain: false }, (error) => {
        if (!this.#unacknowledged.delete(reject)) return;
        this.#awaitAck();
        if (error == null) resolve();
        else reject(error);
      });
    });
  }

  #connect(): void {
    const { url, username, password, log } = this.#options;
    const client = connect(url, {
      protocolVersion: 4,
      clean: true,
      clientId: `vtn-${randomBytes(6).toString('hex')}`,
      keepalive: KEEPALIVE_SECONDS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      queueQoSZero: false,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    });
    this.#client = client;
    let reason = 'the connection was closed';
    client.on('connect', () => {
      // Notifications are small and each is waited for: without this they would wait for each other's acknowledgements.
      if (client.stream instanceof Socket) client.stream.setNoDelay(true);
      this.#connected = true;
      this.#attempt = 0;
      log.info({ url }, 'connected to the MQTT broker');
      for (const listener of this.#listeners) listener();
    });
    client.on('error', (error) => {
      reason = error.message;
      // A refused connection does not close by itself.
      client.end(true);
    });
    client.on('close', () => {
      if (this.#client === client) this.#lose(reason);
    });
  }

  #lose(reason: string): void {
    const client = this.#client;
    this.#client = undefined;
    this.#connected = false;
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    for (const reject of [...this.#unacknowledged]) {
      this.#unacknowledged.delete(reject);
      reject(new Error(`not acknowledged by the MQTT broker: ${reason}`));
    }
    if (this.#stopped) return;
    client?.end(true);
    const delayMs = backoffMs(this.#attempt, this.#random, { baseMs: RECONNECT_BASE_MS, maxMs: RECONNECT_MAX_MS });
    this.#attempt += 1;
    this.#options.log.warn({ url: this.#options.url, reason, delayMs }, 'the MQTT broker is not reachable');
    this.#reconnect = setTimeout(() => this.#connect(), delayMs);
  }

  /** A broker that answers pings but acknowledges nothing is no use: begin again. */
  #awaitAck(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    if (this.#unacknowledged.size === 0) return;
    const { ackTimeoutMs = ACK_TIMEOUT_MS } = this.#options;
    this.#ackTimer = setTimeout(() => this.#lose('it acknowledges nothing'), ackTimeoutMs);
  }
}
