import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { countedIds } from '@openadr-gateway/shared/ids.ts';
import { hasOpenssl, makeCertificates } from '../../support/certificates.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { startVtn, type TestClient, type TestVtn } from '../support/server.ts';
import { Receiver } from './receiver.ts';

const entry = (callbackUrl: string, more: object = {}) => ({
  objects: ['EVENT'],
  operations: ['CREATE'],
  callbackUrl,
  ...more,
});
const wish = (...urls: string[]) => ({ clientName: 'x', objectOperations: urls.map((url) => entry(url)) });
type Faults = { errors: { path: string; message: string }[] };

describe.skipIf(!hasOpenssl)('a subscription (needs openssl)', () => {
  const folder = tempDir('openadr-ca-');
  let vtn: TestVtn;
  let ven: TestClient;
  let receiver: Receiver;
  beforeAll(async () => {
    const { caFile, tls } = makeCertificates(folder.path);
    const webhooks = { caFile, allowedNetworks: ['127.0.0.1'], challengesPerMinute: 1_000 };
    vtn = await startVtn({ webhooks }, countedIds('obj'), { caller: undefined });
    ven = await vtn.client('ven');
    receiver = new Receiver(tls);
    await receiver.start();
  });
  afterAll(async () => {
    await receiver.stop();
    await vtn.stop();
    await folder.remove();
  });
  afterEach(() => {
    receiver.onCall = () => false;
    receiver.challenges.length = 0;
  });
  const stored = async () => ((await ven.get('subscriptions').expect(200)).body as unknown[]).length;
  const answer = (how: (response: ServerResponse, echo: string) => void) => {
    receiver.onCall = ({ path }, response) => {
      how(response, new URL(path, 'http://x').searchParams.get('echo') ?? '');
      return true;
    };
  };

  it('is stored once each of its URLs has answered the challenge, which carries the bearer token', async () => {
    const url = receiver.url('/cb?site=7');
    const objectOperations = [entry(url, { bearerToken: 'mine' }), entry(url), entry(receiver.url('/other'))];
    const { body, headers } = await ven.post('subscriptions', { clientName: 'x', objectOperations }).expect(201);
    expect(receiver.challenges.map(({ path }) => path.replace(/echo=.*/, 'echo=')).sort()).toEqual([
      '/cb?site=7&echo=',
      '/other?echo=',
    ]);
    const first = receiver.challenges.find(({ path }) => path.startsWith('/cb'));
    expect(first?.path).toMatch(/echo=[\w-]{32}$/);
    expect(first?.headers).toMatchObject({ authorization: 'Bearer mine' });
    expect(headers['webhook-secret']).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(JSON.stringify((await ven.get(`subscriptions/${body.id}`)).headers)).not.toContain('whsec_');
    await ven.delete(`subscriptions/${body.id}`).expect(200);
  });

  it('is not made when a URL does not answer as it should: 400 says which and why, and nothing is stored', async () => {
    const refusals: [string, (response: ServerResponse, echo: string) => void][] = [
      ['it answered 404, not 200', (response, echo) => response.writeHead(404).end(echo)],
      ['it answered 204, not 200', (response) => response.writeHead(204).end()],
      ['its answer does not contain the value of the query parameter echo', (response) => response.end('hello')],
      [
        'it answered with a redirect (307), which is not followed',
        (response, echo) => response.writeHead(307, { location: `/?echo=${echo}` }).end(echo),
      ],
      ['the connection was closed without an answer', (response) => response.destroy()],
    ];
    for (const [reason, how] of refusals) {
      answer(how);
      const { body } = await ven.post('subscriptions', wish(receiver.url())).expect(400);
      expect((body as Faults).errors).toMatchObject([
        {
          path: 'body.objectOperations[0].callbackUrl',
          message: `expected a URL that passes the challenge: ${reason}`,
        },
      ]);
    }
    expect(await stored()).toBe(0);
    expect(vtn.log.join()).not.toContain('"level":50');
  });

  it('with several wrong URLs is told of all of them', async () => {
    answer((response) => response.writeHead(500).end());
    const { body } = await ven.post('subscriptions', wish(receiver.url('/a'), receiver.url('/b'))).expect(400);
    expect((body as Faults).errors.map(({ path }) => path)).toEqual([
      'body.objectOperations[0].callbackUrl',
      'body.objectOperations[1].callbackUrl',
    ]);
  });

  it.each([
    ['http', () => 'http://ven.example/'],
    ['a private address', () => 'https://10.0.0.1/'],
    ['a reserved address', () => 'https://240.0.0.1/'],
    ['an IPv4-mapped address', () => `https://[::ffff:127.0.0.1]:${receiver.port}/`],
    ['user name and password', () => `https://user:pw@127.0.0.1:${receiver.port}/`],
    ['a metadata service', () => 'https://169.254.169.254/latest/meta-data'],
  ])('is not made for %s: 400, nothing is called, nothing is stored', async (_what, url) => {
    const { body } = await ven.post('subscriptions', wish(url())).expect(400);
    expect((body as Faults).errors.map(({ path }) => path)).toEqual(['body.objectOperations[0].callbackUrl']);
    expect([...receiver.challenges, ...receiver.calls]).toEqual([]);
    expect(await stored()).toBe(0);
  });

  it('is not made for a name that leads to a private address', async () => {
    const strict = await startVtn({}, countedIds('obj'), { caller: undefined });
    const client = await strict.client('ven');
    const { body } = await client.post('subscriptions', wish(receiver.url('/', 'localhost'))).expect(400);
    expect((body as Faults).errors[0]?.message).toContain('private, local and reserved addresses are not called');
    expect((await client.get('subscriptions')).body).toEqual([]);
    expect(receiver.challenges).toEqual([]);
    await strict.stop();
  });

  it('is challenged again when it is replaced, for what is new only', async () => {
    const { body } = await ven.post('subscriptions', wish(receiver.url('/a'))).expect(201);
    receiver.challenges.length = 0;
    await ven.put(`subscriptions/${body.id}`, wish(receiver.url('/a'), receiver.url('/b'))).expect(200);
    expect(receiver.challenges.map(({ path }) => path.split('?')[0])).toEqual(['/b']);
    answer((response) => response.writeHead(403).end());
    await ven.put(`subscriptions/${body.id}`, wish(receiver.url('/c'))).expect(400);
    const { body: kept } = await ven.get(`subscriptions/${body.id}`).expect(200);
    expect(kept.objectOperations).toHaveLength(2);
    await ven.delete(`subscriptions/${body.id}`).expect(200);
  });

  it('of 3.0.1 is challenged likewise, and told its secret', async () => {
    const path = '/openadr3/3.0.1/subscriptions';
    const { body: program } = await (await vtn.client('bl')).post('programs', { programName: 'p' }).expect(201);
    const sent = (url: string) => ({ ...wish(url), programID: program.id as string });
    const made = await ven.post(path, sent(receiver.url())).expect(201);
    expect(made.headers['webhook-secret']).toMatch(/^whsec_/);
    expect(receiver.challenges).toHaveLength(1);
    answer((response) => response.writeHead(403).end());
    await ven.post(path, sent(receiver.url())).expect(400);
    await ven.put(`${path}/${made.body.id}`, sent(receiver.url('/new'))).expect(400);
    await ven.put(`${path}/${made.body.id}`, sent(receiver.url())).expect(200);
    await ven.delete(`${path}/${made.body.id}`).expect(200);
  });

  it('is checked otherwise before anybody is called', async () => {
    await ven.post('subscriptions', { ...wish(receiver.url()), programID: 'none' }).expect(400);
    await ven.put('subscriptions/none', wish(receiver.url())).expect(404);
    await ven.post('subscriptions', { objectOperations: [entry(receiver.url())] }).expect(400);
    const many = Array.from({ length: 21 }, (_, i) => receiver.url(`/${i}`));
    await ven.post('subscriptions', wish(...many)).expect(400);
    expect(receiver.challenges).toEqual([]);
  });
});

describe('challenges', () => {
  it('of a client are limited: what is asked of others is not done without end', async () => {
    const vtn = await startVtn({ webhooks: { challengesPerMinute: 3 } });
    const [one, two] = [await vtn.client('ven'), await vtn.client('ven')];
    await one.post('subscriptions', wish('https://a.example/', 'https://b.example/')).expect(201);
    const { headers } = await one.post('subscriptions', wish('https://a.example/', 'https://b.example/')).expect(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await two.post('subscriptions', wish('https://a.example/')).expect(201);
    vtn.clock.advance(60_000);
    await one.post('subscriptions', wish('https://a.example/')).expect(201);
    await vtn.stop();
  });

  it('need authorities that can be read: else the VTN does not start', async () => {
    await expect(startVtn({ webhooks: { caFile: '/nowhere/ca.pem' } })).rejects.toThrow('webhooks.caFile');
    await expect(startVtn({ webhooks: { caFile: import.meta.filename } })).rejects.toThrow('webhooks.caFile');
  });
});
