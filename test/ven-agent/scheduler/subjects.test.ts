import { describe, expect, it } from 'vitest';
import { scopeOf, targetBook } from '../../../ven-agent/scheduler/subjects.ts';
import type { Subject } from '../../../ven-agent/scheduler/subjects.ts';
import { book } from '../builders.ts';

const enrolled = targetBook('SITE_1', [{ resourceName: 'BESS_1' }, { resourceName: 'PV_1' }], {
  venId: 'ven-7',
  venName: 'gateway',
  venTargets: ['SITE_1', 'BESS_1', 'PV_1', 'INV_1', 'OTHER_1'],
  resources: [
    { resourceName: 'BESS_1', targets: ['BESS_1', 'SITE_1', 'GROUP_A'] },
    { resourceName: 'PV_1', targets: ['PV_1', 'SITE_1'] },
    { resourceName: 'INV_1', targets: ['INV_1', 'BESS_1'] },
    { resourceName: 'OTHER_1', targets: ['OTHER_1'] },
  ],
});

describe('whom an event binds', () => {
  it('is everybody when it has no targets', () => {
    expect(scopeOf([], 'PV_1', book)).toBe('site');
  });

  it('is the resource that it names, and no other', () => {
    expect(scopeOf(['BESS_1'], 'BESS_1', book)).toBe('resource');
    expect(scopeOf(['BESS_1'], 'PV_1', book)).toBeUndefined();
  });

  it('is the resource behind the inverter that it names', () => {
    expect(scopeOf(['INV_1'], 'BESS_1', book)).toBe('resource');
    expect(scopeOf(['INV_1'], 'PV_1', book)).toBeUndefined();
  });

  it('is the whole site when it names the site or the ven', () => {
    expect(scopeOf(['SITE_1'], 'PV_1', enrolled)).toBe('site');
    expect(scopeOf(['ven-7'], 'PV_1', enrolled)).toBe('site');
  });

  it('is the whole site when nobody here knows the target: too much is safe', () => {
    expect(scopeOf(['FEEDER_9'], 'PV_1', enrolled)).toBe('site');
  });

  it('follows the targets that the VTN gave to a resource', () => {
    expect(scopeOf(['GROUP_A'], 'BESS_1', enrolled)).toBe('resource');
    expect(scopeOf(['GROUP_A'], 'PV_1', enrolled)).toBeUndefined();
  });

  it('finds the devices of an inverter that the VTN knows', () => {
    expect(scopeOf(['INV_1'], 'BESS_1', enrolled)).toBe('resource');
    expect(scopeOf(['INV_1'], 'PV_1', enrolled)).toBeUndefined();
  });

  describe('an inverter whose resource names its assets', () => {
    const served = (assetIds: string[], subjects: Subject[] = [{ resourceName: 'BESS_1' }, { resourceName: 'PV_1' }]) =>
      targetBook('SITE_1', subjects, {
        venId: 'ven-7',
        venName: 'gateway',
        venTargets: [],
        resources: [
          { resourceName: 'INV_2', targets: ['INV_2'], assetIds },
          { resourceName: 'Roof', targets: ['PV_1'] },
          { resourceName: 'BESS_1', targets: ['BESS_1'] },
        ],
      });

    it('binds the devices of those assets without any configuration, and no other', () => {
      expect(scopeOf(['INV_2'], 'BESS_1', served(['BESS_1']))).toBe('resource');
      expect(scopeOf(['INV_2'], 'PV_1', served(['BESS_1']))).toBeUndefined();
      expect(scopeOf(['INV_2'], 'PV_1', served(['BESS_1', 'PV_1']))).toBe('resource');
    });

    it('binds a device whose resource was renamed: the asset is among the targets that it was granted', () => {
      const renamed = served(['PV_1'], [{ resourceName: 'BESS_1' }, { resourceName: 'Roof' }]);
      expect(scopeOf(['INV_2'], 'Roof', renamed)).toBe('resource');
      expect(scopeOf(['INV_2'], 'BESS_1', renamed)).toBeUndefined();
    });

    it('is nobody here while it serves no device of this agent', () => {
      expect(scopeOf(['INV_2'], 'BESS_1', served(['BESS_9']))).toBeUndefined();
    });

    it('gives way to the inverter of the configuration', () => {
      const configured = served(['BESS_1'], [{ resourceName: 'BESS_1', inverterId: 'INV_1' }]);
      expect(scopeOf(['INV_2'], 'BESS_1', configured)).toBeUndefined();
      expect(scopeOf(['INV_1'], 'BESS_1', configured)).toBe('resource');
    });
  });

  it('is nobody here when it names a resource that no device here serves', () => {
    expect(scopeOf(['OTHER_1'], 'BESS_1', enrolled)).toBeUndefined();
  });
});
