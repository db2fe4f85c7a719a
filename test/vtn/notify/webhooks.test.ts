import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countedIds } from '@openadr-gateway/shared/ids.ts';
import { startVtn, type TestClient, type TestVtn } from '../support/server.ts';
import { Receiver } from './receiver.ts';
import { eventually } from './support.ts';

const ALL = ['CREATE', 'UPDATE', 'DELETE'];
const OBJECTS = ['PROGRAM', 'EVENT', 'REPORT', 'VEN', 'RESOURCE', 'SUBSCRIPTION'];
const webhooks = { allowInsecure: true, challengesPerMinute: 100_000 };

/** What a receiver was told, as `CREATE EVENT [targets]`. */
const told = (receiver: Receiver) =>
  receiver.told.map(({ operation, object }) => {
    const { objectType, targets } = object as unknown as { objectType: string; targets?: string[] };
    return `${operation} ${objectType}${targets ? ` [${targets.join()}]` : ''}`;
  });

describe('webhooks', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let north: TestClient;
  let south: TestClient;
  const receivers: Receiver[] = [];
  beforeAll(async () => {
    vtn = await startVtn({ webhooks }, countedIds('obj'), { caller: undefined });
    [bl, north, south] = [await vtn.client('bl'), await vtn.client('ven'), await vtn.client('ven')];
    await bl.post('vens', { venName: 'north', clientID: north.id, targets: ['DE', 'coast'] }).expect(201);
    await bl.post('vens', { venName: 'south', clientID: south.id, targets: ['DE'] }).expect(201);
  });
  afterAll(() => vtn.stop());
  afterEach(async () => {
    for (const receiver of receivers.splice(0)) await receiver.stop();
    for (const { id } of (await bl.get('subscriptions?limit=50')).body)
      await bl.delete(`subscriptions/${id}`).expect(200);
  });
  beforeEach(() => vtn.clock.advance(1_000));
  const listening = async (): Promise<Receiver> => {
    const receiver = new Receiver();
    await receiver.start();
    receivers.push(receiver);
    return receiver;
  };
  /** A receiver of what this client subscribes to. */
  const subscribed = async (client: TestClient, entry: object = {}, more: object = {}) => {
    const receiver = await listening();
    const objectOperations = [{ objects: OBJECTS, operations: ALL, callbackUrl: receiver.url(), ...entry }];
    const answer = await client.post('subscriptions', { clientName: 'x', objectOperations, ...more }).expect(201);
    return { receiver, id: answer.body.id as string, secret: answer.headers['webhook-secret'] as string };
  };
  const program = async (more: object = {}) =>
    (await bl.post('programs', { programName: `p${vtn.clock.nowMs()}${Math.random()}`, ...more }).expect(201)).body
      .id as string;
  const event = async (programID: string, more: object = {}) =>
    (await bl.post('events', { programID, intervals: [], ...more }).expect(201)).body.id as string;
  /** Tells that everything before was told: this is the last that everybody hears. */
  const end = async (...all: Receiver[]) => {
    const id = await program();
    await eventually(() => {
      for (const { told: heard } of all) expect(heard.at(-1)?.object.id).toBe(id);
    });
    return id;
  };

  it('tell the object as it is read over HTTP, with bearer token and a signature that the secret of the subscription verifies', async () => {
    const { receiver, secret } = await subscribed(north, { bearerToken: 'let me in', objects: ['EVENT'] });
    const id = await event(await program());
    await eventually(() => expect(receiver.calls).toHaveLength(1));
    const [call] = receiver.calls;
    const { body: read } = await north.get(`events/${id}`).expect(200);
    expect(JSON.parse(call!.body)).toEqual({ objectType: 'EVENT', operation: 'CREATE', object: read });
    expect(call).toMatchObject({ method: 'POST', path: '/callback' });
    expect(call!.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer let me in' });
    const { 'webhook-id': message, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = call!.headers;
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const mac = createHmac('sha256', key).update(`${String(message)}.${String(timestamp)}.${call!.body}`);
    expect(signature).toBe(`v1,${mac.digest('base64')}`);
    expect(Number(timestamp)).toBe(Math.floor(vtn.clock.nowMs() / 1_000));
  });

  it('tell a subscriber what its client may see, with the same targets hidden, and nothing else', async () => {
    const [n, s, b] = [await subscribed(north), await subscribed(south), await subscribed(bl)];
    await end(n.receiver, s.receiver, b.receiver);
    for (const one of [n, s, b]) one.receiver.calls.length = 0;
    const open = await program();
    await event(open, { targets: ['DE', 'coast', 'secret'] });
    await event(open, { targets: ['coast'] });
    await event(open, { targets: ['secret'] });
    const hidden = await program({ targets: ['coast', 'secret'] });
    await event(hidden);
    await event(hidden, { targets: ['DE'] });
    await end(n.receiver, s.receiver, b.receiver);
    expect(told(n.receiver)).toEqual([
      'CREATE PROGRAM',
      'CREATE EVENT [DE,coast]',
      'CREATE EVENT [coast]',
      'CREATE PROGRAM [coast]',
      'CREATE EVENT',
      'CREATE EVENT [DE]',
      'CREATE PROGRAM',
    ]);
    expect(told(s.receiver)).toEqual(['CREATE PROGRAM', 'CREATE EVENT [DE]', 'CREATE PROGRAM']);
    expect(told(b.receiver)).toEqual([
      'CREATE PROGRAM',
      'CREATE EVENT [DE,coast,secret]',
      'CREATE EVENT [coast]',
      'CREATE EVENT [secret]',
      'CREATE PROGRAM [coast,secret]',
      'CREATE EVENT',
      'CREATE EVENT [DE]',
      'CREATE PROGRAM',
    ]);
  });

  it('are filtered by program, objects, operations and targets', async () => {
    const [p, q] = [await program(), await program()];
    const ofProgram = await subscribed(bl, { objects: ['EVENT'] }, { programID: p });
    const ofTargets = await subscribed(north, { objects: ['EVENT'] }, { targets: ['coast', 'secret'] });
    const deletions = await subscribed(bl, { objects: ['EVENT'], operations: ['DELETE'] });
    const earlier = await subscribed(bl, { objects: ['EVENT'], operations: ['POST', 'PUT', 'DELETE'] });
    const reads = await subscribed(bl, { operations: ['READ', 'GET'] });
    const inP = await event(p, { targets: ['coast'] });
    const inQ = await event(q, { targets: ['DE'] });
    await event(q, { targets: ['secret'] });
    await bl.put(`events/${inP}`, { programID: p, intervals: [], eventName: 'x', targets: ['coast'] }).expect(200);
    await bl.delete(`events/${inP}`).expect(200);
    await bl.delete(`events/${inQ}`).expect(200);
    await eventually(() => expect(earlier.receiver.calls).toHaveLength(6));
    await eventually(() => expect(deletions.receiver.calls).toHaveLength(2));
    const of = ({ receiver }: { receiver: Receiver }) =>
      receiver.told.map((one) => `${one.operation} ${one.object.id}`);
    expect(of(ofProgram)).toEqual([`CREATE ${inP}`, `UPDATE ${inP}`, `DELETE ${inP}`]);
    expect(of(ofTargets)).toEqual([`CREATE ${inP}`, `UPDATE ${inP}`, `DELETE ${inP}`]);
    expect(of(deletions)).toEqual([`DELETE ${inP}`, `DELETE ${inQ}`]);
    expect(of(earlier)[0]).toBe(`POST ${inP}`);
    expect(of(earlier)[3]).toBe(`PUT ${inP}`);
    expect(of(reads)).toEqual([]);
  });

  it('say DELETE of what goes out of sight by an update, and CREATE of what comes into it', async () => {
    const [n, s] = [await subscribed(north, { objects: ['EVENT'] }), await subscribed(south, { objects: ['EVENT'] })];
    const p = await program();
    const id = await event(p, { targets: ['DE'] });
    await bl.put(`events/${id}`, { programID: p, intervals: [], targets: ['coast'] }).expect(200);
    await bl.put(`events/${id}`, { programID: p, intervals: [], targets: ['DE'] }).expect(200);
    await eventually(() => expect([n.receiver.calls.length, s.receiver.calls.length]).toEqual([3, 3]));
    expect(told(n.receiver)).toEqual(['CREATE EVENT [DE]', 'UPDATE EVENT [coast]', 'UPDATE EVENT [DE]']);
    expect(told(s.receiver)).toEqual(['CREATE EVENT [DE]', 'DELETE EVENT [DE]', 'CREATE EVENT [DE]']);
  });

  it('to one URL from several entries come once, with the token of the entry that asks for them', async () => {
    const receiver = await listening();
    const entry = (operations: string[], bearerToken: string) => ({
      objects: ['EVENT'],
      operations,
      callbackUrl: receiver.url(),
      bearerToken,
    });
    const objectOperations = [entry(['CREATE'], 'first'), entry(['CREATE', 'DELETE'], 'second')];
    await north.post('subscriptions', { clientName: 'x', objectOperations }).expect(201);
    const id = await event(await program());
    await bl.delete(`events/${id}`).expect(200);
    await eventually(() => expect(receiver.calls).toHaveLength(2));
    expect(receiver.calls.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
  });

  it('of a subscription made over 3.0.1 look as 3.0.1 does', async () => {
    const receiver = await listening();
    const path = '/openadr3/3.0.1/subscriptions';
    const objectOperations = [{ objects: ['EVENT'], operations: ['POST'], callbackUrl: receiver.url() }];
    const p = await program();
    await north.post(path, { clientName: 'x', programID: p, objectOperations }).expect(201);
    const id = await event(p, { targets: ['coast'] });
    await eventually(() => expect(receiver.calls).toHaveLength(1));
    const { body } = await north.get(`/openadr3/3.0.1/events/${id}`).expect(200);
    expect(receiver.told).toEqual([{ objectType: 'EVENT', operation: 'POST', object: body }]);
    expect(body.targets).toEqual([{ type: 'GROUP', values: ['coast'] }]);
  });

  it('do not tell of what was before the subscription, or after its end; a revoked client is told nothing more', async () => {
    const p = await program();
    await event(p);
    vtn.clock.advance(1_000);
    const leaving = await vtn.client('ven');
    const [n, l, b] = [
      await subscribed(north, { objects: ['EVENT'] }),
      await subscribed(leaving, { objects: ['EVENT'] }),
      await subscribed(bl, { objects: ['EVENT'] }),
    ];
    const first = await event(p);
    await eventually(() => expect([n, l].map(({ receiver }) => receiver.calls.length)).toEqual([1, 1]));
    await north.delete(`subscriptions/${n.id}`).expect(200);
    const admin = await vtn.client('admin');
    await admin.delete(`/api/v1/clients/${leaving.id}`).expect(204);
    const second = await event(p);
    await eventually(() => expect(b.receiver.calls).toHaveLength(2));
    expect(b.receiver.told.map(({ object }) => object.id)).toEqual([first, second]);
    expect([n, l].map(({ receiver }) => receiver.told.map(({ object }) => object.id))).toEqual([[first], [first]]);
  });
});
