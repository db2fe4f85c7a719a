import { describe, expect, it } from 'vitest';
import { boundBy, targetBook } from '../../../ven-agent/scheduler/subjects.ts';
import type { Subject, TargetBook } from '../../../ven-agent/scheduler/subjects.ts';
import { book } from '../builders.ts';

const site = { id: 'SITE_1', meter: 'METER_1' };
const enrolled = targetBook(site, [{ resourceName: 'BESS_1' }, { resourceName: 'PV_1' }], {
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

const bound = (targets: string[], by: TargetBook = enrolled) =>
  boundBy(targets, by).map(({ kind, name }) => `${kind} ${name}`);

describe('whom an event binds', () => {
  it('is the whole site when it has no targets', () => {
    expect(bound([])).toEqual(['site SITE_1']);
  });

  it('is the resource that it names, and no other', () => {
    expect(bound(['BESS_1'])).toEqual(['resource BESS_1']);
    expect(bound(['BESS_1', 'PV_1'])).toEqual(['resource BESS_1', 'resource PV_1']);
  });

  it('is the resource behind the inverter that it names', () => {
    expect(bound(['INV_1'], book)).toEqual(['resource BESS_1']);
    expect(bound(['INV_1'])).toEqual(['resource BESS_1']);
  });

  it('is the inverter itself where several devices sit behind it: they share it', () => {
    const subjects = [
      { resourceName: 'BESS_1', inverterId: 'INV_1' },
      { resourceName: 'PV_1', inverterId: 'INV_1' },
    ];
    expect(bound(['INV_1'], targetBook(site, subjects, undefined))).toEqual(['group INV_1']);
  });

  it('is the whole site when it names the site, its meter or the ven', () => {
    for (const name of ['SITE_1', 'METER_1', 'ven-7']) expect(bound([name])).toEqual(['site SITE_1']);
  });

  it('is the site as well as the resource when it names both', () => {
    expect(bound(['SITE_1', 'PV_1'])).toEqual(['resource PV_1', 'site SITE_1']);
  });

  it('is the whole site when nobody here knows the target: too much is safe', () => {
    expect(bound(['FEEDER_9'])).toEqual(['site SITE_1']);
  });

  it('follows the targets that the VTN gave to a resource', () => {
    expect(bound(['GROUP_A'])).toEqual(['resource BESS_1']);
  });

  it('is nobody here when it names a resource that no device here serves', () => {
    expect(bound(['OTHER_1'])).toEqual([]);
  });
});

describe('an inverter whose resource names its assets', () => {
  const served = (assetIds: string[], subjects: Subject[] = [{ resourceName: 'BESS_1' }, { resourceName: 'PV_1' }]) =>
    targetBook(site, subjects, {
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
    expect(bound(['INV_2'], served(['BESS_1']))).toEqual(['resource BESS_1']);
    const both = served(['BESS_1', 'PV_1']);
    expect(bound(['INV_2'], both)).toEqual(['group INV_2']);
    expect(both.groups.get('INV_2')).toEqual(['BESS_1', 'PV_1']);
  });

  it('binds a device whose resource was renamed: the asset is among the targets that it was granted', () => {
    const renamed = served(['PV_1'], [{ resourceName: 'BESS_1' }, { resourceName: 'Roof' }]);
    expect(bound(['INV_2'], renamed)).toEqual(['resource Roof']);
  });

  it('is nobody here while it serves no device of this agent', () => {
    expect(bound(['INV_2'], served(['BESS_9']))).toEqual([]);
  });

  it('gives way to the inverter of the configuration', () => {
    const configured = served(['BESS_1'], [{ resourceName: 'BESS_1', inverterId: 'INV_1' }]);
    expect(bound(['INV_2'], configured)).toEqual([]);
    expect(bound(['INV_1'], configured)).toEqual(['resource BESS_1']);
  });
});
