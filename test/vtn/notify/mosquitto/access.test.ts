import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { revokeClient } from '../../../../vtn/store/clients.ts';
import { makeCertificates } from '../../../support/certificates.ts';
import { dynamicSecurityPath, Mosquitto, mosquittoPath } from '../../../support/mosquitto.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { mosquittoSub } from '../../support/mosquitto-sub.ts';
import { BASE, startVtn, type TestClient, type TestVtn } from '../../support/server.ts';
import { eventually, listen, type Listener } from '../support.ts';
import request from 'supertest';

const ROOT = 'openadr3/3.1';
const administrator = { username: 'vtn', password: 'an administrator' };

describe.runIf(mosquittoPath && dynamicSecurityPath)(
  "access at Debian's mosquitto with dynamic security (skipped without it)",
  () => {
    const folder = tempDir('openadr-tls-');
    const ends: (() => unknown)[] = [];
    let mosquitto: Mosquitto;
    let vtn: TestVtn;
    let bl: TestClient;
    let one: TestClient & { venId: string };
    let two: TestClient & { venId: string };

    const external = () => ({
      mqtt: { mode: 'external', url: mosquitto.url, dynamicSecurity: true, ...administrator },
      log: { level: 'silent' },
    });
    const enrolled = async (...targets: string[]) => {
      const client = await vtn.client('ven');
      const { body } = await bl.post('vens', { clientID: client.id, venName: client.id, targets }).expect(201);
      return { ...client, venId: body.id as string };
    };
    /** As the notifiers say: the client id and the token. */
    const enter = async (client: TestClient, token = client.token): Promise<Listener> => {
      const { body } = await request(vtn.url)
        .get(`${BASE}/notifiers`)
        .set('Authorization', `Bearer ${token}`)
        .expect(200);
      expect(body.MQTT.authentication).toEqual({ method: 'OAUTH2_BEARER_TOKEN', username: '{clientID}' });
      const listener = await listen(body.MQTT.URIS[0], { username: client.id, password: token });
      ends.push(() => listener.client.end(true));
      return listener;
    };
    const newToken = async ({ id, secret }: TestClient): Promise<string> => {
      const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
      return (await request(vtn.url).post(`${BASE}/auth/token`).type('form').send(form).expect(200)).body.access_token;
    };
    const topics = ({ heard }: Pick<Listener, 'heard'>) => heard.map(({ topic }) => topic.replace(`${ROOT}/`, ''));

    beforeAll(async () => {
      mosquitto = new Mosquitto({ administrator });
      await mosquitto.start();
    });
    beforeEach(async () => {
      vtn = await startVtn(external());
      bl = await vtn.client('bl');
      [one, two] = [await enrolled('A'), await enrolled('B')];
    });
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
      await vtn.stop();
    });
    afterAll(async () => {
      await mosquitto.remove();
      await folder.remove();
    });

    it('is with the client id and the access token; a ven hears its own topics and those for everybody', async () => {
      const [asOne, asTwo, asBl] = [await enter(one), await enter(two), await enter(bl)];
      for (const filter of [`${ROOT}/vens/${one.venId}/events/+`, `${ROOT}/programs/+`, `${ROOT}/programs/+/events/+`])
        expect(await asOne.subscribe(filter)).toBe(1);
      for (const filter of [
        `${ROOT}/vens/${two.venId}/events/+`,
        `${ROOT}/vens/+/events/+`,
        `${ROOT}/events/+`,
        `${ROOT}/#`,
        '#',
        '$CONTROL/#',
      ])
        expect([filter, await asOne.subscribe(filter)]).toEqual([filter, 128]);
      expect(await asTwo.subscribe(`${ROOT}/vens/${two.venId}/#`)).toBe(1);
      expect(await asBl.subscribe(`${ROOT}/#`)).toBe(1);
      const { body: program } = await bl.post('programs', { programName: `p ${one.id}` }).expect(201);
      const event = (targets?: string[]) => bl.post('events', { programID: program.id, targets }).expect(201);
      await event(['A']);
      await event(['B']);
      await event();
      await eventually(() =>
        expect(topics(asOne)).toEqual([
          'programs/create',
          `vens/${one.venId}/events/create`,
          `programs/${program.id}/events/create`,
        ]),
      );
      await eventually(() => expect(topics(asTwo)).toEqual([`vens/${two.venId}/events/create`]));
      await eventually(() => expect(topics(asBl).filter((topic) => topic === 'events/create')).toHaveLength(3));
      // Nobody but the VTN publishes.
      asTwo.client.publish(`${ROOT}/programs/delete`, '{}', { qos: 1 });
      await event(['A']);
      await eventually(() => expect(topics(asOne).at(-1)).toBe(`vens/${one.venId}/events/create`));
      expect(topics(asOne)).not.toContain('programs/delete');
    });

    it.each(['mqttv311', 'mqttv5'])('is had by mosquitto_sub with %s', async (version) => {
      await enter(one);
      const own = `${ROOT}/vens/${one.venId}/events/+`;
      const sub = mosquittoSub(mosquitto.port, [own], '-V', version, '-u', one.id, '-P', one.token);
      ends.push(() => sub.stop());
      await eventually(() => expect(sub.said.join('\n')).toMatch(/SUBACK/));
      const { body: program } = await bl.post('programs', { programName: `p ${one.id}` }).expect(201);
      await bl.post('events', { programID: program.id, eventName: 'for A', targets: ['A'] }).expect(201);
      await eventually(() => expect(sub.heard).toHaveLength(1));
      expect(JSON.parse(sub.heard[0]?.text ?? '')).toMatchObject({
        operation: 'CREATE',
        object: { eventName: 'for A' },
      });
      const stranger = mosquittoSub(mosquitto.port, [own], '-V', version, '-u', one.id, '-P', 'wrong');
      ends.push(() => stranger.stop());
      expect(await stranger.ended).not.toBe(0);
    });

    it('goes over to a new token, and ends for the old one', async () => {
      const before = await enter(one);
      vtn.clock.advance(1_000);
      const token = await newToken(one);
      await before.closed;
      await expect(listen(mosquitto.url, { username: one.id, password: one.token })).rejects.toMatchObject({ code: 5 });
      const after = await enter(one, token);
      expect(await after.subscribe(`${ROOT}/vens/${one.venId}/events/+`)).toBe(1);
      // An older token that is still good does not take it away again.
      await request(vtn.url).get(`${BASE}/notifiers`).set('Authorization', `Bearer ${one.token}`).expect(200);
      expect(after.client.connected).toBe(true);
    });

    it('ends when the token expires', async () => {
      const listener = await enter(one);
      vtn.clock.advance(3_700_000);
      await listener.closed;
      await expect(listen(mosquitto.url, { username: one.id, password: one.token })).rejects.toMatchObject({ code: 5 });
    });

    it('ends when the client is revoked', async () => {
      const [listener, other] = [await enter(one), await enter(two)];
      await vtn.vtn.store.write((tx) => revokeClient(tx.db, one.id, vtn.clock.nowMs()));
      await listener.closed;
      await expect(listen(mosquitto.url, { username: one.id, password: one.token })).rejects.toMatchObject({ code: 5 });
      expect(other.client.connected).toBe(true);
    });

    it("to a ven's topics ends with the ven, which it is told before, and begins with a new one", async () => {
      const listener = await enter(one);
      const filter = `${ROOT}/vens/${one.venId}/#`;
      expect(await listener.subscribe(filter)).toBe(1);
      await bl.delete(`vens/${one.venId}`).expect(200);
      await listener.closed;
      expect(topics(listener)).toEqual([`vens/${one.venId}/delete`]);
      const again = await enter(one);
      expect(await again.subscribe(filter)).toBe(128);
      expect(await again.subscribe(`${ROOT}/programs/+`)).toBe(1);
      const { body: ven } = await bl.post('vens', { clientID: one.id, venName: 'anew', targets: [] }).expect(201);
      await again.closed;
      expect(await (await enter(one)).subscribe(`${ROOT}/vens/${ven.id}/events/+`)).toBe(1);
    });

    it('goes with a ven to its new client', async () => {
      const [before, after] = [await enter(one), await enter(await vtn.client('ven'))];
      const filter = `${ROOT}/vens/${one.venId}/events/+`;
      const heir = await vtn.client('ven');
      await enter(heir);
      await bl.put(`vens/${one.venId}`, { clientID: heir.id, venName: one.id, targets: ['A'] }).expect(200);
      await before.closed;
      await eventually(async () => expect(await (await enter(heir)).subscribe(filter)).toBe(1));
      expect(await (await enter(one)).subscribe(filter)).toBe(128);
      expect(after.client.connected).toBe(true);
    });

    it('is put right again when the broker comes back, whatever happened meanwhile; nothing that was changed is lost', async () => {
      await enter(one);
      await enter(two);
      const { body: program } = await bl.post('programs', { programName: `p ${one.id}` }).expect(201);
      const credentials = ['-u', administrator.username, '-P', administrator.password];
      const session = ['-c', '-i', `watcher of ${one.id}`];
      const sub = mosquittoSub(mosquitto.port, [`${ROOT}/#`], ...credentials, ...session);
      ends.push(() => sub.stop());
      await eventually(() => expect(sub.said.join('\n')).toMatch(/SUBACK/));
      await mosquitto.stop();
      const names = Array.from({ length: 20 }, (_, n) => `e${n}`);
      for (const eventName of names) await bl.post('events', { programID: program.id, eventName }).expect(201);
      await vtn.vtn.store.write((tx) => revokeClient(tx.db, two.id, vtn.clock.nowMs()));
      await mosquitto.start();
      await bl.post('events', { programID: program.id, eventName: 'last' }).expect(201);
      await eventually(() => expect(sub.heard.at(-1)?.text).toContain('"last"'));
      const heard = sub.heard
        .filter(({ topic }) => topic === `${ROOT}/events/create`)
        .map(({ text }) => (JSON.parse(text) as { object: { eventName: string } }).object.eventName);
      // At least once: what was under way may come twice, never out of order.
      expect([...new Set(heard)]).toEqual([...names, 'last']);
      await eventually(async () => {
        const entering = listen(mosquitto.url, { username: two.id, password: two.token }).then(({ client }) =>
          client.end(),
        );
        await expect(entering).rejects.toMatchObject({ code: 5 });
      });
      await enter(one);
    });

    it('does not touch accounts of others, whatever a client is called', async () => {
      const { username, password } = administrator;
      const admin = await listen(mosquitto.url, { username, password });
      ends.push(() => admin.client.end(true));
      const other = { command: 'createClient', username: 'plc', password: 'of somebody else' };
      const command = JSON.stringify({ commands: [other] });
      await admin.client.publishAsync('$CONTROL/dynamic-security/v1', command, { qos: 1 });
      for (const id of ['plc', username]) {
        const caller = { clientId: id, role: 'bl' as const, scopes: [] };
        const { token } = await vtn.vtn.tokens.issue(caller);
        await vtn.vtn.store.write((tx) =>
          tx.db
            .insertInto('clients')
            .values({
              id,
              name: id,
              role: 'bl',
              secret_hash: '',
              account: null,
              utility_id: null,
              utility_level: null,
              created_ms: 0,
              revoked_ms: null,
            })
            .execute(),
        );
        await request(vtn.url).get(`${BASE}/notifiers`).set('Authorization', `Bearer ${token}`);
      }
      await expect(listen(mosquitto.url, { username: 'plc', password: 'of somebody else' })).resolves.toBeDefined();
      await expect(listen(mosquitto.url, { username, password })).resolves.toBeDefined();
    });

    it('is over TLS when mosquitto has a certificate', async () => {
      const files = makeCertificates(folder.path);
      const secure = new Mosquitto({ administrator, tls: files });
      await secure.start();
      ends.push(() => secure.remove());
      const config = external();
      const other = await startVtn({ ...config, mqtt: { ...config.mqtt, url: secure.url, caFile: files.caFile } });
      ends.push(() => other.stop());
      const client = await other.client('bl');
      await eventually(async () => {
        await client.get('notifiers').expect(200);
        const listener = await listen(secure.url, { username: client.id, password: client.token, ca: files.ca });
        ends.push(() => listener.client.end(true));
        expect(await listener.subscribe(`${ROOT}/programs/+`)).toBe(1);
      });
      const credentials = ['-u', client.id, '-P', client.token, '--cafile', files.caFile];
      const sub = mosquittoSub(secure.port, [`${ROOT}/programs/+`], ...credentials);
      ends.push(() => sub.stop());
      await eventually(() => expect(sub.said.join('\n')).toMatch(/SUBACK/));
      await client.post('programs', { programName: 'p' }).expect(201);
      await eventually(() => expect(topics(sub)).toEqual(['programs/create']));
    });
  },
);
