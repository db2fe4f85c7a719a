import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';

const VTN = join(import.meta.dirname, '../../../dist/vtn.js');
/** An operator's, by configuration: it is good whenever the process runs. */
export const OPERATOR_TOKEN = 'an-operator-token-of-more-than-32-characters';

export interface VtnProcess {
  url: string;
  mqttUrl: string;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** The server as it is shipped, with its database in a folder, in a process that can be killed. */
export async function startVtnProcess(folder: string, mqtt: object, more: object = {}): Promise<VtnProcess> {
  const config = join(folder, 'vtn.yaml');
  const tokenHash = createHash('sha256').update(OPERATOR_TOKEN).digest('hex');
  const staticTokens = [{ tokenHash, clientId: 'operator', role: 'bl' }];
  const store = { path: join(folder, 'vtn.db') };
  writeFileSync(config, stringify({ server: { port: 0 }, store, auth: { staticTokens }, mqtt, ...more }));
  const child = spawn(process.execPath, [VTN, 'serve', '--config', config], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  // Read to the end: a full pipe would hold the process up.
  const lines = createInterface({ input: child.stdout });
  const told = await new Promise<{ url: string; mqttUrl?: string }>((resolve, reject) => {
    lines.on('line', (line) => {
      const { msg, ...rest } = JSON.parse(line) as { msg?: string; url: string; mqttUrl?: string };
      if (msg === 'listening') resolve(rest);
    });
    void exited.then(() => reject(new Error('the server ended before it listened')));
  });
  return { url: told.url, mqttUrl: told.mqttUrl ?? '', kill };
}
