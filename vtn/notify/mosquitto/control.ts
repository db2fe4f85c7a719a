import type { MqttClient } from 'mqtt';
import { MqttConnection, type MqttConnectionOptions } from '../mqtt-connection.ts';

/** A command of the plugin; the fields beside its name are the command's own. */
export interface Command {
  command: string;
  [field: string]: unknown;
}

export interface Reply {
  command: string;
  error?: string;
  data?: unknown;
}

const TOPIC = '$CONTROL/dynamic-security/v1';
const ANSWER_TIMEOUT_MS = 5_000;
/** A message of some hundred kilobytes. */
const MAX_COMMANDS = 500;

/**
 * Mosquitto's dynamic security plugin, over its topic `$CONTROL/dynamic-security/v1`: accounts, roles and their rights, which hold
 * at once. The connection's account has to be an administrator of the plugin.
 */
export class DynamicSecurity {
  readonly #connection: MqttConnection;
  readonly #waiting = new Map<string, { resolve: (replies: Reply[]) => void; reject: (error: Error) => void }>();
  #last = 0;

  /** @param onReady called with each connection, when commands can be given */
  constructor(options: MqttConnectionOptions, onReady: () => void) {
    const { log } = options;
    this.#connection = new MqttConnection(options, {
      opened: (client) => {
        client.on('message', (_topic, payload) => this.#receive(payload.toString()));
        client.subscribe(`${TOPIC}/response`, { qos: 1 }, (error) => {
          if (this.#connection.client !== client) return;
          if (error == null) return onReady();
          log.error({ err: error }, "this account may not administer mosquitto's dynamic security plugin");
          this.#connection.end('it is no administrator of the dynamic security plugin');
        });
      },
      ended: (reason) => this.#fail(new Error(reason)),
    });
  }

  get connected(): boolean {
    return this.#connection.client !== undefined;
  }

  start(): void {
    this.#connection.start();
  }

  async stop(): Promise<void> {
    await this.#connection.stop(true);
  }

  /**
   * Gives commands, in their order. What a command has done does not depend on the others.
   *
   * @returns the replies in the order of the commands; one with `error` was not carried out
   */
  async run(commands: readonly Command[]): Promise<Reply[]> {
    const replies: Reply[] = [];
    for (let from = 0; from < commands.length; from += MAX_COMMANDS) {
      const { client } = this.#connection;
      if (client === undefined) throw new Error('not connected to mosquitto');
      replies.push(...(await this.#give(client, commands.slice(from, from + MAX_COMMANDS))));
    }
    return replies;
  }

  #give(client: MqttClient, commands: readonly Command[]): Promise<Reply[]> {
    const id = String(++this.#last);
    return new Promise<Reply[]>((resolve, reject) => {
      const fail = (error: Error): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        reject(error);
      };
      const timer = setTimeout(
        () => fail(new Error(`no answer on ${TOPIC}: is mosquitto's dynamic security plugin loaded?`)),
        ANSWER_TIMEOUT_MS,
      );
      const done = (replies: Reply[]): void => {
        clearTimeout(timer);
        resolve(replies);
      };
      this.#waiting.set(id, { resolve: done, reject: fail });
      const body = JSON.stringify({ commands: commands.map((command) => ({ ...command, correlationData: id })) });
      client.publish(TOPIC, body, { qos: 1 }, (error) => {
        if (error != null) fail(error);
      });
    });
  }

  #receive(text: string): void {
    const { responses } = JSON.parse(text) as { responses: (Reply & { correlationData?: string })[] };
    const id = responses[0]?.correlationData ?? '';
    this.#waiting.get(id)?.resolve(responses);
    this.#waiting.delete(id);
  }

  #fail(error: Error): void {
    for (const { reject } of [...this.#waiting.values()]) reject(error);
  }
}
