import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { tempDir } from './temp-dir.ts';
import { waitFor } from './demo.ts';

/** Debian's broker; tests that need it are skipped without it. */
export const mosquittoPath = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/usr/local/sbin/mosquitto'].find(
  (path) => spawnSync(path, ['-h']).error === undefined,
);

/** A mosquitto on a free port that keeps its sessions over a restart, and lets in everybody. */
export class Mosquitto {
  readonly #folder = tempDir('openadr-mosquitto-');
  #port = 0;
  #child: ChildProcess | undefined;

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** On the port of the last time, if there was one. */
  async start(): Promise<void> {
    if (this.#port === 0) this.#port = await freePort();
    const config = join(this.#folder.path, 'mosquitto.conf');
    const lines = [
      `listener ${this.#port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence true',
      `persistence_location ${this.#folder.path}/`,
      'max_queued_messages 0',
    ];
    // It gives up root's rights where it is started with them.
    if (process.getuid?.() === 0) lines.push('user root');
    writeFileSync(config, `${lines.join('\n')}\n`);
    const child = spawn(mosquittoPath ?? 'mosquitto', ['-c', config], { stdio: 'ignore' });
    this.#child = child;
    await waitFor('mosquitto', () => {
      if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}`);
      return accepts(this.#port);
    });
  }

  /** With SIGTERM it saves its sessions. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.#folder.remove();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
