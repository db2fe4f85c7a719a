import { describe, expect, it } from 'vitest';
import type { StoredObject } from '@openadr-gateway/shared/openadr/objects.ts';
import {
  changesGrants,
  feedCandidates,
  feedEntries,
  type FeedAudience,
} from '@openadr-gateway/vtn/notify/feed/routing.ts';
import type { Change } from '@openadr-gateway/vtn/store/store.ts';
import { aProgram, aReport, aResource, aVen, anEvent } from '../../../support/openadr-objects.ts';

const programs: Record<string, string[]> = { open: [], german: ['DE'] };
const programTargets = (id: string) => programs[id];

const operator: FeedAudience = { isAll: true, held: [] };
const north: FeedAudience = { isAll: false, held: ['north', 'DE', 'coast'] };
const stranger: FeedAudience = { isAll: false, held: [] };

/** `UPDATE [targets shown]`, `reset`, or nothing. */
function told(change: Change, audience: FeedAudience): string | undefined {
  const entry = feedEntries(change, programTargets)(audience);
  if (entry === undefined || entry === 'reset') return entry;
  const { targets } = entry.object as { targets?: string[] | null };
  return targets ? `${entry.operation} [${targets.join()}]` : entry.operation;
}
const create = (object: StoredObject): Change => ({ operation: 'CREATE', object });
const update = (previous: StoredObject, object: StoredObject): Change => ({ operation: 'UPDATE', object, previous });
const toAll = (change: Change) => [operator, north, stranger].map((audience) => told(change, audience));

const plain = anEvent('e', 'open');
const coastal = anEvent('e', 'open', { targets: ['coast', 'secret'] });
const german = anEvent('e', 'german');

describe('the feed tells', () => {
  it('everybody of what is for everybody, and holders of what is for them, hiding what they do not hold', () => {
    expect(toAll(create(plain))).toEqual(['CREATE', 'CREATE', 'CREATE']);
    expect(toAll(create(coastal))).toEqual(['CREATE [coast,secret]', 'CREATE [coast]', undefined]);
    expect(toAll(create(german))).toEqual(['CREATE', 'CREATE', undefined]);
    expect(toAll(create(anEvent('e', 'unknown')))).toEqual(['CREATE', undefined, undefined]);
  });

  it('of an update what it is to each: news, a change, or the end', () => {
    expect(toAll(update(plain, coastal))).toEqual(['UPDATE [coast,secret]', 'UPDATE [coast]', 'DELETE']);
    expect(toAll(update(coastal, plain))).toEqual(['UPDATE', 'UPDATE', 'CREATE']);
    expect(toAll(update(coastal, anEvent('e', 'open', { targets: ['secret'] })))).toEqual([
      'UPDATE [secret]',
      'DELETE [coast]',
      undefined,
    ]);
  });

  it('of nothing but events, except that a program begins or ceases to be in sight', () => {
    const [open, closed] = [aProgram('p'), aProgram('p', { targets: ['DE'] })];
    expect(toAll(update(open, closed))).toEqual([undefined, undefined, 'reset']);
    expect(toAll(update(closed, open))).toEqual([undefined, undefined, 'reset']);
    expect(toAll(update(open, open))).toEqual([undefined, undefined, undefined]);
    expect(told(update(open, closed), { ...stranger, programIds: ['other'] })).toBeUndefined();
    expect(told(update(open, closed), { ...stranger, programIds: ['p'] })).toBe('reset');
    for (const object of [open, aVen('v'), aResource('r', 'v'), aReport('x', 'e')])
      expect(toAll(create(object))).toEqual([undefined, undefined, undefined]);
  });

  it('what was asked for', () => {
    expect(told(create(plain), { ...operator, programIds: ['german'] })).toBeUndefined();
    expect(told(create(german), { ...operator, programIds: ['german'] })).toBe('CREATE');
    expect(told(create(plain), { ...operator, targets: ['coast'] })).toBeUndefined();
    expect(told(create(coastal), { ...operator, targets: ['coast'] })).toBe('CREATE [coast,secret]');
    expect(told(create(coastal), { ...north, targets: [] })).toBeUndefined();
  });
});

describe('who may have to be told', () => {
  it.each<[string, Change, readonly string[] | 'everybody']>([
    ['an untargeted event', create(plain), 'everybody'],
    ['a targeted event', create(coastal), ['coast', 'secret']],
    ['an event of a targeted program', create(german), ['DE']],
    ['an event of nobody knows which program', create(anEvent('e', 'unknown')), ['']],
    ['an event that was for everybody', update(plain, coastal), 'everybody'],
    ['an event that was for others', update(german, coastal), ['coast', 'secret', 'DE']],
    ['a program that was for everybody', update(aProgram('p'), aProgram('p', { targets: ['A'] })), 'everybody'],
    ['a ven', create(aVen('v', { targets: ['A'] })), []],
  ])('of %s', (_, change, expected) => expect(feedCandidates(change, programTargets)).toEqual(expected));
});

describe('grants are changed', () => {
  const ven = aVen('v', { targets: ['A', 'B'] });
  it.each<[string, Change, boolean]>([
    ['by a new ven', create(ven), true],
    ['by a ven that goes', { operation: 'DELETE', object: ven }, true],
    ['by other targets', update(ven, { ...ven, targets: ['A'] }), true],
    ['by another client', update(ven, { ...ven, clientID: 'other' }), true],
    ['by a resource of another ven', update(aResource('r', 'v'), aResource('r', 'w')), true],
    ['not by another name or order', update(ven, { ...ven, venName: 'x', targets: ['B', 'A'] }), false],
    ['not by an event', create(plain), false],
  ])('%s', (_, change, expected) => expect(changesGrants(change)).toBe(expected));
});
