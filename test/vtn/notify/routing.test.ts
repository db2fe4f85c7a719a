import { describe, expect, it } from 'vitest';
import type { StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import {
  messagesFor,
  programsToResolve,
  targetsToResolve,
  type Audience,
  type Holder,
} from '@openadr-gateway/vtn/notify/routing.ts';
import type { Change } from '@openadr-gateway/vtn/store/store.ts';
import { aProgram, aReport, aResource, aSubscription, aVen, anEvent } from '../../support/openadr-objects.ts';

const vens: Holder[] = [
  { venId: 'north', held: ['north', 'DE', 'coast'] },
  { venId: 'south', held: ['south', 'DE'] },
  { venId: 'other', held: ['other'] },
];
const programs: Record<string, string[]> = { open: [], german: ['DE'], coastal: ['coast'] };
const audience: Audience = { vens, programTargets: (id) => programs[id] };

/** What business logic alone is told of programs and their events. */
const isAll = (line: string) => line.includes(' all/');

/** What else is sent, one line each: `CREATE programs/create [targets shown]`. */
function announced(change: Change, to: Audience = audience): string[] {
  return everything(change, to).filter((line) => !isAll(line));
}

function everything(change: Change, to: Audience = audience): string[] {
  return messagesFor(change, to).map(({ topic, notification }) => {
    const { targets } = notification.object as { targets?: string[] | null };
    const shown = targets ? ` [${targets.join()}]` : '';
    return `${notification.operation} ${topic.replace('openadr3/3.1/', '')}${shown}`;
  });
}
const create = (object: StoredObject) => announced({ operation: 'CREATE', object });
const update = (previous: StoredObject, object: StoredObject) => announced({ operation: 'UPDATE', object, previous });
const remove = (object: StoredObject) => announced({ operation: 'DELETE', object });

describe('a change is announced', () => {
  it('with the full object in a notification', () => {
    const object = anEvent('e', 'open');
    expect(messagesFor({ operation: 'CREATE', object }, audience)[0]).toEqual({
      topic: 'openadr3/3.1/events/create',
      notification: { objectType: 'EVENT', operation: 'CREATE', object },
    });
  });

  it('an untargeted program: to everybody, on the topics of all programs and its own', () => {
    expect(create(aProgram('open'))).toEqual(['CREATE programs/create']);
    expect(create(aProgram('open', { targets: [] }))).toEqual(['CREATE programs/create []']);
    expect(create(aProgram('open', { targets: null }))).toEqual(['CREATE programs/create']);
    expect(update(aProgram('open'), aProgram('open'))).toEqual([
      'UPDATE programs/update',
      'UPDATE programs/open/update',
    ]);
    expect(remove(aProgram('open'))).toEqual(['DELETE programs/delete', 'DELETE programs/open/delete']);
  });

  it('a targeted program: only to the vens that hold a target, and only those targets are shown', () => {
    expect(create(aProgram('p', { targets: ['coast', 'DE', 'secret'] }))).toEqual([
      'CREATE vens/north/programs/create [coast,DE]',
      'CREATE vens/south/programs/create [DE]',
    ]);
    expect(create(aProgram('p', { targets: ['nobody'] }))).toEqual([]);
  });

  it("a ven's own id is a target that it holds", () => {
    expect(create(aProgram('p', { targets: ['other'] }))).toEqual(['CREATE vens/other/programs/create [other]']);
  });

  it('an untargeted event of an untargeted program: to everybody who follows the program', () => {
    expect(create(anEvent('e', 'open'))).toEqual(['CREATE events/create', 'CREATE programs/open/events/create']);
  });

  it('a targeted event: to entitled vens, and with all its targets to the business logic', () => {
    expect(create(anEvent('e', 'open', { targets: ['DE', 'coast', 'secret'] }))).toEqual([
      'CREATE events/create [DE,coast,secret]',
      'CREATE vens/north/events/create [DE,coast]',
      'CREATE vens/south/events/create [DE]',
    ]);
  });

  it("a targeted program hides its events too: an untargeted one goes to those who hold the program's targets", () => {
    expect(create(anEvent('e', 'german'))).toEqual([
      'CREATE events/create',
      'CREATE vens/north/events/create',
      'CREATE vens/south/events/create',
    ]);
  });

  it('a targeted event of a targeted program: to those who may see both', () => {
    expect(create(anEvent('e', 'coastal', { targets: ['DE'] }))).toEqual([
      'CREATE events/create [DE]',
      'CREATE vens/north/events/create [DE]',
    ]);
  });

  it('an event whose program nobody knows: to nobody but the business logic', () => {
    expect(create(anEvent('e', 'gone'))).toEqual(['CREATE events/create']);
    expect(create(anEvent('e', 'gone', { targets: ['DE'] }))).toEqual(['CREATE events/create [DE]']);
  });

  it('programs and their events: to the business logic on topics of its own, whatever their targets are', () => {
    const toAll = (change: Change) => everything(change).filter(isAll);
    for (const targets of [null, ['DE'], ['nobody']]) {
      const shown = targets === null ? '' : ` [${targets.join()}]`;
      const program = aProgram('p', { targets });
      expect(toAll({ operation: 'CREATE', object: program })).toEqual([`CREATE all/programs/create${shown}`]);
      expect(toAll({ operation: 'UPDATE', object: program, previous: aProgram('p') })).toEqual([
        `UPDATE all/programs/update${shown}`,
        `UPDATE all/programs/p/update${shown}`,
      ]);
      for (const programId of ['open', 'coastal', 'gone'])
        expect(toAll({ operation: 'DELETE', object: anEvent('e', programId, { targets }) })).toEqual([
          `DELETE all/programs/${programId}/events/delete${shown}`,
        ]);
    }
  });

  it('vens and resources: to the business logic and to the ven itself, with their targets', () => {
    expect(create(aVen('north', { targets: ['DE'] }))).toEqual(['CREATE vens/create [DE]']);
    expect(update(aVen('north'), aVen('north', { targets: ['DE'] }))).toEqual([
      'UPDATE vens/update [DE]',
      'UPDATE vens/north/update [DE]',
    ]);
    expect(remove(aVen('north'))).toEqual(['DELETE vens/delete', 'DELETE vens/north/delete']);
    expect(create(aResource('r', 'north', { targets: ['DE'] }))).toEqual([
      'CREATE resources/create [DE]',
      'CREATE vens/north/resources/create [DE]',
    ]);
  });

  it('a resource that moves to another ven: gone for the one, new for the other', () => {
    expect(update(aResource('r', 'north'), aResource('r', 'south'))).toEqual([
      'DELETE vens/north/resources/delete',
      'UPDATE resources/update',
      'CREATE vens/south/resources/create',
    ]);
  });

  it('reports: to the business logic alone', () => {
    expect(create(aReport('r', 'e'))).toEqual(['CREATE reports/create']);
  });

  it('subscriptions: to the business logic alone, whatever program, client and targets they are for', () => {
    const subscription = aSubscription('s', { programID: 'open', targets: ['DE'] });
    expect(create(subscription)).toEqual(['CREATE subscriptions/create [DE]']);
    expect(update(subscription, aSubscription('s'))).toEqual(['UPDATE subscriptions/update']);
    expect(remove(subscription)).toEqual(['DELETE subscriptions/delete [DE]']);
  });
});

describe('an update that changes who may see an object', () => {
  const both = anEvent('e', 'open', { targets: ['DE'] });
  const one = anEvent('e', 'open', { targets: ['coast'] });

  it('tells those who lose it that it is gone, as they saw it', () => {
    expect(update(both, one)).toEqual([
      'DELETE vens/south/events/delete [DE]',
      'UPDATE events/update [coast]',
      'UPDATE vens/north/events/update [coast]',
    ]);
  });

  it('tells those who get it that it is new', () => {
    expect(update(one, both)).toEqual([
      'UPDATE events/update [DE]',
      'UPDATE vens/north/events/update [DE]',
      'CREATE vens/south/events/create [DE]',
    ]);
  });

  it('moves it between everybody and a few, and tells first where it is gone', () => {
    const open = anEvent('e', 'open');
    expect(update(open, one)).toEqual([
      'DELETE programs/open/events/delete',
      'UPDATE events/update [coast]',
      'CREATE vens/north/events/create [coast]',
    ]);
    expect(update(one, open)).toEqual([
      'DELETE vens/north/events/delete [coast]',
      'UPDATE events/update',
      'CREATE programs/open/events/create',
    ]);
    expect(update(aProgram('p'), aProgram('p', { targets: ['coast'] }))).toEqual([
      'DELETE programs/delete',
      'DELETE programs/p/delete',
      'CREATE vens/north/programs/create [coast]',
    ]);
  });

  it('never shows the new state to those who may not see it any more', () => {
    const before = anEvent('e', 'open', { targets: ['DE'], eventName: 'before' });
    const after = anEvent('e', 'open', { targets: ['coast'], eventName: 'after' });
    const toSouth = messagesFor({ operation: 'UPDATE', object: after, previous: before }, audience).filter(
      ({ topic }) => topic.includes('/south/'),
    );
    expect(toSouth.map(({ notification }) => (notification.object as typeof before).eventName)).toEqual(['before']);
  });

  it('without the state before is an update to all who may see it now', () => {
    expect(announced({ operation: 'UPDATE', object: one })).toEqual([
      'UPDATE events/update [coast]',
      'UPDATE vens/north/events/update [coast]',
    ]);
  });
});

describe('what routing has to know', () => {
  it('the programs of events, before and after', () => {
    const change: Change = { operation: 'UPDATE', object: anEvent('e', 'a'), previous: anEvent('e', 'b') };
    expect(programsToResolve(change)).toEqual(['a', 'b']);
    expect(programsToResolve({ operation: 'CREATE', object: aProgram('a') })).toEqual([]);
    expect(programsToResolve({ operation: 'CREATE', object: aReport('r', 'e') })).toEqual([]);
  });

  it("the targets of programs and events before and after, and of the events' programs; not those of vens", () => {
    const change: Change = {
      operation: 'UPDATE',
      object: anEvent('e', 'german', { targets: ['x'] }),
      previous: anEvent('e', 'german', { targets: ['y', 'x'] }),
    };
    expect(targetsToResolve(change, audience.programTargets)).toEqual(['x', 'DE', 'y']);
    expect(
      targetsToResolve({ operation: 'CREATE', object: aVen('v', { targets: ['x'] }) }, audience.programTargets),
    ).toEqual([]);
  });

  it('vens that see the same get the very same object, so that it is written as JSON once', () => {
    const object = anEvent('e', 'open', { targets: ['DE', 'secret'] });
    const [, , north, south] = messagesFor({ operation: 'CREATE', object }, audience);
    expect(north?.notification.object).toBe(south?.notification.object);
  });
});
