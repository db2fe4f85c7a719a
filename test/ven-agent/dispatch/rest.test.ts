import { describe, expect, it } from 'vitest';
import { siteBudget } from '../../../ven-agent/dispatch/rest.ts';
import type { MeterView, RestLimits, RestState } from '../../../ven-agent/dispatch/rest.ts';
import { MW } from './support.ts';

const caps = { importW: 5 * MW, exportW: 4 * MW };
const nothing = { powerW: 0, seen: '' };
const at = (powerW: number): MeterView => ({ kind: 'seen', powerW });

function budget(meter: MeterView, devicesW = 0, rest: RestLimits = {}, state: RestState = {}, seconds = 1) {
  return siteBudget(caps, meter, { powerW: devicesW, seen: '' }, rest, state, seconds);
}

describe('what the site leaves for its devices', () => {
  it('is the caps when the devices are the site', () => {
    expect(budget({ kind: 'absent' }).budget).toEqual({ lowW: -5 * MW, highW: 4 * MW, seesAll: false });
  });

  it('is more export and less import by the load that the meter sees beside the devices', () => {
    expect(budget(at(-2 * MW), MW).budget).toEqual({ lowW: -2 * MW, highW: 7 * MW, seesAll: true });
  });

  it('demands discharge when the load alone is above the import cap', () => {
    expect(budget(at(-8 * MW)).budget.lowW).toBe(3 * MW);
  });

  it('narrows at once when a load goes away, and widens by and by when one comes back', () => {
    const loaded: RestState = { averageW: -6 * MW, seen: '' };
    expect(budget(at(0), 0, {}, loaded).budget.highW).toBe(4 * MW);
    const coming = budget(at(-6 * MW), 0, {}, { averageW: 0, seen: '' });
    expect(coming.budget.highW).toBeGreaterThan(4 * MW);
    expect(coming.budget.highW).toBeLessThan(6 * MW);
    let { state } = coming;
    for (let n = 0; n < 30; n += 1) state = budget(at(-6 * MW), 0, {}, state).state;
    expect(state.averageW).toBeCloseTo(-6 * MW, -5);
  });

  it('begins its average anew when other devices are seen than before: the rest is another one', () => {
    const before: RestState = { averageW: -6 * MW, seen: 'BESS_1' };
    const { budget: now, state } = siteBudget(caps, at(-3 * MW), { powerW: 0, seen: 'BESS_1,PV_1' }, {}, before, 1);
    expect(now).toMatchObject({ lowW: -2 * MW, highW: 7 * MW });
    expect(state).toEqual({ averageW: -3 * MW, seen: 'BESS_1,PV_1' });
  });

  it('counts the present only where the caps are too near for the average', () => {
    const near = siteBudget({ importW: 0, exportW: 0 }, at(-3 * MW), nothing, {}, { averageW: 0, seen: '' }, 1);
    expect(near.budget).toMatchObject({ lowW: 3 * MW, highW: 3 * MW });
  });

  it('is nothing while the meter is silent and nobody says what the rest may do', () => {
    expect(budget({ kind: 'blind' }).budget).toEqual({ lowW: 0, highW: 0, seesAll: false });
  });

  it('counts the worst of the configuration while the meter is silent, and never forces a device', () => {
    const rest = { importMaxW: 2 * MW, exportMaxW: MW };
    expect(budget({ kind: 'blind' }, 0, rest).budget).toMatchObject({ lowW: -3 * MW, highW: 3 * MW });
    expect(budget({ kind: 'absent' }, 0, rest).budget).toMatchObject({ lowW: -3 * MW, highW: 3 * MW });
    expect(budget({ kind: 'blind' }, 0, { importMaxW: 9 * MW, exportMaxW: 9 * MW }).budget).toMatchObject({
      lowW: 0,
      highW: 0,
    });
  });

  it('has no bound where there is no cap, whatever is silent', () => {
    const free = { importW: Infinity, exportW: Infinity };
    expect(siteBudget(free, { kind: 'blind' }, nothing, {}, {}, 1).budget).toMatchObject({
      lowW: -Infinity,
      highW: Infinity,
    });
  });

  it('forgets its average when the meter was silent in between', () => {
    const { state } = budget({ kind: 'blind' }, 0, {}, { averageW: -6 * MW });
    expect(budget(at(0), 0, {}, state).state.averageW).toBe(0);
  });
});
