import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import type { Heard } from './support.ts';

/** A broker of somebody else, with one password, that remembers what was published and can misbehave. */
export class ExternalBroker {
  readonly published: Heard[] = [];
  readonly password: string;
  /** How many connections had the wrong password. */
  refused = 0;
  /** Called for each PUBLISH before it is acknowledged; `drop` ends the connection without acknowledging. */
  onPublish: (text: string) => 'accept' | 'drop' | 'ignore' = () => 'accept';
  /** Whether anybody may subscribe. */
  maySubscribe = true;
  #port = 0;
  #running: { aedes: Aedes; server: Server; sockets: Set<Socket> } | undefined;

  constructor(password = 'secret') {
    this.password = password;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  /** On the port of the last time, if there was one. */
  async start(): Promise<void> {
    const aedes = await Aedes.createBroker({
      concurrency: 0,
      authenticate: (_client, _username, password, done) => {
        const right = password?.toString() === this.password;
        if (!right) this.refused += 1;
        done(null, right);
      },
      authorizeSubscribe: (_client, subscription, done) => done(null, this.maySubscribe ? subscription : null),
      authorizePublish: (client, packet, done) => {
        const verdict = this.onPublish(packet.payload.toString());
        if (verdict === 'accept') {
          this.published.push({ topic: packet.topic, text: packet.payload.toString() });
          done(null);
        } else if (verdict === 'drop') client?.conn.destroy();
      },
    });
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      aedes.handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#running = { aedes, server, sockets };
  }

  /** Dies with its connections. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    for (const socket of running.sockets) socket.destroy();
    await new Promise<void>((resolve) => running.server.close(() => resolve()));
    await new Promise<void>((resolve) => running.aedes.close(resolve));
  }
}
