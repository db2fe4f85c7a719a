import { randomBytes } from 'node:crypto';
import { Bonjour } from 'bonjour-service';
import { afterAll, describe, expect, it } from 'vitest';
import { findService, hasMulticast } from '../support/multicast.ts';
import { startVtn } from './support/server.ts';

describe.runIf(await hasMulticast())('a VTN on the local network (skipped where multicast does not work)', () => {
  const bonjour = new Bonjour({}, () => undefined);
  afterAll(() => bonjour.destroy());
  const unique = (): string => `VTN ${randomBytes(4).toString('hex')}`;

  it('is found as _openadr3._tcp with the keys of the Definition, and no more when it has stopped', async () => {
    const name = unique();
    const mdns = { enabled: true, name, host: 'myvtn', programNames: ['one', 'two'] };
    const vtn = await startVtn({ mdns });
    const service = await findService(bonjour, 'openadr3', name, 15_000);
    const { port } = new URL(vtn.url);
    expect(service).toMatchObject({ host: 'myvtn.local', port: Number(port), protocol: 'tcp' });
    const origin = `http://myvtn.local:${port}`;
    expect(service?.txt).toEqual({
      version: '3.1.1',
      base_path: 'openadr3/3.1.1',
      local_url: `${origin}/openadr3/3.1.1`,
      program_names: 'one,two',
      requires_auth: 'True',
      openapi_url: `${origin}/openapi/openadr-3.1.yaml`,
    });
    const gone = new Promise<void>((resolve) => {
      const browser = bonjour.find({ type: 'openadr3' });
      browser.on('down', (left) => {
        if (left.name === name) resolve();
      });
      browser.on('up', (found) => {
        if (found.name === name) void vtn.stop();
      });
    });
    await gone;
  });

  it('is told of by its public address when it has one, and is not told of at all by default', async () => {
    const name = unique();
    const server = { port: 0, publicUrl: 'https://vtn.example.com' };
    const quiet = await startVtn({ mdns: { name: `${name} quiet` } });
    const vtn = await startVtn({ mdns: { enabled: true, name }, server, auth: { anonymousRead: true } });
    const service = await findService(bonjour, 'openadr3', name, 15_000);
    expect(service?.port).toBe(443);
    expect(service?.txt).toMatchObject({
      local_url: 'https://vtn.example.com/openadr3/3.1.1',
      requires_auth: 'False',
    });
    expect(await findService(bonjour, 'openadr3', `${name} quiet`, 500)).toBeUndefined();
    await vtn.stop();
    await quiet.stop();
  });
});
