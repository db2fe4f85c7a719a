import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

it(
  'an operator gets from an empty VTN to a plant that does what it is told, with nothing but curl',
  { timeout: 120_000 },
  async () => {
    const env = { ...process.env, VTN_SERVER_PORT: await freePort(), VTN_MQTT_PORT: await freePort() };
    const { stdout, stderr } = await promisify(execFile)('bash', ['deploy/examples/operator-walkthrough.sh'], {
      cwd: root,
      env,
    });
    expect(stderr).toBe('');
    const day = '\\d{4}-\\d\\d-\\d\\d';
    for (const name of ['limits/DE_50HZ_WU_2', 'poc-limits/DE_50HZ_WU_SITE_1', 'reservations/DE_50HZ_WU_1']) {
      expect(stdout).toMatch(new RegExp(`^${name}/${day}$`, 'm'));
    }
    expect(stdout).toMatch(/^subscription\/DE_50HZ_WU_1$/m);
    const [snapshots, statuses] = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { state_snapshots?: object[]; statuses?: object[] });
    expect(snapshots?.state_snapshots).toMatchObject([
      { asset_id: 'DE_50HZ_WU_1', reading_quality: 'VALID' },
      { asset_id: 'DE_50HZ_WU_2', reading_quality: 'VALID' },
    ]);
    expect(statuses?.statuses).toMatchObject([{ status: 'AVAILABLE' }, { status: 'LIMITED' }]);
  },
);
