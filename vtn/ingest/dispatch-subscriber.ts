import type { MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { MqttConnection } from '../notify/mqtt-connection.ts';
import type { MqttConnectionOptions } from '../notify/mqtt-connection.ts';

export interface DispatchSubscriberOptions extends MqttConnectionOptions {
  /** The client id under which the broker keeps what comes while the VTN is away. */
  sessionId: string;
  topicPrefix: string;
  /** Resolves when the message is stored durably. */
  receive: (topic: string, payload: Uint8Array) => Promise<unknown>;
}

/**
 * Hears dispatch commands on somebody else's broker, with QoS 1 and a session that outlives the connection. Each message is
 * acknowledged (PUBACK, MQTT 3.1.1 4.3.2) when it is stored durably, one after the other, in their order. One that cannot be
 * stored ends the connection, and comes again with the next one.
 */
export class DispatchSubscriber {
  readonly #options: DispatchSubscriberOptions;
  readonly #log: Logger;
  readonly #connection: MqttConnection;

  constructor({ sessionId, topicPrefix, receive, ...options }: DispatchSubscriberOptions) {
    this.#options = { sessionId, topicPrefix, receive, ...options };
    this.#log = options.log;
    this.#connection = new MqttConnection(options, {
      sessionId,
      made: (client) => this.#takeOver(client),
      opened: (client) => this.#subscribe(client),
    });
  }

  start(): void {
    this.#connection.start();
  }

  /** What is being stored is no longer acknowledged: it comes again, and is known then. */
  async stop(): Promise<void> {
    await this.#connection.stop(true);
  }

  #takeOver(client: MqttClient): void {
    const { receive } = this.#options;
    // What mqtt.js waits for before it acknowledges.
    client.handleMessage = ({ topic, payload }, done) => {
      receive(topic, Buffer.from(payload)).then(
        () => {
          if (this.#connection.client === client) done();
        },
        (error: unknown) => {
          this.#log.error({ err: error, topic }, 'a message could not be stored; it has to come again');
          if (this.#connection.client === client) this.#connection.end('a message could not be stored');
        },
      );
    };
  }

  /** Anew with each connection: the broker may have lost the session. */
  #subscribe(client: MqttClient): void {
    const filter = `${this.#options.topicPrefix}/+`;
    client.subscribe(filter, { qos: 1 }, (error, granted) => {
      if (this.#connection.client !== client) return;
      const qos = granted?.[0]?.qos;
      if (error == null && qos === 1) this.#log.info({ filter }, 'listening for dispatch commands');
      else this.#connection.end(`${filter} was refused: ${error?.message ?? `QoS ${qos}`}`);
    });
  }
}
