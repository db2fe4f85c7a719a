import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { ApiError } from '@openadr-gateway/vtn/api/errors.ts';
import { notifierOperations, type MqttOffer } from '@openadr-gateway/vtn/api/openadr/notifiers.ts';
import { SCOPES_BY_ROLE, type Caller, type Role } from '@openadr-gateway/vtn/auth/caller.ts';
import { SqliteStore } from '@openadr-gateway/vtn/store/sqlite.ts';
import { aProgram, aResource, aVen, created } from '../../../support/openadr-objects.ts';

const caller = (role: Role, clientId: string = role): Caller => ({ clientId, role, scopes: SCOPES_BY_ROLE[role] });
const north = caller('ven', 'client of north');
const south = caller('ven', 'client of south');
const stranger = caller('ven', 'client without a ven');
const offer: MqttOffer = { uris: () => ['mqtt://127.0.0.1:1883'], authentication: 'OAUTH2_BEARER_TOKEN' };

describe('notifiers', () => {
  let store: SqliteStore;
  beforeEach(async () => {
    store = new SqliteStore({ path: ':memory:', clock: systemClock });
    await store.start();
    await store.write((tx) =>
      tx.apply(
        created(
          aProgram('open'),
          aProgram('german', { targets: ['DE'] }),
          aProgram('direct', { targets: ['south'] }),
          aVen('north'),
          aVen('south'),
          aResource('r', 'north', { targets: ['DE'] }),
        ),
      ),
    );
  });
  afterEach(() => store.stop());

  /** The body of the answer, or the status of the error. */
  async function ask(
    who: Caller,
    operation: string,
    params: Record<string, string> = {},
    mqtt: MqttOffer | undefined = offer,
  ) {
    const handler = notifierOperations({ store, mqtt })[`listAll${operation}`];
    if (handler === undefined) throw new Error(`no operation listAll${operation}`);
    try {
      handler.authorise(who);
      const { status, body } = await handler.handle({
        caller: who,
        params,
        query: {},
        body: undefined,
        headers: {},
        remoteAddress: '127.0.0.1',
      });
      expect(status).toBe(200);
      return JSON.parse(String(body)) as unknown;
    } catch (error) {
      if (error instanceof ApiError) return error.status;
      throw error;
    }
  }
  const topics = (who: Caller, what: string, params: Record<string, string> = {}) =>
    ask(who, `MqttNotifierTopics${what}`, params);
  const of = (path: string) => ({
    topics: {
      CREATE: `openadr3/3.1/${path}/create`,
      UPDATE: `openadr3/3.1/${path}/update`,
      DELETE: `openadr3/3.1/${path}/delete`,
      ALL: `openadr3/3.1/${path}/+`,
    },
  });
  const ofOne = (path: string) => {
    const { CREATE: _none, ...rest } = of(path).topics;
    return { topics: rest };
  };

  it('tell how to reach the broker and to show the token there', async () => {
    expect(await ask(north, 'Notifiers')).toEqual({
      WEBHOOK: true,
      MQTT: {
        URIS: ['mqtt://127.0.0.1:1883'],
        serialization: 'JSON',
        authentication: { method: 'OAUTH2_BEARER_TOKEN', username: '{clientID}' },
      },
    });
  });

  it('say so when the broker asks for nothing', async () => {
    const anonymous: MqttOffer = { ...offer, authentication: 'ANONYMOUS' };
    expect(await ask(north, 'Notifiers', {}, anonymous)).toMatchObject({
      MQTT: { authentication: { method: 'ANONYMOUS' } },
    });
  });

  it('leave MQTT out when it is off, and then there are no topics', async () => {
    const operations = notifierOperations({ store, mqtt: undefined });
    const request = { caller: north, params: {}, query: {}, body: undefined, headers: {}, remoteAddress: '127.0.0.1' };
    const answer = await operations['listAllNotifiers']?.handle(request);
    expect(answer).toMatchObject({ status: 200, body: '{"WEBHOOK":true}', headers: { etag: expect.any(String) } });
    await expect(operations['listAllMqttNotifierTopicsPrograms']?.handle(request)).rejects.toMatchObject({
      status: 404,
    });
  });

  it.each(['Events', 'Reports', 'Subscriptions', 'Vens', 'Resources'])(
    'the topics of all %s are for the business logic alone',
    async (what) => {
      expect(await topics(caller('bl'), what)).toEqual(of(what.toLowerCase()));
      expect(await topics(caller('admin'), what)).toEqual(of(what.toLowerCase()));
      expect(await topics(north, what)).toBe(403);
      expect(await topics(caller('utility'), what)).toBe(403);
      expect(await topics(caller('customer'), what)).toBe(403);
    },
  );

  it.each([
    ['Ven', ofOne('vens/north')],
    ['VenEvents', of('vens/north/events')],
    ['VenPrograms', of('vens/north/programs')],
    ['VenResources', of('vens/north/resources')],
  ])(
    "a ven's topics (%s) are for itself and the business logic; for others there is no such ven",
    async (what, expected) => {
      expect(await topics(north, what, { venID: 'north' })).toEqual(expected);
      expect(await topics(caller('bl'), what, { venID: 'north' })).toEqual(expected);
      expect(await topics(south, what, { venID: 'north' })).toBe(404);
      expect(await topics(stranger, what, { venID: 'north' })).toBe(404);
      expect(await topics(caller('bl'), what, { venID: 'nobody' })).toBe(404);
      expect(await topics(caller('customer'), what, { venID: 'north' })).toBe(403);
    },
  );

  it('business logic is given topics of its own for programs, which tell of targeted ones too', async () => {
    expect(await topics(caller('bl'), 'Programs')).toEqual(of('all/programs'));
    for (const programID of ['open', 'german']) {
      expect(await topics(caller('bl'), 'Program', { programID })).toEqual(ofOne(`all/programs/${programID}`));
      expect(await topics(caller('bl'), 'ProgramEvents', { programID })).toEqual(
        of(`all/programs/${programID}/events`),
      );
    }
  });

  it('the topics of programs, and of an untargeted program and its events, are for every VEN', async () => {
    for (const who of [north, stranger]) {
      expect(await topics(who, 'Programs')).toEqual(of('programs'));
      expect(await topics(who, 'Program', { programID: 'open' })).toEqual(ofOne('programs/open'));
      expect(await topics(who, 'ProgramEvents', { programID: 'open' })).toEqual(of('programs/open/events'));
    }
    expect(await topics(caller('customer'), 'Programs')).toBe(403);
  });

  it('of a targeted program an entitled ven is told its own topics, because there it is announced', async () => {
    expect(await topics(north, 'Program', { programID: 'german' })).toEqual(of('vens/north/programs'));
    expect(await topics(north, 'ProgramEvents', { programID: 'german' })).toEqual(of('vens/north/events'));
    expect(await topics(south, 'Program', { programID: 'direct' })).toEqual(of('vens/south/programs'));
  });

  it('a program that a ven may not see, or that does not exist, is not found', async () => {
    for (const what of ['Program', 'ProgramEvents']) {
      expect(await topics(south, what, { programID: 'german' })).toBe(404);
      expect(await topics(stranger, what, { programID: 'german' })).toBe(404);
      expect(await topics(north, what, { programID: 'direct' })).toBe(404);
      expect(await topics(caller('bl'), what, { programID: 'nothing' })).toBe(404);
    }
  });
});
