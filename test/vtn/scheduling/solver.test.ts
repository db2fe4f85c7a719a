import { afterAll, describe, expect, it } from 'vitest';
import { Solver } from '../../../vtn/scheduling/solver.ts';
import { device, slots } from './support.ts';

const problem = { device: device({ target: { energyWh: 5_000 } }), slots: slots([300, 100, 200]) };

describe('the solver’s thread', () => {
  const solver = new Solver();
  afterAll(() => solver.stop());

  it('answers each problem with its own outcome', async () => {
    const other = { ...problem, slots: slots([100, 300, 200]) };
    const outcomes = await Promise.all([solver.solve(problem), solver.solve(other)]);
    expect(outcomes).toEqual([
      { kind: 'optimal', powersW: [0, 4_000, 0] },
      { kind: 'optimal', powersW: [4_000, 0, 0] },
    ]);
  });

  it('tells of a problem that breaks it, and goes on', async () => {
    await expect(solver.solve({ ...problem, slots: slots([NaN]) })).rejects.toThrow();
    expect((await solver.solve(problem)).kind).toBe('optimal');
  });

  it('gives up what is being solved when it is stopped; the next problem starts another thread', async () => {
    const running = expect(solver.solve(problem)).rejects.toThrow('the solver was stopped');
    await solver.stop();
    await running;
    expect((await solver.solve(problem)).kind).toBe('optimal');
  });
});
