import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock, systemClock } from '@openadr-gateway/shared/time/clock.ts';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { MqttTransport } from '../../../vtn/notify/mqtt.ts';
import { Channel, type Announcer, type ChannelOptions } from '../../../vtn/notify/channel.ts';
import { MqttAnnouncer } from '../../../vtn/notify/mqtt-announcer.ts';
import { backlogOf, openChannels, outboxAfter } from '../../../vtn/store/outbox.ts';
import { deleteProgramChanges } from '../../../vtn/store/programs.ts';
import { SqliteStore } from '../../../vtn/store/sqlite.ts';
import type { Change } from '../../../vtn/store/store.ts';
import { aProgram, aResource, aVen, anEvent, created, deleted, updated } from '../../support/openadr-objects.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { ExternalBroker } from './external-broker.ts';
import { eventually, listen, silent, testBroker, type Heard } from './support.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function startedStore(path = ':memory:') {
  const store = new SqliteStore({ path, clock: systemClock });
  await store.start();
  ends.push(() => store.stop());
  return {
    store,
    commit: (changes: Change[]) => store.write((tx) => tx.apply(changes)),
    waiting: async () => (await store.read((db) => outboxAfter(db, 0, 100_000))).length,
  };
}

/** A program for the events of a test, that was announced long ago. */
async function known(store: SqliteStore): Promise<void> {
  await store.write(async (tx) => {
    await tx.apply(created(aProgram('p')));
    await tx.db.deleteFrom('outbox').execute();
  });
}

function startedNotifier(store: SqliteStore, url: string, password: string, more: Partial<ChannelOptions> = {}) {
  const transport = new MqttTransport({ url, username: 'vtn', password, log: silent, random: () => 0.1 });
  const announcer = new MqttAnnouncer({ store, log: silent, transport, ...more });
  const notifier = new Channel({ store, clock: systemClock, announcer, log: silent, random: () => 0.1, ...more });
  ends.push(
    () => transport.stop(),
    () => notifier.stop(),
  );
  transport.start();
  notifier.start();
  return { transport, notifier };
}

async function withExternalBroker(more: Partial<ChannelOptions> = {}) {
  const broker = new ExternalBroker();
  await broker.start();
  ends.push(() => broker.stop());
  const stored = await startedStore();
  await known(stored.store);
  return { broker, ...stored, ...startedNotifier(stored.store, broker.url, broker.password, more) };
}

const named = (id: string, n: number) => anEvent(id, 'p', { eventName: `${n}` });
/** `e1 7` for the message of an event's state. */
function states(heard: readonly Heard[]): string[] {
  return heard
    .filter(({ topic }) => topic.startsWith('openadr3/3.1/events/'))
    .map(({ text }) => (JSON.parse(text) as { object: Event }).object)
    .map(({ id, eventName }) => `${id} ${eventName ?? ''}`);
}

describe('the notifier', () => {
  it('announces every commit, in order, and then the outbox is empty', async () => {
    const { broker, commit, waiting } = await withExternalBroker({ batchSize: 7 });
    await commit(created(anEvent('e1', 'p'), anEvent('e2', 'p')));
    const expected = ['e1 ', 'e2 '];
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => {
        const id = n % 2 === 0 ? 'e1' : 'e2';
        expected.push(`${id} ${n}`);
        return commit(updated(named(id, n)));
      }),
    );
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(states(broker.published)).toEqual(expected);
  });

  it('announces what was committed before it was started', async () => {
    const { store, commit, waiting } = await startedStore();
    await known(store);
    await commit(created(anEvent('e1', 'p')));
    const broker = new ExternalBroker();
    await broker.start();
    ends.push(() => broker.stop());
    startedNotifier(store, broker.url, broker.password);
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(states(broker.published)).toEqual(['e1 ']);
  });

  it('finds what another process committed, by looking from time to time', async () => {
    const folder = tempDir();
    ends.push(() => folder.remove());
    const [mine, others] = [
      await startedStore(join(folder.path, 'vtn.db')),
      await startedStore(join(folder.path, 'vtn.db')),
    ];
    await known(others.store);
    const broker = new ExternalBroker();
    await broker.start();
    ends.push(() => broker.stop());
    startedNotifier(mine.store, broker.url, broker.password, { pollMs: 20 });
    await others.commit(created(anEvent('e1', 'p')));
    await eventually(() => expect(states(broker.published)).toEqual(['e1 ']));
  });

  it('keeps everything while the broker is down, and announces it in order when it is back', async () => {
    const { broker, commit, waiting, transport } = await withExternalBroker();
    await eventually(() => expect(transport.connected).toBe(true));
    await broker.stop();
    await commit(created(anEvent('e1', 'p')));
    for (let n = 1; n <= 5; n += 1) await commit(updated(named('e1', n)));
    expect(await waiting()).toBe(6);
    await broker.start();
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(states(broker.published)).toEqual(['e1 ', 'e1 1', 'e1 2', 'e1 3', 'e1 4', 'e1 5']);
  });

  it('begins again at the first change that was not acknowledged, so that no old state comes last', async () => {
    const { broker, commit, waiting } = await withExternalBroker();
    let drops = 3;
    broker.onPublish = (text) => {
      if (!text.includes('"eventName":"2"') || drops === 0) return 'accept';
      drops -= 1;
      return 'drop';
    };
    await commit([...created(anEvent('e1', 'p')), ...[1, 2, 3, 4].flatMap((n) => updated(named('e1', n)))]);
    await eventually(async () => expect(await waiting()).toBe(0));
    const heard = states(broker.published);
    expect(drops).toBe(0);
    expect(new Set(heard)).toEqual(new Set(['e1 ', 'e1 1', 'e1 2', 'e1 3', 'e1 4']));
    expect(heard.slice(-3)).toEqual(['e1 2', 'e1 3', 'e1 4']);
  });

  it('waits for what is on its way when it is stopped, but not for ever; what is left stays in the outbox', async () => {
    const { broker, commit, waiting, notifier, transport } = await withExternalBroker({ stopTimeoutMs: 50 });
    await eventually(() => expect(transport.connected).toBe(true));
    const stuck = new Promise<void>((resolve) => {
      broker.onPublish = () => {
        resolve();
        return 'ignore';
      };
    });
    await commit(created(anEvent('e1', 'p')));
    await stuck;
    await notifier.stop();
    expect(await waiting()).toBe(1);
  });

  it('forgets what nobody can hear, without looking at it', async () => {
    const { store, commit, waiting } = await startedStore();
    await known(store);
    await store.write(({ db }) =>
      db
        .insertInto('outbox')
        .values({ operation: 'CREATE', object_type: 'EVENT', object_id: 'x', body: '{', previous: null, created_ms: 0 })
        .execute(),
    );
    const said: string[] = [];
    const log = Object.assign(Object.create(silent) as typeof silent, {
      error: (_details: object, message: string) => said.push(message),
    });
    const announcer = {
      name: 'nobody',
      state: () => 'skip' as const,
      announce: () => Promise.reject(new Error('it has read what nobody hears')),
    };
    const notifier = new Channel({ store, clock: systemClock, announcer, log, pollMs: 60_000 });
    ends.push(() => notifier.stop());
    notifier.start();
    await eventually(async () => expect(await waiting()).toBe(0));
    await commit(created(anEvent('e1', 'p')));
    await commit(created(anEvent('e2', 'p')));
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(said).toEqual([]);
  });

  it('drops a row that cannot be read, says so, and goes on', async () => {
    const errors: string[] = [];
    const log = Object.assign(Object.create(silent) as typeof silent, {
      error: (_details: object, message: string) => errors.push(message),
    });
    const { broker, store, commit, waiting } = await withExternalBroker({ log });
    await store.write(({ db }) =>
      db
        .insertInto('outbox')
        .values({ operation: 'CREATE', object_type: 'EVENT', object_id: 'x', body: '{', previous: null, created_ms: 0 })
        .execute(),
    );
    await commit(created(anEvent('e1', 'p')));
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(states(broker.published)).toEqual(['e1 ']);
    expect(errors).toEqual(['an outbox row cannot be read and is skipped']);
  });
});

describe('several channels', () => {
  /** Hears of rows by the ids of their objects, or holds them up. */
  class Ear implements Announcer {
    readonly name: string;
    readonly heard: string[] = [];
    isStuck = false;
    constructor(name: string) {
      this.name = name;
    }
    state() {
      return this.isStuck ? ('wait' as const) : ('ready' as const);
    }
    announce(rows: readonly { seq: number; object_id: string }[]) {
      this.heard.push(...rows.map((row) => row.object_id));
      return Promise.resolve({ upTo: rows.at(-1)?.seq });
    }
  }
  function listening(store: SqliteStore, announcer: Announcer, more: Partial<ChannelOptions> = {}) {
    const channel = new Channel({ store, clock: systemClock, announcer, log: silent, pollMs: 20, ...more });
    ends.push(() => channel.stop());
    channel.start();
    return channel;
  }
  const events = (n: number) => Array.from({ length: n }, (_, i) => anEvent(`e${i}`, 'p'));

  it('read at their own pace: one that stands still holds up no other, and loses nothing', async () => {
    const { store, commit, waiting } = await startedStore();
    await known(store);
    const [quick, slow] = [new Ear('quick'), new Ear('slow')];
    slow.isStuck = true;
    await store.write(({ db }) => openChannels(db, ['quick', 'slow']));
    listening(store, slow);
    listening(store, quick);
    const backlog = () => store.read((db) => backlogOf(db, slow.name));
    await commit(created(...events(300)));
    await eventually(() => expect(quick.heard).toHaveLength(300));
    expect([slow.heard.length, await waiting(), await backlog()]).toEqual([0, 300, 300]);
    slow.isStuck = false;
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(slow.heard).toEqual(quick.heard);
    expect(await backlog()).toBe(0);
  });

  it('do not wait for one that was switched off; one that is new hears of what comes', async () => {
    const { store, commit, waiting } = await startedStore();
    await known(store);
    const [ear, late] = [new Ear('ear'), new Ear('late')];
    await store.write(({ db }) => openChannels(db, ['ear', 'gone']));
    listening(store, ear);
    await commit(created(...events(3)));
    await eventually(() => expect(ear.heard).toHaveLength(3));
    expect(await waiting()).toBe(3);
    await store.write(({ db }) => openChannels(db, ['ear', 'late']));
    listening(store, late);
    await commit(updated(anEvent('e1', 'p')));
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(late.heard).toEqual(['e1']);
  });

  it('leave what is kept for a while, for readers who come back, until its time is over', async () => {
    const clock = new ManualClock('2026-01-01T00:00:00Z');
    const store = new SqliteStore({ path: ':memory:', clock });
    await store.start();
    ends.push(() => store.stop());
    await store.write(({ db }) => openChannels(db, ['ear']));
    const ear = new Ear('ear');
    listening(store, ear, { clock, keptForMs: 60_000 });
    const kept = () => store.read(async (db) => (await outboxAfter(db, 0, 100)).map((row) => row.object_id));
    await store.write((tx) => tx.apply(created(aProgram('p'))));
    clock.advance(60_000);
    await store.write((tx) => tx.apply(created(anEvent('e1', 'p'))));
    await eventually(() => expect(ear.heard).toEqual(['p', 'e1']));
    expect(await kept()).toEqual(['p', 'e1']);
    clock.advance(1);
    await store.write((tx) => tx.apply(created(anEvent('e2', 'p'))));
    await eventually(async () => expect(await kept()).toEqual(['e1', 'e2']));
  });
});

describe('who hears of a change', () => {
  async function withVens() {
    const broker = testBroker(
      new Map([
        ['north', { clientId: 'client of north', role: 'ven' as const, venIds: ['north'] }],
        ['south', { clientId: 'client of south', role: 'ven' as const, venIds: ['south'] }],
      ]),
    );
    const { url } = await broker.start();
    ends.push(() => broker.stop());
    const { store, commit, waiting } = await startedStore();
    await commit([
      ...created(aVen('north', { targets: ['DE'] }), aVen('south', { targets: ['DE'] })),
      ...created(aResource('r', 'north', { targets: ['coast'] })),
    ]);
    const { transport } = startedNotifier(store, url, broker.internal.password);
    await eventually(async () => expect(await waiting()).toBe(0));
    const ven = async (name: string) => {
      const listener = await listen(url, { username: '', password: name });
      ends.push(() => void listener.client.end(true));
      await listener.subscribe(`openadr3/3.1/vens/${name}/#`);
      await listener.subscribe('openadr3/3.1/programs/#');
      return listener;
    };
    return { commit, store, transport, waiting, north: await ven('north'), south: await ven('south') };
  }
  const told = (heard: readonly Heard[]) =>
    heard.map(({ topic, text }) => {
      const { operation, object } = JSON.parse(text) as { operation: string; object: Event };
      const targets = object.targets ? ` [${object.targets.join()}]` : '';
      return `${operation} ${topic.replace('openadr3/3.1/', '')} ${object.id}${targets}`;
    });

  it('a ven hears of what it may see, with the targets that it or its resources hold, and of nothing else', async () => {
    const { commit, north, south } = await withVens();
    await commit(created(aProgram('p', { targets: ['DE', 'secret'] })));
    await commit(created(anEvent('e1', 'p', { targets: ['coast', 'DE', 'secret'] })));
    await commit(created(anEvent('e2', 'p', { targets: ['coast'] })));
    await commit(created(anEvent('e3', 'p', { targets: ['secret'] })));
    await commit(created(anEvent('e4', 'p', { targets: ['south'] })));
    await commit(created(aProgram('end')));
    await eventually(() =>
      expect([north, south].map(({ heard }) => told(heard).at(-1))).toEqual(
        Array(2).fill('CREATE programs/create end'),
      ),
    );
    expect(told(north.heard)).toEqual([
      'CREATE vens/north/programs/create p [DE]',
      'CREATE vens/north/events/create e1 [coast,DE]',
      'CREATE vens/north/events/create e2 [coast]',
      'CREATE programs/create end',
    ]);
    expect(told(south.heard)).toEqual([
      'CREATE vens/south/programs/create p [DE]',
      'CREATE vens/south/events/create e1 [DE]',
      'CREATE vens/south/events/create e4 [south]',
      'CREATE programs/create end',
    ]);
  });

  it('a ven that loses sight of an event by an update is told that it is gone', async () => {
    const { commit, north, south } = await withVens();
    await commit(created(aProgram('p')));
    await commit(created(anEvent('e', 'p', { targets: ['DE'] })));
    await commit(updated(anEvent('e', 'p', { targets: ['coast'] })));
    await eventually(() => expect([north.heard.length, south.heard.length]).toEqual([3, 3]));
    expect(told(north.heard).at(-1)).toBe('UPDATE vens/north/events/update e [coast]');
    expect(told(south.heard).at(-1)).toBe('DELETE vens/south/events/delete e [DE]');
  });

  it('the events of a targeted program that is deleted are announced to those who could see them', async () => {
    const { commit, store, north, south } = await withVens();
    const program = aProgram('p', { targets: ['coast'] });
    await commit(created(program, anEvent('e', 'p')));
    await store.write(async (tx) => tx.apply(await deleteProgramChanges(tx.db, program)));
    await eventually(() => expect(north.heard.length).toBe(4));
    await commit(deleted(aResource('r', 'north', { targets: ['coast'] })));
    await eventually(() => expect(north.heard.length).toBe(5));
    expect(told(north.heard)).toEqual([
      'CREATE vens/north/programs/create p [coast]',
      'CREATE vens/north/events/create e',
      'DELETE vens/north/events/delete e',
      'DELETE vens/north/programs/delete p [coast]',
      'DELETE vens/north/resources/delete r [coast]',
    ]);
    expect(south.heard).toEqual([]);
  });
});

describe('kill -9', () => {
  const child = join(import.meta.dirname, 'committing-child.ts');
  /** Runs the child until it has told `commits` commits, kills it and returns what it told. */
  async function killed(args: string[], commits: number): Promise<string[]> {
    const process_ = spawn(process.execPath, ['--import', 'tsx', child, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const told: string[] = [];
    for await (const line of createInterface({ input: process_.stdout })) {
      told.push(line);
      if (told.length === commits) process_.kill('SIGKILL');
    }
    if (process_.signalCode === null) await once(process_, 'exit');
    expect(process_.signalCode).toBe('SIGKILL');
    return told;
  }

  it('between commit and send: everything that was committed is announced after the restart, in order', async () => {
    const folder = tempDir();
    ends.push(() => folder.remove());
    const told = await killed([join(folder.path, 'vtn.db')], 100);
    const broker = new ExternalBroker();
    await broker.start();
    ends.push(() => broker.stop());
    const { store, waiting } = await startedStore(join(folder.path, 'vtn.db'));
    expect(await waiting()).toBeGreaterThanOrEqual(told.length);
    startedNotifier(store, broker.url, broker.password);
    await eventually(async () => expect(await waiting()).toBe(0));
    expect(states(broker.published).slice(3, 3 + told.length)).toEqual(told);
  });

  it('while sending: nothing is missing, and the last state of each event comes last', async () => {
    const broker = new ExternalBroker();
    await broker.start();
    ends.push(() => broker.stop());
    for (const commits of [20, 150, 400]) {
      const folder = tempDir();
      ends.push(() => folder.remove());
      broker.published.length = 0;
      const told = await killed([join(folder.path, 'vtn.db'), broker.url, 'vtn', broker.password], commits);
      const before = broker.published.length;
      const { store, waiting } = await startedStore(join(folder.path, 'vtn.db'));
      startedNotifier(store, broker.url, broker.password);
      await eventually(async () => expect(await waiting()).toBe(0));
      const heard = states(broker.published);
      expect(before).toBeGreaterThan(0);
      expect(told.filter((state) => !heard.includes(state))).toEqual([]);
      for (const id of ['e1', 'e2', 'e3']) {
        const [final] = await store.read((db) => db.selectFrom('events').select('body').where('id', '=', id).execute());
        const ofEvent = heard.filter((state) => state.startsWith(`${id} `));
        expect(ofEvent.at(-1)).toBe(`${id} ${(JSON.parse(final?.body ?? '{}') as Event).eventName ?? ''}`);
        expect([...new Set(ofEvent)]).toEqual(
          [...new Set(ofEvent)].sort((a, b) => Number(a.slice(3)) - Number(b.slice(3))),
        );
      }
    }
  });
});
