import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bonjour } from 'bonjour-service';
import { afterEach, describe, expect, it } from 'vitest';
import { createLog } from '@openadr-gateway/shared/log.ts';
import { findVtn } from '../../../ven-agent/client/discovery.ts';
import { hasMulticast } from '../../support/multicast.ts';
import { tempDir } from '../../support/temp-dir.ts';

const log = createLog({ name: 'test', level: 'silent' });

describe.runIf(await hasMulticast())('a VTN that is looked for (skipped where multicast does not work)', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  const folder = (): string => {
    const made = tempDir('openadr-agent-');
    ends.push(() => made.remove());
    return made.path;
  };
  const announce = (txt: Record<string, string>): string => {
    const name = `VTN ${randomBytes(4).toString('hex')}`;
    const bonjour = new Bonjour({}, () => undefined);
    bonjour.publish({ name, type: 'openadr3', host: 'no-such-vtn.local', port: 8443, txt });
    ends.push(() => bonjour.destroy());
    return name;
  };

  it('is found by its name and told by what it says of itself; it is remembered', async () => {
    const local_url = 'https://no-such-vtn.local:8443/openadr3/3.1.0';
    const name = announce({ version: '3.1.0', base_path: 'openadr3/3.1.0', local_url });
    announce({ local_url: 'https://other.local:1/openadr3/3.1.0' });
    const dataDir = join(folder(), 'data');
    expect(await findVtn({ name, allowHttp: false, dataDir, log })).toBe(local_url);
    expect(readFileSync(join(dataDir, 'vtn-url'), 'utf8').trim()).toBe(local_url);
    // It has gone: the one of the last time is taken.
    expect(await findVtn({ name: 'gone', allowHttp: false, dataDir, log, patienceMs: 50 })).toBe(local_url);
  });

  it('has the parts of its address in the service when it does not say it whole', async () => {
    const name = announce({ base_path: 'openadr3/3.1.0' });
    const url = await findVtn({ name, allowHttp: false, dataDir: folder(), log });
    expect(url).toBe('https://no-such-vtn.local:8443/openadr3/3.1.0');
  });

  it('without TLS is taken only where that is allowed, by its address when its name does not resolve', async () => {
    const name = announce({ local_url: 'http://no-such-vtn.local:8080/openadr3/3.1.0' });
    const dataDir = folder();
    const before = 'https://vtn.example.com/openadr3/3.1.1';
    writeFileSync(join(dataDir, 'vtn-url'), before);
    expect(await findVtn({ name, allowHttp: false, dataDir, log, patienceMs: 1_500 })).toBe(before);
    const url = await findVtn({ name, allowHttp: true, dataDir: folder(), log });
    expect(url).toMatch(/^http:\/\/\d+\.\d+\.\d+\.\d+:8080\/openadr3\/3\.1\.0$/);
  });
});
