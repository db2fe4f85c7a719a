import { describe, expect, it } from 'vitest';
import { confirmed, initialSiteState } from '../../../ven-agent/dispatch/memory.ts';
import { decideSite } from '../../../ven-agent/dispatch/site.ts';
import type { DeviceFacts, SiteFacts } from '../../../ven-agent/dispatch/site.ts';
import { bess, pv } from '../builders.ts';
import { battery, cap, highestW, MW, power, site, siteCap, solar, told, unbound } from './support.ts';

const decide = (devices: DeviceFacts[], fields: Partial<SiteFacts> = {}) =>
  decideSite(site(devices, fields), initialSiteState).decisions;
const ordered = (powerW: number) => ({ ...unbound, setpoint: power(powerW) });
const exporting = (maxW: number) => [siteCap({ exportCap: cap(maxW, 'poc-limits') })];
const importing = (maxW: number) => [siteCap({ importCap: cap(maxW, 'poc-limits') })];

/** PV that goes to a fallback of its own: battery and PV may rely on each other. */
const REVERTING = { ...pv, safeReversion: true };

describe('a cap of the site', () => {
  it('changes nothing while the devices keep to it together', () => {
    const decisions = decide([battery({ envelope: ordered(2 * MW) }), solar({ powerW: MW })], {
      shared: exporting(9 * MW),
    });
    expect(told(decisions, 'BESS_1').setpointW).toBe(2 * MW);
    expect(told(decisions, 'PV_1').outputLimit).toEqual({ kind: 'unlimited' });
  });

  it('is shared: the set-point of the battery gives way before PV is curtailed', () => {
    const decisions = decide([battery({ envelope: ordered(6 * MW) }), solar({ powerW: 4 * MW })], {
      shared: exporting(7 * MW),
    });
    // PV may rise by 2 % of its nameplate within a tick.
    expect(told(decisions, 'BESS_1').setpointW).toBe(2.9 * MW);
    expect(decisions.get('BESS_1')?.why).toContainEqual({
      ...{ point: 'setpoint', reason: 'limit', eventName: 'poc-limits', of: 'SITE_1' },
    });
  });

  it('lets the battery charge what PV generates above it, and PV rise as it does', () => {
    const shared = exporting(3 * MW);
    let [batteryW, solarW, state] = [0, 4 * MW, initialSiteState];
    const tick = () => {
      const devices = [battery({ powerW: batteryW }), solar({ powerW: solarW, capabilities: REVERTING })];
      const next = decideSite(site(devices, { shared }), state);
      ({ state } = next);
      return { battery: told(next.decisions, 'BESS_1'), solar: highestW(told(next.decisions, 'PV_1')) };
    };
    expect(tick()).toMatchObject({ battery: { setpointW: -1.1 * MW }, solar: 3 * MW });
    for (let n = 0; n < 40; n += 1) {
      const commands = tick();
      [batteryW, solarW] = [commands.battery.setpointW ?? 0, Math.min(commands.solar, 4 * MW)];
      expect(batteryW + solarW).toBeLessThanOrEqual(3 * MW);
    }
    expect([batteryW, solarW]).toEqual([-1.1 * MW, 4 * MW]);
  });

  it('gives PV that would keep its limit without an agent no more than the cap itself', () => {
    const shared = exporting(3 * MW);
    let [batteryW, solarW, state] = [0, 4 * MW, initialSiteState];
    for (let n = 0; n < 40; n += 1) {
      const next = decideSite(site([battery({ powerW: batteryW }), solar({ powerW: solarW })], { shared }), state);
      ({ state } = next);
      solarW = Math.min(highestW(told(next.decisions, 'PV_1')), 4 * MW);
      batteryW = told(next.decisions, 'BESS_1').setpointW ?? 0;
      expect(solarW).toBeLessThanOrEqual(3 * MW);
    }
    expect([batteryW, solarW]).toEqual([0, 3 * MW]);
  });

  it('gives it no more either when a battery is told to charge beside it', () => {
    const charging = battery({ powerW: -2 * MW, envelope: ordered(-2 * MW) });
    const decisions = decide([charging, solar({ powerW: 3 * MW })], { shared: exporting(3 * MW) });
    expect(told(decisions, 'PV_1').outputLimit).toEqual({ kind: 'limited', maxW: 3 * MW });
    const reverting = solar({ powerW: 3 * MW, capabilities: REVERTING });
    expect(highestW(told(decide([charging, reverting], { shared: exporting(3 * MW) }), 'PV_1'))).toBeGreaterThan(
      4 * MW,
    );
  });

  it('curtails PV when the battery is full', () => {
    const settings = { whenNoSetpoint: 'idle', dropsOutAtZero: false, socMax: 0.9 } as const;
    const full = battery({ settings, socFraction: 0.95 });
    const decisions = decide([full, solar({ powerW: 4 * MW })], { shared: exporting(3 * MW) });
    expect(told(decisions, 'BESS_1').setpointW).toBe(0);
    expect(told(decisions, 'PV_1').outputLimit).toEqual({ kind: 'limited', maxW: 3 * MW });
    expect(decisions.get('PV_1')?.why).toMatchObject([{ point: 'output', reason: 'limit', of: 'SITE_1' }]);
  });

  it('makes the last of the configuration give way first, those without a set-point before all', () => {
    const second = battery({ name: 'BESS_2', envelope: ordered(4 * MW) });
    const members = ['BESS_1', 'BESS_2', 'BESS_3'];
    const shared = [siteCap({ exportCap: cap(5 * MW) }, members)];
    const told3 = (thirdW: number) => {
      const third = battery({ name: 'BESS_3', powerW: thirdW });
      const decisions = decide([battery({ envelope: ordered(4 * MW) }), second, third], { shared });
      return members.map((name) => highestW(told(decisions, name)));
    };
    expect(told3(0)).toEqual([4 * MW, MW, 0]);
    // Nobody moves into the room of the third before that one was seen to leave it.
    expect(told3(4 * MW)).toEqual([MW, 0, 0]);
  });

  it('lets nobody charge in the room of another before that one was seen to leave it', () => {
    const leaving = (powerW: number) => battery({ envelope: ordered(0), powerW });
    const coming = battery({ name: 'BESS_2', envelope: ordered(-6 * MW) });
    const shared = [siteCap({ importCap: cap(6 * MW) }, ['BESS_1', 'BESS_2'])];
    const second = (firstW: number) => told(decide([leaving(firstW), coming], { shared }), 'BESS_2').setpointW;
    expect([second(-6 * MW), second(-2 * MW), second(0)]).toEqual([0, -4 * MW, -6 * MW]);
  });

  it('is widened by the load that the meter sees, and demands discharge where the load alone breaks it', () => {
    const meter = { kind: 'seen', powerW: -6 * MW } as const;
    const charging = decide([battery({ envelope: ordered(-3 * MW) })], { shared: importing(8 * MW), meter });
    expect(told(charging, 'BESS_1').setpointW).toBe(-2 * MW);
    const shaving = decide([battery()], { shared: importing(4 * MW), meter });
    expect(told(shaving, 'BESS_1').setpointW).toBe(2 * MW);
    expect(shaving.get('BESS_1')?.why).toContainEqual({
      ...{ point: 'setpoint', reason: 'limit', eventName: 'poc-limits', of: 'SITE_1' },
    });
  });

  it('holds everything still while the meter is silent and the configuration knows no rest', () => {
    const decisions = decide([battery({ envelope: ordered(3 * MW) }), solar({ powerW: MW })], {
      shared: [siteCap({ exportCap: cap(9 * MW), importCap: cap(9 * MW) })],
      meter: { kind: 'blind' },
    });
    expect(told(decisions, 'BESS_1').setpointW).toBe(0);
    expect(told(decisions, 'PV_1').outputLimit).toEqual({ kind: 'limited', maxW: 0 });
    expect(decisions.get('PV_1')?.why).toMatchObject([{ meterBlind: true, of: 'SITE_1' }]);
  });

  it('counts a device that says nothing at what it was told, or at all that it can when it does not revert', () => {
    const shared = exporting(6 * MW);
    const away = { ready: false, reachable: false, powerW: undefined, stale: true };
    const limitOfPv = (facts: Partial<DeviceFacts>, state = initialSiteState) =>
      highestW(
        told(
          decideSite(site([battery({ ...away, ...facts }), solar({ powerW: 5 * MW })], { shared }), state).decisions,
          'PV_1',
        ),
      );
    expect(limitOfPv({})).toBe(0);
    expect(limitOfPv({ capabilities: undefined })).toBe(0);
    const rated = { whenNoSetpoint: 'release', dropsOutAtZero: false, ratedW: 2 * MW } as const;
    expect(limitOfPv({ capabilities: undefined, settings: rated })).toBe(4 * MW);
    const before = decideSite(site([battery({ envelope: ordered(2 * MW) }), solar()], { shared }), initialSiteState);
    expect(limitOfPv({}, before.state)).toBe(0);
    const heard = confirmed(before.state, 'BESS_1');
    expect(limitOfPv({}, heard)).toBe(4 * MW);
    expect(limitOfPv({ capabilities: { ...bess, safeReversion: false } }, heard)).toBe(0);
    // Somebody works it on site: what it was told says nothing.
    expect(limitOfPv({ obeys: false }, heard)).toBe(0);
    // Of the next command nobody knows whether it was heard.
    const lower = decideSite(site([battery({ envelope: ordered(0), powerW: 2 * MW }), solar()], { shared }), heard);
    expect(limitOfPv({}, lower.state)).toBe(4 * MW);
  });

  it('holds a device still that cannot be seen or does not obey, and counts what it does', () => {
    const local = battery({ obeys: false, powerW: 2 * MW, envelope: ordered(4 * MW) });
    const decisions = decide([local, solar({ powerW: 5 * MW })], { shared: exporting(6 * MW) });
    expect(told(decisions, 'BESS_1').setpointW).toBe(0);
    expect(told(decisions, 'PV_1').outputLimit).toMatchObject({ maxW: 4 * MW });
    const unseen = battery({ powerW: undefined, envelope: ordered(4 * MW) });
    expect(told(decide([unseen], { shared: exporting(6 * MW) }), 'BESS_1').setpointW).toBe(0);
  });

  it('counts a device that is gone at what its timer lets it do, where that is more than it was told', () => {
    const giving = battery({ powerW: 2 * MW, envelope: ordered(2 * MW) });
    const roof = solar({ powerW: 5 * MW });
    // No cap was in force: nobody told it where to fall back to.
    const before = confirmed(decideSite(site([giving, roof]), initialSiteState).state, 'BESS_1');
    const away = { ...giving, ready: false, reachable: false, powerW: undefined, stale: true };
    const { decisions } = decideSite(site([away, roof], { shared: exporting(6 * MW) }), before);
    expect(highestW(told(decisions, 'PV_1'))).toBe(0);
  });

  it('counts a device that can be told nothing in this tick at what it does, not at what it would be told', () => {
    const busy = battery({ ready: false, powerW: 4 * MW, envelope: ordered(0) });
    const other = battery({ name: 'BESS_2', powerW: 6 * MW, envelope: ordered(6 * MW) });
    const shared = [siteCap({ exportCap: cap(6 * MW) }, ['BESS_1', 'BESS_2'])];
    expect(told(decide([busy, other], { shared }), 'BESS_2').setpointW).toBe(2 * MW);
  });

  it('makes up for a device that has not done as it was told for a while', () => {
    let state = initialSiteState;
    const second: number[] = [6 * MW];
    for (let n = 0; n < 5; n += 1) {
      // It worked until now; from here on the first gives 3 MW whatever it is told.
      const stubborn = battery({ envelope: ordered(0), powerW: 3 * MW });
      const willing = battery({ name: 'BESS_2', envelope: ordered(6 * MW), powerW: second.at(-1) });
      const shared = [siteCap({ exportCap: cap(6 * MW) }, ['BESS_1', 'BESS_2'])];
      const next = decideSite(site([stubborn, willing], { shared }), state);
      ({ state } = next);
      second.push(told(next.decisions, 'BESS_2').setpointW ?? NaN);
    }
    expect(second).toEqual([6 * MW, 6 * MW, 6 * MW, 6 * MW, 6 * MW, 3 * MW]);
  });

  it('does not expect one that gives more than it is told to give less for being told less', () => {
    let state = initialSiteState;
    const first: number[] = [6 * MW];
    for (let n = 0; n < 5; n += 1) {
      const willing = battery({ envelope: ordered(6 * MW), powerW: first.at(-1) });
      const stubborn = battery({ name: 'BESS_2', envelope: ordered(MW), powerW: 3 * MW });
      const shared = [siteCap({ exportCap: cap(8 * MW) }, ['BESS_1', 'BESS_2'])];
      const next = decideSite(site([willing, stubborn], { shared }), state);
      ({ state } = next);
      first.push(told(next.decisions, 'BESS_1').setpointW ?? NaN);
    }
    // It has its three ticks to obey.
    expect(first).toEqual([6 * MW, 6 * MW, 6 * MW, 6 * MW, 6 * MW, 5 * MW]);
  });

  it('does not raise the others beside one that gives more than it is told, though it might come down', () => {
    let state = initialSiteState;
    let last = 6 * MW;
    for (let n = 0; n < 5; n += 1) {
      // The rest takes 7 MW, and nothing may cross the meter. The limit of the PV has run out, and it gives 8 MW.
      const solarW = 8 * MW;
      const noon = { ...unbound, exportCap: cap(0) };
      const devices = [
        battery({ envelope: ordered(-5 * MW), powerW: last }),
        solar({ envelope: noon, powerW: solarW }),
      ];
      const caps = { importCap: cap(0), exportCap: cap(0) };
      const meter = { kind: 'seen', powerW: last + solarW - 7 * MW } as const;
      const next = decideSite(site(devices, { shared: [siteCap(caps)], meter }), state);
      ({ state } = next);
      last = told(next.decisions, 'BESS_1').setpointW ?? NaN;
    }
    expect(last).toBe(-MW);
  });

  it('does not write for steps towards a looser cap that are smaller than the dead band', () => {
    const run = (load: number, state = initialSiteState) =>
      decideSite(
        site([solar({ powerW: 3 * MW })], {
          shared: [siteCap({ exportCap: cap(MW) }, ['PV_1'])],
          meter: { kind: 'seen', powerW: 3 * MW - load },
          elapsedSeconds: 60,
        }),
        state,
      );
    const first = run(MW);
    expect(told(first.decisions, 'PV_1').outputLimit).toMatchObject({ maxW: 2 * MW });
    const near = run(1.02 * MW, first.state);
    expect(told(near.decisions, 'PV_1').outputLimit).toMatchObject({ maxW: 2 * MW });
    expect(told(run(0.99 * MW, first.state).decisions, 'PV_1').outputLimit).toMatchObject({ maxW: 1.99 * MW });
    expect(highestW(told(run(1.2 * MW, near.state).decisions, 'PV_1'))).toBeCloseTo(2.2 * MW, -4);
  });

  it('leaves room behind for PV that keeps its limit, which batteries make now and will not then', () => {
    const charging = battery({ powerW: -2 * MW, envelope: ordered(-2 * MW) });
    const reverting = solar({ powerW: 2 * MW, capabilities: REVERTING });
    const keeping = solar({ name: 'PV_2', powerW: 3 * MW });
    const shared = [siteCap({ exportCap: cap(4 * MW) }, ['BESS_1', 'PV_1', 'PV_2'])];
    const decisions = decide([charging, reverting, keeping], { shared });
    const fallback = told(decisions, 'PV_1').fallback?.outputLimit;
    const keptW = highestW(told(decisions, 'PV_2'));
    expect(keptW).toBeGreaterThan(3 * MW);
    expect(fallback).toEqual({ kind: 'limited', maxW: 4 * MW - keptW });
    // Nor is a device forgotten that can be told nothing now.
    const busy = { ...keeping, ready: false };
    expect(told(decide([charging, reverting, busy], { shared }), 'PV_1').fallback?.outputLimit).toMatchObject({
      maxW: 0,
    });
  });

  it('leaves fallbacks behind that keep the cap without orders, where that is the stricter one', () => {
    const standing = { ...unbound, exportCap: cap(6 * MW) };
    const shared = [siteCap({ exportCap: cap(10 * MW) }, ['PV_1', 'PV_2'], { standing })];
    const roofs = ['PV_1', 'PV_2'].map((name) => solar({ name, powerW: 5 * MW, capabilities: REVERTING }));
    const decisions = decide(roofs, { shared });
    const fallbacks = roofs.map(({ name }) => told(decisions, name).fallback?.outputLimit);
    expect(fallbacks).toEqual([
      { kind: 'limited', maxW: 5 * MW },
      { kind: 'limited', maxW: MW },
    ]);
  });

  it('leaves fallbacks behind that keep it together: batteries stand still, PV shares what is left', () => {
    const devices = [battery(), solar({ powerW: MW }), solar({ name: 'PV_2', powerW: MW })];
    const shared = [siteCap({ exportCap: cap(8 * MW) }, ['BESS_1', 'PV_1', 'PV_2'])];
    const decisions = decide(devices, { shared });
    expect(told(decisions, 'BESS_1').fallback).toMatchObject({ setpointW: 0 });
    const [first = 0, second = 0] = ['PV_1', 'PV_2'].map((name) => {
      const { outputLimit } = told(decisions, name).fallback ?? {};
      return outputLimit?.kind === 'limited' ? outputLimit.maxW : Infinity;
    });
    expect(first + second).toBeLessThanOrEqual(8 * MW);
    expect(Math.min(first, second)).toBeGreaterThan(MW);
  });
});

describe('a cap of an inverter', () => {
  it('is shared over the devices behind it, inside the cap of the site', () => {
    const inverter = siteCap({ exportCap: cap(4 * MW, 'inverter-limits') }, ['BESS_1', 'PV_1'], {
      of: 'INV_1',
      kind: 'group',
    });
    const all = ['BESS_1', 'PV_1', 'BESS_2'];
    const devices = [
      battery({ envelope: ordered(9 * MW) }),
      solar({ powerW: 3 * MW }),
      battery({ name: 'BESS_2', envelope: ordered(9 * MW) }),
    ];
    const decisions = decide(devices, { shared: [inverter, siteCap({ exportCap: cap(10 * MW) }, all)] });
    const [first = 0, roof = 0, second = 0] = all.map((name) => highestW(told(decisions, name)));
    expect(first + roof).toBeLessThanOrEqual(4 * MW);
    expect(first + roof + second).toBeLessThanOrEqual(10 * MW);
    expect(first + roof).toBeGreaterThan(3.8 * MW);
    expect(decisions.get('BESS_1')?.why).toContainEqual({
      ...{ point: 'setpoint', reason: 'limit', eventName: 'inverter-limits', of: 'INV_1' },
    });
    expect(decisions.get('BESS_2')?.why).toContainEqual(expect.objectContaining({ of: 'SITE_1' }));
  });

  it('brings back a battery that charges for the sake of the site, when that is more than its inverter may take', () => {
    const inverter = siteCap({ importCap: cap(0.5 * MW) }, ['BESS_1', 'BESS_2'], { of: 'INV_1', kind: 'group' });
    const all = ['BESS_1', 'BESS_2', 'PV_1'];
    const second = battery({ name: 'BESS_2', powerW: -MW });
    const roof = solar({ capabilities: REVERTING, powerW: 4 * MW });
    const decisions = decide([battery(), second, roof], {
      shared: [inverter, siteCap({ exportCap: cap(3 * MW) }, all)],
    });
    expect(told(decisions, 'BESS_2').setpointW).toBe(-0.5 * MW);
  });

  it('counts what drops out at 0 % at its least output', () => {
    const settings = { whenNoSetpoint: 'release', dropsOutAtZero: true } as const;
    const decisions = decide([battery(), solar({ settings, powerW: pv.maxDischargeW })], { shared: exporting(0) });
    expect(told(decisions, 'PV_1').outputLimit).toEqual({ kind: 'limited', maxW: 50_000 });
    expect(told(decisions, 'BESS_1').setpointW).toBeLessThanOrEqual(-50_000);
  });
});
