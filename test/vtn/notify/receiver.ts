import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificates } from '../../support/certificates.ts';

/** What a receiver was sent. */
export interface Call {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A real receiver of callbacks. It passes the challenge and takes everything, unless `onCall` does something else. */
export class Receiver {
  /** The notifications, without challenges. */
  readonly calls: Call[] = [];
  readonly challenges: Call[] = [];
  /** Answers the call itself when it returns true. */
  onCall: (call: Call, response: ServerResponse) => boolean = () => false;
  readonly #tls: Certificates['tls'] | undefined;
  #server: ReturnType<typeof createHttpServer> | undefined;
  #port = 0;

  constructor(tls?: Certificates['tls']) {
    this.#tls = tls;
  }

  /** Listens; on the same port as before, when it did before. */
  async start(): Promise<void> {
    const answer = (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response);
    const server = this.#tls ? createHttpsServer(this.#tls, answer) : createHttpServer(answer);
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  /** @param host a name, where the certificate has it */
  url(path = '/callback', host = '127.0.0.1'): string {
    return `${this.#tls ? 'https' : 'http'}://${host}:${this.#port}${path}`;
  }

  get port(): number {
    return this.#port;
  }

  /** The notifications' bodies. */
  get told(): { objectType: string; operation: string; object: Record<string, unknown> & { id: string } }[] {
    return this.calls.map(({ body }) => JSON.parse(body) as Receiver['told'][number]);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const { method = '', url = '', headers } = request;
    const call = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
    (method === 'GET' ? this.challenges : this.calls).push(call);
    if (this.onCall(call, response)) return;
    response.end(new URL(url, 'http://receiver').searchParams.get('echo') ?? '');
  }
}
