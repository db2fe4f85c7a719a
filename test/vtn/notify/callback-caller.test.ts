import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HttpCaller, type HttpCallerOptions } from '../../../vtn/notify/callback-caller.ts';
import { dnsResolve, type Resolve } from '../../../vtn/notify/callback-resolver.ts';
import { CallbackRules, FORBIDDEN_ADDRESS } from '../../../vtn/notify/callback-rules.ts';
import { challenge } from '../../../vtn/notify/challenge.ts';
import { signatureHeaders } from '../../../vtn/notify/signature.ts';
import { hasOpenssl, makeCertificates, type Certificates } from '../../support/certificates.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { Receiver } from './receiver.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const rules = (allowedNetworks: string[] = []) => new CallbackRules({ allowInsecure: false, allowedNetworks });
const development = new CallbackRules({ allowInsecure: true, allowedNetworks: [] });

function aCaller(options: Partial<HttpCallerOptions> = {}): HttpCaller {
  const caller = new HttpCaller({ rules: development, resolve: dnsResolve(), timeoutMs: 5_000, ...options });
  ends.push(() => caller.close());
  return caller;
}

async function aReceiver(tls?: Certificates['tls']): Promise<Receiver> {
  const receiver = new Receiver(tls);
  await receiver.start();
  ends.push(() => receiver.stop());
  return receiver;
}

const to = (url: string, body = 'x') => ({ method: 'POST' as const, url, headers: {}, body });
/** Answers in turn; the last one for ever. Notes who asked. */
function answering(...answers: string[][]): Resolve & { asked: number } {
  const resolve = Object.assign(
    () => {
      const addresses = answers[Math.min(resolve.asked, answers.length - 1)] ?? [];
      resolve.asked += 1;
      return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
    },
    { asked: 0 },
  );
  return resolve;
}

describe('a call', () => {
  it('carries method, headers and body, and tells how it was answered', async () => {
    const receiver = await aReceiver();
    receiver.onCall = (_call, response) => {
      response.writeHead(503, { 'retry-after': '7' }).end('later');
      return true;
    };
    const request = { ...to(receiver.url('/a?b=c'), 'grüß'), headers: { authorization: 'Bearer t' } };
    expect(await aCaller().call(request)).toEqual({
      kind: 'answered',
      status: 503,
      body: 'later',
      retryAfterSeconds: 7,
    });
    expect(receiver.calls).toMatchObject([
      { method: 'POST', path: '/a?b=c', body: 'grüß', headers: { authorization: 'Bearer t', 'content-length': '6' } },
    ]);
  });

  it('does not follow redirects', async () => {
    const [inner, outer] = [await aReceiver(), await aReceiver()];
    outer.onCall = (_call, response) => {
      response.writeHead(302, { location: inner.url() }).end();
      return true;
    };
    expect(await aCaller().call(to(outer.url()))).toMatchObject({ kind: 'answered', status: 302 });
    expect(await challenge(aCaller(), outer.url(), undefined)).toContain('a redirect (302), which is not followed');
    expect([...inner.calls, ...inner.challenges]).toEqual([]);
  });

  it('is given up after its time, however slowly the other side goes on answering', async () => {
    const receiver = await aReceiver();
    receiver.onCall = (_call, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(drip));
      return true;
    };
    const outcome = await aCaller({ timeoutMs: 200 }).call(to(receiver.url()));
    expect(outcome).toEqual({ kind: 'failed', reason: 'no complete answer within 0.2 s' });
  });

  it('reads no more than the beginning of a long answer', async () => {
    const receiver = await aReceiver();
    let isCut = false;
    receiver.onCall = (_call, response) => {
      response.on('close', () => (isCut = !response.writableFinished));
      const fill = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', fill);
      };
      fill();
      return true;
    };
    const outcome = await aCaller().call(to(receiver.url()));
    expect(outcome.kind === 'answered' && outcome.body.length).toBeLessThanOrEqual(65_536);
    await expect.poll(() => isCut).toBe(true);
  });

  it('that meets a kept connection which is just closing is made again at once', async () => {
    const receiver = await aReceiver();
    const caller = aCaller();
    expect(await caller.call(to(receiver.url(), '1'))).toMatchObject({ status: 200 });
    let drops = 1;
    receiver.onCall = (_call, response) => {
      if (drops-- <= 0) return false;
      response.socket?.resetAndDestroy();
      return true;
    };
    expect(await caller.call(to(receiver.url(), '2'))).toMatchObject({ kind: 'answered', status: 200 });
  });

  it('says why it failed without telling of our networks', async () => {
    const receiver = await aReceiver();
    const url = receiver.url();
    await receiver.stop();
    expect(await aCaller().call(to(url))).toEqual({ kind: 'failed', reason: 'the connection was refused' });
    const nowhere = aCaller({ resolve: () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })) });
    expect(await nowhere.call(to('https://ven.example/'))).toEqual({
      kind: 'failed',
      reason: 'its name cannot be resolved',
    });
  });
});

describe('a name', () => {
  const forbidden = { kind: 'failed', reason: FORBIDDEN_ADDRESS };

  it.each([
    ['127.0.0.1'],
    ['10.1.2.3'],
    ['169.254.169.254'],
    ['::1'],
    ['fe80::1'],
    ['::ffff:127.0.0.1'],
    ['64:ff9b::7f00:1'],
  ])('that leads to %s is not called', async (address) => {
    const resolve = answering([address]);
    expect(await aCaller({ rules: rules(), resolve }).call(to('https://ven.example/'))).toEqual(forbidden);
    expect(resolve.asked).toBe(1);
  });

  it('that leads to a public address and a private one is not called', async () => {
    const resolve = answering(['93.184.215.14', '10.0.0.1']);
    expect(await aCaller({ rules: rules(), resolve }).call(to('https://ven.example/'))).toEqual(forbidden);
  });

  it('whose address changes after the check is not asked again: the connection goes to the address that was checked', async () => {
    const receiver = await aReceiver();
    const others = await aReceiver();
    // Allowed is only where the receiver is; the second answer is what an attacker would like to be used.
    const resolve = answering(['127.0.0.1'], ['127.0.0.2']);
    const caller = aCaller({ rules: development, resolve });
    expect(await caller.call(to(`http://rebinding.example:${receiver.port}/`))).toMatchObject({ status: 200 });
    expect([resolve.asked, receiver.calls.length, others.calls.length]).toEqual([1, 1, 0]);
  });

  it('that was good at the challenge is checked again at each connection', async () => {
    const caller = aCaller({
      rules: rules(['192.0.2.0/24']),
      resolve: answering(['192.0.2.1'], ['127.0.0.1']),
      timeoutMs: 50,
    });
    expect(await caller.call(to('https://ven.example/'))).not.toEqual(forbidden);
    expect(await caller.call(to('https://ven.example/'))).toEqual(forbidden);
  });

  it('is not needed for an address, which is refused before anything is opened', async () => {
    const resolve = answering(['93.184.215.14']);
    const outcome = await aCaller({ rules: rules(), resolve }).call(to('https://127.0.0.1/'));
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining(FORBIDDEN_ADDRESS) });
    expect(resolve.asked).toBe(0);
  });

  it('of this machine is found without name servers', async () => {
    expect((await dnsResolve()('localhost')).map(({ address }) => address)).toContain('127.0.0.1');
  });
});

describe.skipIf(!hasOpenssl)('over HTTPS (needs openssl)', () => {
  const folder = tempDir('openadr-ca-');
  let authority: Certificates;
  beforeAll(() => {
    authority = makeCertificates(folder.path);
  });
  afterAll(() => folder.remove());
  const here = rules(['127.0.0.0/8']);

  it('an authority of our own is trusted when it is configured, and no one else', async () => {
    const receiver = await aReceiver(authority.tls);
    const [trusting, other] = [aCaller({ rules: here, ca: authority.ca }), aCaller({ rules: here })];
    expect(await trusting.call(to(receiver.url()))).toMatchObject({ kind: 'answered', status: 200 });
    expect(await other.call(to(receiver.url()))).toMatchObject({
      kind: 'failed',
      reason: 'the call failed: UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });

  it('the certificate must be that of the name', async () => {
    const receiver = await aReceiver(authority.tls);
    const caller = aCaller({ rules: here, ca: authority.ca, resolve: answering(['127.0.0.1']) });
    expect(await caller.call(to(receiver.url('/', 'receiver.example')))).toMatchObject({ status: 200 });
    expect(await caller.call(to(receiver.url('/', 'other.example')))).toMatchObject({
      kind: 'failed',
      reason: 'the call failed: ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('a server that does not speak TLS is a failure', async () => {
    const receiver = await aReceiver();
    const caller = aCaller({ rules: here, ca: authority.ca });
    expect(await caller.call(to(receiver.url().replace('http', 'https')))).toMatchObject({ kind: 'failed' });
  });
});

describe('the signature', () => {
  it('is that of the Standard Webhooks specification', () => {
    // The example of its documentation: https://www.standardwebhooks.com
    const headers = signatureHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      body: '{"test": 2432232314}',
      nowMs: 1_614_265_330_000,
    });
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });
});
