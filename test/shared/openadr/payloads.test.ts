import { describe, expect, it } from 'vitest';
import { PAYLOAD, PAYLOADS } from '@openadr-gateway/shared/openadr/payloads.ts';

/** The enumerations of OpenADR 3.1.1. */
const EVENT = `SIMPLE PRICE PRICE_ALTERNATE CHARGE_STATE_SETPOINT DISPATCH_SETPOINT DISPATCH_SETPOINT_RELATIVE DISPATCH_INSTRUCTION
  CONTROL_SETPOINT CONTROL_LEVEL_OFFSET CONTROL_LEVEL_OFFSET_PERCENT EXPORT_PRICE GHG CURVE OLS IMPORT_CAPACITY_SUBSCRIPTION
  IMPORT_CAPACITY_RESERVATION IMPORT_CAPACITY_RESERVATION_FEE IMPORT_CAPACITY_AVAILABLE IMPORT_CAPACITY_AVAILABLE_PRICE
  EXPORT_CAPACITY_SUBSCRIPTION EXPORT_CAPACITY_RESERVATION EXPORT_CAPACITY_RESERVATION_FEE EXPORT_CAPACITY_AVAILABLE
  EXPORT_CAPACITY_AVAILABLE_PRICE IMPORT_CAPACITY_LIMIT EXPORT_CAPACITY_LIMIT ALERT_GRID_EMERGENCY ALERT_BLACK_START
  ALERT_POSSIBLE_OUTAGE ALERT_FLEX_ALERT ALERT_FIRE ALERT_FREEZING ALERT_WIND ALERT_TSUNAMI ALERT_AIR_QUALITY ALERT_OTHER
  CTA2045_REBOOT CTA2045_SET_OVERRIDE_STATUS`;
const REPORT = `READING USAGE DEMAND SETPOINT DELTA_USAGE BASELINE OPERATING_STATE UP_REGULATION_AVAILABLE DOWN_REGULATION_AVAILABLE
  REGULATION_SETPOINT STORAGE_USABLE_CAPACITY STORAGE_CHARGE_LEVEL STORAGE_MAX_DISCHARGE_POWER STORAGE_MAX_CHARGE_POWER SIMPLE_LEVEL
  USAGE_FORECAST STORAGE_DISPATCH_FORECAST LOAD_SHED_DELTA_AVAILABLE GENERATION_DELTA_AVAILABLE DATA_QUALITY
  IMPORT_RESERVATION_CAPACITY IMPORT_RESERVATION_FEE EXPORT_RESERVATION_CAPACITY EXPORT_RESERVATION_FEE`;
const PRIVATE = {
  event: ['STORAGE_ENERGY_MIN', 'STORAGE_ENERGY_MAX', 'STORAGE_BUFFER_LOW', 'STORAGE_BUFFER_HIGH', 'CAPACITY_PRODUCT'],
  report: ['STORED_ENERGY', 'CHARGED_ENERGY', 'DISCHARGED_ENERGY'],
};

const names = (where: string, isPrivate: boolean) =>
  Object.entries(PAYLOADS)
    .filter(([, type]) => type?.where === where && type.clause.startsWith('private') === isPrivate)
    .map(([name]) => name)
    .sort();

describe('the payload table', () => {
  it('has every payload type of OpenADR 3.1, on its side', () => {
    expect(names('event', false)).toEqual(EVENT.split(/\s+/).sort());
    expect(names('report', false)).toEqual(REPORT.split(/\s+/).sort());
  });

  it('marks those that are ours as private', () => {
    expect(names('event', true)).toEqual([...PRIVATE.event].sort());
    expect(names('report', true)).toEqual([...PRIVATE.report].sort());
  });

  it('gives limits and set-points in kW, energies in kWh, charge levels as a share', () => {
    expect(PAYLOADS.IMPORT_CAPACITY_LIMIT.unit).toBe('KW');
    expect(PAYLOADS.DISPATCH_SETPOINT.unit).toBe('KW');
    expect(PAYLOADS.STORAGE_ENERGY_MAX.unit).toBe('KWH');
    expect(PAYLOADS.STORED_ENERGY.unit).toBe('KWH');
    expect(PAYLOADS.STORAGE_CHARGE_LEVEL.unit).toBe('PERCENT');
    expect(PAYLOADS.PRICE.unit).toBeUndefined();
  });

  it('says nothing of types that nobody told us of', () => {
    expect(PAYLOADS['X_UNHEARD_OF']).toBeUndefined();
  });

  it('offers each name as a constant', () => {
    expect(PAYLOAD.IMPORT_CAPACITY_LIMIT).toBe('IMPORT_CAPACITY_LIMIT');
    expect(Object.keys(PAYLOAD)).toEqual(Object.keys(PAYLOADS));
  });
});
