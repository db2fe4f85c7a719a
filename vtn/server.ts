import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { withoutRedaction } from '@openadr-gateway/shared/log.ts';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { sendAnswer, sendError } from './api/answer.ts';
import { problemDialect } from './api/dialects.ts';
import { mountDocs } from './api/docs/index.ts';
import { loadDocument } from './api/document.ts';
import { ApiError, notFound } from './api/errors.ts';
import { createExpressServer } from './api/express-prototypes.ts';
import type { Api, ApiAnswer } from './api/http.ts';
import { mountApi, requestIdOf } from './api/mount.ts';
import { peerReader } from './api/peer.ts';
import type { Caller } from './auth/caller.ts';
import { requireRole } from './auth/roles.ts';
import type { Tokens } from './auth/tokens.ts';
import type { VtnConfig } from './config.ts';
import type { Metrics } from './metrics.ts';
import type { Store } from './store/store.ts';

export interface HttpServerDeps {
  config: VtnConfig['server'];
  clock: Clock;
  ids: IdSource;
  log: Logger;
  store: Store;
  tokens: Tokens;
  metrics: Metrics;
  /** The busiest first: express tries routes in order. */
  apis: readonly Api[];
}

/** How long an answer of `/readyz` holds, so that asking for it does not become a load. */
const READY_MS = 1_000;

/** The whole HTTP surface of the VTN. */
export class HttpServer {
  readonly #deps: HttpServerDeps;
  readonly #accessLog: Logger;
  /** Connections, and how many of their requests are being answered. */
  readonly #sockets = new Map<Socket, number>();
  #server: Server | undefined;
  #isStopping = false;
  #readiness: { atMs: number; result: Promise<ApiAnswer> } | undefined;

  constructor(deps: HttpServerDeps) {
    this.#deps = deps;
    this.#accessLog = withoutRedaction(deps.log);
  }

  /** Listens when it resolves. Rejects when the port cannot be had or a document is wrong. */
  async start(): Promise<{ url: string }> {
    const { config } = this.#deps;
    const app = await this.#routes();
    const server = createExpressServer(
      {
        headersTimeout: config.headersTimeoutMs,
        requestTimeout: config.requestTimeoutMs,
        keepAliveTimeout: config.keepAliveTimeoutMs,
        connectionsCheckingInterval: 1_000,
      },
      app,
    );
    server.on('connection', (socket) => {
      this.#sockets.set(socket, 0);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(config.port, config.host, () => resolve());
    });
    const { address, port, family } = server.address() as AddressInfo;
    return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}` };
  }

  /** Accepts nothing more, ends idle connections, lets running requests finish and cuts off what is not done in time. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#isStopping = true;
    if (!server?.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const [socket, running] of this.#sockets) if (running === 0) socket.destroy();
    const deadline = setTimeout(() => {
      for (const socket of this.#sockets.keys()) socket.destroy();
    }, this.#deps.config.stopTimeoutMs);
    await closed;
    clearTimeout(deadline);
  }

  async #routes(): Promise<Express> {
    const { apis, config, ids, log, metrics, tokens } = this.#deps;
    const app = express();
    app.disable('x-powered-by');
    app.disable('etag');
    app.set('query parser', false);
    app.set('case sensitive routing', true);
    app.use((request: Request, response: Response, next: NextFunction) => {
      this.#follow(request, response);
      next();
    });

    const documents = await Promise.all(apis.map((api) => loadDocument(api)));
    const authenticate = (authorization: string | undefined): Caller | Promise<Caller> =>
      tokens.authenticate(authorization);
    const challenge = () => tokens.challenge();
    const { bodyLimitBytes } = config;
    const peerOf = peerReader(config.trustedProxies);
    apis.forEach((api, i) => {
      const document = documents[i];
      if (document) mountApi(app, api, document, { ids, log, authenticate, challenge, peerOf, bodyLimitBytes });
    });

    const page = (path: string, answer: (request: Request) => ApiAnswer | Promise<ApiAnswer>) =>
      app.get(path, async (request, response) => {
        await sendAnswer(request, response, requestIdOf(response, { ids }), await answer(request));
      });
    const mayWatch = requireRole('bl');
    page('/metrics', async ({ headers }) => {
      mayWatch(await authenticate(headers.authorization));
      const body = await metrics.text();
      return { status: 200, body, headers: { 'content-type': metrics.contentType, 'cache-control': 'no-store' } };
    });
    page('/healthz', () => ({ status: 200, body: { status: 'ok' }, headers: { 'cache-control': 'no-store' } }));
    page('/readyz', () => this.#ready());
    page('/.well-known/jwks.json', () => ({
      status: 200,
      body: tokens.jwks,
      headers: { 'cache-control': 'public, max-age=300' },
    }));
    apis.forEach((api, i) => {
      const body = documents[i]?.text;
      page(`/openapi/${api.name}.yaml`, () => ({
        status: 200,
        body,
        headers: { 'content-type': 'application/yaml; charset=utf-8' },
      }));
    });

    const texts = new Map(apis.map((api, i) => [api.name, documents[i]?.text ?? Buffer.of()]));
    mountDocs(app, texts, (request, response, answer) =>
      sendAnswer(request, response, requestIdOf(response, { ids }), answer),
    );

    app.use((request: Request) => {
      throw notFound(`there is nothing at ${request.path}`);
    });
    app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
      const requestId = requestIdOf(response, { ids });
      const known = error instanceof URIError ? notFound('the path does not decode') : error;
      if (!(known instanceof ApiError))
        log.error({ requestId, method: request.method, path: request.path, err: error }, 'request failed');
      sendError(request, response, requestId, known, problemDialect);
    });
    return app;
  }

  /** Counts what is running on the connection, and writes one line when the answer is out. Never headers, queries or bodies. */
  #follow(request: Request, response: Response): void {
    const startMs = performance.now();
    const { method, path, socket } = request;
    this.#sockets.set(socket, (this.#sockets.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const running = (this.#sockets.get(socket) ?? 1) - 1;
      if (this.#sockets.has(socket)) this.#sockets.set(socket, running);
      if (this.#isStopping && running === 0) socket.end();
      const { ids, metrics } = this.#deps;
      const ms = performance.now() - startMs;
      // How long a reader follows a feed says nothing of how long requests take.
      if (response.locals['isStream'] !== true) metrics.observeRequest(method, response.statusCode, ms / 1_000);
      const log = this.#accessLog;
      if (!log.isLevelEnabled('info')) return;
      const caller = response.locals['caller'] as Caller | undefined;
      log.info(
        {
          requestId: requestIdOf(response, { ids }),
          method,
          path,
          status: response.statusCode,
          ms: Math.round(ms * 100) / 100,
          ...(caller ? { client: caller.clientId } : {}),
          ...(response.writableFinished ? {} : { aborted: true }),
        },
        'request',
      );
    });
  }

  #ready(): Promise<ApiAnswer> {
    const nowMs = this.#deps.clock.nowMs();
    if (this.#readiness && Math.abs(nowMs - this.#readiness.atMs) < READY_MS && !this.#isStopping)
      return this.#readiness.result;
    const result = this.#checkReady();
    this.#readiness = { atMs: nowMs, result };
    return result;
  }

  async #checkReady(): Promise<ApiAnswer> {
    const headers = { 'cache-control': 'no-store' };
    if (this.#isStopping) return { status: 503, body: { status: 'stopping' }, headers };
    try {
      await this.#deps.store.check();
      return { status: 200, body: { status: 'ready' }, headers };
    } catch (err) {
      this.#deps.log.warn({ err }, 'not ready: the database does not work');
      return { status: 503, body: { status: 'unavailable', reason: 'the database does not work' }, headers };
    }
  }
}
