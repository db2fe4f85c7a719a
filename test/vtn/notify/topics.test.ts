import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROKERS, type RunningBroker } from '../support/brokers.ts';
import { operationsOf } from '../support/documents.ts';
import { startVtn, type TestClient, type TestVtn } from '../support/server.ts';
import { eventually, listen, type Listener } from './support.ts';

type Reader = 'bl' | 'one' | 'passing';
type Topics = Partial<Record<'CREATE' | 'UPDATE' | 'DELETE' | 'ALL', string>>;

/** What is asked for by whom, and of which objects below (see `objects`) all changes are heard there. */
interface Row {
  endpoint: string;
  by: Reader;
  heard: string[];
}

const row = (endpoint: string, by: Reader, ...heard: string[]): Row => ({ endpoint, by, heard });

const ROWS: readonly Row[] = [
  row('programs', 'bl', 'open program', 'program for A'),
  row('programs', 'one', 'open program'),
  row('programs/{open program}', 'bl', 'open program'),
  row('programs/{open program}', 'one', 'open program'),
  row('programs/{program for A}', 'bl', 'program for A'),
  row('programs/{program for A}', 'one', 'program for A'),
  row('events', 'bl', 'open event', 'event for A', 'event for nobody', 'event in A'),
  row('programs/{open program}/events', 'bl', 'open event', 'event for A', 'event for nobody'),
  row('programs/{open program}/events', 'one', 'open event'),
  row('programs/{program for A}/events', 'bl', 'event in A'),
  row('programs/{program for A}/events', 'one', 'event for A', 'event in A'),
  row('reports', 'bl', 'report'),
  row('subscriptions', 'bl', 'subscription'),
  row('vens', 'bl', 'passing ven'),
  row('vens/{passing ven}', 'bl', 'passing ven'),
  row('vens/{passing ven}', 'passing', 'passing ven'),
  row('resources', 'bl', 'resource'),
  row('vens/{one}/events', 'bl', 'event for A', 'event in A'),
  row('vens/{one}/events', 'one', 'event for A', 'event in A'),
  row('vens/{one}/programs', 'bl', 'program for A'),
  row('vens/{one}/programs', 'one', 'program for A'),
  row('vens/{one}/resources', 'bl', 'resource'),
  row('vens/{one}/resources', 'one', 'resource'),
];
const FOR_BUSINESS_LOGIC = ['events', 'reports', 'subscriptions', 'vens', 'resources'];

const nameOf = ({ endpoint, by }: Row): string => `${endpoint} by ${by}`;

it('the table has every topic endpoint of the document', async () => {
  const paths = (await operationsOf('shared/openapi/openadr-3.1.yaml')).map(({ path }) => path);
  const documented = paths.filter((path) => path.includes('/mqtt/topics/'));
  const named = ROWS.map(({ endpoint }) =>
    endpoint.replace(/^programs\/\{[^}]+\}/, 'programs/{programID}').replace(/^vens\/\{[^}]+\}/, 'vens/{venID}'),
  );
  expect(documented).toHaveLength(12);
  expect([...new Set(named)].map((path) => `/notifiers/mqtt/topics/${path}`).sort()).toEqual(documented.sort());
});

for (const { broker, isMissing, start } of BROKERS)
  describe.skipIf(isMissing)(`what is advertised and what is published, with ${broker}`, () => {
    let running: RunningBroker;
    let vtn: TestVtn;
    const clients = {} as Record<Reader, TestClient>;
    const ids = new Map<string, string>();
    const names = new Map<string, string>();
    /** One that follows the topic of each operation, one that follows ALL. */
    const followers = new Map<string, { topics: Topics; single: Listener; all: Listener }>();
    let watcher: Listener;
    let uri: string;

    const idOf = (name: string): string => ids.get(name) ?? '';
    const subscribed = async (
      username: string,
      password: string,
      filters: (string | undefined)[],
    ): Promise<Listener> => {
      const listener = await listen(uri, { username, password });
      for (const filter of filters) if (filter !== undefined) expect(await listener.subscribe(filter)).toBe(1);
      return listener;
    };
    const ask = (client: TestClient, endpoint: string) =>
      client.get(`notifiers/mqtt/topics/${endpoint.replace(/\{(.+)\}/, (_, name: string) => idOf(name))}`);
    const follow = async (rows: readonly Row[]): Promise<void> => {
      // An external broker is told whom to let in, with the rights of its ven, when he asks where it is.
      for (const reader of new Set(rows.map(({ by }) => by))) await clients[reader].get('notifiers').expect(200);
      const following = rows.map(async (one) => {
        const client = clients[one.by];
        const { topics } = (await ask(client, one.endpoint).expect(200)).body as { topics: Topics };
        const { ALL, ...each } = topics;
        const [single, all] = await Promise.all([
          subscribed(client.id, client.token, Object.values(each)),
          subscribed(client.id, client.token, [ALL]),
        ]);
        followers.set(nameOf(one), { topics, single, all });
      });
      await Promise.all(following);
    };

    /** What each is made of, once what it refers to is there. */
    const objects = (): [name: string, by: Reader, collection: string, body: object][] => {
      const callback = { callbackUrl: 'https://one.example/', objects: ['EVENT'], operations: ['CREATE'] };
      const event = (programName: string, targets: string[]) => ({ programID: idOf(programName), targets });
      return [
        ['open program', 'bl', 'programs', { programName: 'open' }],
        ['program for A', 'bl', 'programs', { programName: 'for A', targets: ['A'] }],
        ['passing ven', 'bl', 'vens', { clientID: clients.passing.id, venName: 'passing', targets: [] }],
        ['open event', 'bl', 'events', event('open program', [])],
        ['event for A', 'bl', 'events', event('open program', ['A'])],
        ['event for nobody', 'bl', 'events', event('open program', ['nobody'])],
        ['event in A', 'bl', 'events', event('program for A', [])],
        ['resource', 'one', 'resources', { resourceName: 'r', venID: idOf('one') }],
        ['report', 'one', 'reports', { eventID: idOf('open event'), clientName: 'one', resources: [] }],
        ['subscription', 'one', 'subscriptions', { clientName: 'one', objectOperations: [callback] }],
      ];
    };
    /** Makes it and remembers its id. */
    const make = async (name: string, by: Reader, collection: string, body: object): Promise<void> => {
      const { id } = (await clients[by].post(collection, body).expect(201)).body as { id: string };
      ids.set(name, id);
      names.set(id, name);
    };
    const makeAll = async (...collections: string[]): Promise<void> => {
      for (const [position, [, , collection]] of objects().entries()) {
        const object = objects()[position];
        if (object && collections.includes(collection)) await make(...object);
      }
    };
    /** `topic: OPERATION object`, sorted: only the changes of one object have an order among themselves. */
    const told = ({ heard }: Listener): string[] =>
      heard
        .map(({ topic, text }) => ({ topic, ...(JSON.parse(text) as { operation: string; object: { id: string } }) }))
        .map(({ topic, operation, object }) => `${topic}: ${operation} ${names.get(object.id) ?? object.id}`)
        .sort();
    const expectedOf = (one: Row): string[] =>
      one.heard
        .flatMap((name) =>
          (['CREATE', 'UPDATE', 'DELETE'] as const).flatMap((operation) => {
            // Nobody can ask for the creation of what he names.
            if (operation === 'CREATE' && one.endpoint.endsWith(`{${name}}`)) return [];
            return [`${followers.get(nameOf(one))?.topics[operation]}: ${operation} ${name}`];
          }),
        )
        .sort();

    beforeAll(async () => {
      running = await start();
      vtn = await startVtn({ mqtt: running.mqtt });
      for (const reader of ['bl', 'one', 'passing'] as const)
        clients[reader] = await vtn.client(reader === 'bl' ? 'bl' : 'ven');
      uri = (await clients.bl.get('notifiers').expect(200)).body.MQTT.URIS[0];
      const { username, password } = running.administrator ?? {
        username: clients.bl.id,
        password: clients.bl.token,
      };
      watcher = await subscribed(username, password, ['#']);
      await make('one', 'bl', 'vens', { clientID: clients.one.id, venName: 'one', targets: ['A'] });
      // Followers of one object come when it is there and was announced, and before anything belongs to it.
      const isEarly = ({ endpoint }: Row) => !/\{(open program|program for A|passing ven)\}/.test(endpoint);
      await follow(ROWS.filter(isEarly));
      await makeAll('programs', 'vens');
      await eventually(() => expect(told(watcher)).toHaveLength(6));
      await follow(ROWS.filter((one) => !isEarly(one)));
      await makeAll('events', 'resources', 'reports', 'subscriptions');
      const all = objects();
      for (const [name, by, collection, body] of all)
        await clients[by].put(`${collection}/${idOf(name)}`, body).expect(200);
      for (const [name, by, collection] of all.reverse())
        await clients[by].delete(`${collection}/${idOf(name)}`).expect(200);
      await make('the last', 'bl', 'vens', { clientID: 'somebody', venName: 'the last', targets: [] });
      await eventually(() => expect(told(watcher).join()).toContain('CREATE the last'));
    }, 60_000);
    afterAll(async () => {
      for (const { single, all } of followers.values()) for (const { client } of [single, all]) client.end(true);
      watcher.client.end(true);
      await vtn.stop();
      await running.stop();
    });

    it.each(ROWS.map((one) => [nameOf(one), one] as const))(
      '%s: each topic has exactly the operations that it names',
      async (name, one) => {
        const follower = followers.get(name);
        if (!follower) throw new Error('nobody follows');
        const heard = (listener: Listener) => told(listener).filter((line) => !line.endsWith(' the last'));
        await eventually(() => expect(heard(follower.single)).toEqual(expectedOf(one)));
        await eventually(() => expect(heard(follower.all)).toEqual(expectedOf(one)));
      },
    );

    it('nothing is published that nobody is told of', () => {
      const advertised = new Set([...followers.values()].flatMap(({ topics }) => Object.values(topics)));
      const published = [...new Set(watcher.heard.map(({ topic }) => topic))];
      expect(published.filter((topic) => !advertised.has(topic))).toEqual([]);
    });

    it.each(FOR_BUSINESS_LOGIC)('%s are for business logic alone', async (endpoint) => {
      await ask(clients.one, endpoint).expect(403);
    });
  });
