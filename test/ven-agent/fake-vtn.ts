import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';

/** An answer that stands in the way of the usual one, once. */
export interface Trouble {
  /** Only for paths that begin so. */
  path: string;
  status: number;
  headers?: Record<string, string>;
  /** Cut the connection in the middle of the answer. */
  cut?: boolean;
}

/** As much of a VTN as an agent sees, over real HTTP, with the faults that a test asks for. */
export class FakeVtn {
  events: Event[] = [];
  vens: object[] = [{ id: 'ven-1', venName: 'gateway', clientID: 'client', targets: ['SITE_1'] }];
  resources: object[] = [{ id: 'r-1', venID: 'ven-1', resourceName: 'BESS_1', targets: ['BESS_1'] }];
  notifiers: object = { WEBHOOK: true };
  /** Undefined: it offers none. */
  resourceTopics: object | undefined;
  readonly reports: Record<string, unknown>[] = [];
  readonly requests: string[] = [];
  readonly troubles: Trouble[] = [];
  tokens = 0;
  /** Tokens other than the last are refused. */
  expireOldTokens = false;
  /** Called before each page of events is answered. */
  beforeEvents: () => void = () => undefined;
  #server = http.createServer((request, response) => void this.#handle(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/openadr3/3.1.1`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    // Stopped twice is stopped.
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Requests so far whose path begins so. */
  seen(path: string): string[] {
    return this.requests.filter((line) => line.includes(path));
  }

  async #handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://vtn');
    const path = url.pathname.replace('/openadr3/3.1.1', '');
    this.requests.push(`${request.method} ${path}${url.search}`);
    const body = await text(request);
    const index = this.troubles.findIndex((t) => path.startsWith(t.path));
    const trouble = index === -1 ? undefined : this.troubles.splice(index, 1)[0];
    if (trouble?.cut) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
      response.write('[{"id"');
      setImmediate(() => response.socket?.destroy());
      return;
    }
    if (trouble) return json(response, trouble.status, { title: 'trouble' }, trouble.headers);
    if (path === '/auth/server') return json(response, 404, {});
    if (path === '/auth/token') {
      if (!body.includes('client_secret=secret')) return json(response, 401, { error: 'invalid_client' });
      this.tokens += 1;
      return json(response, 200, { access_token: `token-${this.tokens}`, token_type: 'Bearer', expires_in: 3600 });
    }
    const token = request.headers.authorization ?? '';
    if (!/^Bearer token-\d+$/.test(token) || (this.expireOldTokens && token !== `Bearer token-${this.tokens}`)) {
      return json(response, 401, { title: 'Unauthorized' });
    }
    if (path === '/events') {
      this.beforeEvents();
      return this.#page(url, this.events, request, response);
    }
    if (path === '/vens') return this.#page(url, this.vens, request, response);
    if (path === '/resources') return this.#page(url, this.resources, request, response);
    if (path === '/notifiers') return json(response, 200, this.notifiers);
    if (path === '/notifiers/mqtt/topics/vens/ven-1/events') {
      return json(response, 200, { topics: { UPDATE: 'e/update', DELETE: 'e/delete', ALL: 'e/+' } });
    }
    if (path === '/notifiers/mqtt/topics/vens/ven-1/resources' && this.resourceTopics !== undefined) {
      return json(response, 200, { topics: this.resourceTopics });
    }
    if (path === '/reports' && request.method === 'POST') {
      const report = JSON.parse(body);
      this.reports.push(report);
      return json(response, 201, { id: `report-${this.reports.length}`, ...report });
    }
    json(response, 404, { title: 'Not Found' });
  }

  #page(url: URL, all: readonly object[], request: http.IncomingMessage, response: http.ServerResponse): void {
    const skip = Number(url.searchParams.get('skip') ?? 0);
    const page = JSON.stringify(all.slice(skip, skip + Number(url.searchParams.get('limit') ?? 50)));
    const etag = `"${createHash('sha1').update(page).digest('hex')}"`;
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag }).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json', etag }).end(page);
  }
}

async function text(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function json(response: http.ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
