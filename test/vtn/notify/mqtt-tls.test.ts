import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MqttTransport } from '../../../vtn/notify/mqtt.ts';
import { makeCertificates, type Certificates } from '../../support/certificates.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { startVtn, type TestVtn } from '../support/server.ts';
import { eventually, listen, silent, testBroker, type Listener } from './support.ts';

describe('the embedded broker with a certificate', () => {
  const folder = tempDir('openadr-tls-');
  let files: Certificates;
  let tls: { certFile: string; keyFile: string };
  const ends: (() => unknown)[] = [];
  beforeAll(() => {
    files = makeCertificates(folder.path);
    tls = { certFile: files.certFile, keyFile: files.keyFile };
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  afterAll(() => folder.remove());

  const started = async (mqtt: object): Promise<TestVtn> => {
    const vtn = await startVtn({ mqtt: { mode: 'embedded', port: 0, ...mqtt } });
    ends.push(() => vtn.stop());
    return vtn;
  };
  const enter = async (...args: Parameters<typeof listen>): Promise<Listener> => {
    const listener = await listen(...args);
    ends.push(() => listener.client.end(true));
    return listener;
  };

  it('is told of as mqtts://, and what clients hear there is what is published', async () => {
    const vtn = await started({ tls });
    const bl = await vtn.client('bl');
    const { URIS } = (await bl.get('notifiers').expect(200)).body.MQTT;
    expect(URIS).toEqual([expect.stringMatching(/^mqtts:\/\/127\.0\.0\.1:\d+$/)]);
    const listener = await enter(URIS[0], { password: bl.token, username: 'any', ca: files.ca });
    const { topics } = (await bl.get('notifiers/mqtt/topics/programs').expect(200)).body;
    expect(await listener.subscribe(topics.ALL)).toBe(1);
    await bl.post('programs', { programName: 'p' }).expect(201);
    await eventually(() => expect(listener.heard.map(({ topic }) => topic)).toEqual([topics.CREATE]));
    await expect(enter(URIS[0], { password: 'wrong', username: 'any', ca: files.ca })).rejects.toMatchObject({
      code: 4,
    });
  });

  it('lets nobody in who does not speak TLS, and is no use to who does not know the authority', async () => {
    const vtn = await started({ tls });
    const bl = await vtn.client('bl');
    const [url] = (await bl.get('notifiers').expect(200)).body.MQTT.URIS;
    await expect(enter(url.replace('mqtts', 'mqtt'), { password: bl.token, username: 'any' })).rejects.toThrow();
    await expect(enter(url, { password: bl.token, username: 'any' })).rejects.toThrow(/certificate/);
  });

  it("lets nobody but the VTN through the VTN's own door, which is not encrypted", async () => {
    const tokens = new Map([['good', { clientId: 'c', role: 'bl' as const, venIds: [] }]]);
    const broker = testBroker(tokens, { tls: files.tls });
    const { url } = await broker.start();
    ends.push(() => broker.stop());
    expect(broker.internal.url).toMatch(/^mqtt:\/\/127\.0\.0\.1:/);
    expect(broker.internal.url).not.toBe(url.replace('mqtts', 'mqtt'));
    await expect(enter(broker.internal.url, { username: 'x', password: 'good' })).rejects.toMatchObject({ code: 5 });
    const { url: door, username, password } = broker.internal;
    await expect(enter(door, { username, password })).resolves.toBeDefined();
  });

  it('does not start with files that are missing or do not belong together: all are named', async () => {
    const odd = join(folder.path, 'odd.pem');
    writeFileSync(odd, 'nonsense');
    const missing = join(folder.path, 'missing');
    const start = (mqtt: object) => startVtn({ mqtt: { mode: 'embedded', port: 0, ...mqtt } });
    await expect(start({ tls: { certFile: missing, keyFile: odd } })).rejects.toThrow(
      /mqtt\.tls\.certFile: .*missing: ENOENT[\s\S]*mqtt\.tls\.keyFile: .*odd\.pem/,
    );
    const other = tempDir('openadr-tls-');
    const { keyFile } = makeCertificates(other.path);
    await expect(start({ tls: { certFile: files.certFile, keyFile } })).rejects.toThrow(/tls\.keyFile: .*mismatch/);
    await other.remove();
    const external = { mode: 'external', url: 'mqtts://127.0.0.1:1', caFile: odd };
    await expect(startVtn({ mqtt: external })).rejects.toThrow(/mqtt\.caFile: .*odd\.pem/);
  });

  it('of somebody else is trusted by its authority', async () => {
    const vtn = await started({ tls });
    const bl = await vtn.client('bl');
    const [url] = (await bl.get('notifiers').expect(200)).body.MQTT.URIS;
    for (const [ca, connects] of [
      [files.ca, true],
      [undefined, false],
    ] as const) {
      let reason = '';
      const transport = new MqttTransport({
        url,
        username: 'any',
        password: bl.token,
        ...(ca === undefined ? {} : { ca }),
        log: Object.assign(Object.create(silent) as typeof silent, {
          warn: (details: { reason: string }) => void (reason = details.reason),
        }),
      });
      transport.start();
      await eventually(() => expect([transport.connected, reason !== '']).toEqual([connects, !connects]));
      await transport.stop();
      if (!connects) expect(reason).toMatch(/certificate/);
    }
  });
});
