import { describe, expect, it } from 'vitest';
import type { Report, ValuesMap } from '@openadr-gateway/shared/openadr/objects.ts';
import { readReport } from '../../../vtn/ingest/snapshots.ts';

const report = (payloads: ValuesMap[], more: Partial<Report> = {}): Report => ({
  id: 'report-1',
  createdDateTime: '2026-07-01T12:15:03Z',
  modificationDateTime: '2026-07-01T12:15:03Z',
  objectType: 'REPORT',
  clientID: 'agent-1',
  clientName: 'agent',
  eventID: 'event-1',
  resources: [
    {
      resourceName: 'DE_50HZ_WU_1',
      intervals: [{ id: 0, intervalPeriod: { start: '2026-07-01T12:00:00Z', duration: 'PT15M' }, payloads }],
    },
  ],
  ...more,
});
const value = (type: string, v: number | string): ValuesMap => ({ type, values: [v] });
const snapshotOf = (payloads: ValuesMap[], more: Partial<Report> = {}) =>
  readReport(report(payloads, more)).snapshots[0];

describe('a snapshot', () => {
  it('holds charge level times usable capacity (example 7)', () => {
    expect(snapshotOf([value('STORAGE_CHARGE_LEVEL', 0.625), value('STORAGE_USABLE_CAPACITY', 20_000)])).toEqual({
      assetId: 'DE_50HZ_WU_1',
      effectiveMs: Date.parse('2026-07-01T12:00Z'),
      storedEnergyWh: 12_500_000,
      chargedEnergyWh: null,
      dischargedEnergyWh: null,
      readingQuality: 'VALID',
    });
  });

  it('takes the private STORED_ENERGY before that', () => {
    const payloads = [
      value('STORAGE_CHARGE_LEVEL', 0.5),
      value('STORAGE_USABLE_CAPACITY', 10),
      value('STORED_ENERGY', 7),
    ];
    expect(snapshotOf(payloads)?.storedEnergyWh).toBe(7000);
  });

  it('counts consumption as charged and injection as discharged energy', () => {
    expect(snapshotOf([value('USAGE', 2.5)])).toMatchObject({ chargedEnergyWh: 2500, dischargedEnergyWh: 0 });
    expect(snapshotOf([value('USAGE', -2.5)])).toMatchObject({ chargedEnergyWh: 0, dischargedEnergyWh: 2500 });
  });

  it('takes mean demand times duration where there is no usage', () => {
    expect(snapshotOf([value('DEMAND', -4000)])).toMatchObject({ chargedEnergyWh: 0, dischargedEnergyWh: 1_000_000 });
  });

  it('takes the private charged and discharged energies before both', () => {
    const payloads = [value('USAGE', 1), value('CHARGED_ENERGY', 3), value('DISCHARGED_ENERGY', 2)];
    expect(snapshotOf(payloads)).toMatchObject({ chargedEnergyWh: 3000, dischargedEnergyWh: 2000 });
  });

  it('obeys the units of the descriptors', () => {
    const payloadDescriptors = [
      { objectType: 'REPORT_PAYLOAD_DESCRIPTOR' as const, payloadType: 'STORED_ENERGY', units: 'MWH' },
    ];
    expect(snapshotOf([value('STORED_ENERGY', 7)], { payloadDescriptors })?.storedEnergyWh).toBe(7_000_000);
  });

  it('tells the quality of the reading', () => {
    const qualityOf = (quality: string) => snapshotOf([value('STORED_ENERGY', 1), value('DATA_QUALITY', quality)]);
    expect(['OK', 'ESTIMATED', 'BAD'].map((q) => qualityOf(q)?.readingQuality)).toEqual([
      'VALID',
      'ESTIMATED',
      'INVALID',
    ]);
    expect(qualityOf('MISSING')).toMatchObject({ readingQuality: 'MISSING', storedEnergyWh: null });
  });

  it('is not made of a report that says nothing about energy', () => {
    expect(snapshotOf([value('SETPOINT', 4)])).toBeUndefined();
  });

  it('leaves out what cannot be read, and keeps the rest', () => {
    const payloads = [
      value('STORAGE_CHARGE_LEVEL', 1.2),
      value('STORAGE_USABLE_CAPACITY', 20_000),
      value('USAGE', 'plenty'),
      value('CHARGED_ENERGY', -1),
      value('DISCHARGED_ENERGY', 2),
    ];
    expect(snapshotOf(payloads)).toMatchObject({
      storedEnergyWh: null,
      chargedEnergyWh: null,
      dischargedEnergyWh: 2000,
    });
    expect(snapshotOf([value('STORED_ENERGY', 1e300)])).toBeUndefined();
    expect(snapshotOf([{ type: 'STORED_ENERGY', values: [] }])).toBeUndefined();
  });

  it('is not made of an interval without an instant, or with one that no calendar has', () => {
    const at = (start: string | undefined) =>
      readReport(
        report([], {
          resources: [
            {
              resourceName: 'A',
              intervals: [
                { id: 0, ...(start ? { intervalPeriod: { start } } : {}), payloads: [value('STORED_ENERGY', 1)] },
              ],
            },
          ],
        }),
      ).snapshots;
    expect(at(undefined)).toEqual([]);
    expect(at('0000-01-01T00:00:00+14:00')).toEqual([]);
    expect(at('2026-07-01T12:00:00Z')).toHaveLength(1);
  });
});

describe('the states of a report', () => {
  it('are its OPERATING_STATE payloads with the start of their interval', () => {
    expect(readReport(report([value('OPERATING_STATE', 'RUNNING_CURTAILED')])).states).toEqual([
      { assetId: 'DE_50HZ_WU_1', effectiveMs: Date.parse('2026-07-01T12:00Z'), operatingState: 'RUNNING_CURTAILED' },
    ]);
  });
});
