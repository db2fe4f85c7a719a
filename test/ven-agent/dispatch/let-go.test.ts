import { describe, expect, it } from 'vitest';
import { initialSiteState } from '../../../ven-agent/dispatch/memory.ts';
import { decideSite } from '../../../ven-agent/dispatch/site.ts';
import type { SiteFacts } from '../../../ven-agent/dispatch/site.ts';
import { bess } from '../builders.ts';
import { battery, cap, decideOne, free, MW, power, site, siteCap, solar, told, unbound } from './support.ts';

const first = battery();
const second = battery({ name: 'BESS_2' });
const importing = (maxW: number) => [siteCap({ importCap: cap(maxW, 'poc-limits') }, ['BESS_1', 'BESS_2'])];
/** The set-points of two batteries of 10 MW that nobody gives one. */
const setpoints = (fields: Partial<SiteFacts>, devices = [first, second]) => {
  const { decisions } = decideSite(site(devices, fields), initialSiteState);
  return devices.map(({ name }) => told(decisions, name).setpointW);
};

describe('a battery that decides for itself', () => {
  it('stands still under an import cap that it could break without the agent, with a timer that keeps it so', () => {
    const { command, why } = decideOne(battery({ envelope: { ...unbound, importCap: cap(4 * MW) } }));
    expect(command).toMatchObject({ setpointW: 0, fallback: { setpointW: 0 } });
    expect(why).toEqual([
      { point: 'setpoint', reason: 'idle' },
      { point: 'setpoint', reason: 'limit', eventName: 'limits/BESS_1' },
    ]);
  });

  it('does so also where only the cap that holds without orders is below what it can', () => {
    const standing = { importCap: cap(4 * MW), exportCap: free };
    const envelope = { ...unbound, importCap: cap(30 * MW) };
    expect(decideOne(battery({ envelope, standing })).command.setpointW).toBe(0);
  });

  it('is let go where even all that it can take keeps the cap, and as soon as the cap ends', () => {
    const roomy = { ...unbound, importCap: cap(10 * MW) };
    expect(decideOne(battery({ envelope: roomy })).command.setpointW).toBeUndefined();
    const held = decideOne(battery({ envelope: { ...unbound, importCap: cap(9 * MW) } }));
    expect(decideOne(battery(), held.state).command.setpointW).toBeUndefined();
  });

  it('is let go under an export cap, which devices have a register and a timer for', () => {
    expect(decideOne(battery({ envelope: { ...unbound, exportCap: cap(0) } })).command.setpointW).toBeUndefined();
  });

  it('follows a set-point as before', () => {
    const envelope = { ...unbound, importCap: cap(4 * MW), setpoint: power(-3 * MW) };
    expect(decideOne(battery({ envelope })).command.setpointW).toBe(-3 * MW);
  });
});

describe('an import cap that batteries share', () => {
  it('lets them go in the order of the configuration, as long as it holds all that they can take', () => {
    expect(setpoints({ shared: importing(9 * MW) })).toEqual([0, 0]);
    expect(setpoints({ shared: importing(10 * MW) })).toEqual([undefined, 0]);
    expect(setpoints({ shared: importing(20 * MW) })).toEqual([undefined, undefined]);
  });

  it('counts the rest of a metered site at the worst that the configuration says, whatever the meter sees', () => {
    const meter = { kind: 'seen', powerW: 0 } as const;
    const shared = importing(15 * MW);
    expect(setpoints({ shared, meter })).toEqual([0, 0]);
    expect(setpoints({ shared, meter, rest: { importMaxW: 6 * MW } })).toEqual([0, 0]);
    expect(setpoints({ shared, meter, rest: { importMaxW: 5 * MW } })).toEqual([undefined, 0]);
  });

  it('counts as well the cap that holds without orders', () => {
    const standing = { importCap: cap(12 * MW), exportCap: free };
    const shared = [siteCap({ importCap: cap(30 * MW) }, ['BESS_1', 'BESS_2'], { standing })];
    expect(setpoints({ shared })).toEqual([undefined, 0]);
  });

  it('makes even one that was let go discharge, where the rest takes more than the configuration says', () => {
    const meter = { kind: 'seen', powerW: -12 * MW } as const;
    const fields = { shared: importing(11 * MW), meter, rest: { importMaxW: MW } };
    expect(setpoints({ ...fields, meter: { ...meter, powerW: 0 } }, [first])).toEqual([undefined]);
    expect(setpoints(fields, [first])).toEqual([MW]);
  });

  it('leaves no room beside a battery that takes no set-points', () => {
    const deaf = battery({ capabilities: { ...bess, canSetPower: false } });
    expect(setpoints({ shared: importing(12 * MW) }, [deaf, second])).toEqual([undefined, 0]);
    expect(setpoints({ shared: importing(20 * MW) }, [deaf, second])).toEqual([undefined, undefined]);
  });

  it('leaves room for nothing but standing still to a battery that does', () => {
    const caps = { importCap: cap(6 * MW), exportCap: cap(6 * MW) };
    const { decisions } = decideSite(
      site([first, solar({ powerW: 3 * MW })], { shared: [siteCap(caps)] }),
      initialSiteState,
    );
    expect(told(decisions, 'PV_1').outputLimit).toEqual({ kind: 'unlimited' });
  });

  it('says for which cap one stands still', () => {
    const { decisions } = decideSite(site([first, second], { shared: importing(10 * MW) }), initialSiteState);
    expect(decisions.get('BESS_2')?.why).toEqual([
      { point: 'setpoint', reason: 'idle' },
      { point: 'setpoint', reason: 'limit', eventName: 'poc-limits', of: 'SITE_1' },
    ]);
  });
});
