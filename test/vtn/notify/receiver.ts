import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { tempDir } from '../../support/temp-dir.ts';

/** What a receiver was sent. */
export interface Call {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** An authority made for a test, and a certificate of it for `localhost` and `127.0.0.1`. */
export interface TestAuthority {
  /** The authority's certificate. */
  caFile: string;
  ca: string;
  tls: { key: string; cert: string };
  remove(): Promise<void>;
}

/** Without openssl there are no certificates, and no receivers over HTTPS. */
export const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export function makeAuthority(): TestAuthority {
  const folder = tempDir('openadr-ca-');
  const at = (name: string) => join(folder.path, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore', cwd: folder.path });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test authority');
  openssl(
    ...['req', '-x509', ...key, '-keyout', 'tls.key', '-out', 'tls.pem', '-days', '2', '-subj', '/CN=localhost'],
    ...['-CA', 'ca.pem', '-CAkey', 'ca.key'],
    ...['-addext', 'subjectAltName=DNS:localhost,DNS:receiver.example,IP:127.0.0.1'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  );
  const read = (name: string) => readFileSync(at(name), 'utf8');
  return {
    caFile: at('ca.pem'),
    ca: read('ca.pem'),
    tls: { key: read('tls.key'), cert: read('tls.pem') },
    remove: () => folder.remove(),
  };
}

/** A real receiver of callbacks. It passes the challenge and takes everything, unless `onCall` does something else. */
export class Receiver {
  /** The notifications, without challenges. */
  readonly calls: Call[] = [];
  readonly challenges: Call[] = [];
  /** Answers the call itself when it returns true. */
  onCall: (call: Call, response: ServerResponse) => boolean = () => false;
  readonly #tls: TestAuthority['tls'] | undefined;
  #server: ReturnType<typeof createHttpServer> | undefined;
  #port = 0;

  constructor(tls?: TestAuthority['tls']) {
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
