import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ApiClient, fetchToken } from '../../deploy/demo/http.ts';
import { waitFor } from './demo.ts';
import { freePort } from './free-port.ts';

const program = join(import.meta.dirname, '../../dist/vtn.js');

/** A VTN as it is shipped, in a process of its own that can be stopped, frozen and started again where it was. */
export class VtnProcess {
  readonly #env: Record<string, string>;
  readonly url: string;
  #child: ChildProcess | undefined;

  private constructor(dataDir: string, port: number, env: Record<string, string>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#env = {
      ...(process.env as Record<string, string>),
      VTN_SERVER_PORT: String(port),
      VTN_STORE_PATH: join(dataDir, 'vtn.sqlite'),
      VTN_MQTT_MODE: 'off',
      VTN_LOG_LEVEL: 'warn',
      ...env,
    };
  }

  /** Serves when it resolves. */
  static async start(dataDir: string, env: Record<string, string> = {}): Promise<VtnProcess> {
    const vtn = new VtnProcess(dataDir, await freePort(), env);
    await vtn.start();
    return vtn;
  }

  get openadrUrl(): string {
    return `${this.url}/openadr3/3.1.1`;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [program, 'serve'], {
      env: this.#env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#child = child;
    await waitFor('the VTN', async () => {
      if (child.exitCode !== null) throw new Error(`the VTN ended with ${child.exitCode}`);
      return fetch(`${this.url}/readyz`)
        .then(({ ok }) => ok)
        .catch(() => false);
    });
  }

  /** A new operator's access to the operations API and to OpenADR. */
  async operator(): Promise<{ operations: ApiClient; openadr: ApiClient }> {
    const args = [program, 'clients', 'add', '--name', 'operator', '--role', 'bl'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: this.#env });
    const [, id = '', secret = ''] = /client_id: (\S+)\s+client_secret: (\S+)/.exec(stdout) ?? [];
    const token = await fetchToken(this.openadrUrl, { id, secret });
    return { operations: new ApiClient(`${this.url}/api/v1`, token), openadr: new ApiClient(this.openadrUrl, token) };
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it at once, as a power cut does. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}
