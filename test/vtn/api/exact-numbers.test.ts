import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inexactNumber } from '../../../vtn/api/exact-numbers.ts';

const at = (json: string) => inexactNumber(json)?.loc;

describe('numbers that a double cannot hold', () => {
  it.each([
    ['9007199254740993', ['body']],
    ['{"a":[1,{"b\\"c":-12345678901234567890}]}', ['body', 'a', 1, 'b"c']],
    ['{"x":{"y":1},"z":[[],[2],12345678901234567]}', ['body', 'z', 2]],
    ['[1,"[",18446744073709551617]', ['body', 2]],
    [`{"a":1${'0'.repeat(400)}}`, ['body', 'a']],
    ['{"a":[1e308,-1E400]}', ['body', 'a', 1]],
  ])('%s: told with the path', (json, loc) => expect(at(json)).toEqual(loc));

  it.each([
    '9007199254740992',
    '-9007199254740991',
    '100000000000000000000',
    '18446744073709551616',
    '0.12345678901234567890',
    '1.5e300',
    '1e-400',
    '-0',
    '-0.0',
    '1E+0002',
    '"12345678901234567890"',
    '{"12345678901234567890":1}',
    '["\\\\\\"12345678901234567890"]',
  ])('%s is none', (json) => expect(at(json)).toBeUndefined());

  it('are never found in what we write ourselves', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.maxSafeInteger(), (value, n) => {
        expect(at(JSON.stringify([value, n]))).toBeUndefined();
      }),
    );
  });

  it('are found wherever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.jsonValue(), (keys, neighbour) => {
        const inner = keys.reduceRight((json, key) => `{${JSON.stringify(key)}:${json}}`, '12345678901234567891');
        expect(at(`[${JSON.stringify(neighbour)},${inner}]`)).toEqual(['body', 1, ...keys]);
      }),
    );
  });
});
