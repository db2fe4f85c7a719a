import { describe, expect, it } from 'vitest';
import { placeSpec } from '../../../vtn/domain/spec-versions.ts';

const open = (validFromMs: number) => ({ validFromMs, validToMs: null });
const closed = (validFromMs: number, validToMs: number) => ({ validFromMs, validToMs });

describe('a spec without an end', () => {
  it('is the first version when there is none', () => {
    expect(placeSpec([], { validFromMs: 10, validToMs: undefined })).toEqual({ kind: 'insert' });
  });

  it('closes the active version', () => {
    expect(placeSpec([closed(0, 10), open(10)], { validFromMs: 20, validToMs: null })).toEqual({
      kind: 'insert',
      closes: 10,
    });
  });

  it('must begin strictly after the active version', () => {
    expect(placeSpec([open(10)], { validFromMs: 9, validToMs: null })).toMatchObject({
      kind: 'refused',
      field: 'valid_from',
      type: 'not_after_active_spec',
      message: expect.stringContaining('strictly after'),
    });
  });

  it('must not reach into a version that has an end', () => {
    expect(placeSpec([closed(10, 20)], { validFromMs: 15, validToMs: undefined })).toMatchObject({ type: 'overlap' });
    expect(placeSpec([closed(10, 20)], { validFromMs: 20, validToMs: undefined })).toEqual({ kind: 'insert' });
  });
});

describe('a spec with an end', () => {
  it('stands beside others that only touch it', () => {
    expect(placeSpec([closed(0, 10), closed(20, 30)], closed(10, 20))).toEqual({ kind: 'insert' });
  });

  it('must not overlap another version', () => {
    for (const other of [closed(5, 15), closed(15, 25), closed(12, 18), closed(0, 40), open(0)]) {
      expect(placeSpec([other], closed(10, 20))).toMatchObject({ kind: 'refused', field: 'valid_to', type: 'overlap' });
    }
  });

  it('must end after it begins', () => {
    expect(placeSpec([], closed(10, 10))).toMatchObject({ field: 'valid_to', type: 'end_before_start' });
  });
});

describe('a spec whose valid_from exists', () => {
  it('is a partial update, and keeps its end when none is sent', () => {
    expect(placeSpec([closed(10, 20), open(20)], { validFromMs: 10, validToMs: undefined })).toEqual({
      kind: 'update',
    });
    expect(placeSpec([open(10)], { validFromMs: 10, validToMs: undefined })).toEqual({ kind: 'update' });
  });

  it('must not be stretched into its neighbour', () => {
    expect(placeSpec([closed(10, 20), open(20)], closed(10, 25))).toMatchObject({ type: 'overlap' });
    expect(placeSpec([closed(10, 20), open(20)], { validFromMs: 10, validToMs: null })).toMatchObject({
      type: 'overlap',
    });
  });
});
