import { describe, expect, it } from 'vitest';
import type { Event, Program, Report, Ven } from '@openadr-gateway/shared/openadr/objects.ts';
import { canSee, canWrite, visible } from '../../../vtn/auth/access.ts';
import { SCOPES_BY_ROLE } from '../../../vtn/auth/caller.ts';
import type { Caller, Role } from '../../../vtn/auth/caller.ts';

const caller = (role: Role, clientId = 'me'): Caller => ({ clientId, role, scopes: SCOPES_BY_ROLE[role] });
const meta = { id: 'x', createdDateTime: '2026-01-01T00:00:00Z', modificationDateTime: '2026-01-01T00:00:00Z' };
const program = (targets?: string[]): Program => ({
  ...meta,
  objectType: 'PROGRAM',
  programName: 'p',
  ...(targets ? { targets } : {}),
});
const event = (targets?: string[]): Event => ({
  ...meta,
  objectType: 'EVENT',
  programID: 'p',
  intervals: [],
  ...(targets ? { targets } : {}),
});
const ven = (clientID: string): Ven => ({ ...meta, objectType: 'VEN', clientID, venName: 'v', targets: ['a'] });
const report = (clientID: string): Report => ({
  ...meta,
  objectType: 'REPORT',
  clientID,
  clientName: 'c',
  eventID: 'e',
  resources: [],
});

describe('who may see what', () => {
  it.each(['bl', 'admin'] as const)('%s sees and changes everything, with all targets', (role) => {
    for (const object of [program(['a']), event(['a']), ven('other'), report('other')]) {
      expect(canSee(caller(role), [], { object })).toBe(true);
      expect(canWrite(caller(role), object)).toBe(true);
      expect(visible(caller(role), [], object)).toBe(object);
    }
  });

  it('a VEN sees its own vens and reports, by clientID and not by scope', () => {
    for (const make of [ven, report]) {
      expect(canSee(caller('ven'), ['a'], { object: make('me') })).toBe(true);
      expect(canWrite(caller('ven'), make('me'))).toBe(true);
      expect(canSee(caller('ven'), ['a'], { object: make('other') })).toBe(false);
      expect(canWrite(caller('ven'), make('other'))).toBe(false);
    }
  });

  it.each([
    [undefined, [], true],
    [[], [], true],
    [['a'], [], false],
    [['a'], ['b'], false],
    [['a', 'b'], ['b'], true],
  ])('a VEN sees a program with targets %j when it holds %j: %s', (targets, held, expected) => {
    expect(canSee(caller('ven'), held, { object: program(targets) })).toBe(expected);
    expect(canWrite(caller('ven'), program(targets))).toBe(false);
  });

  it('an untargeted event of a hidden program is hidden', () => {
    expect(canSee(caller('ven'), ['b'], { object: event(), program: program(['a']) })).toBe(false);
    expect(canSee(caller('ven'), ['a'], { object: event(), program: program(['a']) })).toBe(true);
    expect(canSee(caller('ven'), ['a'], { object: event(['b']), program: program(['a']) })).toBe(false);
    expect(canSee(caller('ven'), ['a'], { object: event() })).toBe(false);
  });

  it('targets that are not held are not shown', () => {
    expect(visible(caller('ven'), ['b', 'c'], program(['a', 'b'])).targets).toEqual(['b']);
    expect(visible(caller('ven'), [], event())).toEqual(event());
    expect(visible(caller('ven'), [], ven('me')).targets).toEqual(['a']);
  });

  it('a utility sees what is untargeted', () => {
    expect(canSee(caller('utility'), [], { object: program() })).toBe(true);
    expect(canSee(caller('utility'), [], { object: program(['a']) })).toBe(false);
    expect(canSee(caller('utility'), [], { object: report('other') })).toBe(false);
  });
});
