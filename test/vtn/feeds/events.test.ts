import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { revokeClient } from '../../../vtn/store/clients.ts';
import { follow, type Follower } from '../support/feed.ts';
import { startVtn, type TestClient, type TestVtn } from '../support/server.ts';
import { aUtility, callerOf } from '../utilities/support.ts';
import { tempDir } from '../../support/temp-dir.ts';

const followers: Follower[] = [];
const running: TestVtn[] = [];
afterEach(async () => {
  for (const follower of followers.splice(0)) follower.close();
  for (const vtn of running.splice(0)) await vtn.stop();
});

const eventually = (assertion: () => void | Promise<void>) => vi.waitFor(assertion, { timeout: 15_000, interval: 10 });

let shared: Promise<TestVtn> | undefined;
let programs = 0;
afterAll(async () => (await shared)?.stop());

/** A VTN of its own when the test needs a configuration, else one that all share. */
async function started(config?: object) {
  const vtn = await (config ? startVtn(config) : (shared ??= startVtn()));
  if (config) running.push(vtn);
  const bl = await vtn.client('bl');
  const join = async (who: TestClient | undefined, query = '', headers: Record<string, string> = {}) => {
    const authorization: Record<string, string> = who ? { authorization: `Bearer ${who.token}` } : {};
    const follower = await follow(`${vtn.url}/feeds/events${query}`, { ...authorization, ...headers });
    followers.push(follower);
    return follower;
  };
  /** Joins and waits until it is told what happens now. */
  const live = async (...args: Parameters<typeof join>) => {
    const follower = await join(...args);
    await eventually(() => expect(follower.named()).toContain('ready'));
    return follower;
  };
  const make = async (collection: string, body: object): Promise<string> =>
    (await bl.post(collection, body).expect(201)).body.id as string;
  const program = () => make('programs', { programName: `program ${(programs += 1)}` });
  const event = (programID: string, eventName: string, targets?: string[]) =>
    make('events', { programID, eventName, targets });
  const ven = async (...targets: string[]) => {
    const client = await vtn.client('ven');
    const venId = await make('vens', { clientID: client.id, venName: client.id, targets });
    return { ...client, venId };
  };
  return { vtn, bl, join, live, program, event, ven };
}

describe('the event feed', () => {
  it('tells of every change as a notification of OpenADR, in the order of the commits', async () => {
    const { bl, live, program, event } = await started();
    const p = await program();
    const follower = await live(bl);
    expect(follower.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    const e = await event(p, 'first');
    await bl.put(`events/${e}`, { programID: p, eventName: 'second' }).expect(200);
    await bl.delete(`events/${e}`).expect(200);
    await eventually(() => expect(follower.changes()).toEqual(['CREATE first', 'UPDATE second', 'DELETE second']));
    const [, first] = follower.heard;
    expect(first?.data).toMatchObject({ objectType: 'EVENT', operation: 'CREATE', object: { id: e, programID: p } });
    const ids = follower.heard.map(({ id }) => Number(id));
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  it('says nothing of what happened before, to those who do not come back', async () => {
    const { bl, live, program, event } = await started();
    const p = await program();
    await event(p, 'before');
    const follower = await live(bl);
    await event(p, 'after');
    await eventually(() => expect(follower.changes()).toEqual(['CREATE after']));
    expect(follower.heard[0]).toMatchObject({ name: 'ready', data: { resumed: false } });
  });

  it('tells of the events of the programs and with the targets that were asked for', async () => {
    const { bl, live, program, event, ven } = await started();
    const [p, q] = [await program(), await program()];
    const one = await ven('A');
    const ofQ = await live(bl, `?programID=${q}&programID=none`);
    const forB = await live(bl, '?targets=B');
    const both = await live(bl, `?programID=${p}&targets=A&targets=B`);
    const asVen = await live(one, '?targets=A&targets=B');
    const e = await event(p, 'p-a', ['A']);
    await event(p, 'p');
    await event(q, 'q-b', ['B']);
    await bl.put(`events/${e}`, { programID: q, eventName: 'q-ab', targets: ['A', 'B'] }).expect(200);
    await bl.put(`events/${e}`, { programID: p, eventName: 'p-c', targets: ['C'] }).expect(200);
    await event(p, 'p-b', ['B']);
    await eventually(() => {
      expect(both.changes()).toEqual(['CREATE p-a', 'DELETE p-a', 'CREATE p-b']);
      expect(ofQ.changes()).toEqual(['CREATE q-b', 'CREATE q-ab', 'DELETE q-ab']);
      expect(forB.changes()).toEqual(['CREATE q-b', 'CREATE q-ab', 'DELETE q-ab', 'CREATE p-b']);
      expect(asVen.changes()).toEqual(['CREATE p-a', 'UPDATE q-ab', 'DELETE q-ab']);
    });
  });

  it('keeps the connection alive, and moves the place to resume at along', async () => {
    const { bl, live, program, event, ven } = await started({ feeds: { heartbeatSeconds: 1 } });
    const p = await program();
    const stranger = await live(await ven());
    const before = Number(stranger.lastEventId);
    const all = await live(bl);
    await event(p, 'hidden', ['A']);
    await eventually(() => expect(all.changes()).toHaveLength(1));
    const [{ id } = { id: '' }] = all.heard.slice(-1);
    await eventually(() => expect(stranger.lastEventId).toBe(id));
    expect(Number(id)).toBeGreaterThan(before);
    expect(stranger.heartbeats).toBeGreaterThan(0);
    expect(stranger.heard).toHaveLength(1);
  });
});

describe('who comes back with Last-Event-ID', () => {
  it('is told what he missed, all of it and nothing twice, and then what happens', async () => {
    const { bl, join, live, program, event } = await started();
    const p = await program();
    const first = await live(bl);
    await event(p, 'seen');
    await eventually(() => expect(first.changes()).toHaveLength(1));
    first.close();
    const missed = Array.from({ length: 450 }, (_, n) => `missed ${n}`);
    for (const name of missed) await event(p, name);
    const again = await join(bl, '', { 'last-event-id': first.lastEventId ?? '' });
    await event(p, 'new');
    await eventually(() => expect(again.changes()).toEqual([...missed, 'new'].map((name) => `CREATE ${name}`)));
    expect(again.heard.find(({ name }) => name === 'ready')?.data).toEqual({ resumed: true });
    expect(again.named()).toEqual(['ready']);
  });

  it('is told so after a restart of the server too', async () => {
    const folder = tempDir('feed-');
    const store = { path: `${folder.path}/vtn.db` };
    const before = await started({ store });
    const p = await before.program();
    const first = await before.live(before.bl);
    await before.event(p, 'seen');
    await eventually(() => expect(first.changes()).toHaveLength(1));
    first.close();
    await before.event(p, 'missed');
    await before.vtn.stop();
    running.splice(0);
    const after = await started({ store });
    const again = await after.live(after.bl, '', { 'last-event-id': first.lastEventId ?? '' });
    expect(again.changes()).toEqual(['CREATE missed']);
    await after.vtn.stop();
    running.splice(0);
  });

  it('gains and loses nothing however often he comes and goes while changes are made', async () => {
    const { bl, join, live, program, event } = await started();
    const p = await program();
    const names = Array.from({ length: 300 }, (_, n) => `${n}`);
    const heard: string[] = [];
    const start = await live(bl);
    let { lastEventId } = start;
    start.close();
    const writing = (async () => {
      for (const name of names) await event(p, name);
    })();
    while (heard.length < names.length) {
      const follower = await join(bl, '', { 'last-event-id': lastEventId ?? '' });
      await eventually(() => expect(follower.changes().length).toBeGreaterThan(0));
      follower.close();
      await follower.closed;
      heard.push(...follower.changes());
      lastEventId = follower.lastEventId;
    }
    await writing;
    expect(heard).toEqual(names.map((name) => `CREATE ${name}`));
  });

  it('is told to read the list again when the changes are no longer kept, or the id is not one of ours', async () => {
    const { vtn, bl, live, program, event } = await started({ feeds: { retentionHours: 1 } });
    const p = await program();
    const first = await live(bl);
    await event(p, 'a');
    await eventually(() => expect(first.changes()).toHaveLength(1));
    first.close();
    await event(p, 'b');
    vtn.clock.advance(3_600_001);
    await event(p, 'c');
    const id = first.lastEventId ?? '';
    // What is too old goes when the channels have come so far.
    await eventually(async () => {
      const again = await live(bl, '', { 'last-event-id': id });
      expect(again.named()).toEqual(['reset', 'ready']);
      expect(again.heard[0]?.data).toMatchObject({ reason: expect.stringContaining('no longer known') });
    });
    for (const odd of ['999999', 'abc', '-1', '1e3', '9'.repeat(900)]) {
      const again = await live(bl, '', { 'last-event-id': odd });
      expect([odd, again.named(), again.changes()]).toEqual([odd, ['reset', 'ready'], []]);
      again.close();
    }
  });
});

describe('what the feed shows', () => {
  it('changes with the grants of the reader: he is told to read the list again, and hears on', async () => {
    const { bl, live, program, event, ven } = await started();
    const p = await program();
    const one = await ven('A');
    const [follower, other] = [await live(one), await live(await ven('A'))];
    await event(p, 'b1', ['B']);
    await bl.put(`vens/${one.venId}`, { clientID: one.id, venName: one.id, targets: ['A', 'B'] }).expect(200);
    await event(p, 'b2', ['B']);
    await eventually(() => expect(follower.changes()).toEqual(['CREATE b2']));
    expect(follower.named()).toEqual(['ready', 'reset']);
    const resource = await bl.post('resources', { venID: one.venId, resourceName: 'r', targets: ['R'] }).expect(201);
    await event(p, 'r1', ['R']);
    await eventually(() => expect(follower.changes()).toEqual(['CREATE b2', 'CREATE r1']));
    await bl.delete(`resources/${resource.body.id}`).expect(200);
    await event(p, 'r2', ['R']);
    await bl.delete(`vens/${one.venId}`).expect(200);
    await event(p, 'a', ['A']);
    await event(p, 'open');
    await eventually(() => expect(follower.changes()).toEqual(['CREATE b2', 'CREATE r1', 'CREATE open']));
    expect(follower.named()).toEqual(['ready', 'reset', 'reset', 'reset', 'reset']);
    expect([other.named(), other.changes()]).toEqual([['ready'], ['CREATE a', 'CREATE open']]);
  });

  it('changes with the targets of a program, and whom that concerns is told', async () => {
    const { bl, live, program, event, ven } = await started();
    const p = await program();
    await event(p, 'quiet');
    const [a, b] = [await live(await ven('A')), await live(await ven('B'))];
    await bl.put(`programs/${p}`, { programName: p, targets: ['A'] }).expect(200);
    await event(p, 'for a');
    await eventually(() => expect(a.changes()).toEqual(['CREATE for a']));
    expect(a.named()).toEqual(['ready']);
    await eventually(() => expect(b.named()).toEqual(['ready', 'reset']));
    await bl.put(`programs/${p}`, { programName: p, targets: [] }).expect(200);
    await event(p, 'for all');
    await eventually(() => expect(b.changes()).toEqual(['CREATE for all']));
    expect([a.named(), b.named()]).toEqual([['ready'], ['ready', 'reset', 'reset']]);
  });

  it('has changed while the reader was away: he is told to read the list again', async () => {
    const { bl, live, program, event, ven } = await started();
    const p = await program();
    const one = await ven('A');
    const first = await live(one);
    await event(p, 'b1', ['B']);
    const id = first.lastEventId ?? '';
    first.close();
    await bl.put(`vens/${one.venId}`, { clientID: one.id, venName: 'renamed', targets: ['A'] }).expect(200);
    expect((await live(one, '', { 'last-event-id': id })).named()).toEqual(['ready']);
    await bl.put(`vens/${one.venId}`, { clientID: one.id, venName: one.id, targets: ['B'] }).expect(200);
    await event(p, 'b2', ['B']);
    const again = await live(one, '', { 'last-event-id': id });
    expect(again.named()).toEqual(['reset', 'ready']);
    // What he holds now decides.
    expect(again.changes()).toEqual(['CREATE b1', 'CREATE b2']);
  });
});

describe('the feed is', () => {
  it('for business logic, VENs, utilities and admins, with a token; not for customers', async () => {
    const { vtn, join } = await started({ auth: { anonymousRead: true } });
    const statuses: [string, number][] = [];
    for (const [role, more] of [
      ['bl', {}],
      ['ven', {}],
      ['admin', {}],
      ['utility', { utility: { level: 'spectator' as const } }],
      ['customer', { account: 'a' }],
    ] as const) {
      const { status } = await join(await vtn.client(role, more));
      statuses.push([role, status]);
    }
    expect(Object.fromEntries(statuses)).toEqual({ bl: 200, ven: 200, admin: 200, utility: 200, customer: 403 });
    const anonymous = await join(undefined);
    expect([anonymous.status, anonymous.headers['www-authenticate']]).toEqual([401, expect.any(String)]);
    expect((await join(undefined, '', { authorization: 'Bearer nonsense' })).status).toBe(401);
  });

  it('for a member of a utility what GET /events shows: what is untargeted, and the targets that it was granted', async () => {
    const { vtn, bl, live, program, event } = await started();
    const p = await program();
    const members = [
      await vtn.client('utility', { utility: { level: 'spectator' } }),
      await vtn.client('utility', { utility: { level: 'admin' } }),
    ] as const;
    await bl.post('vens', { clientID: members[0].id, venName: members[0].id, targets: ['U'] }).expect(201);
    const [granted, other] = [await live(members[0]), await live(members[1])];
    await event(p, 'for the utility', ['U', 'V']);
    await event(p, 'for all');
    await eventually(() => expect(granted.changes()).toEqual(['CREATE for the utility', 'CREATE for all']));
    await eventually(() => expect(other.changes()).toEqual(['CREATE for all']));
    const { body } = await members[0].get(`events?programID=${p}`).expect(200);
    const shown = body as { eventName: string; targets?: string[] }[];
    expect(shown.find(({ eventName }) => eventName === 'for the utility')?.targets).toEqual(['U']);
    await members[0].get('vens').expect(403);
  });

  it('refused with the reason when it is asked for wrongly', async () => {
    const { vtn, bl, join } = await started();
    expect((await join(bl, '?programID=a%20b')).status).toBe(400);
    expect((await join(bl, `?targets=${'x'.repeat(129)}`)).status).toBe(400);
    expect((await join(bl, '', { accept: 'application/json' })).status).toBe(406);
    expect((await join(bl, '', { accept: 'text/event-stream' })).status).toBe(200);
    await bl.post('/feeds/events', {}).expect(405);
    const head = await fetch(`${vtn.url}/feeds/events`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${bl.token}` },
    });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  });

  it('bounded for each client and for all', async () => {
    const { vtn, bl, join, live } = await started({ feeds: { maxReadersPerClient: 2, maxReaders: 3 } });
    const [first] = [await live(bl), await live(bl)];
    expect((await join(bl)).status).toBe(429);
    const ven = await vtn.client('ven');
    expect((await join(ven)).status).toBe(200);
    expect((await join(await vtn.client('ven'))).status).toBe(503);
    first.close();
    await eventually(async () => expect((await join(bl)).status).toBe(200));
  });

  it('closed to a client that is revoked, at once, and not to others', async () => {
    const { vtn, bl, live } = await started();
    const ven = await vtn.client('ven');
    const [follower, other] = [await live(ven), await live(bl)];
    await vtn.vtn.store.write((tx) => revokeClient(tx.db, ven.id, vtn.clock.nowMs()));
    await follower.closed;
    expect(follower.heard.at(-1)).toMatchObject({ name: 'end', data: { reason: expect.stringContaining('token') } });
    expect(other.named()).toEqual(['ready']);
  });

  it('closed to the members of a utility that is deactivated, at once, and open to them when it is activated again', async () => {
    const { vtn, bl, live, join } = await started();
    await aUtility(vtn, 1);
    const member = await vtn.client('utility', { utility: { id: '1', level: 'spectator' } });
    const [follower, other] = [await live(member), await live(bl)];
    const admin = callerOf(vtn, await vtn.client('admin'));
    await admin.update('1', { isActive: false }).expect(200);
    await follower.closed;
    expect(follower.named()).toEqual(['ready', 'end']);
    expect((await join(member)).status).toBe(401);
    expect(other.named()).toEqual(['ready']);
    await admin.update('1', { isActive: true }).expect(200);
    await live(member);
  });

  it('closed when the token expires', async () => {
    const { bl, live } = await started({ auth: { tokenTtlSeconds: 1, clockToleranceSeconds: 0 } });
    const follower = await live(bl);
    await follower.closed;
    expect(follower.named()).toEqual(['ready', 'end']);
  });

  it('closed when a heartbeat finds that the token is no longer good', async () => {
    const { vtn, bl, live } = await started({ feeds: { heartbeatSeconds: 1 } });
    const follower = await live(bl);
    vtn.clock.advance(3_700_000);
    await follower.closed;
    expect(follower.named()).toEqual(['ready', 'end']);
  });

  it('ended in good order when the server stops, which does not wait for its readers', async () => {
    const { vtn, bl, live } = await started({ server: { port: 0, stopTimeoutMs: 60_000 } });
    const all = await Promise.all(Array.from({ length: 20 }, () => live(bl)));
    await vtn.stop();
    running.splice(0);
    await Promise.all(all.map(({ closed }) => closed));
    expect(all.map((follower) => follower.heard.at(-1)?.name)).toEqual(all.map(() => 'end'));
  });

  it('no trouble for others when a reader takes nothing: he is cut off, and resumes', async () => {
    const { vtn, bl, join, live, program, event } = await started();
    const p = await program();
    const [slow, quick] = [await live(bl), await live(bl)];
    slow.pause();
    const long = 'x'.repeat(120);
    const intervals = Array.from({ length: 400 }, (_, id) => ({ id, payloads: [{ type: long, values: [id] }] }));
    let made = 0;
    while (!vtn.log.some((line) => line.includes('too slow'))) {
      await bl.post('events', { programID: p, eventName: `e${made}`, intervals }).expect(201);
      made += 1;
      expect(made).toBeLessThan(1_000);
    }
    await eventually(() => expect(quick.changes()).toHaveLength(made));
    slow.resume();
    await slow.closed;
    const again = await join(bl, '', { 'last-event-id': slow.lastEventId ?? '' });
    await event(p, 'last');
    await eventually(() => expect(again.changes().at(-1)).toBe('CREATE last'));
    expect([...slow.changes(), ...again.changes()]).toEqual([...quick.changes().slice(0, made), 'CREATE last']);
    expect(again.named()).toEqual(['ready']);
  });
});
