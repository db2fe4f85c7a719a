import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Block } from '../../../ven-agent/bridges/sunspec/block.ts';
import {
  MODEL_103,
  MODEL_123,
  MODEL_701,
  MODEL_704,
  MODEL_713,
  MODEL_715,
} from '../../../ven-agent/bridges/sunspec/models/index.ts';
import type { Model } from '../../../ven-agent/bridges/sunspec/models/model.ts';
import { BessPlant, cycle } from '../../../ven-agent/simulate/bess.ts';
import { PvPlant } from '../../../ven-agent/simulate/pv.ts';

const MW = 1_000_000;
const BESS_START = { 701: 40_070, 702: 40_225, 704: 40_277, 713: 40_344, 715: 40_353 } as const;
const PV_START = { 103: 40_070, 120: 40_122, 121: 40_150, 123: 40_182 } as const;
const HOUR_MS = 3_600_000;

let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock('2026-01-15T10:00:00Z');
});

function blockOf<Name extends string>(plant: BessPlant | PvPlant, model: Model<Name>): Block<Name> {
  const start = ({ ...BESS_START, ...PV_START } as Record<number, number>)[model.id] ?? 0;
  const registers: number[] = [];
  for (let at = 0; at < 2 + model.length; at += 100) {
    registers.push(...plant.read(start + at, Math.min(100, 2 + model.length - at)));
  }
  return new Block(model, registers);
}

/** 704.WSet in W, without a timer. */
function setPower(plant: BessPlant, powerW: number, seconds = 0): void {
  const [high, low] = [(powerW >> 16) & 0xffff, powerW & 0xffff];
  plant.write(BESS_START[704] + 22, [1, 1, high, low, 0, 0, 0, 0, 0, 0, seconds]);
}

describe('the simulated battery', () => {
  it('discharges at 6 MW when nobody tells it anything', () => {
    const plant = new BessPlant({ id: 'B', kind: 'BESS' }, clock);
    expect(blockOf(plant, MODEL_701).value('W')).toBe(6 * MW);
  });

  it('reaches any power within 0.3 s of the register', () => {
    const plant = new BessPlant({ id: 'B', kind: 'BESS' }, clock);
    setPower(plant, -20 * MW);
    clock.advance(100);
    expect(plant.powerW).toBe(6 * MW - 10 * MW);
    clock.advance(200);
    expect(blockOf(plant, MODEL_701).value('W')).toBe(-20 * MW);
  });

  it('stores what it takes, less the loss, and gives less than it loses', () => {
    const plant = new BessPlant(
      { id: 'B', kind: 'BESS', socFraction: 0.5, efficiency: 0.9, localProgram: () => -10 * MW },
      clock,
    );
    clock.advance(HOUR_MS);
    expect(plant.socFraction).toBeCloseTo(0.5 + (10 * 0.9) / 40, 9);
    expect(blockOf(plant, MODEL_701).value('TotWhAbs')).toBe(10 * MW);
    expect(blockOf(plant, MODEL_713).value('SoC')).toBe(72.5);
    expect(blockOf(plant, MODEL_713).value('WHAvail')).toBe(29 * MW);
    setPower(plant, 10 * MW);
    clock.advance(HOUR_MS);
    expect(plant.socFraction).toBeCloseTo(0.725 - 10 / 0.9 / 40, 3);
  });

  it('stops when it is empty and when it is full, and no energy comes from nowhere', () => {
    const plant = new BessPlant({ id: 'B', kind: 'BESS', socFraction: 0.5, efficiency: 1 }, clock);
    setPower(plant, 20 * MW);
    clock.advance(3 * HOUR_MS);
    expect(plant.socFraction).toBe(0);
    expect(plant.powerW).toBe(0);
    expect(blockOf(plant, MODEL_701).value('TotWhInj')).toBeGreaterThan(19.99 * MW);
    expect(blockOf(plant, MODEL_701).value('TotWhInj')).toBeLessThan(20.01 * MW);
    setPower(plant, -20 * MW);
    clock.advance(3 * HOUR_MS);
    expect(plant.socFraction).toBe(1);
    expect(plant.powerW).toBe(0);
    expect(blockOf(plant, MODEL_701).value('TotWhAbs')).toBeCloseTo(40 * MW, -4);
  });

  it('ends in the same state however often somebody looks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 120_000 }), { maxLength: 20 }), (looksMs) => {
        const [often, once] = [new ManualClock(0), new ManualClock(0)];
        const plants = [often, once].map((each) => {
          const plant = new BessPlant({ id: 'B', kind: 'BESS', socFraction: 0.2 }, each);
          setPower(plant, 13 * MW, 60);
          return plant;
        });
        for (const ms of looksMs) {
          often.advance(ms);
          plants[0]?.advance();
        }
        once.set(often.nowMs());
        expect(plants[0]?.powerW).toBeCloseTo(plants[1]?.powerW ?? Number.NaN, 0);
        expect(plants[0]?.socFraction).toBeCloseTo(plants[1]?.socFraction ?? Number.NaN, 6);
      }),
      { numRuns: 30 },
    );
  });

  it('bounds the discharge by WMaxLimPct, set-point or not, and leaves charging alone', () => {
    const plant = new BessPlant({ id: 'B', kind: 'BESS' }, clock);
    plant.write(BESS_START[704] + 14, [1, 1_000, 10_000, 0, 0, 0]);
    clock.advance(300);
    expect(plant.powerW).toBe(2 * MW);
    setPower(plant, 15 * MW);
    clock.advance(300);
    expect(plant.powerW).toBe(2 * MW);
    expect(blockOf(plant, MODEL_701).raw('InvSt')).toBe(4);
    setPower(plant, -15 * MW);
    clock.advance(300);
    expect(plant.powerW).toBe(-15 * MW);
    expect(blockOf(plant, MODEL_701).raw('InvSt')).toBe(3);
  });

  it('counts its reversion timers down, restarts them at every write, and then goes where it was told to', () => {
    const plant = new BessPlant({ id: 'B', kind: 'BESS' }, clock);
    const limit = [1, 5_000, 1_500, 1, 0, 60];
    plant.write(BESS_START[704] + 14, limit);
    clock.advance(40_500);
    expect(blockOf(plant, MODEL_704).raw('WMaxLimPctRvrtRem')).toBe(20);
    plant.write(BESS_START[704] + 14, limit);
    clock.advance(59_999);
    expect(blockOf(plant, MODEL_704)).toSatisfy(
      (b: Block) => b.value('WMaxLimPct') === 50 && b.raw('WMaxLimPctRvrtRem') === 1,
    );
    clock.advance(1);
    expect(blockOf(plant, MODEL_704)).toSatisfy(
      (b: Block) => b.value('WMaxLimPct') === 15 && b.raw('WMaxLimPctRvrtRem') === 0,
    );
    expect(blockOf(plant, MODEL_704).raw('WMaxLimPctEna')).toBe(1);
    clock.advance(300);
    expect(plant.powerW).toBe(3 * MW);
  });

  it('follows WSetPct when the mode says so', () => {
    const plant = new BessPlant({ id: 'B', kind: 'BESS' }, clock);
    plant.write(BESS_START[704] + 22, [1, 0, 0, 0, 0, 0, 0x10000 - 5_000, 0, 0, 0, 0]);
    clock.advance(300);
    expect(plant.powerW).toBe(-10 * MW);
  });

  it.each([
    ['read-only points', BESS_START[701] + 10, [1], 2],
    ['points that it does not have', BESS_START[704] + 35, [1], 2],
    ['a block that runs into a read-only point', BESS_START[704] + 18, [0, 60, 0], 2],
    ['an address outside the map', 50_000, [1], 2],
    ['a limit above 100 %', BESS_START[704] + 15, [10_001], 3],
    ['a timer that means "not implemented"', BESS_START[704] + 18, [0xffff, 0xffff], 3],
    ['the not-implemented value', BESS_START[704] + 15, [0xffff], 3],
    ['an unknown enum value', BESS_START[704] + 14, [2], 3],
    ['a set-point above the rating', BESS_START[704] + 24, [0x0200, 0], 3],
  ])('refuses to write %s, and then changes nothing', (_, address, values, exceptionCode) => {
    const plant = new BessPlant({ id: 'B', kind: 'BESS' }, clock);
    const before = plant.read(BESS_START[704], 67);
    expect(() => plant.write(address, values)).toThrow(expect.objectContaining({ exceptionCode }));
    expect(plant.read(BESS_START[704], 67)).toEqual(before);
  });

  it('shows its own heartbeat and takes ours', () => {
    const plant = new BessPlant({ id: 'B', kind: 'BESS' }, clock);
    clock.advance(2_500);
    plant.write(BESS_START[715] + 5, [0, 7]);
    expect(blockOf(plant, MODEL_715).raw('DERHb')).toBe(2);
    expect(blockOf(plant, MODEL_715).raw('ControllerHb')).toBe(7);
  });

  it('cycles between 10 % and 90 % when left alone', () => {
    const program = cycle(6 * MW);
    expect([0.5, 0.1, 0.5, 0.89, 0.9, 0.5].map(program).map(Math.sign)).toEqual([1, -1, -1, -1, 1, 1]);
  });
});

describe('the simulated PV plant', () => {
  it('produces 80 % of its rated power at any hour', () => {
    const plant = new PvPlant({ id: 'P', kind: 'PV' }, clock);
    for (let hour = 0; hour < 24; hour += 1) {
      expect(plant.powerW).toBe(8 * MW);
      clock.advance(HOUR_MS);
    }
  });

  it('produces what the sun gives or what the limit allows, whichever is less', () => {
    let sun = 0.8;
    const plant = new PvPlant({ id: 'P', kind: 'PV', irradiance: () => sun }, clock);
    plant.write(PV_START[123] + 5, [5_000, 0, 0, 0, 1], 16);
    clock.advance(300);
    expect(blockOf(plant, MODEL_103).value('W')).toBe(5 * MW);
    expect(blockOf(plant, MODEL_103).raw('St')).toBe(5);
    sun = 0.3;
    clock.advance(1_300);
    expect(blockOf(plant, MODEL_103).value('W')).toBe(3 * MW);
    expect(blockOf(plant, MODEL_103).raw('St')).toBe(4);
  });

  it('integrates its power in WH, which wraps at 2^32 and never reads 0', () => {
    const plant = new PvPlant({ id: 'P', kind: 'PV', ratedW: 30 * MW, irradiance: () => 1 }, clock);
    const countedWh = (): number => blockOf(plant, MODEL_103).value('WH') ?? Number.NaN;
    const before = countedWh();
    clock.advance(HOUR_MS);
    expect(countedWh() - before).toBeCloseTo(30 * MW, -1);
    clock.advance(143 * HOUR_MS);
    expect(countedWh()).toBeCloseTo((before + 144 * 30 * MW) % 2 ** 32, -2);
  });

  it('can only release its limit when the timer is over', () => {
    const plant = new PvPlant({ id: 'P', kind: 'PV' }, clock);
    plant.write(PV_START[123] + 5, [1_000, 0, 30, 0, 1], 16);
    clock.advance(29_999);
    expect(plant.powerW).toBe(1 * MW);
    clock.advance(301);
    expect(plant.powerW).toBe(8 * MW);
    expect(blockOf(plant, MODEL_123).raw('WMaxLim_Ena')).toBe(0);
  });
});
