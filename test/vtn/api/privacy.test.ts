import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

/**
 * Definition "Object Privacy" with two VENs: `one` holds A by its ven and R by its resource, `two` holds B.
 *
 *     program open    : untargeted event, event for A, event for B, event for A and B, event for R
 *     program for-a   : untargeted event
 */
describe('object privacy', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let one: TestClient;
  let two: TestClient;
  let stranger: TestClient;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    vtn = await startVtn();
    [bl, one, two, stranger] = [
      await vtn.client('bl'),
      await vtn.client('ven'),
      await vtn.client('ven'),
      await vtn.client('ven'),
    ];
    const make = async (key: string, collection: string, body: object) => {
      ids[key] = (await bl.post(collection, body).expect(201)).body.id;
      return ids[key];
    };
    await make('ven1', 'vens', { objectType: 'BL_VEN_REQUEST', clientID: one.id, venName: 'one', targets: ['A'] });
    await make('ven2', 'vens', { objectType: 'BL_VEN_REQUEST', clientID: two.id, venName: 'two', targets: ['B'] });
    await make('res1', 'resources', { venID: ids['ven1'], resourceName: 'r', targets: ['R'] });
    const open = await make('open', 'programs', { programName: 'open' });
    const forA = await make('for-a', 'programs', { programName: 'for-a', targets: ['A', 'SECRET'] });
    await make('plain', 'events', { programID: open, eventName: 'plain' });
    await make('a', 'events', { programID: open, eventName: 'a', targets: ['A'] });
    await make('b', 'events', { programID: open, eventName: 'b', targets: ['B'] });
    await make('ab', 'events', { programID: open, eventName: 'ab', targets: ['A', 'B'] });
    await make('r', 'events', { programID: open, eventName: 'r', targets: ['R'] });
    await make('under-a', 'events', { programID: forA, eventName: 'under-a' });
    await make('own-id', 'events', { programID: open, eventName: 'own-id', targets: [ids['ven2']] });
  });
  afterAll(() => vtn.stop());

  const names = async (client: TestClient, query = '') => {
    const { body } = await client.get(`events${query}`).expect(200);
    return (body as { eventName: string }[]).map((event) => event.eventName).sort();
  };

  it('a VEN is given what is untargeted and what it was granted, by ven, resource or its own id', async () => {
    expect(await names(one)).toEqual(['a', 'ab', 'plain', 'r', 'under-a']);
    expect(await names(two)).toEqual(['ab', 'b', 'own-id', 'plain']);
    expect(await names(stranger)).toEqual(['plain']);
    expect(await names(bl)).toEqual(['a', 'ab', 'b', 'own-id', 'plain', 'r', 'under-a']);
  });

  it('a VEN that names targets is given those of them that it holds', async () => {
    expect(await names(one, '?targets=A')).toEqual(['a', 'ab']);
    expect(await names(one, '?targets=A&targets=R')).toEqual(['a', 'ab', 'r']);
    expect(await names(one, '?targets=B')).toEqual([]);
    expect(await names(one, '?targets=B&targets=R')).toEqual(['r']);
    expect(await names(bl, '?targets=B')).toEqual(['ab', 'b']);
  });

  it('filters join by AND', async () => {
    expect(await names(one, `?programID=${ids['for-a']}`)).toEqual(['under-a']);
    expect(await names(one, `?programID=${ids['for-a']}&targets=A`)).toEqual([]);
    expect(await names(two, `?programID=${ids['for-a']}`)).toEqual([]);
  });

  it('what is hidden does not exist: 404, also below a hidden program', async () => {
    await two.get(`events/${ids['a']}`).expect(404);
    await two.get(`events/${ids['under-a']}`).expect(404);
    await two.get(`programs/${ids['for-a']}`).expect(404);
    await one.get(`events/${ids['under-a']}`).expect(200);
    const hidden = await two.get(`programs/${ids['for-a']}`);
    const unknown = await two.get('programs/none');
    expect(hidden.body.detail.replace(ids['for-a'], 'ID')).toBe(unknown.body.detail.replace('none', 'ID'));
  });

  it('only targets that the VEN holds are shown', async () => {
    expect((await one.get(`events/${ids['ab']}`).expect(200)).body.targets).toEqual(['A']);
    expect((await two.get(`events/${ids['ab']}`).expect(200)).body.targets).toEqual(['B']);
    expect((await bl.get(`events/${ids['ab']}`).expect(200)).body.targets).toEqual(['A', 'B']);
    expect((await one.get('programs').expect(200)).text).not.toContain('SECRET');
    expect((await one.get('events').expect(200)).text).not.toContain('"B"');
  });

  it('a VEN sees only its own ven, resources and reports', async () => {
    expect((await one.get('vens').expect(200)).body.map((v: { venName: string }) => v.venName)).toEqual(['one']);
    expect((await two.get('resources').expect(200)).body).toEqual([]);
    await two.get(`vens/${ids['ven1']}`).expect(404);
    await two.put(`vens/${ids['ven1']}`, { venName: 'mine now' }).expect(404);
    await two.delete(`vens/${ids['ven1']}`).expect(404);
    await two.get(`resources/${ids['res1']}`).expect(404);
    await two.put(`resources/${ids['res1']}`, { venID: ids['ven2'], resourceName: 'x' }).expect(404);
    await two.delete(`resources/${ids['res1']}`).expect(404);
    await two.post('resources', { venID: ids['ven1'], resourceName: 'x' }).expect(404);
    const { body: report } = await one
      .post('reports', { eventID: ids['a'], clientName: 'one', resources: [] })
      .expect(201);
    expect(report.clientID).toBe(one.id);
    await two.get(`reports/${report.id}`).expect(404);
    await two.put(`reports/${report.id}`, { eventID: ids['plain'], clientName: 'two', resources: [] }).expect(404);
    await two.delete(`reports/${report.id}`).expect(404);
    expect((await two.get('reports').expect(200)).body).toEqual([]);
    expect((await bl.get('reports').expect(200)).body).toHaveLength(1);
    await bl.delete(`reports/${report.id}`).expect(200);
  });

  it('a report on an event that the VEN cannot see is refused like one on an unknown event', async () => {
    for (const eventID of [ids['b'], 'none']) {
      const { body } = await one.post('reports', { eventID, clientName: 'one', resources: [] }).expect(400);
      expect(body.errors).toEqual([{ path: 'body.eventID', message: expect.any(String), type: 'unknown_reference' }]);
    }
  });

  it('a change of what was granted shows at the next poll', async () => {
    const before = await two.get('events').expect(200);
    await bl.put(`vens/${ids['ven2']}`, { clientID: two.id, venName: 'two', targets: ['B', 'A'] }).expect(200);
    await two
      .get('events')
      .set('If-None-Match', before.headers['etag'] as string)
      .expect(200);
    expect(await names(two)).toEqual(['a', 'ab', 'b', 'own-id', 'plain', 'under-a']);
    await bl.post('resources', { venID: ids['ven2'], resourceName: 'x', targets: ['R'] }).expect(201);
    expect(await names(two)).toContain('r');
    await bl.delete(`vens/${ids['ven2']}`).expect(200);
    expect(await names(two)).toEqual(['plain']);
  });

  it('two VENs that see the same are told the same bytes, and others are not', async () => {
    const three = await vtn.client('ven');
    const [a, b] = [await stranger.get('events'), await three.get('events')];
    expect(a.headers['etag']).toBe(b.headers['etag']);
    expect((await one.get('events')).headers['etag']).not.toBe(a.headers['etag']);
  });

  it('a target with line breaks is one target, whatever it spells', async () => {
    const both = await vtn.client('ven');
    const { body: ven } = await bl
      .post('vens', { clientID: both.id, venName: 'both', targets: ['A', 'R'] })
      .expect(201);
    const odd = await vtn.client('ven');
    const spelled = ['A', 'R', ven.id].join('\n');
    await bl.post('vens', { clientID: odd.id, venName: 'odd', targets: [spelled] }).expect(201);
    expect(await names(both)).toContain('r');
    expect(await names(odd)).toEqual(['plain']);
  });

  it('a client that is called * is one client, and not all', async () => {
    const token = 'a-token-of-at-least-thirty-two-characters';
    const tokenHash = createHash('sha256').update(token).digest('hex');
    const other = await startVtn({ auth: { staticTokens: [{ tokenHash, clientId: '*', role: 'ven' }] } });
    const all = await other.client('bl');
    for (const dialect of ['/openadr3/3.1.1', '/openadr3/3.0.1']) {
      await all.post(`${dialect}/vens`, { venName: `v ${dialect}`, clientID: dialect, objectType: 'VEN' });
      for (const collection of ['vens', 'reports', 'subscriptions']) {
        const { body } = await all.get(`${dialect}/${collection}`).expect(200);
        if (collection === 'vens') expect(body).not.toEqual([]);
        const answer = await other.anonymous.get(`${dialect}/${collection}`).set('Authorization', `Bearer ${token}`);
        expect([dialect, collection, answer.status, answer.body]).toEqual([dialect, collection, 200, []]);
      }
    }
    await other.stop();
  });
});
