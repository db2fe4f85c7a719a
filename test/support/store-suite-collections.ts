import { describe, expect, it } from 'vitest';
import type { ObjectType, StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import * as clients from '@openadr-gateway/vtn/store/clients.ts';
import * as events from '@openadr-gateway/vtn/store/events.ts';
import {
  advanceCursor,
  keptOutboxAfter,
  openChannels,
  outboxAfter,
  outboxBounds,
  trimOutbox,
} from '@openadr-gateway/vtn/store/outbox.ts';
import * as programs from '@openadr-gateway/vtn/store/programs.ts';
import * as reports from '@openadr-gateway/vtn/store/reports.ts';
import * as resources from '@openadr-gateway/vtn/store/resources.ts';
import * as keys from '@openadr-gateway/vtn/store/signing-keys.ts';
import type { Db } from '@openadr-gateway/vtn/store/store.ts';
import * as subscriptions from '@openadr-gateway/vtn/store/subscriptions.ts';
import * as vens from '@openadr-gateway/vtn/store/vens.ts';
import {
  anEvent,
  aProgram,
  aReport,
  aResource,
  aSubscription,
  aVen,
  created,
  deleted,
  updated,
} from './openadr-objects.ts';
import type { Subject } from './store-suite.ts';

const at = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`;
const ids = (objects: readonly { id: string }[]) => objects.map((object) => object.id);

export function collectionTests(subject: Subject): void {
  const put = (...objects: StoredObject[]) => subject().write((tx) => tx.apply(created(...objects)));
  const read = <T>(work: (db: Db) => Promise<T>) => subject().read(work);

  describe('objects', () => {
    it('are found by id as they were written, character for character', async () => {
      const event = anEvent('e', 'p', { eventName: 'Grüße "☃"', priority: 3, targets: ['a', 'b'], duration: 'PT1H' });
      await put(aProgram('p'), event);
      expect(await read((db) => events.eventBody(db, 'e'))).toBe(JSON.stringify(event));
      expect(await read((db) => events.eventById(db, 'e'))).toEqual(event);
      expect(await read((db) => events.eventById(db, 'other'))).toBeUndefined();
    });

    it('are found by the names that identify them', async () => {
      await put(
        aProgram('p', { programName: 'tariffs' }),
        aVen('v'),
        aResource('r', 'v'),
        aVen('w'),
        aResource('s', 'w', { resourceName: 'name of r' }),
      );
      await put(anEvent('e', 'p', { eventName: 'x' }), anEvent('f', 'p', { eventName: 'y' }), anEvent('g', 'p'));
      expect((await read((db) => programs.programByName(db, 'tariffs')))?.id).toBe('p');
      expect((await read((db) => vens.venByName(db, 'name of v')))?.id).toBe('v');
      expect((await read((db) => vens.venByClientId(db, 'client of v')))?.id).toBe('v');
      expect((await read((db) => vens.venById(db, 'v')))?.id).toBe('v');
      expect((await read((db) => events.eventByName(db, 'p', 'y')))?.id).toBe('f');
      expect(await read((db) => events.eventByName(db, 'q', 'y'))).toBeUndefined();
      expect(ids(await read((db) => events.eventsByNames(db, 'p', ['y', 'x', 'z'])))).toEqual(['e', 'f']);
      expect(await read((db) => events.eventsByNames(db, 'p', []))).toEqual([]);
      expect(ids(await read((db) => events.eventsOfProgram(db, 'p')))).toEqual(['e', 'f', 'g']);
      expect(ids(await read((db) => resources.resourcesByName(db, 'name of r')))).toEqual(['r', 's']);
      expect(ids(await read((db) => resources.resourcesOfVen(db, 'w')))).toEqual(['s']);
      expect((await read((db) => resources.resourceById(db, 's')))?.venID).toBe('w');
    });

    it('show their new state after an update, under their new name only', async () => {
      const program = aProgram('p', { programName: 'old' });
      await put(program);
      await subject().write((tx) => tx.apply(updated({ ...program, programName: 'new' }, program)));
      expect((await read((db) => programs.programByName(db, 'new')))?.id).toBe('p');
      expect(await read((db) => programs.programByName(db, 'old'))).toBeUndefined();
    });

    it('are stored by the thousand in one write', async () => {
      const many = Array.from({ length: 3000 }, (_, n) =>
        anEvent(`e${n}`, 'p', { eventName: `n${n}`, targets: [`t${n}`, 'all'] }),
      );
      await put(aProgram('p'), ...many);
      expect(await read((db) => events.listEventBodies(db, { targets: ['all'] }))).toHaveLength(3000);
      const names = many.map((event) => event.eventName ?? '');
      expect(await read((db) => events.eventsByNames(db, 'p', names))).toHaveLength(3000);
      await subject().write((tx) => tx.apply(deleted(...many)));
      expect(await read((db) => events.listEventBodies(db))).toEqual([]);
      expect(await read((db) => outboxAfter(db, 0, 10_000))).toHaveLength(6001);
    });
  });

  describe('lists', () => {
    it('of events: lowest priority number first, unset last, then the newest, then by id', async () => {
      await put(
        aProgram('p'),
        anEvent('unset-old', 'p', { createdDateTime: at(1) }),
        anEvent('unset-new', 'p', { createdDateTime: at(9) }),
        anEvent('two', 'p', { priority: 2, createdDateTime: at(5) }),
        anEvent('zero-b', 'p', { priority: 0, createdDateTime: at(3) }),
        anEvent('zero-a', 'p', { priority: 0, createdDateTime: at(3) }),
        anEvent('zero-new', 'p', { priority: 0, createdDateTime: at(4) }),
        anEvent('null', 'p', { priority: null, createdDateTime: at(5) }),
      );
      const expected = ['zero-new', 'zero-a', 'zero-b', 'two', 'unset-new', 'null', 'unset-old'];
      expect(ids(await read((db) => events.listEvents(db)))).toEqual(expected);
    });

    it('of the others: oldest first, then by id', async () => {
      await put(
        aProgram('c', { createdDateTime: at(2) }),
        aProgram('b', { createdDateTime: at(2) }),
        aProgram('a', { createdDateTime: at(3) }),
        aProgram('d', { createdDateTime: at(1) }),
      );
      expect(ids(await read((db) => programs.listPrograms(db)))).toEqual(['d', 'b', 'c', 'a']);
    });

    it('come in pages that together are the list', async () => {
      await put(...Array.from({ length: 7 }, (_, n) => aProgram(`p${n}`)));
      const page = (limit: number | undefined, skip: number | undefined) =>
        read(async (db) => ids(await programs.listPrograms(db, { limit, skip })));
      expect(await page(3, 0)).toEqual(['p0', 'p1', 'p2']);
      expect(await page(3, 3)).toEqual(['p3', 'p4', 'p5']);
      expect(await page(3, 6)).toEqual(['p6']);
      expect(await page(3, 7)).toEqual([]);
      expect(await page(0, undefined)).toEqual([]);
      expect(await page(undefined, 5)).toEqual(['p5', 'p6']);
      expect(await page(undefined, undefined)).toHaveLength(7);
    });

    it('of reports are filtered by program, event, client name and client', async () => {
      await put(aProgram('p'), aProgram('q'), anEvent('e', 'p'), anEvent('f', 'p'), anEvent('g', 'q'));
      await put(
        aReport('1', 'e', { clientID: 'a', clientName: 'A' }),
        aReport('2', 'f', { clientID: 'b', clientName: 'B' }),
        aReport('3', 'g', { clientID: 'a', clientName: 'B' }),
      );
      const list = (filter: reports.ReportFilter) => read(async (db) => ids(await reports.listReports(db, filter)));
      expect(await list({})).toEqual(['1', '2', '3']);
      expect(await list({ programId: 'p' })).toEqual(['1', '2']);
      expect(await list({ eventId: 'f' })).toEqual(['2']);
      expect(await list({ clientName: 'B' })).toEqual(['2', '3']);
      expect(await list({ clientId: 'a' })).toEqual(['1', '3']);
      expect(await list({ clientId: 'a', clientName: 'B' })).toEqual(['3']);
      expect((await read((db) => reports.reportById(db, '2')))?.eventID).toBe('f');
    });

    it('of subscriptions are filtered by program, client name, client and object types', async () => {
      const to = (...objects: ObjectType[]) => ({
        objects,
        operations: ['CREATE' as const],
        callbackUrl: 'https://a.example',
        bearerToken: null,
      });
      await put(aProgram('p'), aProgram('q'));
      await put(
        aSubscription('1', { programID: 'p', clientID: 'a', clientName: 'A', objectOperations: [to('EVENT')] }),
        aSubscription('2', { programID: 'q', clientID: 'b', clientName: 'B', objectOperations: [] }),
        aSubscription('3', { clientID: 'a', clientName: 'B', objectOperations: [to('VEN'), to('PROGRAM', 'VEN')] }),
      );
      const list = (filter: subscriptions.SubscriptionFilter) =>
        read(async (db) => ids(await subscriptions.listSubscriptions(db, filter)));
      expect(await list({})).toEqual(['1', '2', '3']);
      expect(await list({ programId: 'q' })).toEqual(['2']);
      expect(await list({ clientName: 'B' })).toEqual(['2', '3']);
      expect(await list({ clientId: 'a' })).toEqual(['1', '3']);
      expect(await list({ objects: ['PROGRAM'] })).toEqual(['3']);
      expect(await list({ objects: ['EVENT', 'PROGRAM'] })).toEqual(['1', '3']);
      expect(await list({ objects: ['EVENT', 'PROGRAM'], clientName: 'B' })).toEqual(['3']);
      expect(await list({ objects: ['REPORT'] })).toEqual([]);
      expect(await list({ objects: [] })).toEqual([]);
      expect(await list({ limit: 1, skip: 1 })).toEqual(['2']);
      expect((await read((db) => subscriptions.subscriptionById(db, '2')))?.programID).toBe('q');
      const [first] = await read((db) => subscriptions.listSubscriptions(db, { clientName: 'A' }));
      await subject().write((tx) => tx.apply(updated({ ...first!, objectOperations: [to('RESOURCE')] }, first)));
      expect(await list({ objects: ['EVENT'] })).toEqual([]);
      expect(await list({ objects: ['RESOURCE'] })).toEqual(['1']);
    });

    it('of vens and resources are filtered by name, ven, client and target', async () => {
      await put(aVen('v', { targets: ['t'] }), aVen('w'));
      await put(
        aResource('r', 'v', { targets: ['t', 'u'] }),
        aResource('s', 'v', { targets: ['u'] }),
        aResource('x', 'w'),
      );
      const ofVens = (filter: vens.VenFilter) => read(async (db) => ids(await vens.listVens(db, filter)));
      const ofResources = (filter: resources.ResourceFilter) =>
        read(async (db) => ids(await resources.listResources(db, filter)));
      expect(await ofVens({ name: 'name of w' })).toEqual(['w']);
      expect(await ofVens({ clientId: 'client of v' })).toEqual(['v']);
      expect(await ofVens({ targets: ['t'] })).toEqual(['v']);
      expect(await ofVens({ targets: [] })).toEqual([]);
      expect(await ofResources({ venId: 'v' })).toEqual(['r', 's']);
      expect(await ofResources({ venId: 'v', name: 'name of s' })).toEqual(['s']);
      expect(await ofResources({ clientId: 'client of w' })).toEqual(['x']);
      expect(await ofResources({ targets: ['t', 'u'] })).toEqual(['r', 's']);
    });

    it('of active events leave out those whose last interval is over, and keep those that never end', async () => {
      const period = (start: string, duration: string) => ({ intervalPeriod: { start, duration } });
      await put(
        aProgram('p'),
        anEvent('hour', 'p', period('2026-01-01T10:00:00Z', 'PT1H')),
        anEvent('always', 'p', period('2026-01-01T10:00:00Z', 'P9999Y')),
        anEvent('later', 'p', period('2026-02-01T00:00:00Z', 'PT1H')),
      );
      const active = (time: string) =>
        read(async (db) => ids(await events.listEvents(db, { activeAtMs: Date.parse(time) })).sort());
      expect(await active('2026-01-01T10:59:59Z')).toEqual(['always', 'hour', 'later']);
      expect(await active('2026-01-01T11:00:00Z')).toEqual(['always', 'later']);
      expect(await active('2027-01-01T00:00:00Z')).toEqual(['always']);
    });

    it('follow an update: an event that is moved is active by its new times', async () => {
      const event = anEvent('e', 'p', { intervalPeriod: { start: '2026-01-01T10:00:00Z', duration: 'PT1H' } });
      await put(aProgram('p'), event);
      const moved = { ...event, intervalPeriod: { start: '2026-01-01T12:00:00Z', duration: 'PT1H' } };
      await subject().write((tx) => tx.apply(updated(moved, event)));
      const filter = { activeAtMs: Date.parse('2026-01-01T12:30:00Z') };
      expect(await read((db) => events.listEvents(db, filter))).toEqual([moved]);
    });
  });

  describe('deletions', () => {
    it('of a program take its events, their reports and its subscriptions along, and announce every one, children first', async () => {
      const program = aProgram('p');
      await put(program, aProgram('q'), anEvent('e', 'p'), anEvent('f', 'p'), anEvent('g', 'q'));
      await put(aReport('1', 'e'), aReport('2', 'f'), aReport('3', 'g'));
      await put(aSubscription('s', { programID: 'p' }), aSubscription('t', { programID: 'q' }), aSubscription('u'));
      const seqBefore = (await read((db) => outboxAfter(db, 0, 100))).at(-1)?.seq ?? 0;
      await subject().write(async (tx) => tx.apply(await programs.deleteProgramChanges(tx.db, program)));
      expect(ids(await read((db) => programs.listPrograms(db)))).toEqual(['q']);
      expect(ids(await read((db) => events.listEvents(db)))).toEqual(['g']);
      expect(ids(await read((db) => reports.listReports(db)))).toEqual(['3']);
      expect(ids(await read((db) => subscriptions.listSubscriptions(db)))).toEqual(['t', 'u']);
      const rows = await read((db) => outboxAfter(db, seqBefore, 100));
      expect(rows.map((row) => `${row.operation} ${row.object_id}`)).toEqual(
        ['1', '2', 'e', 'f', 's', 'p'].map((id) => `DELETE ${id}`),
      );
    });

    it('of an event take its reports along', async () => {
      const event = anEvent('e', 'p');
      await put(aProgram('p'), event, anEvent('f', 'p'), aReport('1', 'e'), aReport('2', 'f'));
      await subject().write(async (tx) => tx.apply(await events.deleteEventChanges(tx.db, event)));
      expect(ids(await read((db) => reports.listReports(db)))).toEqual(['2']);
    });

    it('of a ven take its resources along', async () => {
      const ven = aVen('v');
      await put(ven, aVen('w'), aResource('r', 'v'), aResource('s', 'w'));
      await subject().write(async (tx) => tx.apply(await vens.deleteVenChanges(tx.db, ven)));
      expect(ids(await read((db) => resources.listResources(db)))).toEqual(['s']);
      expect(ids(await read((db) => vens.listVens(db)))).toEqual(['w']);
    });

    it('of a parent alone are refused while it has children', async () => {
      await put(aProgram('p'), anEvent('e', 'p'), aProgram('q'), aSubscription('s', { programID: 'q' }));
      for (const program of [aProgram('p'), aProgram('q')])
        await expect(subject().write((tx) => tx.apply(deleted(program)))).rejects.toMatchObject({ status: 409 });
      expect(await read((db) => programs.programById(db, 'p'))).toBeDefined();
    });

    it('of what a client has subscribed to leave what others have', async () => {
      await put(aSubscription('1'), aSubscription('2', { clientID: 'other' }), aSubscription('3'));
      await subject().write(async (tx) => tx.apply(await subscriptions.endSubscriptionsChanges(tx.db, 'client of v')));
      expect(ids(await read((db) => subscriptions.listSubscriptions(db)))).toEqual(['2']);
    });

    it('of outbox rows that are kept for a while take what nobody comes back for, and say how far all is gone', async () => {
      await put(aProgram('p'), anEvent('e', 'p'), aReport('r', 'e'), aVen('v'), aSubscription('s'));
      const rows = await read((db) => outboxAfter(db, 0, 10));
      const left = async () => (await read((db) => keptOutboxAfter(db, 0, 10))).map((row) => row.object_id);
      const all = async () => (await read((db) => outboxAfter(db, 0, 10))).map((row) => row.object_id);
      const bounds = () => read((db) => outboxBounds(db));
      const newest = rows.at(-1)?.seq ?? 0;
      await subject().write((tx) => openChannels(tx.db, ['a']));
      await subject().write((tx) => trimOutbox(tx.db, 0));
      expect([await all(), await bounds()]).toEqual([['p', 'e', 'r', 'v', 's'], { forgotten: 0, newest }]);
      await subject().write((tx) => advanceCursor(tx.db, 'a', newest));
      await subject().write((tx) => trimOutbox(tx.db, 0));
      expect([await all(), await left()]).toEqual([
        ['p', 'e', 'v'],
        ['p', 'e', 'v'],
      ]);
      await subject().write((tx) => trimOutbox(tx.db, Infinity));
      expect([await all(), await bounds()]).toEqual([[], { forgotten: newest, newest }]);
    });

    it('of outbox rows take those that every channel has passed', async () => {
      await put(aProgram('p'), aProgram('q'), aProgram('r'));
      const [first, second] = await read((db) => outboxAfter(db, 0, 10));
      const trim = () => subject().write((tx) => trimOutbox(tx.db, Infinity));
      const left = async () => (await read((db) => outboxAfter(db, 0, 10))).map((row) => row.object_id);
      await subject().write((tx) => openChannels(tx.db, ['a', 'b']));
      await subject().write((tx) => advanceCursor(tx.db, 'a', second?.seq ?? 0));
      await trim();
      expect(await left()).toEqual(['p', 'q', 'r']);
      await subject().write((tx) => advanceCursor(tx.db, 'b', first?.seq ?? 0));
      await trim();
      expect(await left()).toEqual(['q', 'r']);
    });
  });

  describe('the bearer tokens of callbacks', () => {
    const [callback] = aSubscription('s').objectOperations;
    const subscription = aSubscription('s', { objectOperations: [callback!, callback!, callback!] });
    const store = (tokens: subscriptions.CallbackTokens) =>
      subject().write((tx) => subscriptions.storeCallbackTokens(tx.db, 's', tokens));
    const tokens = () => read((db) => subscriptions.callbackTokens(db, subscription));

    it('are kept by place, beside the subscription and not in it', async () => {
      await put(subscription);
      expect(await tokens()).toEqual([undefined, undefined, undefined]);
      await store(['first', undefined, 'third']);
      expect(await tokens()).toEqual(['first', undefined, 'third']);
      await store([undefined, 'second']);
      expect(await tokens()).toEqual([undefined, 'second', undefined]);
      expect(await read((db) => subscriptions.subscriptionBody(db, 's'))).toBe(JSON.stringify(subscription));
    });

    it('may be many', async () => {
      const many = Array.from({ length: 3_000 }, (_, n) => `token ${n}`);
      await put({ ...subscription, objectOperations: many.map(() => callback!) });
      await store(many);
      const stored = await read((db) => subscriptions.subscriptionById(db, 's'));
      expect(await read((db) => subscriptions.callbackTokens(db, stored!))).toEqual(many);
    });

    it('go with the subscription, and nothing is kept for one that is not there', async () => {
      await put(subscription);
      await store(['first']);
      await subject().write((tx) => tx.apply(deleted(subscription)));
      await put(subscription);
      expect(await tokens()).toEqual([undefined, undefined, undefined]);
      await expect(
        subject().write((tx) => subscriptions.storeCallbackTokens(tx.db, 'none', ['x'])),
      ).rejects.toMatchObject({ status: 409 });
    });
  });

  describe('names', () => {
    it.each([
      ['of programs', [aProgram('p')], aProgram('q', { programName: 'name of p' })],
      ['of vens', [aVen('v')], aVen('w', { venName: 'name of v' })],
      ['of clients of vens', [aVen('v')], aVen('w', { clientID: 'client of v' })],
      ['of resources of a ven', [aVen('v'), aResource('r', 'v')], aResource('s', 'v', { resourceName: 'name of r' })],
    ] satisfies [string, StoredObject[], StoredObject][])('%s are unique', async (_, before, duplicate) => {
      await put(...before);
      await expect(put(duplicate)).rejects.toMatchObject({ status: 409 });
    });

    it('of events and reports may repeat', async () => {
      await put(aProgram('p'), anEvent('e', 'p', { eventName: 'x' }), anEvent('f', 'p', { eventName: 'x' }));
      await put(aReport('1', 'e', { reportName: 'x' }), aReport('2', 'e', { reportName: 'x' }));
      expect(await read((db) => reports.listReports(db))).toHaveLength(2);
    });
  });

  describe('clients and keys', () => {
    const row = (id: string, more: object = {}) => ({
      id,
      name: `name of ${id}`,
      role: 'ven',
      secret_hash: 'hash',
      account: null,
      utility_id: null,
      utility_level: null,
      created_ms: 1,
      revoked_ms: null,
      ...more,
    });

    it('a client is found until it is revoked, and afterwards with the time of that', async () => {
      await subject().write((tx) => clients.insertClient(tx.db, row('c')));
      await subject().write((tx) => clients.insertClient(tx.db, row('d', { role: 'customer', account: 'a' })));
      expect(await read((db) => clients.clientById(db, 'c'))).toEqual(row('c'));
      expect(ids(await read((db) => clients.listClients(db)))).toEqual(['c', 'd']);
      expect(ids(await read((db) => clients.listClients(db, { role: 'customer', account: 'a' })))).toEqual(['d']);
      expect(await subject().write((tx) => clients.revokeClient(tx.db, 'c', 7))).toBe(true);
      expect(await subject().write((tx) => clients.revokeClient(tx.db, 'c', 8))).toBe(false);
      expect((await read((db) => clients.clientById(db, 'c')))?.revoked_ms).toBe(7);
      expect(ids(await read((db) => clients.listClients(db)))).toEqual(['d']);
      expect(ids(await read((db) => clients.listClients(db, { revoked: true })))).toEqual(['c', 'd']);
    });

    it('a secret is replaced, but not that of a revoked client', async () => {
      await subject().write((tx) => clients.insertClient(tx.db, row('c')));
      expect(await subject().write((tx) => clients.updateClientSecret(tx.db, 'c', 'new'))).toBe(true);
      expect((await read((db) => clients.clientById(db, 'c')))?.secret_hash).toBe('new');
      await subject().write((tx) => clients.revokeClient(tx.db, 'c', 7));
      expect(await subject().write((tx) => clients.updateClientSecret(tx.db, 'c', 'newer'))).toBe(false);
      expect(await subject().write((tx) => clients.updateClientSecret(tx.db, 'none', 'x'))).toBe(false);
    });

    it('a client id is taken once', async () => {
      await subject().write((tx) => clients.insertClient(tx.db, row('c')));
      await expect(subject().write((tx) => clients.insertClient(tx.db, row('c')))).rejects.toMatchObject({
        status: 409,
      });
    });

    it('signing keys are listed newest first and can be retired', async () => {
      for (const [kid, created_ms] of [
        ['a', 1],
        ['b', 3],
        ['c', 2],
      ] as const) {
        await subject().write((tx) => keys.insertSigningKey(tx.db, { kid, private_jwk: '{}', created_ms }));
      }
      const kids = () => read(async (db) => (await keys.listSigningKeys(db)).map((key) => key.kid));
      expect(await kids()).toEqual(['b', 'c', 'a']);
      expect(await subject().write((tx) => keys.deleteSigningKey(tx.db, 'c'))).toBe(true);
      expect(await subject().write((tx) => keys.deleteSigningKey(tx.db, 'c'))).toBe(false);
      expect(await kids()).toEqual(['b', 'a']);
    });
  });
}
