import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTargets, encodeTargets, targetOf, targetsAsked } from '../../../shared/openadr/targets-3.0.ts';
import type { TargetPlace } from '../../../shared/openadr/targets-3.0.ts';
import { sharesTarget } from '../../../shared/openadr/targets.ts';
import { valuesMap30 } from './arbitraries-3.0.ts';

const PLACES: TargetPlace[] = ['PROGRAM', 'EVENT', 'SUBSCRIPTION', 'VEN', 'RESOURCE', 'REPORT_DESCRIPTOR'];

describe('targets of 3.0.1 and 3.1', () => {
  it.each([
    ['values of type GROUP are plain', [{ type: 'GROUP', values: ['a', 'b'] }], ['a', 'b']],
    ['values of other types carry their type', [{ type: 'VEN_NAME', values: ['v'] }], ['["VEN_NAME","v"]']],
    ['numbers stay numbers', [{ type: 'PRICE', values: [0.17] }], ['["PRICE",0.17]']],
    [
      'so do truth values and points',
      [{ type: 'X', values: [true, { x: 1, y: 2 }] }],
      ['["X",true]', '["X",{"x":1,"y":2}]'],
    ],
    ['a number of type GROUP is not its text', [{ type: 'GROUP', values: [1, '1'] }], ['["GROUP",1]', '1']],
    [
      'neighbours of one type stay apart',
      [
        { type: 'GROUP', values: ['a'] },
        { type: 'GROUP', values: ['b'] },
      ],
      ['a', '{"begins":"GROUP","in":"EVENT"}', 'b'],
    ],
    ['no values are told too', [{ type: 'GROUP', values: [] }], ['{"begins":"GROUP","in":"EVENT"}']],
    [
      'text that looks like a typed target is text',
      [{ type: 'GROUP', values: ['["A",1]'] }],
      ['["GROUP","[\\"A\\",1]"]'],
    ],
    ['nothing is nothing', [], []],
  ])('%s', (_rule, maps, targets) => {
    expect(encodeTargets(maps, 'EVENT')).toEqual(targets);
    expect(decodeTargets(targets)).toEqual(maps);
  });

  it('come back from 3.1 as they were sent in 3.0.1', () => {
    fc.assert(
      fc.property(fc.array(valuesMap30, { maxLength: 6 }), fc.constantFrom(...PLACES), (maps, place) => {
        expect(decodeTargets(encodeTargets(maps, place))).toEqual(maps);
      }),
    );
  });

  it('come back from 3.0.1 as they were sent in 3.1', () => {
    const target = fc.oneof(
      fc.string({ minLength: 1, maxLength: 100 }),
      fc.constantFrom(
        'a',
        'b',
        '["A",1]',
        '["A","x"]',
        '["GROUP","x"]',
        '["GROUP",""]',
        '[',
        '[1]',
        '["A"]',
        '["A",null]',
        '{}',
      ),
    );
    fc.assert(
      fc.property(fc.array(target, { maxLength: 6 }), (targets) => {
        expect(encodeTargets(decodeTargets(targets), 'VEN')).toEqual(targets);
      }),
    );
  });

  it('never let an object share a target with a ven that was not granted one of its values', () => {
    fc.assert(
      fc.property(fc.array(valuesMap30), fc.array(valuesMap30), (event, ven) => {
        const valuesOf = (maps: typeof event) =>
          maps.flatMap(({ type, values }) => values.map((value) => JSON.stringify([type, value])));
        const isGranted = sharesTarget(valuesOf(event), valuesOf(ven));
        for (const place of ['VEN', 'RESOURCE'] as const) {
          expect(sharesTarget(encodeTargets(event, 'EVENT'), encodeTargets(ven, place))).toBe(isGranted);
        }
      }),
    );
  });

  it('longer than 3.1 permits are refused with their path', () => {
    const long = 'x'.repeat(129);
    expect(() => encodeTargets([{ type: 'GROUP', values: ['x'.repeat(128)] }], 'EVENT')).not.toThrow();
    expect(() => encodeTargets([{ type: 'GROUP', values: ['a', long] }], 'EVENT')).toThrow('[0].values[1]: ');
    expect(() => encodeTargets([{ type: 'y'.repeat(128), values: [] }], 'EVENT')).toThrow('[0].type: ');
  });

  it('of a query may mean text, a number or a truth value', () => {
    expect(targetsAsked('GROUP', 'a')).toEqual(['a']);
    expect(targetsAsked('PRICE', '0.17')).toEqual(['["PRICE","0.17"]', '["PRICE",0.17]']);
    expect(targetsAsked('PRICE', '0.170')).toEqual(['["PRICE","0.170"]']);
    expect(targetsAsked('X', 'true')).toEqual(['["X","true"]', '["X",true]']);
    expect(targetOf('GROUP', '1')).toBe('1');
  });
});
