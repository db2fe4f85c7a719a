import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { revokeClient } from '../../../vtn/store/clients.ts';
import { listen } from '../notify/support.ts';
import type { Listener } from '../notify/support.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

/** Well below the interval at which the broker asks for every token again. */
const AT_ONCE_MS = 3_000;
const ROOT = 'openadr3/3.1';

describe('the MQTT connections of a client', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let ven: TestClient;
  let venId: string;
  const open: Listener[] = [];
  const join = async ({ token }: { token: string }): Promise<Listener> => {
    const { body } = await bl.get('notifiers').expect(200);
    const listener = await listen(body.MQTT.URIS[0], { username: 'any', password: token });
    open.push(listener);
    return listener;
  };
  const ends = (listener: Listener) =>
    Promise.race([listener.closed.then(() => 'closed'), delay(AT_ONCE_MS, 'still open', { ref: false })]);

  beforeEach(async () => {
    vtn = await startVtn({ mqtt: { mode: 'embedded', port: 0 } });
    [bl, ven] = [await vtn.client('bl'), await vtn.client('ven')];
    venId = (await ven.post('vens', { objectType: 'VEN_VEN_REQUEST', venName: 'v' }).expect(201)).body.id;
  });
  afterEach(async () => {
    for (const { client } of open.splice(0)) client.end(true);
    await vtn.stop();
  });

  it('end at once when its ven is deleted, which it is told before; others stay', async () => {
    const [listener, other] = [await join(ven), await join(bl)];
    expect(await listener.subscribe(`${ROOT}/vens/${venId}/#`)).toBe(1);
    await bl.delete(`vens/${venId}`).expect(200);
    expect(await ends(listener)).toBe('closed');
    expect(listener.heard.map(({ text }) => (JSON.parse(text) as { operation: string }).operation)).toContain('DELETE');
    expect(other.client.connected).toBe(true);

    // The token itself lives on: with it the client may make itself a ven again.
    const again = await join(ven);
    expect(await again.subscribe(`${ROOT}/vens/${venId}/events/+`)).toBe(128);
    await ven.get('vens').expect(200);
  });

  it('end at once when its ven is given to another client', async () => {
    const listener = await join(ven);
    const heir = await vtn.client('ven');
    await bl.put(`vens/${venId}`, { objectType: 'BL_VEN_REQUEST', venName: 'v', clientID: heir.id }).expect(200);
    expect(await ends(listener)).toBe('closed');
    expect(await (await join(heir)).subscribe(`${ROOT}/vens/${venId}/events/+`)).toBe(1);
  });

  it('stay when its ven is only changed', async () => {
    const listener = await join(ven);
    await listener.subscribe(`${ROOT}/vens/${venId}/#`);
    await ven.put(`vens/${venId}`, { objectType: 'VEN_VEN_REQUEST', venName: 'renamed' }).expect(200);
    await expect.poll(() => listener.heard.length, { timeout: AT_ONCE_MS }).toBeGreaterThan(0);
    await ven.get('vens').expect(200);
    expect(listener.client.connected).toBe(true);
  });

  it('end within a second when it is revoked, and there is no way back', async () => {
    const listener = await join(ven);
    await vtn.vtn.store.write((tx) => revokeClient(tx.db, ven.id, vtn.clock.nowMs()));
    expect(await ends(listener)).toBe('closed');
    await expect(join(ven)).rejects.toMatchObject({ code: 4 });
    await vtn.anonymous.get(`${BASE}/vens`).set('Authorization', `Bearer ${ven.token}`).expect(401);
  });
});
