import type request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subscriptionById, callbackTokens } from '../../../vtn/store/subscriptions.ts';
import { aProgram, created } from '../../support/openadr-objects.ts';
import { BASE, startVtn } from '../support/server.ts';
import type { TestClient, TestVtn } from '../support/server.ts';

const URL_A = 'https://ven.example/callback';
const entry = (more: object = {}) => ({ objects: ['EVENT'], operations: ['CREATE'], callbackUrl: URL_A, ...more });
const wish = (more: object = {}) => ({ clientName: 'gateway', objectOperations: [entry()], ...more });

describe('subscriptions', () => {
  let vtn: TestVtn;
  let bl: TestClient;
  let one: TestClient;
  let two: TestClient;
  let open: string;
  let forOne: string;
  beforeAll(async () => {
    vtn = await startVtn();
    [bl, one, two] = [await vtn.client('bl'), await vtn.client('ven'), await vtn.client('ven')];
    await bl.post('vens', { venName: 'one', clientID: one.id, targets: ['A'] }).expect(201);
    open = (await bl.post('programs', { programName: 'open' }).expect(201)).body.id;
    forOne = (await bl.post('programs', { programName: 'for one', targets: ['A'] }).expect(201)).body.id;
  });
  afterAll(() => vtn.stop());

  const make = async (client: TestClient, more: object = {}) =>
    (await client.post('subscriptions', wish(more)).expect(201)).body as Record<string, unknown> & { id: string };
  const idsOf = async (client: TestClient, query = '') =>
    ((await client.get(`subscriptions${query}`).expect(200)).body as { id: string }[]).map(({ id }) => id);
  /** What the callbacks would be called with. */
  const tokensOf = (id: string) =>
    vtn.vtn.store.read(async (db) => {
      const subscription = await subscriptionById(db, id);
      return subscription && [...(await callbackTokens(db, subscription))];
    });
  const faults = async (test: request.Test) =>
    ((await test.expect(400)).body.errors as { path: string }[]).map(({ path }) => path);

  it('are answered as they were sent, with our metadata and the clientID of the token', async () => {
    const sent = {
      clientName: 'gateway',
      programID: open,
      objectOperations: [
        entry({ objects: ['EVENT', 'PROGRAM'], operations: ['CREATE', 'UPDATE', 'DELETE', 'READ'], bearerToken: null }),
        entry({
          operations: ['POST', 'PUT', 'DELETE', 'GET'],
          callbackUrl: 'https://ven.example:8080/a?b=c',
          bearerToken: null,
        }),
      ],
      targets: ['A', 'B'],
    };
    const answer = await one.post('subscriptions', { ...sent, clientID: 'another', id: 'mine', more: 1 }).expect(201);
    expect(answer.body).toEqual({
      id: expect.any(String),
      createdDateTime: '2026-01-15T10:00:00Z',
      modificationDateTime: '2026-01-15T10:00:00Z',
      objectType: 'SUBSCRIPTION',
      clientID: one.id,
      ...sent,
    });
    expect(answer.body.id).not.toBe('mine');
    expect(answer.headers['location']).toBe(`subscriptions/${answer.body.id}`);
    const read = await one.get(`subscriptions/${answer.body.id}`).expect(200);
    expect(read.body).toEqual(answer.body);
    expect(read.headers['etag']).toBe(answer.headers['etag']);
    expect((await one.get('subscriptions').expect(200)).body).toContainEqual(answer.body);
  });

  it('may name no program, no object, no operation and no callback at all', async () => {
    const { body } = await one.post('subscriptions', wish({ programID: null, targets: null })).expect(201);
    expect(body).not.toHaveProperty('programID');
    expect(body.targets).toBeNull();
    expect((await make(one, { objectOperations: [] }))['objectOperations']).toEqual([]);
    await make(one, { objectOperations: [entry({ objects: [], operations: [] })] });
  });

  it('of a client may be alike: their names need not be unique', async () => {
    const [a, b] = [await make(one), await make(one)];
    expect(a.id).not.toBe(b.id);
  });

  describe('bearer tokens', () => {
    const SECRET = 'Zm9vYmFyLXNlY3JldA==';

    it('are kept for the calls, and shown nowhere: the key is there, its value null', async () => {
      const answers = [
        await one
          .post('subscriptions', wish({ objectOperations: [entry({ bearerToken: SECRET }), entry()] }))
          .expect(201),
      ];
      const { id } = answers[0]!.body as { id: string };
      answers.push(await one.get(`subscriptions/${id}`).expect(200));
      answers.push(await bl.get('subscriptions').expect(200));
      expect(await tokensOf(id)).toEqual([SECRET, undefined]);
      const changed = wish({ clientName: 'renamed', objectOperations: [entry({ bearerToken: `${SECRET}2` })] });
      answers.push(await one.put(`subscriptions/${id}`, changed).expect(200));
      expect(await tokensOf(id)).toEqual([`${SECRET}2`]);
      answers.push(await one.delete(`subscriptions/${id}`).expect(200));
      for (const { body, text } of answers) {
        expect(text).not.toContain(SECRET);
        const shown = (Array.isArray(body) ? body.find((s) => s.id === id) : body) as ReturnType<typeof wish>;
        expect(shown.objectOperations[0]).toHaveProperty('bearerToken', null);
      }
      expect(vtn.log.join()).not.toContain(SECRET);
      const left = await vtn.vtn.store.read((db) => db.selectFrom('subscription_tokens').selectAll().execute());
      expect(left.filter((row) => row.subscription_id === id)).toEqual([]);
    });

    it('stay when an answer is sent back, since it shows them as null', async () => {
      const { id, ...answered } = await make(one, { objectOperations: [entry({ bearerToken: SECRET })] });
      await one.put(`subscriptions/${id}`, { id, ...answered, clientName: 'renamed' }).expect(200);
      expect(await tokensOf(id)).toEqual([SECRET]);
      await one.put(
        `subscriptions/${id}`,
        wish({ objectOperations: [entry({ callbackUrl: 'https://x.example' }), entry()] }),
      );
      expect(await tokensOf(id)).toEqual([undefined, SECRET]);
    });

    it('of entries with the same URL stay with their places', async () => {
      const objectOperations = [entry({ bearerToken: 'first' }), entry({ bearerToken: 'second' })];
      const { id } = await make(one, { objectOperations });
      await one.put(`subscriptions/${id}`, wish({ objectOperations: [entry(), entry()] })).expect(200);
      expect(await tokensOf(id)).toEqual(['first', 'second']);
    });

    it('follow their URLs to other places', async () => {
      const objectOperations = Array.from({ length: 20 }, (_, n) => entry({ callbackUrl: `https://x.example/${n}` }));
      const first = { ...objectOperations[0], bearerToken: SECRET };
      const { id } = await make(one, { objectOperations: [first, ...objectOperations.slice(1)] });
      await one.put(`subscriptions/${id}`, wish({ objectOperations: objectOperations.toReversed() })).expect(200);
      expect(await tokensOf(id)).toEqual([...Array.from({ length: 19 }, () => undefined), SECRET]);
      await one.delete(`subscriptions/${id}`).expect(200);
    });

    it('end with an empty text, and never follow to another URL', async () => {
      const { id } = await make(one, { objectOperations: [entry({ bearerToken: SECRET })] });
      await one.put(`subscriptions/${id}`, wish({ objectOperations: [entry({ callbackUrl: 'https://x.example/' })] }));
      expect(await tokensOf(id)).toEqual([undefined]);
      const other = await make(one, { objectOperations: [entry({ bearerToken: SECRET })] });
      await one.put(`subscriptions/${other.id}`, wish({ objectOperations: [entry({ bearerToken: '' })] })).expect(200);
      expect(await tokensOf(other.id)).toEqual([undefined]);
    });

    it.each(['a\r\nHost: evil', 'é', ' a', 'a ', '\u0000', '\u007f'])(
      'that no header can carry are refused: %j',
      async (bearerToken) => {
        const test = one.post('subscriptions', wish({ objectOperations: [entry(), entry({ bearerToken })] }));
        expect(await faults(test)).toEqual(['body.objectOperations[1].bearerToken']);
      },
    );
  });

  describe('callbackUrl', () => {
    const post = (callbackUrl: unknown) =>
      one.post('subscriptions', wish({ objectOperations: [entry({ callbackUrl })] }));

    it.each([
      'https://ven.example',
      'HTTPS://VEN.example/a',
      'https://9.9.9.9:8080/x',
      'https://[2620:fe::fe]/cb',
      'https://ven.example/a@b?c=d#e',
    ])('may be %s', async (callbackUrl) => {
      const { body } = await post(callbackUrl).expect(201);
      expect(body.objectOperations[0].callbackUrl).toBe(callbackUrl);
    });

    it.each([
      'http://ven.example/a',
      'https://127.0.0.1:8080/x',
      'https://[2001:db8::1]/cb',
      'ftp://ven.example/a',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'https:/ven.example',
      'https:ven.example',
      'https:///a',
      'https:\\\\ven.example',
      'https://ven.example\\@evil.example',
      'https://ven.example/a b',
      ' https://ven.example',
      'https://ven.example\n',
      'https://ven.example:99999',
      'https://u:p@ven.example/a',
      'https://u@ven.example/a',
      'https://@ven.example/a',
      'ven.example/callback',
      'x',
      '',
      null,
      7,
    ])('may not be %j', async (callbackUrl) => {
      const test = post(callbackUrl);
      expect(await faults(test)).toContain('body.objectOperations[0].callbackUrl');
    });

    it('may have 8,000 characters and no more', async () => {
      const longest = URL_A.padEnd(8_000, 'a');
      await post(longest).expect(201);
      expect(await faults(post(`${longest}a`))).toEqual(['body.objectOperations[0].callbackUrl']);
    });

    it('that is refused is not repeated, for it may hold a password', async () => {
      const { text } = await post('https://user:hunter2@ven.example/').expect(400);
      expect(text).not.toContain('hunter2');
      expect(vtn.log.join()).not.toContain('hunter2');
    });

    it('is checked when a subscription is replaced, too', async () => {
      const { id } = await make(one);
      const test = one.put(
        `subscriptions/${id}`,
        wish({ objectOperations: [entry({ callbackUrl: 'ftp://a.example' })] }),
      );
      expect(await faults(test)).toEqual(['body.objectOperations[0].callbackUrl']);
    });
  });

  it('that are not as the document says are 400, each field named', async () => {
    expect((await faults(one.post('subscriptions', {}))).sort()).toEqual(['body.clientName', 'body.objectOperations']);
    expect((await faults(one.post('subscriptions', wish({ objectOperations: [{}] })))).sort()).toEqual([
      'body.objectOperations[0].callbackUrl',
      'body.objectOperations[0].objects',
      'body.objectOperations[0].operations',
    ]);
    const wrong = wish({ objectOperations: [entry({ objects: ['EVENTS'], operations: ['create'] })], targets: [''] });
    expect((await faults(one.post('subscriptions', wrong))).sort()).toEqual([
      'body.objectOperations[0].objects[0]',
      'body.objectOperations[0].operations[0]',
      'body.targets[0]',
    ]);
    expect(await faults(one.get('subscriptions?objects=THINGS'))).toEqual(['query.objects[0]']);
    expect(await faults(one.get('subscriptions?limit=51'))).toEqual(['query.limit']);
    for (const method of ['get', 'delete', 'put'] as const)
      expect(
        await faults(one[method](`subscriptions/${'x'.repeat(129)}`, method === 'put' ? wish() : undefined)),
      ).toEqual(['path.subscriptionID']);
  });

  it('of others do not exist for a VEN; business logic sees and changes all, and leaves them to their client', async () => {
    const { id } = await make(one, { clientName: 'private' });
    await two.get(`subscriptions/${id}`).expect(404);
    await two.put(`subscriptions/${id}`, wish()).expect(404);
    await two.delete(`subscriptions/${id}`).expect(404);
    const hidden = await two.get(`subscriptions/${id}`);
    const unknown = await two.get('subscriptions/none').expect(404);
    expect(hidden.body.detail.replace(id, 'ID')).toBe(unknown.body.detail.replace('none', 'ID'));
    expect(await idsOf(two)).toEqual([]);
    expect(await idsOf(bl, '?clientName=private')).toEqual([id]);
    const { body } = await bl.put(`subscriptions/${id}`, wish({ clientName: 'by bl' })).expect(200);
    expect(body.clientID).toBe(one.id);
    expect((await one.get(`subscriptions/${id}`).expect(200)).body).toEqual(body);
    await bl.delete(`subscriptions/${id}`).expect(200);
    await one.get(`subscriptions/${id}`).expect(404);
    expect((await make(bl))['clientID']).toBe(bl.id);
  });

  it('need a program that exists and that the caller may see, else 400', async () => {
    await make(one, { programID: forOne });
    await make(bl, { programID: forOne });
    for (const programID of [forOne, 'none']) {
      expect(await faults(two.post('subscriptions', wish({ programID })))).toEqual(['body.programID']);
    }
    const { id } = await make(two, { programID: open });
    expect(await faults(two.put(`subscriptions/${id}`, wish({ programID: forOne })))).toEqual(['body.programID']);
    expect((await two.get(`subscriptions/${id}`)).body.programID).toBe(open);
  });

  it('are found by program, client name and object types; filters join by AND, object types by OR', async () => {
    const client = await vtn.client('ven');
    const { body: program } = await bl.post('programs', { programName: 'to filter' }).expect(201);
    const events = await make(client, { clientName: 'a', programID: program.id });
    const both = entry({ objects: ['PROGRAM', 'VEN'] });
    const more = await make(client, { clientName: 'b', programID: program.id, objectOperations: [entry(), both] });
    const other = await make(client, { clientName: 'b', objectOperations: [entry({ objects: ['RESOURCE'] })] });
    const none = await make(client, { clientName: 'c', objectOperations: [] });
    expect(await idsOf(client)).toEqual([events.id, more.id, other.id, none.id]);
    expect(await idsOf(client, `?programID=${program.id}`)).toEqual([events.id, more.id]);
    expect(await idsOf(client, '?clientName=b')).toEqual([more.id, other.id]);
    expect(await idsOf(client, `?clientName=b&programID=${program.id}`)).toEqual([more.id]);
    expect(await idsOf(client, '?objects=EVENT')).toEqual([events.id, more.id]);
    expect(await idsOf(client, '?objects=VEN&objects=RESOURCE')).toEqual([more.id, other.id]);
    expect(await idsOf(client, '?objects=REPORT')).toEqual([]);
    expect(await idsOf(client, '?skip=1&limit=2')).toEqual([more.id, other.id]);
    expect(await idsOf(client, '?limit=0')).toEqual([]);
    expect(await idsOf(client, '?skip=9')).toEqual([]);
  });

  it('carry entity tags: 304 for what is known, 412 for what has changed', async () => {
    const { id } = await make(one, { clientName: 'tagged' });
    const first = (await one.get(`subscriptions/${id}`)).headers['etag'] as string;
    await one.get(`subscriptions/${id}`).set('If-None-Match', first).expect(304);
    const list = (await one.get('subscriptions')).headers['etag'] as string;
    await one.get('subscriptions').set('If-None-Match', list).expect(304);
    vtn.clock.advance(1_000);
    const { body } = await one
      .put(`subscriptions/${id}`, wish({ clientName: 'tagged 2' }))
      .set('If-Match', first)
      .expect(200);
    expect(body.modificationDateTime).toBe('2026-01-15T10:00:01Z');
    expect(body.createdDateTime).toBe('2026-01-15T10:00:00Z');
    await one.get('subscriptions').set('If-None-Match', list).expect(200);
    await one.put(`subscriptions/${id}`, wish()).set('If-Match', first).expect(412);
    await one.delete(`subscriptions/${id}`).set('If-Match', first).expect(412);
    const { body: gone } = await one.delete(`subscriptions/${id}`).set('If-Match', '*').expect(200);
    expect(gone).toEqual(body);
    await one.delete(`subscriptions/${id}`).expect(404);
    await one.put(`subscriptions/${id}`, wish()).expect(404);
  });

  it('go with their program; a client that loses its ven keeps them', async () => {
    const { body: program } = await bl.post('programs', { programName: 'to delete' }).expect(201);
    const { id } = await make(one, { programID: program.id });
    const general = await make(one);
    await bl.delete(`programs/${program.id}`).expect(200);
    await one.get(`subscriptions/${id}`).expect(404);
    await one.get(`subscriptions/${general.id}`).expect(200);

    const client = await vtn.client('ven');
    const { body: ven } = await bl.post('vens', { venName: 'leaves', clientID: client.id }).expect(201);
    const kept = await make(client);
    await bl.delete(`vens/${ven.id}`).expect(200);
    await client.get(`subscriptions/${kept.id}`).expect(200);
  });

  it('ask for a token (401) and for the scope (403), before anything else is looked at', async () => {
    const { id } = await make(one);
    const customer = await vtn.client('customer', { account: 'a' });
    const utility = await vtn.client('utility', { utility: { level: 'leader' } });
    const calls = (client: Pick<TestClient, 'get' | 'post' | 'put' | 'delete'>) => [
      client.get('subscriptions'),
      client.post('subscriptions', {}),
      client.get(`subscriptions/${id}`),
      client.put(`subscriptions/${id}`, {}),
      client.delete(`subscriptions/${id}`),
    ];
    for (const client of [customer, utility]) for (const call of calls(client)) expect((await call).status).toBe(403);
    for (const method of ['get', 'post'] as const) await vtn.anonymous[method](`${BASE}/subscriptions`).expect(401);
    for (const method of ['get', 'put', 'delete'] as const)
      await vtn.anonymous[method](`${BASE}/subscriptions/${id}`).expect(401);
  });
});

describe('the examples of the Definition', () => {
  const events = {
    callbackUrl: 'https://myserver.com/event_callbacks',
    operations: ['CREATE', 'UPDATE'],
    objects: ['EVENT'],
  };
  const programs = { ...events, callbackUrl: 'https://myserver.com/program_callbacks', objects: ['PROGRAM'] };
  const both = { ...events, callbackUrl: 'https://myserver.com/callbacks', objects: ['EVENT', 'PROGRAM'] };

  it.each([
    ['Figure 4', [both]],
    ['Figure 5', [events, programs]],
  ])('%s is accepted and comes back as it is, with a bearerToken of null', async (_figure, objectOperations) => {
    const vtn = await startVtn();
    await vtn.vtn.store.write((tx) => tx.apply(created(aProgram('44'))));
    const ven = await vtn.client('ven');
    const sent = { clientName: 'myClient', programID: '44', objectOperations };
    const { body } = await ven.post('subscriptions', sent).expect(201);
    const masked = objectOperations.map((one) => ({ ...one, bearerToken: null }));
    expect(body).toMatchObject({ ...sent, objectOperations: masked });
    vtn.clock.advance(1_000);
    const { body: again } = await ven.put(`subscriptions/${body.id}`, body).expect(200);
    expect(again).toEqual({ ...body, modificationDateTime: '2026-01-15T10:00:01Z' });
    await vtn.stop();
  });
});

describe('with openadr.unknownProgramStatus 409', () => {
  it('a subscription to an unknown program is a conflict', async () => {
    const vtn = await startVtn({ openadr: { unknownProgramStatus: 409 } });
    const ven = await vtn.client('ven');
    const { body } = await ven.post('subscriptions', wish({ programID: 'none' })).expect(409);
    expect(body).toMatchObject({ title: 'programID is unknown', status: 409 });
    const { body: made } = await ven.post('subscriptions', wish()).expect(201);
    await ven.put(`subscriptions/${made.id}`, wish({ programID: 'none' })).expect(409);
    await vtn.stop();
  });
});

describe('when the store fails', () => {
  it('each operation answers 500 without a word about why', async () => {
    const vtn = await startVtn();
    const ven = await vtn.client('ven');
    const { body: made } = await ven.post('subscriptions', wish()).expect(201);
    await ven.get('subscriptions').expect(200);
    await vtn.vtn.store.write((tx) => tx.db.schema.dropTable('subscription_tokens').execute());
    await vtn.vtn.store.write((tx) => tx.db.schema.dropTable('subscriptions').execute());
    for (const call of [
      ven.get('subscriptions?skip=1'),
      ven.post('subscriptions', wish()),
      ven.get(`subscriptions/${made.id}`),
      ven.put(`subscriptions/${made.id}`, wish()),
      ven.delete(`subscriptions/${made.id}`),
    ]) {
      const { status, text } = await call;
      expect(status).toBe(500);
      expect(text).not.toMatch(/table|sql/i);
    }
    await vtn.stop();
  });
});
