import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { isNetwork, peerReader } from '../../../vtn/api/peer.ts';
import { vtnConfig } from '../../../vtn/config.ts';
import { BASE, startVtn } from '../support/server.ts';

const from = (remoteAddress: string, forwarded?: string | string[]) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

describe('who sent a request', () => {
  const read = peerReader(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']);

  it.each<[string, string, string | string[] | undefined, string]>([
    ['is whoever is connected', '192.0.2.1', undefined, '192.0.2.1'],
    ['is whoever is connected, whatever he says, unless he is trusted', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['is whom a trusted proxy speaks for', '10.1.2.3', '198.51.100.7', '198.51.100.7'],
    ['is whom the last of several trusted proxies heard', '127.0.0.1', '198.51.100.7, 10.9.9.9', '198.51.100.7'],
    ['is not what a client wrote before the proxy did', '10.1.2.3', '1.1.1.1, 198.51.100.7', '198.51.100.7'],
    ['is the same over several header lines', '10.1.2.3', ['1.1.1.1', '198.51.100.7'], '198.51.100.7'],
    ['is the proxy itself when it says nothing', '10.1.2.3', undefined, '10.1.2.3'],
    ['is the proxy when what it says is no address', '10.1.2.3', 'unknown', '10.1.2.3'],
    ['is found behind the form of dual-stack sockets', '::ffff:10.1.2.3', '::ffff:198.51.100.7', '198.51.100.7'],
    ['is found over IPv6', 'fd00::1', '2001:db8::7', '2001:db8::7'],
    ['is nobody when the connection is gone', '', '198.51.100.7', ''],
  ])('%s', (_rule, address, forwarded, peer) => {
    expect(read(from(address, forwarded))).toBe(peer);
  });

  it('is whoever is connected where no proxy is configured', () => {
    expect(peerReader([])(from('10.1.2.3', '198.51.100.7'))).toBe('10.1.2.3');
  });

  it('takes addresses and networks in the configuration, and nothing else', () => {
    for (const good of ['10.0.0.0/8', '::1', 'fd00::/8', '0.0.0.0/0']) expect(isNetwork(good), good).toBe(true);
    for (const bad of ['', 'proxy', '10.0.0.0/33', '10.0.0/8', '::/129', '10.0.0.0/8/8', '10.0.0.0/x']) {
      expect(isNetwork(bad), bad).toBe(false);
      expect(vtnConfig.safeParse({ server: { trustedProxies: [bad] } }).success, bad).toBe(false);
    }
  });
});

describe('the rate limit on tokens', () => {
  const TOKEN = `${BASE}/auth/token`;

  it('counts the addresses behind a trusted proxy, so that one who guesses does not lock the others out', async () => {
    const vtn = await startVtn({ server: { port: 0, trustedProxies: ['127.0.0.1'] } });
    const ven = await vtn.client('ven');
    const ask = (address: string, client_id: string, client_secret: string) =>
      vtn.anonymous
        .post(TOKEN)
        .type('form')
        .set('X-Forwarded-For', address)
        .send({ grant_type: 'client_credentials', client_id, client_secret });
    for (let i = 0; i < 100; i++) await ask('198.51.100.7', `guess-${i}`, 'x').expect(401);
    await ask('198.51.100.7', ven.id, ven.secret).expect(429);
    await ask('198.51.100.8', ven.id, ven.secret).expect(200);
    for (let i = 0; i < 100; i++) await ask(`2001:db8:0:1::${i}`, `guess-${i}`, 'x').expect(401);
    await ask('2001:db8:0:1:ffff::', ven.id, ven.secret).expect(429);
    await ask('2001:db8:0:2::', ven.id, ven.secret).expect(200);
    await vtn.stop();
  });

  it('does not let anybody choose his address otherwise', async () => {
    const vtn = await startVtn();
    const ask = (i: number) =>
      vtn.anonymous
        .post(TOKEN)
        .type('form')
        .set('X-Forwarded-For', `198.51.100.${i}`)
        .send({ grant_type: 'client_credentials', client_id: `guess-${i}`, client_secret: 'x' });
    for (let i = 0; i < 100; i++) await ask(i).expect(401);
    await ask(100).expect(429);
    await vtn.stop();
  });
});
