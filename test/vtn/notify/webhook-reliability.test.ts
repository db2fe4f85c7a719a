import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { countedIds } from '@openadr-gateway/shared/ids.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { HttpCaller } from '../../../vtn/notify/callback-caller.ts';
import { dnsResolve } from '../../../vtn/notify/callback-resolver.ts';
import { CallbackRules } from '../../../vtn/notify/callback-rules.ts';
import { Channel } from '../../../vtn/notify/channel.ts';
import { Deliveries, type DeliveriesOptions } from '../../../vtn/notify/deliveries.ts';
import { WebhookAnnouncer } from '../../../vtn/notify/webhook-announcer.ts';
import { SqliteStore } from '../../../vtn/store/sqlite.ts';
import type { Change } from '../../../vtn/store/store.ts';
import { aProgram, aSubscription, anEvent, created, updated } from '../../support/openadr-objects.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { startVtn } from '../support/server.ts';
import { Receiver } from './receiver.ts';
import { eventually, silent } from './support.ts';
import { backlogOf } from '../../../vtn/store/outbox.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function aReceiver(): Promise<Receiver> {
  const receiver = new Receiver();
  await receiver.start();
  ends.push(() => receiver.stop());
  return receiver;
}

/** A subscription of business logic to events: of all programs, or of one. */
const toEvents = (id: string, callbackUrl: string, programID?: string) =>
  aSubscription(id, {
    clientID: `client of ${id}`,
    ...(programID === undefined ? {} : { programID }),
    objectOperations: [{ objects: ['EVENT'], operations: ['CREATE', 'UPDATE'], callbackUrl, bearerToken: null }],
  });

/** Delivers what is committed to this store. */
async function delivering(store: SqliteStore, more: Partial<DeliveriesOptions> = {}) {
  const rules = new CallbackRules({ allowInsecure: true, allowedNetworks: [] });
  const caller = new HttpCaller({ rules, resolve: dnsResolve(), timeoutMs: 20_000 });
  const deps = { store, clock: systemClock, ids: countedIds(`m${Math.random()}`), log: silent };
  const deliveries = new Deliveries({
    ...deps,
    caller,
    retryForMs: 3_600_000,
    keptForMs: 3_600_000,
    retryBaseMs: 20,
    ...more,
  });
  const announcer = new WebhookAnnouncer({ ...deps, deliveries });
  const channel = new Channel({ ...deps, announcer, pollMs: 50 });
  await announcer.start();
  channel.start();
  const stop = async () => {
    await channel.stop();
    await deliveries.stop();
    caller.close();
  };
  ends.push(stop);
  return { deliveries, channel, stop };
}

async function aStore(path = ':memory:') {
  const store = new SqliteStore({ path, clock: systemClock });
  await store.start();
  ends.push(() => store.stop());
  return { store, commit: (changes: Change[]) => store.write((tx) => tx.apply(changes)) };
}

const named = (id: string, programID: string, n: number) => anEvent(id, programID, { eventName: `${n}` });
const names = (receiver: Receiver) => receiver.told.map(({ object }) => `${object.id} ${String(object['eventName'])}`);

describe('an endpoint', () => {
  it('that fails for a while hears everything, in order, and holds up nobody', async () => {
    const { store, commit } = await aStore();
    const [bad, good] = [await aReceiver(), await aReceiver()];
    await commit(created(aProgram('p'), toEvents('a', bad.url()), toEvents('b', good.url())));
    let failures = 5;
    bad.onCall = (_call, response) => {
      if (failures === 0) return false;
      failures -= 1;
      response.writeHead(500).end();
      return true;
    };
    const { deliveries } = await delivering(store);
    const expected = Array.from({ length: 10 }, (_, n) => `e ${n}`);
    for (let n = 0; n < 10; n += 1) {
      await commit(n === 0 ? created(named('e', 'p', n)) : updated(named('e', 'p', n)));
    }
    await eventually(() => expect(names(good)).toEqual(expected));
    await eventually(() => expect(names(bad).slice(5)).toEqual(expected));
    expect(new Set(bad.calls.slice(0, 6).map(({ headers }) => headers['webhook-id'])).size).toBeLessThanOrEqual(1);
    await eventually(async () => expect(await deliveries.waiting()).toBe(0));
    expect(deliveries.states).toEqual({ active: 2, failing: 0, parked: 0 });
  });

  it('is called no more after it has failed for too long; operators see why, and resume it: then it hears all of it', async () => {
    const vtn = await startVtn({ webhooks: { allowInsecure: true, retryHours: 0 } }, countedIds('o'), {
      caller: undefined,
    });
    ends.push(() => vtn.stop());
    const [bl, ven] = [await vtn.client('bl'), await vtn.client('ven')];
    const receiver = await aReceiver();
    const objectOperations = [{ objects: ['EVENT'], operations: ['CREATE'], callbackUrl: receiver.url() }];
    const wish = { clientName: 'x', objectOperations };
    const { body: subscription } = await ven.post('subscriptions', wish).expect(201);
    const { body: program } = await bl.post('programs', { programName: 'p' }).expect(201);
    const sent: string[] = [];
    const event = async () => {
      const { body } = await bl.post('events', { programID: program.id, intervals: [] }).expect(201);
      sent.push(body.id as string);
    };
    const listed = async (query = '') =>
      (await bl.get(`/api/v1/webhooks${query}`).expect(200)).body.webhooks as object[];
    await event();
    await eventually(() => expect(receiver.calls).toHaveLength(1));
    await receiver.stop();
    await event();
    await event();
    await eventually(async () =>
      expect(await listed('?state=PARKED')).toMatchObject([
        {
          client_id: ven.id,
          callback_url: receiver.url(),
          state: 'PARKED',
          reason: 'the connection was refused',
          waiting: 2,
          dropped: 0,
        },
      ]),
    );
    expect(vtn.log.join()).toContain('a webhook endpoint is parked');
    await receiver.start();
    await event();
    const [{ webhook_id: id }] = (await listed()) as [{ webhook_id: string }];
    expect(receiver.calls).toHaveLength(1);
    await ven.post(`/api/v1/webhooks/${id}/resume`).expect(403);
    await bl.post('/api/v1/webhooks/none/resume').expect(404);
    const { body: resumed } = await bl.post(`/api/v1/webhooks/${id}/resume`).expect(200);
    expect(resumed).toMatchObject({ state: 'ACTIVE', reason: null, failing_since: null, parked_at: null });
    await eventually(() => expect(receiver.told.map(({ object }) => object.id)).toEqual(sent));

    // Who says 410 is parked at once; a PUT that passes the challenge resumes it, too.
    receiver.onCall = ({ method }, response) => method === 'POST' && Boolean(response.writeHead(410).end());
    await event();
    await eventually(async () => expect(await listed('?state=PARKED')).toMatchObject([{ reason: 'it answered 410' }]));
    receiver.onCall = (_call, response) => Boolean(response.writeHead(404).end());
    await ven.put(`subscriptions/${subscription.id}`, wish).expect(400);
    receiver.onCall = () => false;
    receiver.calls.length = 0;
    await ven.put(`subscriptions/${subscription.id}`, wish).expect(200);
    await eventually(() => expect(receiver.told.map(({ object }) => object.id)).toEqual(sent.slice(-1)));
    expect(await listed('?state=ACTIVE')).toHaveLength(1);

    await ven.delete(`subscriptions/${subscription.id}`).expect(200);
    await eventually(async () => expect(await listed()).toEqual([]));
  });

  it('is told no more of what waited for too long', async () => {
    const { store, commit } = await aStore();
    const receiver = await aReceiver();
    await receiver.stop();
    await commit(created(aProgram('p'), toEvents('a', receiver.url())));
    const { deliveries } = await delivering(store, { keptForMs: 0, retryBaseMs: 3_600_000, random: () => 0.5 });
    await commit(created(anEvent('e', 'p')));
    await eventually(() => expect(deliveries.states.failing).toBe(1));
    await eventually(async () => {
      await deliveries.clean();
      expect(await deliveries.waiting()).toBe(0);
    });
    const [row] = await store.read((db) => db.selectFrom('webhook_endpoints').selectAll().execute());
    expect(row).toMatchObject({ dropped: 1 });
  });
});

describe('kill -9', () => {
  const child = join(import.meta.dirname, 'webhook-child.ts');
  /** Runs the child until it has told `commits` commits, kills it and returns what it told. */
  async function killed(args: string[], commits: number): Promise<string[]> {
    const running = spawn(process.execPath, ['--import', 'tsx', child, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said: string[] = [];
    for await (const line of createInterface({ input: running.stdout })) {
      said.push(line);
      if (said.length === commits) running.kill('SIGKILL');
    }
    if (running.signalCode === null) await once(running, 'exit');
    expect(running.signalCode).toBe('SIGKILL');
    return said;
  }

  it.each([
    ['between commit and send', 'keep', 100],
    ['while sending', 'send', 300],
  ])(
    '%s: after the restart nothing is missing, and each event ends in its last state',
    async (_when, mode, commits) => {
      const folder = tempDir();
      ends.push(() => folder.remove());
      const path = join(folder.path, 'vtn.db');
      const receiver = await aReceiver();
      const said = await killed([path, receiver.url(), mode], commits);
      const before = receiver.calls.length;
      expect(before).toBe(mode === 'keep' ? 0 : before);
      const { store } = await aStore(path);
      const { deliveries } = await delivering(store);
      const backlog = () => store.read((db) => backlogOf(db, 'webhooks'));
      await eventually(async () => expect([await backlog(), await deliveries.waiting()]).toEqual([0, 0]));
      const heard = names(receiver);
      const missing = said.filter((line) => !heard.includes(line));
      expect(missing).toEqual([]);
      // In the order of the commits, but for what was begun again after the kill.
      const orderly = (lines: readonly string[]) => lines.map((line) => Number(line.split(' ')[1]));
      const afterwards = orderly(heard.slice(before)).filter((n) => n > 0);
      expect(afterwards).toEqual([...afterwards].sort((a, b) => a - b));
      for (const id of ['e1', 'e2', 'e3']) {
        const last = heard.filter((line) => line.startsWith(`${id} `)).at(-1);
        expect(last).toBe(`${id} ${Math.max(...orderly(heard.filter((line) => line.startsWith(`${id} `))))}`);
      }
    },
  );
});

describe('10,000 changes', () => {
  it('reach each of ten endpoints that want a tenth of them: nothing twice, nothing missing, in order', async () => {
    const { store, commit } = await aStore();
    const receivers = await Promise.all(Array.from({ length: 10 }, () => aReceiver()));
    const programs = receivers.map((_, i) => `p${i}`);
    await commit(created(...programs.map((id) => aProgram(id)), ...programs.map((id) => anEvent(`of ${id}`, id))));
    await commit(created(...receivers.map((receiver, i) => toEvents(`s${i}`, receiver.url(), `p${i}`))));
    await store.write(({ db }) => db.deleteFrom('outbox').execute());
    const { deliveries } = await delivering(store);
    for (let n = 0; n < 1_000; n += 1) {
      await commit(programs.flatMap((id) => updated(named(`of ${id}`, id, n), named(`of ${id}`, id, n - 1))));
    }
    await eventually(async () => expect(await deliveries.waiting()).toBe(0));
    receivers.forEach((receiver, i) =>
      expect(names(receiver)).toEqual(Array.from({ length: 1_000 }, (_, n) => `of p${i} ${n}`)),
    );
  }, 60_000);
});

describe('endpoints that hang', () => {
  it('do not make the others wait, however few calls there may be at a time', async () => {
    const { store, commit } = await aStore();
    const [hanging, prompt] = [await aReceiver(), await aReceiver()];
    hanging.onCall = () => true;
    const stuck = Array.from({ length: 20 }, (_, i) => toEvents(`stuck ${i}`, hanging.url(`/${i}`)));
    const others = Array.from({ length: 20 }, (_, i) => toEvents(`other ${i}`, prompt.url(`/${i}`)));
    await commit(created(aProgram('p'), ...stuck, ...others));
    const { stop } = await delivering(store, { lanes: { prompt: 4, slow: 8, promptMs: 50 } });
    for (const n of [1, 2, 3]) {
      await commit(created(anEvent(`e${n}`, 'p')));
      await eventually(() => expect(prompt.calls).toHaveLength(20 * n));
    }
    expect(hanging.calls).toHaveLength(20);
    await hanging.stop();
    await stop();
  });
});
