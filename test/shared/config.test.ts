import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, loadConfig } from '@openadr-gateway/shared/config.ts';

const schema = z.strictObject({
  server: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.number().int().min(0).max(65_535).default(8080),
      publicUrl: z.url().optional(),
      tls: z.boolean().default(false),
    })
    .prefault({}),
  store: z.strictObject({ path: z.string().min(1) }),
  status: z.union([z.literal(401), z.literal(403)]).default(401),
  level: z.enum(['info', 'debug']).default('info'),
  urls: z.array(z.url()).optional(),
  devices: z.array(z.strictObject({ name: z.string(), unitId: z.number().default(1) })).default([]),
  client: z.strictObject({ secret: z.string().min(12).optional() }).prefault({}),
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(text: string, name = 'vtn.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

type Env = Record<string, string | undefined>;
const load = (text: string, env: Env = {}) => loadConfig({ schema, file: file(text), env, envPrefix: 'VTN' });
function faults(text: string, env: Env = {}): readonly string[] {
  try {
    load(text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('a configuration', () => {
  it('comes from a YAML file, with the defaults of the schema', () => {
    expect(load('server: { port: 9000 }\nstore:\n  path: vtn.db\n')).toEqual({
      server: { host: '127.0.0.1', port: 9000, tls: false },
      store: { path: 'vtn.db' },
      status: 401,
      level: 'info',
      devices: [],
      client: {},
    });
  });

  it('comes from a JSON file as well', () => {
    const path = file('{"store": {"path": "a.db"}, "devices": [{"name": "b1"}]}', 'vtn.json');
    const config = loadConfig({ schema, file: path, envPrefix: 'VTN' });
    expect(config).toMatchObject({ store: { path: 'a.db' }, devices: [{ name: 'b1', unitId: 1 }] });
  });

  it('may have sections of which every line is commented out, or no lines at all', () => {
    expect(load('server:\n  # port: 9000\nstore:\n  path: x\n').server.port).toBe(8080);
    expect(loadConfig({ schema, file: file(''), env: { VTN_STORE_PATH: 'x' }, envPrefix: 'VTN' }).level).toBe('info');
  });

  it('comes from the environment alone', () => {
    expect(loadConfig({ schema, env: { VTN_STORE_PATH: 'a.db' }, envPrefix: 'VTN' }).store.path).toBe('a.db');
  });

  it('lets the environment overrule the file', () => {
    const env = {
      VTN_SERVER_PORT: '9001',
      VTN_SERVER_PUBLIC_URL: 'https://vtn.example',
      VTN_SERVER_TLS: 'true',
      vtn_level: 'debug',
      VTN_STATUS: '403',
      VTN_STORE_PATH: '123',
    };
    expect(load('server: { port: 9000, host: 0.0.0.0 }\nstore: { path: vtn.db }', env)).toMatchObject({
      server: { host: '0.0.0.0', port: 9001, publicUrl: 'https://vtn.example', tls: true },
      level: 'debug',
      status: 403,
      // Text where text is wanted, also when it looks like a number.
      store: { path: '123' },
    });
  });

  it('reads lists of the environment as YAML, or separated by commas', () => {
    const urls = ['mqtt://a', 'mqtt://b'];
    expect(load('store: { path: x }', { VTN_URLS: 'mqtt://a, mqtt://b' }).urls).toEqual(urls);
    expect(load('store: { path: x }', { VTN_URLS: '["mqtt://a", "mqtt://b"]' }).urls).toEqual(urls);
    expect(load('store: { path: x }', { VTN_URLS: 'mqtt://a' }).urls).toEqual(['mqtt://a']);
    expect(load('store: { path: x }', { VTN_DEVICES: '[{name: b1}]' }).devices).toEqual([{ name: 'b1', unitId: 1 }]);
  });

  it('takes an empty variable for an absent one, and leaves those of others alone', () => {
    const env = {
      VTN_SERVER_PORT: '',
      VTNX: '1',
      VTN_CONFIG: 'file.yaml',
      VTN_PORT: 'tcp://10.0.0.1:8080',
      VTN_PORT_8080_TCP_ADDR: '10.0.0.1',
      VTN_SERVICE_HOST: '10.0.0.1',
      PATH: '/bin',
    };
    expect(load('store: { path: x }', env).server.port).toBe(8080);
  });
});

describe('a configuration that cannot be used', () => {
  it('has every fault named at once: line, path, what was expected, what was there', () => {
    const text = `
server: { port: x, prot: 1, publicUrl: nope }
store: {}
status: 500
level: loud
devices: [{ name: b1, unitId: one }, { nmae: b2 }]
`;
    expect(faults(text, { VTN_SERVER_TLS: 'perhaps', VTN_SERVER_PROT: '1' })).toEqual([
      'line 2: server.port: expected number, got "x"',
      'line 2: server.publicUrl: expected a valid URL, got "nope"',
      'server.tls (VTN_SERVER_TLS): expected boolean, got "perhaps"',
      'line 2: server.prot: unknown key; did you mean "port"?',
      'line 3: store.path: is missing, expected string',
      'line 4: status: expected 401, or expected 403, got 500',
      'line 5: level: expected "info" or "debug", got "loud"',
      'line 6: devices[0].unitId: expected number, got "one"',
      'line 6: devices[1].name: is missing, expected string',
      'line 6: devices[1].nmae: unknown key; did you mean "name"?',
      'VTN_SERVER_PROT: unknown variable; did you mean "VTN_SERVER_PORT"?',
    ]);
  });

  it('tells the line of what is inside lists and objects over several lines', () => {
    const text = 'store:\n  path: x\ndevices:\n  - name: a\n    unitId: 1\n  - name: b\n    unitId: two\n  - {}\n';
    expect(faults(text)).toEqual([
      'line 7: devices[1].unitId: expected number, got "two"',
      'line 8: devices[2].name: is missing, expected string',
    ]);
  });

  it('says all of it in the message of the error, with the file', () => {
    const path = file('store: { path: x }\nserver: { port: 70000 }');
    expect(() => loadConfig({ schema, file: path, envPrefix: 'VTN' })).toThrow(
      `configuration ${path}: 1 fault\n  - line 2: server.port: expected number to be <=65535, got 70000`,
    );
  });

  it('lists the known keys when none is near', () => {
    expect(faults('store: { path: x, zzzzzz: 1 }')).toEqual(['line 1: store.zzzzzz: unknown key; known are "path"']);
  });

  it('never shows a secret', () => {
    const text = faults('store: { path: x }\nclient: { secret: hunter2 }').join();
    expect(text).toContain('client.secret');
    expect(text).not.toContain('hunter2');
  });

  it('names what is wrong with the file itself', () => {
    expect(faults('store: 1\nstore: 2')).toEqual(['Map keys must be unique at line 2, column 1']);
    expect(faults('- a\n- b')).toEqual(['expected keys and values at the top']);
    expect(() => loadConfig({ schema, file: join(folder, 'none.yaml'), envPrefix: 'VTN' })).toThrow(/no such file/);
  });

  it('is faulty when a value stands where keys belong, whatever the environment says', () => {
    expect(faults('server: 5\nstore: { path: x }', { VTN_SERVER_PORT: '1' })).toEqual([
      'line 1: server: expected object, got 5',
    ]);
  });
});
