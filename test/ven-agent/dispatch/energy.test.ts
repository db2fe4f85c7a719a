import { describe, expect, it } from 'vitest';
import { energyBounds, initialEnergyState } from '../../../ven-agent/dispatch/energy.ts';
import type { EnergyFacts, EnergyState } from '../../../ven-agent/dispatch/energy.ts';
import { bess, MINUTE, NOON } from '../builders.ts';
import { MW } from './support.ts';

const facts: EnergyFacts = { nowMs: NOON, capabilities: bess, socMin: 0.1, socMax: 0.9 };

function bounds(socFraction: number | undefined, more: Partial<EnergyFacts> = {}, state = initialEnergyState) {
  return energyBounds({ ...facts, socFraction, ...more }, state).bounds;
}

describe('the energy bounds', () => {
  it('are the nameplate between floor and ceiling', () => {
    expect(bounds(0.5)).toEqual({ chargeW: 10 * MW, dischargeW: 10 * MW });
  });

  it('allow no discharge at the floor and no charge at the ceiling', () => {
    expect(bounds(0.1)).toMatchObject({ dischargeW: 0, dischargeReason: 'energy-floor', chargeW: 10 * MW });
    expect(bounds(0.9)).toMatchObject({ chargeW: 0, chargeReason: 'energy-ceiling', dischargeW: 10 * MW });
  });

  it('allow a direction again only when the energy is back inside by a hundredth of the capacity', () => {
    const stopped: EnergyState = { dischargeStopped: true, chargeStopped: false };
    expect(bounds(0.105, {}, stopped).dischargeW).toBe(0);
    expect(bounds(0.111, {}, stopped).dischargeW).toBe(10 * MW);
    expect(bounds(0.105).dischargeW).toBe(10 * MW);
  });

  it('take the narrower of configuration and schedule', () => {
    expect(bounds(0.3, { energyMinWh: 7 * MW }).dischargeW).toBe(0);
    expect(bounds(0.3, { energyMaxWh: 5 * MW }).chargeW).toBe(0);
    expect(bounds(0.3, { energyMinWh: MW, energyMaxWh: 19 * MW })).toEqual({ chargeW: 10 * MW, dischargeW: 10 * MW });
  });

  it('keep the energy of a reservation above the floor, and its room below the ceiling', () => {
    expect(bounds(0.29, { bufferLowWh: 4 * MW }).dischargeW).toBe(0);
    expect(bounds(0.31, { bufferLowWh: 4 * MW }).dischargeW).toBe(10 * MW);
    expect(bounds(0.71, { bufferHighWh: 4 * MW }).chargeW).toBe(0);
    expect(bounds(0.15, { socMin: undefined, bufferLowWh: 4 * MW }).dischargeW).toBe(0);
  });

  it('allow no discharge when it is empty and no charge when it is full, whatever nobody says', () => {
    const unsaid = { socMin: undefined, socMax: undefined };
    expect(bounds(0, unsaid)).toMatchObject({ dischargeW: 0, chargeW: 10 * MW });
    expect(bounds(1, unsaid)).toMatchObject({ dischargeW: 10 * MW, chargeW: 0 });
  });

  it('stand still where floor and ceiling contradict each other', () => {
    expect(bounds(0.5, { energyMinWh: 15 * MW, energyMaxWh: 5 * MW })).toMatchObject({ chargeW: 0, dischargeW: 0 });
  });

  it('follow an unknown state of charge at full power either way from the last known one', () => {
    const { state } = energyBounds({ ...facts, socFraction: 0.2 }, initialEnergyState);
    const after = (ms: number) => bounds(undefined, { nowMs: NOON + ms }, state);
    expect(after(5 * MINUTE)).toEqual({ chargeW: 10 * MW, dischargeW: 10 * MW });
    // 10 MW out of 20 MWh are 0.1 in twelve minutes, in ten with losses.
    expect(after(11 * MINUTE)).toMatchObject({ dischargeW: 0, chargeW: 10 * MW });
    expect(after(85 * MINUTE)).toMatchObject({ dischargeW: 0, chargeW: 0 });
  });

  it('stand still while the state of charge never was known and somebody bounds it', () => {
    expect(bounds(undefined)).toMatchObject({ chargeW: 0, dischargeW: 0 });
    expect(bounds(undefined, { socMin: undefined, socMax: undefined })).toEqual({
      chargeW: 10 * MW,
      dischargeW: 10 * MW,
    });
  });

  it('keep to fractions where the capacity is unknown, and close the side that an energy bounds', () => {
    const { capacityWh: _unknown, ...capabilities } = bess;
    expect(bounds(0.1, { capabilities }).dischargeW).toBe(0);
    expect(bounds(0.5, { capabilities })).toEqual({ chargeW: 10 * MW, dischargeW: 10 * MW });
    expect(bounds(0.5, { capabilities, energyMinWh: 1 })).toMatchObject({ chargeW: 10 * MW, dischargeW: 0 });
    expect(bounds(0.5, { capabilities, energyMaxWh: 1 })).toMatchObject({ chargeW: 0, dischargeW: 10 * MW });
  });
});
