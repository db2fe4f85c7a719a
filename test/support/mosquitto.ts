import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { tempDir } from './temp-dir.ts';
import { waitFor } from './demo.ts';
import { freePort } from './free-port.ts';

/** Debian's broker; tests that need it are skipped without it. */
export const mosquittoPath = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/usr/local/sbin/mosquitto'].find(
  (path) => spawnSync(path, ['-h']).error === undefined,
);

/** Its plugin for accounts and rights, when it is there. */
export const dynamicSecurityPath = readdirSync('/usr/lib')
  .map((folder) => `/usr/lib/${folder}/mosquitto_dynamic_security.so`)
  .find((path) => existsSync(path));

export interface MosquittoOptions {
  /** Nobody but this administrator is let in, and those whom he makes accounts for. */
  administrator?: { username: string; password: string };
  /** PEM files: it speaks TLS only. With an administrator, as deploy/mosquitto.conf says. */
  tls?: { certFile: string; keyFile: string };
}

/** A mosquitto on a free port that keeps its sessions over a restart; without an administrator it lets in everybody. */
export class Mosquitto {
  readonly #options: MosquittoOptions;
  readonly #folder = tempDir('openadr-mosquitto-');
  #port = 0;
  #child: ChildProcess | undefined;

  constructor(options: MosquittoOptions = {}) {
    this.#options = options;
  }

  get url(): string {
    return `${this.#options.tls ? 'mqtts' : 'mqtt'}://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** On the port of the last time, if there was one. */
  async start(): Promise<void> {
    if (this.#port === 0) this.#port = await freePort();
    const config = join(this.#folder.path, 'mosquitto.conf');
    const { administrator, tls } = this.#options;
    const own = [
      `listener ${this.#port} 127.0.0.1`,
      ...this.#access(),
      'persistence true',
      `persistence_location ${this.#folder.path}/`,
      'max_queued_messages 0',
    ];
    const lines = administrator && tls ? this.#deployed(tls) : own;
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

  #access(): string[] {
    const { administrator, tls } = this.#options;
    const lines = tls ? [`certfile ${tls.certFile}`, `keyfile ${tls.keyFile}`] : [];
    if (!administrator) return [...lines, 'allow_anonymous true'];
    return [
      ...lines,
      'allow_anonymous false',
      `plugin ${dynamicSecurityPath}`,
      `plugin_opt_config_file ${this.#accounts()}`,
    ];
  }

  /** The file of the plugin, with the administrator in it. */
  #accounts(): string {
    const file = join(this.#folder.path, 'dynamic-security.json');
    const { username = '', password = '' } = this.#options.administrator ?? {};
    if (!existsSync(file)) execFileSync('mosquitto_ctrl', ['dynsec', 'init', file, username, password]);
    return file;
  }

  /** What operators are given, with the places of this one. */
  #deployed({ certFile, keyFile }: { certFile: string; keyFile: string }): string[] {
    this.#accounts();
    return readFileSync(join(import.meta.dirname, '../../deploy/mosquitto.conf'), 'utf8')
      .replace('listener 8883', `listener ${this.#port} 127.0.0.1`)
      .replace(/^plugin .*$/m, `plugin ${dynamicSecurityPath}`)
      .replace('/etc/mosquitto/certs/server.crt', certFile)
      .replace('/etc/mosquitto/certs/server.key', keyFile)
      .replaceAll('/var/lib/mosquitto/', `${this.#folder.path}/`)
      .split('\n');
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

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
