import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import { connect, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { mqttAddress } from '@openadr-gateway/shared/mqtt-address.ts';
import { backoffMs } from '@openadr-gateway/shared/retry.ts';

export interface MqttConnectionOptions {
  /** `mqtt://host:port`, `mqtts://host:port`. */
  url: string;
  username?: string;
  password?: string;
  /** PEM text of the authorities that the broker's certificate may be from; without it those that Node knows. */
  ca?: string;
  /** 5 tells when something was published without the right to; 3.1.1, which is 4, acknowledges it all the same. */
  protocolVersion?: 4 | 5;
  log: Logger;
  /** For the waiting times between attempts to connect; [0, 1). */
  random?: () => number;
}

/** What its user makes of a connection. */
export interface MqttConnectionUse {
  /** The session that the broker keeps while nobody is connected, by its client id; without it nothing is kept. */
  sessionId?: string;
  /** Called with each new client, before anything can come from it. */
  made?: (client: MqttClient) => void;
  opened: (client: MqttClient) => void;
  /** Called when a connection ends or cannot be made. */
  ended?: (reason: string) => void;
}

const CONNECT_TIMEOUT_MS = 10_000;
const RECONNECT_BASE_MS = 250;
const RECONNECT_MAX_MS = 30_000;
const KEEPALIVE_SECONDS = 30;

/**
 * A connection to an MQTT broker that is made anew whenever it ends, each time with a new mqtt.js client: a client that
 * reconnects by itself would send again, behind the back of its user, what was not acknowledged before.
 */
export class MqttConnection {
  readonly #options: MqttConnectionOptions;
  readonly #use: MqttConnectionUse;
  readonly #random: () => number;
  #client: MqttClient | undefined;
  #connected = false;
  #attempt = 0;
  #stopped = true;
  #reconnect: NodeJS.Timeout | undefined;

  constructor(options: MqttConnectionOptions, use: MqttConnectionUse) {
    this.#options = options;
    this.#use = use;
    this.#random = options.random ?? Math.random;
  }

  /** The client, while it is connected. */
  get client(): MqttClient | undefined {
    return this.#connected ? this.#client : undefined;
  }

  /** Begins to connect, and goes on trying: the VTN runs without its broker. */
  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#connect();
  }

  /** Says DISCONNECT and closes; with `force` at once, since mqtt.js would wait for ever for what is not acknowledged. */
  async stop(force: boolean): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#reconnect);
    const client = this.#client;
    const atOnce = force || !this.#connected;
    this.end('stopped');
    await client?.endAsync(atOnce);
  }

  /** Ends this connection, and begins another one after a while. */
  end(reason: string): void {
    const { log, url } = this.#options;
    const client = this.#client;
    this.#client = undefined;
    this.#connected = false;
    this.#use.ended?.(reason);
    if (this.#stopped) return;
    client?.end(true);
    const delayMs = backoffMs(this.#attempt, this.#random, { baseMs: RECONNECT_BASE_MS, maxMs: RECONNECT_MAX_MS });
    this.#attempt += 1;
    log.warn({ url, reason, delayMs }, 'the MQTT broker is not reachable');
    this.#reconnect = setTimeout(() => this.#connect(), delayMs);
  }

  #connect(): void {
    const { url, username, password, ca, protocolVersion = 4, log } = this.#options;
    const { sessionId, made, opened } = this.#use;
    const client = connect({
      ...mqttAddress(url),
      protocolVersion,
      clean: sessionId === undefined,
      clientId: sessionId ?? `vtn-${randomBytes(6).toString('hex')}`,
      keepalive: KEEPALIVE_SECONDS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      queueQoSZero: false,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(ca === undefined ? {} : { ca }),
    });
    this.#client = client;
    made?.(client);
    let reason = 'the connection was closed';
    client.on('connect', () => {
      // What is sent is small and each message is waited for: without this they would wait for each other's acknowledgements.
      if (client.stream instanceof Socket) client.stream.setNoDelay(true);
      this.#connected = true;
      this.#attempt = 0;
      log.info({ url }, 'connected to the MQTT broker');
      opened(client);
    });
    client.on('error', (error) => {
      reason = error.message;
      // A refused connection does not close by itself.
      client.end(true);
    });
    client.on('close', () => {
      if (this.#client === client) this.end(reason);
    });
  }
}
