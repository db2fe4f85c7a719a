import { describe, expect, it } from 'vitest';
import { SLOT_MS } from '@openadr-gateway/shared/time/slot.ts';
import { conflicts, device, faults, slots, solved } from './support.ts';

const flat = (count: number) => Array.from({ length: count }, () => 100);

describe('where there is no schedule, what stands in the way is named:', () => {
  const full = { energyWh: 8_000 };

  it('the target, where the device is too slow for it whatever else gives way; by how much it is missed', () => {
    const problem = {
      device: device({ target: { energyWh: 7_500, byMs: 3 * SLOT_MS } }),
      slots: slots(flat(8), 0, { maxChargeW: 1_000 }),
    };
    expect(conflicts(problem)).toEqual([
      { constraint: 'target_state_of_charge', fromMs: 2 * SLOT_MS, toMs: 3 * SLOT_MS, byWh: expect.closeTo(500, 3) },
    ]);
  });

  it('period limits on power, where with more of it the target could be reached', () => {
    const limited = { device: device({ target: full }), slots: slots(flat(4), 0, { maxChargeW: 1_000 }) };
    expect(conflicts(limited)).toEqual([
      { constraint: 'period_limits', fromMs: 0, toMs: 4 * SLOT_MS, byWh: expect.closeTo(3_000, 3) },
    ]);
  });

  it('period limits on energy below the target', () => {
    const limited = { device: device({ target: full }), slots: slots(flat(8), 0, { energyHighWh: 6_000 }) };
    expect(conflicts(limited).map((c) => [c.constraint, Math.round(c.byWh)])).toEqual([['period_limits', 2_000]]);
  });

  it('the point of connection', () => {
    const shared = { device: device({ target: full }), slots: slots(flat(4), 0, { importHeadroomW: 3_000 }) };
    expect(conflicts(shared).map((c) => [c.constraint, Math.round(c.byWh)])).toEqual([['site_limits', 1_000]]);
  });

  it('reservations and dispatches that need more energy than there is, or leave too little time', () => {
    const sold = slots(flat(6));
    for (const slot of sold.slice(0, 5)) slot.fixed = { powerW: -4_000, by: 'reservations' };
    expect(conflicts({ device: device(), slots: sold })).toEqual([
      expect.objectContaining({ constraint: 'reservations', byWh: expect.closeTo(1_000, 3) }),
    ]);
    const idle = slots(flat(6));
    for (const slot of idle.slice(0, 3)) slot.fixed = { powerW: 0, by: 'dispatches' };
    expect(conflicts({ device: device({ target: full }), slots: idle }).map((c) => c.constraint)).toEqual([
      'dispatches',
    ]);
  });

  it('a band of energy that nothing can satisfy', () => {
    const band = slots(flat(8));
    Object.assign(band[4] ?? {}, { energyLowWh: 6_000, energyHighWh: 5_000 });
    expect(conflicts({ device: device(), slots: band }).map((c) => c.constraint)).toEqual(['period_limits']);
  });
});

describe('where a schedule begins outside of what is wanted', () => {
  it('a storage below its minimum is filled as fast as can be', () => {
    const problem = {
      device: device({ energyWh: 0, minimumWh: 2_500 }),
      slots: slots([300, 300, 300, 10, 10, 10]),
    };
    expect(solved(problem).powersW).toEqual([4_000, 4_000, 2_000, 0, 0, 0]);
  });

  it('one above its band is emptied as fast as can be, and left where it is when it cannot be', () => {
    const band = { energyHighWh: 2_000 };
    expect(solved({ device: device(), slots: slots(flat(4), 0, band) }).powersW).toEqual([-4_000, -4_000, 0, 0]);
    const heat = device({ maxDischargeW: 0 });
    expect(solved({ device: heat, slots: slots(flat(4), 0, band) }).powersW).toEqual([0, 0, 0, 0]);
  });

  it('a deadline that lies beyond the end leaves no more to do than can be done until then', () => {
    const dear = slots([300, 300, 300, 300], 0);
    const late = (afterSlots: number) =>
      solved({ device: device({ target: { energyWh: 8_000, byMs: (4 + afterSlots) * SLOT_MS } }), slots: dear });
    expect(late(4).powersW).toEqual([0, 0, 0, 0]);
    expect(late(2).powersW.reduce((sum, w) => sum + w, 0)).toBe(8_000);
  });
});

describe('what is settled by others', () => {
  it('is part of the schedule, marked as a VPP event, and planned around', () => {
    const steps = slots([50, 50, 50, 50, 400, 400]);
    for (const slot of steps.slice(1, 3)) slot.fixed = { powerW: -4_000, by: 'reservations' };
    const problem = { device: device({ energyWh: 1_000, target: { energyWh: 1_000 } }), slots: steps };
    const { powersW, entries } = solved(problem);
    expect(faults(problem, powersW)).toEqual([]);
    expect(entries.map((e) => [e.startMs / SLOT_MS, e.endMs / SLOT_MS, e.powerW, e.vppEvent, e.energyWh])).toEqual([
      [0, 1, 4_000, false, 2_000],
      [1, 3, -4_000, true, 0],
      [3, 4, 4_000, false, 1_000],
    ]);
  });

  it('goes no further than period limits let it, as at the device', () => {
    const steps = slots([50, 50], 0, { maxDischargeW: 1_500, fixed: { powerW: -4_000, by: 'dispatches' } });
    expect(solved({ device: device(), slots: steps }).powersW).toEqual([-1_500, -1_500]);
  });

  it('is an entry also where it says 0', () => {
    const steps = slots([50, 50], 0, { fixed: { powerW: 0, by: 'dispatches' } });
    expect(solved({ device: device(), slots: steps }).entries).toEqual([
      { startMs: 0, endMs: 2 * SLOT_MS, powerW: 0, vppEvent: true, energyWh: 4_000 },
    ]);
  });
});
