import type { ServerResponse } from 'node:http';

/** Bytes that may wait for one reader before he is cut off; he resumes where he was. */
const MAX_WAITING_BYTES = 256 * 1024;
/** How long a reader who is told what he missed may take for one page of it. */
const DRAIN_TIMEOUT_MS = 30_000;
/** How long the last words to a reader may take. */
const END_TIMEOUT_MS = 2_000;

/** One connection of the event feed: server-sent events (WHATWG HTML, 9.2) with a bounded buffer. */
export class FeedStream {
  readonly #response: ServerResponse;
  readonly #onCut: () => void;

  /** @param onCut called when the reader is too slow */
  constructor(response: ServerResponse, onCut: () => void) {
    this.#response = response;
    this.#onCut = onCut;
  }

  get closed(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  /** Never waits: what a reader does not take is kept for him up to a bound. */
  send(chunk: string | Buffer): void {
    if (this.closed) return;
    if (this.#response.writableLength > MAX_WAITING_BYTES) return this.#cut();
    this.#response.write(chunk);
  }

  /** Resolves when what was sent is on its way, or the connection is closed. */
  async drained(): Promise<void> {
    if (this.closed || !this.#response.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.#cut(), DRAIN_TIMEOUT_MS);
      const done = (): void => {
        clearTimeout(timer);
        this.#response.off('drain', done).off('close', done);
        resolve();
      };
      this.#response.once('drain', done).once('close', done);
    });
  }

  /** Tells the reader why and closes. */
  end(reason: string): void {
    if (this.closed) return;
    const timer = setTimeout(() => this.#response.destroy(), END_TIMEOUT_MS);
    this.onClosed(() => clearTimeout(timer));
    this.#response.end(namedEvent('end', { reason }));
  }

  onClosed(listener: () => void): void {
    if (this.#response.closed) listener();
    else this.#response.once('close', listener);
  }

  #cut(): void {
    this.#onCut();
    this.#response.destroy();
  }
}

/** A notification, which `onmessage` of a browser's EventSource hears. `json` is one line. */
export function message(seq: number, json: string): string {
  return `id: ${seq}\ndata: ${json}\n\n`;
}

/** An event with a name of its own. With `seq` the reader resumes after it. */
export function namedEvent(name: 'ready' | 'reset' | 'end', data: object, seq?: number): string {
  return `${seq === undefined ? '' : `id: ${seq}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** How long a reader waits before he comes back. */
export function comeBackAfter(ms: number): string {
  return `retry: ${Math.round(ms)}\n\n`;
}

/** A comment, which keeps proxies from closing the connection, and the place to resume at, which a browser takes note of. */
export function heartbeat(seq: number): string {
  return `:\nid: ${seq}\n\n`;
}
