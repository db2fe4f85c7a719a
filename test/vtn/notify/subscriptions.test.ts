import { afterEach, describe, expect, it } from 'vitest';
import { startVtn, type TestClient } from '../support/server.ts';
import { eventually, listen } from './support.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Notification {
  objectType: string;
  operation: string;
  object: { id: string };
}

describe('changes of subscriptions over MQTT', () => {
  it('reach the topics that business logic is told of, without bearer tokens, and no VEN', async () => {
    const vtn = await startVtn({ mqtt: { mode: 'embedded', host: '127.0.0.1', port: 0 } });
    ends.push(() => vtn.stop());
    const [bl, ven] = [await vtn.client('bl'), await vtn.client('ven')];
    const { body: notifiers } = await bl.get('notifiers').expect(200);
    const { topics } = (await bl.get('notifiers/mqtt/topics/subscriptions').expect(200)).body as {
      topics: Record<'CREATE' | 'UPDATE' | 'DELETE' | 'ALL', string>;
    };
    await ven.get('notifiers/mqtt/topics/subscriptions').expect(403);
    const join = async (client: TestClient) => {
      const listener = await listen(notifiers.MQTT.URIS[0], { username: client.id, password: client.token });
      ends.push(() => void listener.client.end(true));
      return listener;
    };
    const [ofBl, ofVen] = [await join(bl), await join(ven)];
    expect(await ofBl.subscribe(topics.ALL)).toBe(1);
    for (const topic of Object.values(topics)) expect(await ofVen.subscribe(topic)).toBe(128);

    const SECRET = 'call-me-with-this';
    const callback = { callbackUrl: 'https://ven.example/', objects: ['EVENT'], operations: ['CREATE'] };
    const wish = (programID: string, clientName: string) => ({
      clientName,
      programID,
      objectOperations: [{ ...callback, bearerToken: SECRET }],
    });
    const { body: program } = await bl.post('programs', { programName: 'p' }).expect(201);
    const { body: a } = await ven.post('subscriptions', wish(program.id, 'a')).expect(201);
    const { body: b } = await ven.post('subscriptions', wish(program.id, 'b')).expect(201);
    const { body: changed } = await ven.put(`subscriptions/${a.id}`, wish(program.id, 'c')).expect(200);
    await ven.delete(`subscriptions/${b.id}`).expect(200);
    await bl.delete(`programs/${program.id}`).expect(200);

    await eventually(() => expect(ofBl.heard).toHaveLength(5));
    const told = ofBl.heard.map(({ topic, text }) => ({ topic, ...(JSON.parse(text) as Notification) }));
    expect(told).toEqual([
      { topic: topics.CREATE, objectType: 'SUBSCRIPTION', operation: 'CREATE', object: a },
      { topic: topics.CREATE, objectType: 'SUBSCRIPTION', operation: 'CREATE', object: b },
      { topic: topics.UPDATE, objectType: 'SUBSCRIPTION', operation: 'UPDATE', object: changed },
      { topic: topics.DELETE, objectType: 'SUBSCRIPTION', operation: 'DELETE', object: b },
      { topic: topics.DELETE, objectType: 'SUBSCRIPTION', operation: 'DELETE', object: changed },
    ]);
    expect(ofBl.heard.map(({ text }) => text).join()).not.toContain(SECRET);
    expect(changed.objectOperations).toEqual([{ ...callback, bearerToken: null }]);
    expect(ofVen.heard).toEqual([]);
  });
});
