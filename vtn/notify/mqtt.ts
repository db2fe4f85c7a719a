import { MqttConnection } from './mqtt-connection.ts';
import type { MqttConnectionOptions } from './mqtt-connection.ts';
import type { NotificationTransport } from './transport.ts';

export interface MqttTransportOptions extends MqttConnectionOptions {
  /** How long the broker may take to acknowledge anything at all while messages wait for it. */
  ackTimeoutMs?: number;
}

const ACK_TIMEOUT_MS = 30_000;

/**
 * Publishes to an MQTT broker with QoS 1, not retained. When a connection ends, what it had not acknowledged is rejected, and
 * the outbox decides: were it sent again by itself, old states would follow new ones.
 */
export class MqttTransport implements NotificationTransport {
  readonly #connection: MqttConnection;
  readonly #ackTimeoutMs: number;
  readonly #listeners = new Set<() => void>();
  /** The `reject` of what the broker has not acknowledged. */
  readonly #unacknowledged = new Set<(error: Error) => void>();
  #ackTimer: NodeJS.Timeout | undefined;

  constructor({ ackTimeoutMs = ACK_TIMEOUT_MS, ...options }: MqttTransportOptions) {
    this.#ackTimeoutMs = ackTimeoutMs;
    this.#connection = new MqttConnection(options, {
      opened: () => {
        for (const listener of this.#listeners) listener();
      },
      ended: (reason) => this.#reject(reason),
    });
  }

  get connected(): boolean {
    return this.#connection.client !== undefined;
  }

  /** Begins to connect, and goes on trying: the VTN runs without its broker, and the outbox waits. */
  start(): void {
    this.#connection.start();
  }

  /** Says DISCONNECT and closes. Rejects what is not acknowledged. */
  async stop(): Promise<void> {
    await this.#connection.stop(this.#unacknowledged.size > 0);
  }

  onConnected(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(topic: string, payload: string): Promise<void> {
    const { client } = this.#connection;
    if (client === undefined) return Promise.reject(new Error('not connected to the MQTT broker'));
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

  #reject(reason: string): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    for (const reject of [...this.#unacknowledged]) {
      this.#unacknowledged.delete(reject);
      reject(new Error(`not acknowledged by the MQTT broker: ${reason}`));
    }
  }

  /** A broker that answers pings but acknowledges nothing is no use: begin again. */
  #awaitAck(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    if (this.#unacknowledged.size === 0) return;
    this.#ackTimer = setTimeout(() => this.#connection.end('it acknowledges nothing'), this.#ackTimeoutMs);
  }
}
