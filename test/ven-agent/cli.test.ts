import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { FakeVtn } from './fake-vtn.ts';

const cli = join(import.meta.dirname, '../../ven-agent/cli.ts');

let dir: ReturnType<typeof tempDir>;
let config: string;

beforeEach(() => {
  dir = tempDir();
  config = join(dir.path, 'agent.yaml');
  configure('http://127.0.0.1:1/openadr3/3.1.1', 1);
});

afterEach(() => dir.remove());

function configure(vtnUrl: string, port: number): void {
  writeFileSync(
    config,
    `vtn: {url: "${vtnUrl}", clientId: client, clientSecret: secret}
site: {id: SITE_1}
dataDir: data
devices:
  - {resourceName: PV_1, kind: PV, driver: sunspec, url: "tcp://127.0.0.1:${port}"}
`,
  );
}

function run(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, code, output: () => output };
}

describe('ven-agent', () => {
  it('explains itself and its commands', async () => {
    const help = run('--help');
    expect(await help.code).toBe(0);
    for (const word of ['run', 'check', 'scan', 'selftest', 'simulate', 'status', 'VEN_AGENT_VTN_URL', 'Exit codes']) {
      expect(help.output()).toContain(word);
    }
  });

  it('refuses an unknown command and a missing option with the way to help', async () => {
    const unknown = run('rum');
    expect(await unknown.code).toBe(1);
    expect(unknown.output()).toMatch(/unknown command 'rum'.*Did you mean run/s);
    const missing = run('run');
    expect(await missing.code).toBe(1);
    expect(missing.output()).toContain("required option '-c, --config <file>'");
  });

  it('check shows what it understood, and exits with 2 naming every fault', async () => {
    const good = run('check', '--config', config);
    expect(await good.code).toBe(0);
    expect(good.output()).toContain('PV_1 (PV) at tcp://127.0.0.1:1 unit 1');
    expect(good.output()).not.toContain('secret');
    writeFileSync(config, 'site: {}\n');
    const bad = run('check', '--config', config);
    expect(await bad.code).toBe(2);
    expect(bad.output()).toMatch(/vtn.*site\.id.*dataDir.*devices/s);
  });

  it('status says that no agent runs', async () => {
    const status = run('status', '--config', config);
    expect(await status.code).toBe(1);
    expect(status.output()).toContain('no agent runs');
  });

  it('runs against a simulated site until it is told to stop, and then exits with 0', async () => {
    const vtn = new FakeVtn();
    const simulator = run('simulate', '--pv-id', 'PV_1', '--pv-port', '0', '--bess-port', '0');
    await vi.waitFor(() => expect(simulator.output()).toContain('listening'), { timeout: 10_000 });
    const port = /"id":"PV_1"[^}]*tcp:\/\/127\.0\.0\.1:(\d+)/.exec(simulator.output())?.[1];
    configure(await vtn.start(), Number(port));
    const agent = run('run', '--config', config);
    await vi.waitFor(() => expect(agent.output()).toContain('device PV_1 found'), { timeout: 10_000 });
    await vi.waitFor(
      async () => {
        const { url } = JSON.parse(readFileSync(join(dir.path, 'data/status.json'), 'utf8'));
        expect((await fetch(`${url}/readyz`)).status).toBe(200);
      },
      { timeout: 10_000 },
    );
    const status = run('status', '--config', config);
    expect(await status.code).toBe(0);
    expect(JSON.parse(status.output())).toMatchObject({ siteId: 'SITE_1', mode: 'CONNECTED' });
    agent.child.kill('SIGTERM');
    simulator.child.kill('SIGTERM');
    expect(await Promise.all([agent.code, simulator.code])).toEqual([0, 0]);
    expect(agent.output()).not.toContain('secret');
    await vtn.stop();
  });
});
