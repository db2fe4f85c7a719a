import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { createSecureContext, rootCertificates } from 'node:tls';
import { ForbiddenAddress, guardedLookup, type Resolve } from './callback-resolver.ts';
import { FORBIDDEN_ADDRESS, type CallbackRules } from './callback-rules.ts';

export interface CallbackRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/** How a call ended. `body`: its first bytes. A `reason` is for people; it says nothing about our own networks. */
export type CallbackOutcome =
  { kind: 'answered'; status: number; body: string; retryAfterSeconds?: number } | { kind: 'failed'; reason: string };

/** Calls subscribers. Never rejects. */
export interface CallbackCaller {
  call(request: CallbackRequest): Promise<CallbackOutcome>;
}

export interface HttpCallerOptions {
  rules: CallbackRules;
  resolve: Resolve;
  /** Certificates of authorities that are trusted beside the well-known ones, PEM. */
  ca?: string;
  timeoutMs?: number;
}

/** Definition "Webhooks": between 10 and 30 seconds. */
const TIMEOUT_MS = 10_000;
const IDLE_MS = 30_000;
const MAX_BODY_BYTES = 64 * 1024;

/** Calls over HTTP: no redirects, no proxies, a bounded answer within a bounded time, and only where the rules allow it. */
export class HttpCaller implements CallbackCaller {
  readonly #options: HttpCallerOptions;
  readonly #lookup: LookupFunction;
  readonly #https: HttpsAgent;
  readonly #http: HttpAgent;

  constructor(options: HttpCallerOptions) {
    this.#options = options;
    this.#lookup = guardedLookup(options.resolve, options.rules);
    const { ca } = options;
    const keep = { keepAlive: true, timeout: IDLE_MS, scheduling: 'lifo' } as const;
    // One for all connections: reading the authorities' certificates takes tens of milliseconds.
    const trust = ca === undefined ? {} : { secureContext: createSecureContext({ ca: [...rootCertificates, ca] }) };
    this.#https = new HttpsAgent({ ...keep, ...trust });
    this.#http = new HttpAgent(keep);
  }

  async call(request: CallbackRequest): Promise<CallbackOutcome> {
    // The rules may be stricter than when the URL was taken.
    const fault = this.#options.rules.faultOf(request.url);
    if (fault !== undefined) return { kind: 'failed', reason: fault };
    const first = await this.#attempt(request);
    if (first !== 'stale') return first;
    // A kept connection that the other side was just closing says nothing about the other side.
    const second = await this.#attempt(request);
    return second === 'stale' ? { kind: 'failed', reason: REASONS.ECONNRESET } : second;
  }

  /** Ends all connections. */
  close(): void {
    this.#https.destroy();
    this.#http.destroy();
  }

  #attempt({ method, url, headers, body }: CallbackRequest): Promise<CallbackOutcome | 'stale'> {
    const { timeoutMs = TIMEOUT_MS } = this.#options;
    return new Promise((resolve) => {
      let request: ClientRequest | undefined;
      let status: number | undefined;
      let text = '';
      const timer = setTimeout(() => {
        end({ kind: 'failed', reason: `no complete answer within ${timeoutMs / 1_000} s` });
        request?.destroy();
      }, timeoutMs);
      const end = (outcome: CallbackOutcome | 'stale') => {
        clearTimeout(timer);
        resolve(outcome);
      };
      const onResponse = (response: IncomingMessage) => {
        status = response.statusCode ?? 0;
        const answered = () => end(answer(response, text));
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= MAX_BODY_BYTES) text += chunk.toString('latin1');
          else {
            answered();
            request?.destroy();
          }
        });
        response.on('end', answered);
        response.on('error', answered);
      };
      const onError = (error: NodeJS.ErrnoException) => {
        const isStale = request?.reusedSocket === true && status === undefined && error.code === 'ECONNRESET';
        end(isStale ? 'stale' : { kind: 'failed', reason: reasonOf(error) });
      };
      try {
        const isHttps = url.slice(0, 6).toLowerCase() === 'https:';
        const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
        const options = { method, headers: { ...headers, ...length }, lookup: this.#lookup };
        request = isHttps
          ? httpsRequest(url, { ...options, agent: this.#https }, onResponse)
          : httpRequest(url, { ...options, agent: this.#http }, onResponse);
        request.on('error', onError);
        request.end(body);
      } catch (error) {
        onError(error as NodeJS.ErrnoException);
      }
    });
  }
}

function answer({ statusCode = 0, headers }: IncomingMessage, body: string): CallbackOutcome {
  const after = headers['retry-after'];
  const isSeconds = after !== undefined && /^\d{1,6}$/.test(after);
  return { kind: 'answered', status: statusCode, body, ...(isSeconds ? { retryAfterSeconds: Number(after) } : {}) };
}

const REASONS = {
  ENOTFOUND: 'its name cannot be resolved',
  ENODATA: 'its name cannot be resolved',
  ESERVFAIL: 'its name cannot be resolved',
  ETIMEOUT: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed without an answer',
  EHOSTUNREACH: 'it cannot be reached',
  ENETUNREACH: 'it cannot be reached',
  ETIMEDOUT: 'it cannot be reached',
} as const;

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error instanceof ForbiddenAddress) return FORBIDDEN_ADDRESS;
  const code = error.code ?? '';
  const known = Object.entries(REASONS).find(([name]) => name === code)?.[1];
  return known ?? (code === '' ? 'the call failed' : `the call failed: ${code}`);
}
