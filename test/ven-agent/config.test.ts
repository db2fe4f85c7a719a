import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';
import { loadAgentConfig, vtnAccessOf } from '../../ven-agent/config.ts';

let dir: ReturnType<typeof tempDir>;
let file: string;

beforeEach(() => {
  dir = tempDir();
  file = join(dir.path, 'agent.yaml');
});

afterEach(() => dir.remove());

const good = `
vtn: {url: "http://127.0.0.1:8080/openadr3/3.1.1", clientId: gateway, clientSecret: secret}
site: {id: SITE_1}
dataDir: data
devices:
  - {resourceName: BESS_1, kind: BESS, driver: sunspec, url: "tcp://127.0.0.1:5020"}
`;

function load(text: string, env: Record<string, string> = {}) {
  writeFileSync(file, text);
  return loadAgentConfig(file, env);
}

describe('the configuration', () => {
  it('fills in what is usual', () => {
    expect(load(good)).toMatchObject({
      vtn: { pollSeconds: 30 },
      dataDir: join(dir.path, 'data'),
      devices: [{ unitId: 1, whenNoSetpoint: 'release', limits: {} }],
      tick: { intervalMs: 1000 },
      reporting: { periodSeconds: 60 },
      status: { host: '127.0.0.1', port: 0 },
    });
  });

  it('is overridden by the environment', () => {
    expect(load(good, { VEN_AGENT_VTN_POLL_SECONDS: '5', VEN_AGENT_LOG_LEVEL: 'debug' })).toMatchObject({
      vtn: { pollSeconds: 5 },
      log: { level: 'debug' },
    });
  });

  it('names every fault at once, by its path', () => {
    const bad = `
vtn: {clientId: gateway, polSeconds: 3}
site: {id: SITE_1}
dataDir: data
devices:
  - {resourceName: A, kind: BES, driver: sunspec, url: "http://x"}
  - {resourceName: B, kind: PV, driver: sunspec, url: "tcp://x:502", soc: {min: 0.5, max: 0.1}}
`;
    const error = (() => {
      try {
        load(bad);
      } catch (thrown) {
        return (thrown as Error).message;
      }
      return '';
    })();
    for (const path of [
      'vtn.url',
      'polSeconds',
      'vtn.clientSecret',
      'devices[0].kind',
      'devices[0].url',
      'devices[1].soc',
    ]) {
      expect(error).toContain(path);
    }
    expect(error).toContain('did you mean "pollSeconds"');
  });

  it('refuses two devices for one resource', () => {
    const twice = `${good}  - {resourceName: BESS_1, kind: PV, driver: sunspec, url: "tcp://127.0.0.1:5021"}\n`;
    expect(() => load(twice)).toThrow(/devices\[1\]\.resourceName.*BESS_1 again/);
  });

  it('knows a meter, one at most, which takes no orders', () => {
    const meter = (more: string): string =>
      `  - {resourceName: M${more.length}, kind: METER, driver: sunspec, url: "tcp://127.0.0.1:5022"${more}}\n`;
    expect(load(good + meter(', quirks: {positivePower: export}')).devices[1]).toMatchObject({
      quirks: { positivePower: 'export' },
    });
    expect(() => load(good + meter('') + meter(', unitId: 2'))).toThrow(/devices\[2\]\.kind.*one METER at most/);
    expect(() => load(good + meter(', limits: {importMaxW: 1}, soc: {min: 0.1}'))).toThrow(/limits[^]*soc/);
    expect(() => load(good + meter(', quirks: {positivPower: export}'))).toThrow(/did you mean "positivePower"/);
  });

  it('knows serial lines, which several devices share with the same settings', () => {
    const serial = (id: string, query: string, more = ''): string =>
      `  - {resourceName: ${id}, kind: PV, driver: sunspec, url: "serial:///dev/ttyUSB0${query}"${more}}\n`;
    const shared = good + serial('A', '?parity=even', ', unitId: 1') + serial('B', '?parity=even', ', unitId: 2');
    expect(load(shared).devices).toHaveLength(3);
    expect(() => load(good + serial('A', '') + serial('B', '?baudRate=19200', ', unitId: 2'))).toThrow(
      /devices\[2\]\.url.*same protocol and settings.*\/dev\/ttyUSB0/,
    );
    expect(() => load(good + serial('A', '?parity=mark'))).toThrow(/devices\[1\]\.url.*parity is none of none, even/);
    expect(() => load(good + serial('A', '', ', unitId: 0'))).toThrow(/devices\[1\]\.unitId.*1 to 247/);
  });

  it('takes a register map for devices without SunSpec, and names every fault in it', () => {
    const device = (registers: string, kind = 'BESS'): string =>
      `  - {resourceName: R, kind: ${kind}, driver: registers, url: "tcp://127.0.0.1:5030", registers: ${registers}}\n`;
    const power = 'read: {powerW: {address: 7, type: int16}}';
    expect(load(good + device(`{maxDischargeW: 5, ${power}}`)).devices[1]?.registers).toMatchObject({
      read: { powerW: { scale: 1, sign: 1, functionCode: 3, wordOrder: 'high-first' } },
    });
    const faulty = (registers: string, kind?: string): string => {
      try {
        load(good + device(registers, kind));
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    const points = faulty(
      '{maxDischargeW: 5, read: {powerW: {address: 65535, type: int32, scale: 0}}, write: {outputLimitW: {address: 1, type: uint32, functionCode: 6}}}',
    );
    for (const path of ['read.powerW.scale', 'read.powerW.address', 'write.outputLimitW.functionCode']) {
      expect(points).toContain(`devices[1].registers.${path}`);
    }
    const setpoint = 'write: {setpointW: {address: 1, type: int16}}';
    expect(faulty(`{maxDischargeW: 5, ${power}, ${setpoint}}`)).toContain('write.setpointEnable');
    expect(faulty(`{${power}}`)).toMatch(/registers\.maxDischargeW.*expected a number at a BESS/);
    expect(faulty(`{${power}, write: {refreshSeconds: 5}}`, 'METER')).toMatch(/registers\.write.*no orders/);
    expect(() => load(good.replace('driver: sunspec', 'driver: registers'))).toThrow(
      /devices\[0\]\.registers.*expected/,
    );
  });

  it('takes the secret from a file beside it, and refuses an empty one', () => {
    const fromFile = good.replace('clientSecret: secret', 'clientSecretFile: secret.txt');
    writeFileSync(join(dir.path, 'secret.txt'), 'from the file\n');
    expect(vtnAccessOf(load(fromFile)).clientSecret).toBe('from the file');
    writeFileSync(join(dir.path, 'secret.txt'), '\n');
    expect(() => vtnAccessOf(load(fromFile))).toThrow(/secret\.txt is empty/);
    expect(() => load(good.replace('secret}', 'secret, clientSecretFile: secret.txt}'))).toThrow(/exactly one of/);
  });

  it('takes bounds of the site, of what is beside its devices, and the meaning of SIMPLE', () => {
    const site =
      'site: {id: SITE_1, limits: {exportMaxW: 9000}, rest: {importMaxW: 500}, simple: {"2": {importMaxW: 0}}}';
    expect(load(good.replace('site: {id: SITE_1}', site)).site).toEqual({
      ...{ id: 'SITE_1', limits: { exportMaxW: 9000 }, rest: { importMaxW: 500 } },
      simple: { '2': { importMaxW: 0 } },
    });
    expect(() => load(good.replace('site: {id: SITE_1}', site.replace('"2"', '"4"')))).toThrow(/site\.simple/);
    expect(() => load(good.replace('{id: SITE_1}', '{id: SITE_1, limits: {exportMaxW: -1}}'))).toThrow(
      /site\.limits\.exportMaxW/,
    );
  });
});
