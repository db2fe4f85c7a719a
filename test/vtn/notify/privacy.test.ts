import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { BROKERS, type RunningBroker } from '../support/brokers.ts';
import { follow, type Follower } from '../support/feed.ts';
import { bodyOf, expectedBy, nameOf, OBJECTS, PRIVACY, READERS, type Reader } from '../support/privacy-table.ts';
import { startVtn, type TestClient, type TestVtn } from '../support/server.ts';
import { eventually, listen, type Listener } from './support.ts';

const ROOT = 'openadr3/3.1';
const LAST = 'the last one';

/** Each reader subscribes to everything that it is allowed to, and to everything else as well. */
for (const { broker, isMissing, start } of BROKERS)
  describe.skipIf(isMissing)(`object privacy, over HTTP, the feed and ${broker}`, () => {
    let vtn: TestVtn;
    let running: RunningBroker;
    const clients = {} as Record<Reader, TestClient>;
    const vens = { one: '', two: '', bl: '' };
    const programs: Record<string, string> = {};
    const feeds = {} as Record<Reader, Follower>;
    const mqtt: Partial<Record<Reader, Listener>> = {};

    const shown = ({ eventName, targets }: Event): string => `${eventName} [${(targets ?? []).join()}]`;

    beforeAll(async () => {
      running = await start();
      vtn = await startVtn({ mqtt: running.mqtt });
      for (const reader of READERS) {
        const role = reader === 'bl' || reader === 'admin' || reader === 'utility' ? reader : 'ven';
        clients[reader] = await vtn.client(role, role === 'utility' ? { utility: { level: 'leader' } } : {});
      }
      const make = async (collection: string, body: object, by: Reader = 'bl'): Promise<string> =>
        (await clients[by].post(collection, body).expect(201)).body.id as string;
      for (const [reader, target] of [
        ['one', 'A'],
        ['two', 'B'],
      ] as const)
        vens[reader] = await make('vens', { clientID: clients[reader].id, venName: reader, targets: [target] });
      programs['open'] = await make('programs', { programName: 'open' });
      programs['for A'] = await make('programs', { programName: 'for A', targets: ['A'] });
      for (const reader of READERS) {
        const { token, id } = clients[reader];
        feeds[reader] = await follow(`${vtn.url}/feeds/events`, { authorization: `Bearer ${token}` });
        await eventually(() => expect(feeds[reader].named()).toEqual(['ready']));
        if (reader === 'utility') continue;
        const { body } = await clients[reader].get('notifiers').expect(200);
        const listener = await listen(body.MQTT.URIS[0], { username: id, password: token });
        mqtt[reader] = listener;
        const topics = [
          'events',
          'programs',
          'programs/+/events',
          'all/programs',
          'all/programs/+/events',
          'vens/+/events',
        ];
        topics.push('vens', 'resources', 'reports', 'subscriptions');
        for (const ven of [vens.one, vens.two])
          topics.push(`vens/${ven}/events`, `vens/${ven}/programs`, `vens/${ven}/resources`);
        await Promise.all(
          ['#', ...topics.map((topic) => `${ROOT}/${topic}/+`)].map((filter) => listener.subscribe(filter)),
        );
      }
      for (const { name, program, targets } of PRIVACY)
        await make('events', { programID: programs[program], eventName: name, targets });
      const eventID = await make('events', { programID: programs['open'], eventName: LAST });
      const callbackUrl = 'https://somebody.example/';
      for (const row of OBJECTS)
        await make(row.collection, bodyOf(row, { venID: vens[row.by], eventID, callbackUrl }), row.by);
    });
    afterAll(async () => {
      for (const feed of Object.values(feeds)) feed.close();
      for (const { client } of Object.values(mqtt)) client.end(true);
      await vtn.stop();
      await running.stop();
    });

    it.each(READERS)('%s is shown by GET /events what the table says', async (reader) => {
      const { body } = await clients[reader].get('events').expect(200);
      const events = (body as Event[]).filter(({ eventName }) => eventName !== LAST).map(shown);
      expect(events.sort()).toEqual(expectedBy(reader).sort());
    });

    it.each(READERS)('%s is told by the feed what the table says', async (reader) => {
      await eventually(() => expect(feeds[reader].changes()).toContain(`CREATE ${LAST}`));
      const told = feeds[reader].heard
        .filter(({ name }) => name === 'message')
        .map(({ data }) => (data as { object: Event }).object)
        .filter(({ eventName }) => eventName !== LAST);
      expect(told.map(shown)).toEqual(expectedBy(reader));
    });

    it.each(READERS.filter((reader) => reader !== 'utility'))(
      '%s is told over MQTT what the table says',
      async (reader) => {
        const heard = () =>
          (mqtt[reader]?.heard ?? []).map(({ text }) => (JSON.parse(text) as { object: Event }).object);
        await eventually(() => expect(heard().map(({ eventName }) => eventName)).toContain(LAST));
        const events = heard().filter(({ objectType, eventName }) => objectType === 'EVENT' && eventName !== LAST);
        if (reader !== 'bl' && reader !== 'admin') return expect(events.map(shown)).toEqual(expectedBy(reader));
        // Business logic listens to the topics of the vens as well, where targets are hidden from those.
        const onItsOwn = (mqtt[reader]?.heard ?? []).filter(({ topic }) => topic.startsWith(`${ROOT}/events/`));
        const whole = onItsOwn.map(({ text }) => (JSON.parse(text) as { object: Event }).object);
        expect(whole.filter(({ eventName }) => eventName !== LAST).map(shown)).toEqual(expectedBy(reader));
      },
    );

    it.each(READERS.filter((reader) => reader !== 'utility'))(
      '%s is told over MQTT of all other objects as the table says',
      async (reader) => {
        // A topic may be heard by several filters, and business logic hears those of the vens as well.
        const names = (of: Reader) => {
          const objects = (mqtt[of]?.heard ?? []).map(({ text }) => (JSON.parse(text) as { object: Event }).object);
          const others = objects.filter(({ objectType }) => (objectType as string) !== 'EVENT');
          return [...new Set(others.map(nameOf))].sort();
        };
        const expected = (of: Reader) =>
          OBJECTS.filter(({ told, toldOverMqtt }) => (toldOverMqtt ?? told).includes(of)).map(({ name }) => name);
        await eventually(() => expect(names('bl')).toEqual(expected('bl').sort()));
        await eventually(() => expect(names(reader)).toEqual(expected(reader).sort()));
      },
    );

    it('utilities and customers have no business at the broker', async () => {
      const { id, token } = clients.utility;
      const { body } = await clients.utility.get('notifiers').expect(200);
      await expect(listen(body.MQTT.URIS[0], { username: id, password: token })).rejects.toMatchObject({ code: 5 });
    });
  });
