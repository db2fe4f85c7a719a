import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../../vtn/cli.ts', import.meta.url));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

describe('the command line', () => {
  let folder: string;
  let config: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vtn-cli-'));
    config = join(folder, 'vtn.yaml');
    writeFileSync(
      config,
      `server: { port: 0 }\nmqtt: { mode: embedded, port: 0 }\nstore: { path: ${join(folder, 'vtn.db')} }\n`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = (args: string[], env: Record<string, string> = {}) =>
    spawn(process.execPath, ['--import', 'tsx', CLI, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  const run = (args: string[], env: Record<string, string> = {}): Promise<Ended> =>
    new Promise((resolve) => {
      const child = start(args, env);
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (data) => (stdout += String(data)));
      child.stderr.on('data', (data) => (stderr += String(data)));
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });

  it('explains itself', async () => {
    const help = await run(['--help']);
    expect(help.code).toBe(0);
    for (const word of ['serve', 'migrate', 'clients', 'keys', 'VTN_SERVER_PORT', 'Exit codes'])
      expect(help.stdout).toContain(word);
    const wrong = await run(['serv']);
    expect(wrong).toMatchObject({ code: 64, stdout: '' });
    expect(wrong.stderr).toContain("unknown command 'serv'");
  });

  it('names every fault of a configuration at once, and ends with 78', async () => {
    const broken = join(folder, 'broken.yaml');
    writeFileSync(broken, 'server: { port: 99999, hots: x }\nmqtt: { mode: sometimes }\n');
    const ended = await run(['serve', '--config', broken], { VTN_LOG_LEVEL: 'loud' });
    expect(ended).toMatchObject({ code: 78, stdout: '' });
    for (const word of ['server.port', 'hots', 'host', 'mqtt.mode', 'VTN_LOG_LEVEL'])
      expect(ended.stderr).toContain(word);
    const external = await run(['serve', '--config', config], { VTN_MQTT_MODE: 'external' });
    expect(external.code).toBe(78);
    expect(external.stderr).toContain('mqtt.url');
    expect((await run(['serve', '--config', join(folder, 'none.yaml')])).code).toBe(78);
  });

  it('says in one line why the server cannot start', async () => {
    const ended = await run(['serve', '--config', config], { VTN_STORE_PATH: '/dev/null/x.db' });
    expect(ended.code).toBe(1);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    expect(ended.stderr).toContain('/dev/null/x.db');
  });

  it('migrates a database once', async () => {
    const store = { VTN_STORE_PATH: join(folder, 'fresh.db') };
    expect(await run(['migrate', '-c', config], store)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^applied 001-/),
    });
    expect(await run(['migrate', '-c', config], store)).toMatchObject({ code: 0, stdout: 'nothing to do\n' });
  });

  it('refuses clients that make no sense', async () => {
    expect((await run(['clients', 'add', '-c', config, '--name', 'x', '--role', 'king'])).code).toBe(64);
    expect((await run(['clients', 'add', '-c', config, '--name', 'x', '--role', 'customer'])).stderr).toContain(
      '--account',
    );
    const member = ['--name', 'x', '--role', 'utility', '--level', 'leader', '--utility', '9'];
    expect(await run(['clients', 'add', '-c', config, ...member])).toMatchObject({
      code: 1,
      stderr: 'vtn: there is no utility 9\n',
    });
    expect((await run(['clients', 'revoke', '-c', config, 'nobody'])).code).toBe(1);
  });

  it('manages clients and keys beside a running server, which notices within a second and stops on SIGTERM', async () => {
    const server = start(['serve', '--config', config]);
    const ended = new Promise<number | null>((resolve) => server.once('exit', resolve));
    const url = await new Promise<string>((resolve) => {
      createInterface({ input: server.stdout }).on('line', (line) => {
        const { msg, url: told, mqttUrl } = JSON.parse(line) as Record<string, string>;
        if (msg === 'listening' && told !== undefined && mqttUrl !== undefined) resolve(told);
      });
    });
    const added = await run(['clients', 'add', '-c', config, '--name', 'operator', '--role', 'bl']);
    expect(added.code).toBe(0);
    const [, id, secret] = /^client_id: (\S+)\nclient_secret: (\S+)\n$/.exec(added.stdout) ?? [];
    const listed = await run(['clients', 'list', '-c', config]);
    expect(listed.stdout).toContain(`${id}\tbl\toperator`);
    expect(listed.stdout).not.toContain(secret);

    const answer = await request(url)
      .post('/openadr3/3.1.1/auth/token')
      .type('form')
      .send({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
      .expect(200);
    const read = () =>
      request(url).get('/openadr3/3.1.1/programs').set('Authorization', `Bearer ${answer.body.access_token}`);
    await read().expect(200);
    expect((await run(['clients', 'revoke', '-c', config, id ?? ''])).code).toBe(0);
    await expect.poll(async () => (await read()).status, { timeout: 1_000, interval: 50 }).toBe(401);

    const kids = async () => {
      const { keys } = (await request(url).get('/.well-known/jwks.json').expect(200)).body as {
        keys: { kid: string }[];
      };
      return keys.map(({ kid }) => kid);
    };
    const [first] = await kids();
    const rotated = await run(['keys', 'rotate', '-c', config]);
    const [, second] = /^made (\S+); it signs from \d{4}-\d\d-\d\dT\S+Z\n$/.exec(rotated.stdout) ?? [];
    await expect.poll(kids, { timeout: 1_500, interval: 50 }).toEqual([second, first]);
    const keys = await run(['keys', 'list', '-c', config]);
    expect(keys.stdout).toMatch(
      new RegExp(`^KID\tMADE\tSTATE\n${second}\t\\S+\tsigns from \\S+\n${first}\t\\S+\tsigns\n$`),
    );
    const discarded = await run(['keys', 'rotate', '--discard-others', '-c', config]);
    expect(discarded.stdout).toMatch(/^made \S+; it signs at once\n$/);
    await expect.poll(kids, { timeout: 1_500, interval: 50 }).toHaveLength(1);

    server.kill('SIGTERM');
    expect(await ended).toBe(0);
    // Seven programs one after the other.
  }, 120_000);
});
