import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countedIds } from '@openadr-gateway/shared/ids.ts';
import { bodyOf, expectedBy, nameOf, OBJECTS, PRIVACY, type Reader } from '../support/privacy-table.ts';
import { startVtn, type TestClient, type TestVtn } from '../support/server.ts';
import { Receiver } from './receiver.ts';
import { eventually } from './support.ts';

const SUBSCRIBERS = ['bl', 'admin', 'one', 'two', 'none'] as const;
const LAST = 'the last one';

/** Each subscribes to everything. */
describe('object privacy over webhooks', () => {
  let vtn: TestVtn;
  const clients = {} as Record<Reader, TestClient>;
  const receivers = {} as Record<Reader, Receiver>;

  const wish = (callbackUrl: string) => ({
    clientName: 'everything',
    objectOperations: [
      {
        callbackUrl,
        objects: ['PROGRAM', 'EVENT', 'REPORT', 'VEN', 'RESOURCE', 'SUBSCRIPTION'],
        operations: ['CREATE'],
      },
    ],
  });

  beforeAll(async () => {
    const webhooks = { allowInsecure: true, challengesPerMinute: 1_000 };
    vtn = await startVtn({ webhooks }, countedIds('obj'), { caller: undefined });
    for (const reader of SUBSCRIBERS)
      clients[reader] = await vtn.client(reader === 'bl' || reader === 'admin' ? reader : 'ven');
    clients.utility = await vtn.client('utility', { utility: { level: 'leader' } });
    const make = async (by: Reader, collection: string, body: object): Promise<string> =>
      (await clients[by].post(collection, body).expect(201)).body.id as string;
    const ven = (reader: 'one' | 'two', target: string) =>
      make('bl', 'vens', { clientID: clients[reader].id, venName: reader, targets: [target] });
    const vens = { one: await ven('one', 'A'), two: await ven('two', 'B'), bl: '' };
    const programs = {
      open: await make('bl', 'programs', { programName: 'open' }),
      'for A': await make('bl', 'programs', { programName: 'for A', targets: ['A'] }),
    };
    const eventID = await make('bl', 'events', { programID: programs.open, eventName: 'before' });
    // Whoever subscribes hears of what is later than the subscription.
    vtn.clock.advance(1_000);
    for (const reader of SUBSCRIBERS) {
      receivers[reader] = new Receiver();
      await receivers[reader].start();
      await make(reader, 'subscriptions', wish(receivers[reader].url()));
    }
    vtn.clock.advance(1_000);
    for (const { name, program, targets } of PRIVACY)
      await make('bl', 'events', { programID: programs[program], eventName: name, targets });
    for (const row of OBJECTS) {
      const ids = { venID: vens[row.by], eventID, callbackUrl: receivers.bl.url('/other') };
      await make(row.by, row.collection, bodyOf(row, ids));
    }
    await make('bl', 'events', { programID: programs.open, eventName: LAST });
  });
  afterAll(async () => {
    for (const receiver of Object.values(receivers)) await receiver.stop();
    await vtn.stop();
  });

  /** In order of arrival: a subscription is told of changes in the order in which they were made. */
  const told = async (reader: Reader) => {
    await eventually(() => expect(receivers[reader].told.map(({ object }) => object['eventName'])).toContain(LAST));
    return receivers[reader].told.filter(({ object }) => object['eventName'] !== LAST);
  };

  it.each(SUBSCRIBERS)('%s is told of events as the table says', async (reader) => {
    const events = (await told(reader)).filter(({ objectType }) => objectType === 'EVENT');
    const shown = events.map(({ object }) => {
      const { targets } = object as { targets?: string[] };
      return `${nameOf(object)} [${(targets ?? []).join()}]`;
    });
    expect(shown).toEqual(expectedBy(reader));
  });

  it.each(SUBSCRIBERS)('%s is told of all other objects as the table says', async (reader) => {
    const others = (await told(reader)).filter(({ objectType }) => objectType !== 'EVENT');
    const names = others.map(({ object }) => nameOf(object)).filter((name) => name !== 'everything');
    expect(names).toEqual(OBJECTS.filter((row) => row.told.includes(reader)).map(({ name }) => name));
  });

  it('utilities do not subscribe', async () => {
    await clients.utility.post('subscriptions', wish(receivers.bl.url())).expect(403);
  });
});
