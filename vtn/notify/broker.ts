import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { workerFile } from '../worker-file.ts';
import type { Subscriber } from './acl.ts';
import type {
  BrokerAuthentication,
  BrokerWorkerData,
  InboxTopics,
  TlsIdentity,
  ToMain,
  ToWorker,
} from './broker-messages.ts';

export type { BrokerAuthentication } from './broker-messages.ts';

/** A token's bearer. `expiresMs`: when the token ends, in milliseconds since the epoch. */
export interface Authenticated extends Subscriber {
  expiresMs?: number;
}

export interface EmbeddedBrokerOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  /** Clients connect with TLS (Definition "MQTT": they must). Without it in the clear. */
  tls?: TlsIdentity | undefined;
  authentication: BrokerAuthentication;
  /** Verifies an access token; `undefined` when it is invalid, expired or its client revoked. Throws when it cannot tell. */
  authenticate: (token: string) => Promise<Authenticated | undefined>;
  clock: Clock;
  log: Logger;
  /** Where operators publish to the VTN, and what takes it: what it resolves for is acknowledged, what it rejects is not. */
  inbox?: InboxTopics & { receive: (topic: string, payload: Uint8Array, clientId: string) => Promise<unknown> };
  /** How often connected clients' tokens are verified again. */
  recheckMs?: number;
}

/** Where and as whom the VTN's own client connects. */
export interface InternalAccess {
  url: string;
  username: string;
  password: string;
}

const RECHECK_MS = 15_000;
const RESTART_MS = 1000;
const STOP_TIMEOUT_MS = 4000;

/**
 * An MQTT 3.1.1 broker in a worker thread with its own TCP listener. A thread that dies is started again on the same port;
 * clients reconnect and look again.
 */
export class EmbeddedBroker {
  readonly #options: EmbeddedBrokerOptions;
  readonly #internal: { username: string; password: string };
  #worker: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #port: number;
  #internalPort = 0;
  #stopping = false;

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#internal = { username: 'vtn', password: randomBytes(24).toString('base64url') };
  }

  /** Listens when it resolves. Rejects when the port cannot be had. */
  async start(): Promise<{ url: string }> {
    this.#stopping = false;
    this.#port = await this.#launch();
    return { url: `${this.#options.tls ? 'mqtts' : 'mqtt'}://${authority(this.#options.host, this.#port)}` };
  }

  /** For `MqttTransport`; valid after `start`. */
  get internal(): InternalAccess {
    const { host, tls } = this.#options;
    const reachable = tls || host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
    return { url: `mqtt://${authority(reachable, this.#internalPort)}`, ...this.#internal };
  }

  /** Ends all connections of an OAuth client, when it or its ven is gone. */
  kick(clientId: string): void {
    this.#send({ kind: 'kick', clientId });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.#send({ kind: 'stop' });
    const deadline = setTimeout(() => void worker.terminate(), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(deadline);
  }

  #launch(): Promise<number> {
    const { host, tls, authentication, inbox, recheckMs = RECHECK_MS } = this.#options;
    const workerData: BrokerWorkerData = {
      host,
      port: this.#port,
      ...(tls ? { tls } : {}),
      internalPort: this.#internalPort,
      authentication,
      internal: this.#internal,
      ...(inbox ? { inbox: { topicPrefix: inbox.topicPrefix, anonymous: inbox.anonymous } } : {}),
      recheckMs,
    };
    const worker = new Worker(workerFile(import.meta.url, 'broker-worker'), {
      workerData,
      execArgv: [],
      name: 'mqtt-broker',
    });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      let listening = false;
      const fail = (reason: string) =>
        reject(new Error(`The MQTT broker cannot listen on ${authority(host, this.#port)}: ${reason}`));
      worker.on('message', (message: ToMain) => {
        if (message.kind === 'listening') {
          listening = true;
          this.#internalPort = message.internalPort;
          resolve(message.port);
        } else if (message.kind === 'refusedToListen') {
          fail(message.message);
        } else if (message.kind === 'note') {
          this.#options.log.debug(message.details, message.text);
        } else if (message.kind === 'message') {
          void this.#receive(message);
        } else {
          void this.#answer(message.id, message.token);
        }
      });
      worker.on('error', (error) => {
        this.#options.log.error({ err: error }, 'the MQTT broker failed');
        fail(error.message);
      });
      worker.on('exit', () => {
        if (this.#worker === worker) this.#worker = undefined;
        fail('it ended');
        if (listening) this.#scheduleRestart();
      });
    });
  }

  #scheduleRestart(): void {
    if (this.#stopping) return;
    this.#restart = setTimeout(() => {
      this.#launch().catch((error: unknown) => {
        this.#options.log.error({ err: error }, 'the MQTT broker did not start again');
        this.#scheduleRestart();
      });
    }, RESTART_MS);
  }

  async #answer(id: number, token: string): Promise<void> {
    try {
      const who = await this.#options.authenticate(token);
      if (who === undefined) return this.#send({ kind: 'answer', id, outcome: 'refused' });
      const { expiresMs, clientId, role, venIds } = who;
      const lastsMs = expiresMs === undefined ? undefined : expiresMs - this.#options.clock.nowMs();
      if (lastsMs !== undefined && lastsMs <= 0) return this.#send({ kind: 'answer', id, outcome: 'refused' });
      const admission = { clientId, role, venIds, ...(lastsMs === undefined ? {} : { lastsMs }) };
      this.#send({ kind: 'answer', id, outcome: 'admitted', admission });
    } catch (error) {
      this.#options.log.error({ err: error }, 'an MQTT client could not be authenticated');
      this.#send({ kind: 'answer', id, outcome: 'failed' });
    }
  }

  async #receive({ id, clientId, topic, payload }: Extract<ToMain, { kind: 'message' }>): Promise<void> {
    const { inbox, log } = this.#options;
    try {
      await inbox?.receive(topic, payload, clientId);
      this.#send({ kind: 'taken', id, taken: inbox !== undefined });
    } catch (error) {
      log.error(
        { err: error, topic, client: clientId },
        'what was published could not be stored; it has to come again',
      );
      this.#send({ kind: 'taken', id, taken: false });
    }
  }

  #send(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }
}

function authority(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
