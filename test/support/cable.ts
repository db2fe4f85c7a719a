import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A TCP connection to somebody that can be cut: whatever is sent is swallowed then, and nobody is told. */
export class Cable {
  readonly #target: URL;
  readonly #server: Server;
  readonly #ends = new Set<Socket>();
  #isCut = false;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((near) => this.#join(near));
  }

  /** Leads to the host and port of `target`. */
  static async lay(target: string): Promise<Cable> {
    const cable = new Cable(new URL(target));
    await new Promise<void>((resolve) => cable.#server.listen(0, '127.0.0.1', resolve));
    return cable;
  }

  /** The same place as seen through the cable. */
  get url(): string {
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  cut(): void {
    this.#isCut = true;
  }

  mend(): void {
    this.#isCut = false;
    // What hung is over: bytes are missing.
    for (const end of this.#ends) end.destroy();
  }

  async remove(): Promise<void> {
    for (const end of this.#ends) end.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket): void {
    const far = connect(Number(this.#target.port), this.#target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#ends.add(from);
      from.on('data', (bytes) => {
        if (!this.#isCut) to.write(bytes);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#ends.delete(from);
        if (!this.#isCut) to.destroy();
      });
    }
  }
}
