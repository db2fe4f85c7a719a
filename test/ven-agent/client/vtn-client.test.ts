import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { NoAnswerError } from '../../../ven-agent/client/http.ts';
import { VtnClient } from '../../../ven-agent/client/vtn-client.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { event, NOON, payload } from '../builders.ts';
import { FakeVtn } from '../fake-vtn.ts';

const limit = () => event([payload('EXPORT_CAPACITY_LIMIT', 1)]);
const many = (n: number) => Array.from({ length: n }, limit);

let vtn: FakeVtn;
let client: VtnClient;
const clock = new ManualClock(NOON);

beforeEach(async () => {
  vtn = new FakeVtn();
  const url = await vtn.start();
  client = new VtnClient({ url, clientId: 'client', clientSecret: 'secret', timeoutMs: 2000 }, clock);
});

afterEach(async () => {
  client.close();
  await vtn.stop();
});

async function ids(): Promise<string[] | 'unchanged'> {
  const read = await client.activeEvents();
  return read.kind === 'unchanged' ? 'unchanged' : read.events.map((e) => e.id);
}

describe('reading the list of events', () => {
  it('yields every event once, and then says that nothing changed', async () => {
    vtn.events = many(3);
    expect(await ids()).toEqual(vtn.events.map((e) => e.id));
    expect(await ids()).toBe('unchanged');
    expect(vtn.seen('/events')[0]).toBe('GET /events?active=true&limit=50&skip=0');
  });

  it('yields an empty list as a list', async () => {
    expect(await ids()).toEqual([]);
    expect(await ids()).toBe('unchanged');
  });

  it('reads all pages, also when the last one is full', async () => {
    vtn.events = many(100);
    expect(await ids()).toHaveLength(100);
    vtn.events = many(120);
    expect(await ids()).toEqual(vtn.events.map((e) => e.id));
    expect(await ids()).toBe('unchanged');
  });

  it('loses no event that moves to an earlier page while it reads', async () => {
    vtn.events = many(60);
    let pages = 0;
    vtn.beforeEvents = () => {
      // The first event ends between the first and the second page: the 51st becomes the 50th.
      if (++pages === 2) vtn.events = vtn.events.slice(1);
    };
    expect(await ids()).toEqual(vtn.events.map((e) => e.id));
  });

  it('concludes nothing from a list whose second page fails', async () => {
    vtn.events = many(60);
    await ids();
    vtn.events = [];
    vtn.troubles.push({ path: '/events', status: 500 });
    await expect(client.activeEvents()).rejects.toMatchObject({ status: 500 });
    expect(await ids()).toEqual([]);
  });

  it('takes an answer that is cut off for none', async () => {
    vtn.events = many(1);
    vtn.troubles.push({ path: '/events', status: 200, cut: true }, { path: '/events', status: 200, cut: true });
    await expect(client.activeEvents()).rejects.toBeInstanceOf(NoAnswerError);
    expect(await ids()).toHaveLength(1);
  });

  it('says what was wrong when the VTN refuses', async () => {
    vtn.troubles.push({ path: '/events', status: 503, headers: { 'retry-after': '7' } });
    await expect(client.activeEvents()).rejects.toMatchObject({ status: 503, retryAfterMs: 7000 });
    const at = new Date(NOON + 30_000).toUTCString();
    const date = new Date(NOON).toUTCString();
    vtn.troubles.push({ path: '/events', status: 429, headers: { 'retry-after': at, date } });
    await expect(client.activeEvents()).rejects.toMatchObject({ status: 429, retryAfterMs: 30_000 });
  });
});

describe('the access token', () => {
  it('is fetched once and used until shortly before it expires', async () => {
    await Promise.all([client.activeEvents(), client.enrolment()]);
    expect(vtn.tokens).toBe(1);
    clock.advance(3600_000 - 29_000);
    await client.activeEvents();
    expect(vtn.tokens).toBe(2);
  });

  it('is renewed once on a 401, and the request goes through', async () => {
    await client.activeEvents();
    vtn.expireOldTokens = true;
    vtn.tokens += 1;
    vtn.events = many(1);
    expect(await ids()).toHaveLength(1);
    expect(vtn.tokens).toBe(3);
  });

  it('is not asked for again and again when fresh ones are refused too', async () => {
    vtn.troubles.push({ path: '/events', status: 401 }, { path: '/events', status: 401 });
    await expect(client.activeEvents()).rejects.toMatchObject({ status: 401 });
    expect(vtn.tokens).toBe(2);
  });

  it('has a clear error when the secret is wrong', async () => {
    const other = new VtnClient({ url: vtn.url, clientId: 'client', clientSecret: 'wrong' }, clock);
    await expect(other.activeEvents()).rejects.toThrow(/token: 401 .*invalid_client/);
    other.close();
  });
});

describe('enrolment and notifiers', () => {
  it('finds its own ven and resources', async () => {
    vtn.vens.unshift({ id: 'ven-0', venName: 'other', clientID: 'somebody' });
    vtn.resources.push({ id: 'r-2', venID: 'ven-0', resourceName: 'PV_9' });
    expect(await client.enrolment()).toEqual({
      venId: 'ven-1',
      venName: 'gateway',
      venTargets: ['SITE_1'],
      resources: [{ resourceName: 'BESS_1', targets: ['BESS_1'] }],
    });
    vtn.vens = [];
    expect(await client.enrolment()).toBeUndefined();
  });

  it('learns which assets an inverter serves from the attribute of its resource', async () => {
    const attributes = [
      { type: 'LOCATION', values: ['roof'] },
      { type: 'ASSET_IDS', values: ['BESS_1', 7, 'PV_1'] },
    ];
    vtn.resources.push(
      { id: 'r-2', venID: 'ven-1', resourceName: 'INV_1', targets: ['INV_1'], attributes },
      { id: 'r-3', venID: 'ven-1', resourceName: 'INV_2', attributes: [{ type: 'ASSET_IDS', values: 'BESS_1' }] },
    );
    expect((await client.enrolment())?.resources.slice(1)).toEqual([
      { resourceName: 'INV_1', targets: ['INV_1'], assetIds: ['BESS_1', 'PV_1'] },
      { resourceName: 'INV_2', targets: [] },
    ]);
  });

  it('listens to its resources, too, where the VTN offers their topics', async () => {
    vtn.notifiers = { WEBHOOK: true, MQTT: { URIS: ['mqtt://127.0.0.1:1'], serialization: 'JSON' } };
    vtn.resourceTopics = { CREATE: 'r/create', UPDATE: 'r/update', DELETE: 'r/delete' };
    expect((await client.mqttBinding('ven-1'))?.enrolmentTopics).toEqual(['r/create', 'r/update', 'r/delete']);
    vtn.troubles.push({ path: '/notifiers/mqtt/topics/vens/ven-1/resources', status: 503 });
    await expect(client.mqttBinding('ven-1')).rejects.toMatchObject({ status: 503 });
  });

  it('finds the MQTT binding with the token as password', async () => {
    vtn.notifiers = {
      WEBHOOK: true,
      MQTT: {
        URIS: ['ws://no.example', 'mqtt://127.0.0.1:1'],
        serialization: 'JSON',
        authentication: { method: 'OAUTH2_BEARER_TOKEN', username: '{clientID}' },
      },
    };
    expect(await client.mqttBinding('ven-1')).toEqual({
      urls: ['mqtt://127.0.0.1:1'],
      topics: ['e/+'],
      enrolmentTopics: [],
      credentials: { username: 'client', password: 'token-1' },
      renewInMs: expect.any(Number),
    });
  });

  it('signs in at a broker that has accounts of its own with that account, which lasts', async () => {
    vtn.notifiers = {
      WEBHOOK: true,
      MQTT: { URIS: ['mqtt://127.0.0.1:1'], serialization: 'JSON', authentication: { method: 'ANONYMOUS' } },
    };
    const mqtt = { username: 'site', password: 'of the broker' };
    const other = new VtnClient({ url: vtn.url, clientId: 'client', clientSecret: 'secret', mqtt }, clock);
    const binding = await other.mqttBinding('ven-1');
    expect([binding?.credentials, binding?.renewInMs]).toEqual([mqtt, undefined]);
    other.close();
  });

  it('finds none where the VTN has webhooks only', async () => {
    expect(await client.mqttBinding('ven-1')).toBeUndefined();
  });
});

it('a VTN is trusted by the authority that the configuration names, and by no other', async () => {
  const folder = tempDir('openadr-tls-');
  const { ca, tls } = makeCertificates(folder.path);
  const server = https.createServer(tls, (request, response) => {
    request.resume();
    if (request.url === '/auth/server') response.statusCode = 404;
    response.end(JSON.stringify(request.method === 'POST' ? { access_token: 't' } : []));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const access = { url, clientId: 'c', clientSecret: 's' };
  const [trusting, other] = [new VtnClient({ ...access, ca }, clock), new VtnClient(access, clock)];
  await expect(other.activeEvents()).rejects.toThrow(/certificate/);
  await expect(trusting.activeEvents()).resolves.toEqual({ kind: 'complete', events: [] });
  trusting.close();
  other.close();
  await new Promise((resolve) => server.close(resolve));
  await folder.remove();
});

it('a VTN that cannot be reached is named in the error', async () => {
  const dead = new VtnClient({ url: 'http://127.0.0.1:1/x', clientId: 'c', clientSecret: 's' }, clock);
  await expect(dead.activeEvents()).rejects.toThrow(/http:\/\/127\.0\.0\.1:1\/x.*ECONNREFUSED/);
  dead.close();
});
