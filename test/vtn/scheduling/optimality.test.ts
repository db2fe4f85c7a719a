import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScheduleProblem } from '../../../vtn/scheduling/types.ts';
import { bruteForce, conflicts, device, faults, slots, solved } from './support.ts';

describe('against brute force', () => {
  const kw = (max: number) => fc.integer({ min: 0, max }).map((n) => n * 1000);
  const problem = (efficiency: fc.Arbitrary<number>, count: number): fc.Arbitrary<ScheduleProblem> =>
    fc
      .record({
        prices: fc.array(fc.integer({ min: -100, max: 300 }), { minLength: count, maxLength: count }),
        exported: fc.constantFrom(0, 0.5, 1, 1.5),
        device: fc.record({
          capacityWh: fc.constantFrom(1000, 2000, 3000),
          maxChargeW: kw(2),
          maxDischargeW: kw(2),
          chargeEfficiency: efficiency,
          dischargeEfficiency: efficiency,
          energyWh: fc.constantFrom(0, 500, 1000),
          minimumWh: fc.constantFrom(0, 250, 500),
        }),
        target: fc.option(fc.constantFrom(250, 500, 1000), { nil: undefined }),
        limits: fc.array(fc.record({ at: fc.nat(count - 1), maxChargeW: kw(2), importHeadroomW: kw(2) }), {
          maxLength: 2,
        }),
        fixed: fc.option(fc.record({ at: fc.nat(count - 1), powerW: fc.constantFrom(-1000, 0, 1000) }), {
          nil: undefined,
        }),
      })
      .map(({ prices, exported, device: model, target, limits, fixed }) => {
        const steps = slots(prices, exported);
        for (const { at, ...limit } of limits) Object.assign(steps[at] ?? {}, limit);
        if (fixed) Object.assign(steps[fixed.at] ?? {}, { fixed: { powerW: fixed.powerW, by: 'reservations' } });
        return {
          device: { ...model, ...(target === undefined ? {} : { target: { energyWh: target } }) },
          slots: steps,
        };
      });

  it('without losses the optimum is the best of all schedules in whole kW, exactly, and feasible where they are', () => {
    let feasible = 0;
    fc.assert(
      fc.property(problem(fc.constant(1), 4), (p) => {
        const best = bruteForce(p, 1000);
        if (best === undefined) {
          expect(conflicts(p)).not.toEqual([]);
          return;
        }
        feasible++;
        const { powersW, costMicros } = solved(p);
        expect(faults(p, powersW)).toEqual([]);
        expect(Math.abs(costMicros - best)).toBeLessThan(1);
      }),
      { numRuns: 80 },
    );
    expect(feasible).toBeGreaterThan(15);
  });

  it('with losses it is feasible and no worse than any schedule in steps of 100 W, and hardly better', () => {
    let feasible = 0;
    fc.assert(
      fc.property(problem(fc.constantFrom(0.5, 0.9), 3), (p) => {
        const best = bruteForce(p, 100);
        if (best === undefined) return;
        feasible++;
        const { powersW, costMicros } = solved(p);
        expect(faults(p, powersW)).toEqual([]);
        expect(costMicros).toBeLessThanOrEqual(best + 1000);
        // Three slots, each at most a step away, in both directions, at the highest price.
        expect(best - costMicros).toBeLessThan(3 * 2 * (100 / 4) * 450 * 4);
      }),
      { numRuns: 60 },
    );
    expect(feasible).toBeGreaterThan(15);
  }, 120_000);
});

describe('against closed forms, over 48 hours', () => {
  const wave = Array.from({ length: 192 }, (_, i) => Math.round(100 + 60 * Math.sin(i / 15) + 30 * Math.sin(i * 7.3)));

  it('charging to a target takes the cheapest slots there are, and the last of them in part', () => {
    const car = device({ capacityWh: 60_000, maxDischargeW: 0, energyWh: 10_000, chargeEfficiency: 0.9 });
    const problem = { device: { ...car, target: { energyWh: 50_500 } }, slots: slots(wave) };
    let leftWh = 40_500 / 0.9;
    let expected = 0;
    for (const price of [...wave].sort((a, b) => a - b)) {
      const takenWh = Math.min(leftWh, 1000);
      leftWh -= takenWh;
      expected += takenWh * price;
    }
    const { powersW, costMicros } = solved(problem);
    expect(faults(problem, powersW)).toEqual([]);
    expect(Math.abs(costMicros - expected)).toBeLessThan(50);
  });

  it('a little more energy costs the price of the dearest slot in use, losses included (the dual of the target)', () => {
    const costOf = (energyWh: number) => {
      const car = device({ capacityWh: 60_000, maxDischargeW: 0, energyWh: 10_000, chargeEfficiency: 0.9 });
      return solved({ device: { ...car, target: { energyWh } }, slots: slots(wave) }).costMicros;
    };
    // 45 whole slots are full; the next Wh goes into the 46th cheapest.
    const marginal = [...wave].sort((a, b) => a - b)[45] ?? NaN;
    expect((costOf(50_500 + 90) - costOf(50_500)) / 90).toBeCloseTo(marginal / 0.9, 0);
  });

  it('two prices in turn are cycled through as often as they come, less the losses', () => {
    // Every four hours 20, then 120: each low fills the battery, each high empties it.
    const prices = Array.from({ length: 192 }, (_, i) => (Math.floor(i / 16) % 2 === 0 ? 20 : 120));
    const battery = device({ energyWh: 0, chargeEfficiency: 0.8, dischargeEfficiency: 0.9 });
    const { costMicros } = solved({ device: battery, slots: slots(prices, 1) });
    const cycle = (8_000 / 0.8) * 20 - 8_000 * 0.9 * 120;
    expect(Math.abs(costMicros - 6 * cycle)).toBeLessThan(200);
  });

  it('does nothing where losses eat the spread', () => {
    const prices = Array.from({ length: 192 }, (_, i) => (i % 2 === 0 ? 90 : 110));
    const battery = device({ energyWh: 0, chargeEfficiency: 0.9, dischargeEfficiency: 0.9 });
    expect(solved({ device: battery, slots: slots(prices, 1) }).entries).toEqual([]);
  });

  it('never charges and discharges at once, however negative the prices, and is paid for what it can lose in turn', () => {
    const battery = device({ energyWh: 0, chargeEfficiency: 0.5, dischargeEfficiency: 0.5 });
    const { powersW, costMicros } = solved({
      device: battery,
      slots: slots(
        wave.map((p) => p - 250),
        0,
      ),
    });
    expect(faults({ device: battery, slots: slots(wave) }, powersW)).toEqual([]);
    // Feeding in costs nothing here: half of the time it may draw 4 kW to store 2, a quarter of which must be lost again.
    expect(costMicros).toBeLessThan(0);
    const storedWh = powersW.reduce((sum, w) => sum + (w > 0 ? w * 0.5 : w / 0.5) / 4, 0);
    expect(storedWh).toBeLessThanOrEqual(8_000 + 200);
  });
});

describe('what is given leads to what one expects', () => {
  const small = fc.record({
    prices: fc.array(fc.integer({ min: -50, max: 300 }), { minLength: 12, maxLength: 12 }),
    exported: fc.constantFrom(0, 0.5, 0.9),
    targetWh: fc.integer({ min: 0, max: 6_000 }),
    chargeW: fc.integer({ min: 500, max: 3_000 }),
  });
  const costOf = (p: { prices: number[]; exported: number; targetWh: number; chargeW: number }, capacityWh = 8_000) => {
    const target = { energyWh: p.targetWh };
    const model = device({ energyWh: 2_000, chargeEfficiency: 0.9, dischargeEfficiency: 0.9, capacityWh, target });
    const problem = { device: { ...model, maxChargeW: p.chargeW }, slots: slots(p.prices, p.exported) };
    return conflicts(problem).length > 0 ? Infinity : solved(problem).costMicros;
  };
  /** What rounding to whole W is worth. */
  const NEARLY = 2_000;

  it('more to reach never costs less; more power, more room or a lower price never more', () => {
    fc.assert(
      fc.property(small, (p) => {
        const cost = costOf(p);
        expect(costOf({ ...p, targetWh: p.targetWh + 500 })).toBeGreaterThanOrEqual(cost - NEARLY);
        expect(costOf({ ...p, chargeW: p.chargeW + 500 })).toBeLessThanOrEqual(cost + NEARLY);
        expect(costOf(p, 9_000)).toBeLessThanOrEqual(cost + NEARLY);
        if (p.exported === 0)
          expect(costOf({ ...p, prices: p.prices.map((price) => price - 5) })).toBeLessThanOrEqual(cost + NEARLY);
      }),
      { numRuns: 25 },
    );
  });

  it('of equally cheap schedules that which moves the least, and early', () => {
    const { powersW } = solved({
      device: device({ target: { energyWh: 6_500 } }),
      slots: slots(Array.from({ length: 20 }, () => 100)),
    });
    expect(powersW.slice(0, 4)).toEqual([4_000, 4_000, 2_000, 0]);
    expect(powersW.slice(4).every((w) => w === 0)).toBe(true);
  });
});
