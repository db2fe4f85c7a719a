import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ApiClient, fetchToken } from '../deploy/demo/http.ts';
import { configSchema } from '../ven-agent/config.ts';
import { vtnConfig } from '../vtn/config.ts';
import { Demo, waitFor } from './support/demo.ts';
import { freePort } from './support/free-port.ts';
import { hasProgram } from './support/tools.ts';

const hasMosquitto = hasProgram('mosquitto_sub') && hasProgram('mosquitto_pub');
const root = join(import.meta.dirname, '..');
const run = promisify(execFile);
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map((m) => m[1] ?? '');
const blockWith = (text: string): string => {
  const found = blocks.filter((b) => b.includes(text));
  expect(found, `one block with ${text}`).toHaveLength(1);
  return found[0]!;
};

describe('the README', () => {
  it('has no shell block that nothing here runs', () => {
    const known = [
      ...['npm ci && npm start', 'PATCH', 'state-snapshots', 'vtn.js serve', 'ven-agent.js run', 'feeder-7'],
      // By test/e2e/operator-walkthrough.test.ts.
      'operator-walkthrough.sh',
      ...['api/v0/unavailabilities', 'ingest/dispatches', 'schedules/soc/$DEVICE', 'v1/utilities/?', 'three-ways'],
    ];
    expect(blocks.filter((b) => !known.some((k) => b.includes(k)))).toEqual([]);
    expect(blocks).toHaveLength(known.length);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const named = [...readme.matchAll(/npm (?:run )?(?!ci\b)([a-z]+)/g)].map((m) => m[1]!);
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect(Object.keys(scripts), name).toContain(name);
  });

  it('links only to files that exist', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((m) => m[1]!);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(() => readFileSync(join(root, link)), link).not.toThrow();
  });
});

describe('the example configurations', () => {
  it('of the VTN and the agent are in order and name every key of the server', () => {
    const vtn = parse(readFileSync(join(root, 'deploy/examples/vtn.yaml'), 'utf8')) as Record<string, object>;
    expect(vtnConfig.safeParse(vtn).error).toBeUndefined();
    expect(Object.keys(vtn)).toEqual(Object.keys(vtnConfig.shape));
    const agent = parse(readFileSync(join(root, 'deploy/examples/agent.yaml'), 'utf8')) as object;
    expect(configSchema.safeParse(agent).error).toBeUndefined();
  });
});

describe("the README's commands run as printed", () => {
  let folder: string;
  let demo: Demo;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'openadr-readme-'));
    demo = await Demo.start();
  }, 60_000);

  afterAll(async () => {
    await demo?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('the newcomer bounds the solar park and reads its snapshots', async () => {
    const script = [blockWith('PATCH'), blockWith('state-snapshots?')]
      .join('\n')
      .replaceAll('http://127.0.0.1:8080', demo.file.vtnUrl);
    // The park's first report comes after some seconds; the script itself runs once, as a person pastes it.
    const { clients, openadrUrl, operationsUrl } = demo.file;
    const api = new ApiClient(operationsUrl, await fetchToken(openadrUrl, clients.operator));
    await waitFor('a snapshot', async () => {
      const path = '/state-snapshots?asset_ids=DE_50HZ_DEMO_2&latest=true';
      return (await api.send<{ state_snapshots: unknown[] }>('GET', path)).state_snapshots.length > 0;
    });
    const { stdout } = await run('bash', ['-euc', script]);
    expect(stdout).toMatch(/^HTTP\/1\.1 204/);
    expect(stdout).toContain('"asset_id":"DE_50HZ_DEMO_2"');
  });

  it('two VENs meet one targeted event: the entitled one reads it, the other does not', async () => {
    const script = blockWith('feeder-7')
      .replaceAll('http://127.0.0.1:8080', demo.file.vtnUrl)
      .replaceAll('.demo/vtn.sqlite', join(demo.dataDir, 'vtn.sqlite'));
    const { stdout } = await run('bash', ['-euc', script], { cwd: root });
    const [north, south, older] = ['north', 'south', '3.0.1'].map(
      (who) => new RegExp(`^(.*) <- ${who}$`, 'm').exec(stdout)?.[1] ?? '',
    );
    expect(JSON.parse(north!)).toMatchObject([{ objectType: 'EVENT', targets: ['feeder-7'] }]);
    expect(JSON.parse(south!)).toEqual([]);
    expect(JSON.parse(older!)).toMatchObject([{ targets: [{ type: 'GROUP', values: ['feeder-7'] }] }]);
  });

  /** Runs a block against the demo. */
  const pasted = async (text: string): Promise<string> => {
    const script = blockWith(text)
      .replaceAll('http://127.0.0.1:8080', demo.file.vtnUrl)
      .replaceAll('1883', new URL(demo.file.mqttUrl).port)
      .replaceAll('./.demo/', `${demo.dataDir}/`)
      .replaceAll('.demo/', `${demo.dataDir}/`)
      .replaceAll('9001', String(await freePort()));
    return (await run('bash', ['-euc', script], { cwd: root })).stdout;
  };

  it('a customer reports an unavailability, and the inverter is bound to 1 MW', async () => {
    expect(await pasted('api/v0/unavailabilities')).toContain('"available_power_mw":1,');
    const args = [join(root, 'dist/ven-agent.js'), 'status', '--config', join(demo.dataDir, 'agent.yaml')];
    await waitFor('the limit', async () => (await run(process.execPath, args)).stdout.includes('"maxW": 1000000'));
  });

  it.skipIf(!hasMosquitto)('a dispatch command comes in over MQTT (needs mosquitto_pub)', async () => {
    expect(await pasted('ingest/dispatches')).toContain('"target_power":{"amount":"-7","unit":"MW"}');
  });

  it('a schedule is made for the battery', async () => {
    const schedule = JSON.parse(await pasted('schedules/soc/$DEVICE')) as { device_id: string };
    expect(schedule.device_id).toBe(demo.file.devices[0]?.id);
  });

  it('a member lists utilities, and a price is set', async () => {
    const said = await pasted('v1/utilities/?');
    expect(said).toContain('"type":"Utility"');
    expect(said).toContain('HTTP/1.1 204');
  });

  it.skipIf(!hasMosquitto)(
    'one event arrives over MQTT, by webhook and on the feed (needs mosquitto_sub)',
    async () => {
      const said = await pasted('three-ways');
      const ids = ['mqtt', 'webhook', 'feed'].map(
        (way) => new RegExp(`^${way} .*"operation":"CREATE","object":{"id":"([^"]*)"`, 'm').exec(said)?.[1],
      );
      expect(ids[0]).toBeDefined();
      expect(new Set(ids).size).toBe(1);
    },
  );

  it('an operator is made, and told once', async () => {
    const [, add, serve] = blockWith('vtn.js serve').trim().split('\n');
    expect(serve).toContain('vtn.js serve --config deploy/examples/vtn.yaml');
    const env = { ...process.env, VTN_STORE_PATH: join(folder, 'site.db') };
    const { stdout } = await run('bash', ['-euc', add!], { cwd: root, env });
    expect(stdout).toMatch(/client_id: \S+\nclient_secret: \S+/);
  });

  it("the agent's configuration is checked", async () => {
    const [check] = blockWith('ven-agent.js run').trim().split('\n');
    const { stdout } = await run('bash', ['-euc', check!], { cwd: root });
    expect(stdout).toContain('The configuration is in order.');
  });

  it('a faulty configuration stops the start and names every fault at once', async () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, 'server: { port: 99999, prot: 1 }\nmqtt: { mode: cloud }\n');
    const failure = await run(process.execPath, ['dist/vtn.js', 'serve', '--config', file], { cwd: root }).then(
      () => undefined,
      (error: { code: number; stderr: string }) => error,
    );
    expect(failure?.code).toBe(78);
    for (const part of ['server.port', 'server.prot', 'mqtt.mode']) expect(failure?.stderr).toContain(part);
  });
});
