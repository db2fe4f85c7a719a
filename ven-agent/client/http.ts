import http from 'node:http';
import https from 'node:https';

export interface HttpAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT';
  url: URL;
  headers?: Record<string, string>;
  body?: string;
}

/** The VTN gave no answer at all: refused, reset, timed out, too long. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * One kept-alive connection pool to one server. `node:http` rather than `fetch`, which costs a gateway 10 MB and peaks
 * far above that.
 */
export class HttpConnection {
  readonly #agents: { 'http:': http.Agent; 'https:': https.Agent };
  readonly #timeoutMs: number;

  /** @param ca PEM text of the authorities that the server's certificate may be from; without it those that Node knows */
  constructor(timeoutMs: number, ca?: string) {
    const options = { keepAlive: true, maxSockets: 4 };
    this.#agents = {
      'http:': new http.Agent(options),
      'https:': new https.Agent(ca === undefined ? options : { ...options, ca }),
    };
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Sends one request and reads the whole answer.
   *
   * @throws {NoAnswerError} when there is no complete answer within the time limit
   */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#once(request);
    } catch (error) {
      // A kept-alive socket that the server closed in the same instant: the request was never read. Reads are repeated.
      const reset = error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
      if (reset && request.method === 'GET') return await this.#once(request).catch(wrapped(request));
      return wrapped(request)(error);
    }
  }

  /** Ends all connections; requests in flight fail. */
  close(): void {
    this.#agents['http:'].destroy();
    this.#agents['https:'].destroy();
  }

  #once({ method, url, headers = {}, body }: HttpRequest): Promise<HttpAnswer> {
    const secure = url.protocol === 'https:';
    const send = secure ? https.request : http.request;
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const outgoing = send(
        url,
        {
          method,
          agent: secure ? this.#agents['https:'] : this.#agents['http:'],
          headers: { accept: 'application/json', ...headers, ...length },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          let bytes = 0;
          incoming.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes > MAX_ANSWER_BYTES) outgoing.destroy(new Error('the answer is longer than 16 MiB'));
            else chunks.push(chunk);
          });
          incoming.on('end', () => {
            clearTimeout(deadline);
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
          });
          // A connection cut in mid-answer is an error here ("aborted").
          incoming.on('error', reject);
        },
      );
      // Not the socket's idle timeout: a server that drips bytes must not hold the agent either.
      const deadline = setTimeout(
        () => outgoing.destroy(new Error(`no answer within ${this.#timeoutMs} ms`)),
        this.#timeoutMs,
      );
      outgoing.on('error', (error) => {
        clearTimeout(deadline);
        reject(error);
      });
      outgoing.end(body);
    });
  }
}

function wrapped({ method, url }: HttpRequest): (error: unknown) => never {
  return (error) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NoAnswerError(`${method} ${url.origin}${url.pathname}: ${reason}`, { cause: error });
  };
}
