import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '@openadr-gateway/shared/log.ts';
import type { Event, ValuesMap } from '@openadr-gateway/shared/openadr/objects.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { tempDir } from '../support/temp-dir.ts';
import { configSchema } from '../../ven-agent/config.ts';
import { createVenAgent } from '../../ven-agent/main.ts';
import type { VenAgent, VenAgentDeps } from '../../ven-agent/main.ts';
import { startSimulatedSite } from '../../ven-agent/simulate/site.ts';
import type { SimulatedSite } from '../../ven-agent/simulate/site.ts';
import { event, payload } from './builders.ts';
import { FakeVtn } from './fake-vtn.ts';

const MW = 1_000_000;
const log = createLog({ name: 'test', level: 'silent' });
const forever = { start: '2026-01-01T00:00:00Z', duration: 'P9999Y' };

let vtn: FakeVtn;
let vtnUrl: string;
let site: SimulatedSite;
let dir: ReturnType<typeof tempDir>;
let agent: VenAgent | undefined;
let lines: string[];

/** An order that holds from an hour ago to an hour from now. */
function now(type: string, kw: number, targets: string[], fields: Partial<Event> = {}): Event {
  const start = new Date(Date.now() - 3_600_000).toISOString();
  return event([payload(type, kw)], { targets, intervalPeriod: { start, duration: 'PT2H' }, ...fields });
}

async function start(settings: Record<string, object> = {}, deps: VenAgentDeps = {}): Promise<string> {
  const config = configSchema.parse({
    vtn: { url: vtnUrl, clientId: 'client', clientSecret: 'secret', pollSeconds: 1 },
    site: { id: 'SITE_1' },
    dataDir: dir.path,
    devices: site.assets.map(({ id, kind, url, unitId }) => ({
      resourceName: id,
      kind,
      driver: 'sunspec',
      url,
      unitId,
      timeoutMs: 300,
      ...settings[id],
    })),
    tick: { intervalMs: 100 },
    reporting: { periodSeconds: 1 },
  });
  const heard = createLog({ name: 'a', level: 'info', destination: { write: (line) => void lines.push(line) } });
  agent = createVenAgent(config, { log: heard, random: () => 0.05, ...deps });
  return (await agent.start()).statusUrl;
}

async function status(url: string) {
  return JSON.parse(await (await fetch(`${url}/status`)).text());
}

function powerOf(id: string): number {
  return Math.round(site.plant(id).powerW);
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 20 });

beforeEach(async () => {
  lines = [];
  dir = tempDir();
  vtn = new FakeVtn();
  vtn.resources.push({ id: 'r-2', venID: 'ven-1', resourceName: 'PV_1', targets: ['PV_1'] });
  vtnUrl = await vtn.start();
  site = await startSimulatedSite({
    host: '127.0.0.1',
    clock: systemClock,
    log,
    plants: [
      { id: 'BESS_1', kind: 'BESS', localProgram: () => -6 * MW },
      { id: 'PV_1', kind: 'PV' },
    ],
  });
});

afterEach(async () => {
  await agent?.stop();
  agent = undefined;
  await site.stop();
  await vtn.stop();
  await dir.remove();
});

describe('the agent on a site of two devices', () => {
  it('follows a limit down to the power of the plant, and lets go when it is cancelled', async () => {
    const before = powerOf('PV_1');
    await start();
    vtn.events = [now('EXPORT_CAPACITY_LIMIT', 1000, ['PV_1'])];
    await until(() => expect(powerOf('PV_1')).toBe(MW));
    vtn.events = [];
    await until(() => expect(powerOf('PV_1')).toBeGreaterThan(0.9 * before));
  });

  it('follows a set-point inside the limits and says why it is limited', async () => {
    vtn.events = [
      now('DISPATCH_SETPOINT', -8000, ['BESS_1'], { eventName: 'dispatch' }),
      now('EXPORT_CAPACITY_LIMIT', 3000, ['BESS_1'], { eventName: 'limits' }),
    ];
    const url = await start();
    await until(() => expect(powerOf('BESS_1')).toBe(3 * MW));
    const { devices } = await status(url);
    expect(devices[0].line).toMatchObject({ timeouts: 0, exceptions: 0, lateReplies: 0, protocolErrors: 0 });
    expect(devices[0].whyLimited).toContainEqual({ point: 'setpoint', reason: 'limit', eventName: 'limits' });
  });

  it('stills a battery that charges by itself while an import cap is below what it can', async () => {
    vtn.events = [now('IMPORT_CAPACITY_LIMIT', 2000, ['BESS_1'])];
    await start();
    await until(() => expect(powerOf('BESS_1')).toBe(0));
    vtn.events = [];
    await until(() => expect(powerOf('BESS_1')).toBe(-6 * MW));
  });

  it('keeps to the configured default while the VTN says nothing', async () => {
    await start({ PV_1: { limits: { exportMaxW: 2 * MW } } });
    await until(() => expect(powerOf('PV_1')).toBe(2 * MW));
  });

  it('says what is malformed, once, and follows the rest', async () => {
    vtn.events = [
      now('EXPORT_CAPACITY_LIMIT', 1000, ['PV_1']),
      event([payload('EXPORT_CAPACITY_LIMIT', 'none')], { eventName: 'broken' }),
    ];
    const url = await start();
    await until(() => expect(powerOf('PV_1')).toBe(MW));
    expect((await status(url)).schedule.faults).toMatchObject([{ eventName: 'broken' }]);
    await until(async () => expect((await status(url)).ticks).toBeGreaterThan(10));
    expect(lines.filter((l) => l.includes('event broken'))).toHaveLength(1);
  });

  it('reports each resource under the event that asks for it', async () => {
    const reportDescriptors = [{ payloadType: 'DEMAND', repeat: -1 }] as never;
    vtn.events = [
      now('EXPORT_CAPACITY_SUBSCRIPTION', 20_000, ['BESS_1'], { id: 's1', intervalPeriod: forever, reportDescriptors }),
    ];
    await start();
    await until(() => expect(vtn.reports.length).toBeGreaterThan(2));
    const report = JSON.parse(JSON.stringify(vtn.reports[2]));
    expect(report).toMatchObject({ eventID: 's1', clientName: 'gateway', resources: [{ resourceName: 'BESS_1' }] });
    expect(report.reportName).toBe(`BESS_1/${report.resources[0].intervals[0].intervalPeriod.start}`);
    const payloads = Object.fromEntries(
      report.resources[0].intervals[0].payloads.map((p: ValuesMap) => [p.type, p.values[0]]),
    );
    expect(payloads).toMatchObject({ DEMAND: 6000, DATA_QUALITY: 'OK', STORAGE_USABLE_CAPACITY: 40_000 });
    expect(payloads.CHARGED_ENERGY).toBeCloseTo(6000 / 3600, 0);
  });

  it('writes nothing to devices in a dry run, but says what it would', async () => {
    vtn.events = [now('EXPORT_CAPACITY_LIMIT', 1000, ['PV_1'])];
    const url = await start({}, { dryRun: true });
    await until(async () => {
      const ordered = (await status(url)).devices[1].ordered;
      expect(ordered).toMatchObject({ outputLimit: { maxW: MW }, outcome: 'dry-run' });
    });
    expect(powerOf('PV_1')).toBeGreaterThan(2 * MW);
  });
});

describe('trouble', () => {
  it.each([
    ['vanishes', { kind: 'drop' } as const],
    ['answers late', { kind: 'stall', delayMs: 2_000 } as const],
    ['answers with exceptions', { kind: 'exception', exceptionCode: 4 } as const],
  ])('with a device that %s is said once, costs the others nothing, and passes', async (_what, fault) => {
    const url = await start();
    await until(async () => expect((await status(url)).devices[0]?.reachable).toBe(true));
    site.setFault('BESS_1', fault);
    await until(async () => expect((await status(url)).devices[0].reachable).toBe(false));
    expect((await status(url)).devices[0].lastError).toBeTruthy();
    vtn.events = [now('EXPORT_CAPACITY_LIMIT', 1000, ['PV_1']), now('IMPORT_CAPACITY_LIMIT', 1000, ['BESS_1'])];
    await until(() => expect(powerOf('PV_1')).toBe(MW));
    site.setFault('BESS_1', { kind: 'none' });
    await until(() => expect(powerOf('BESS_1')).toBe(0));
    expect(lines.filter((l) => l.includes('device BESS_1 unreachable'))).toHaveLength(1);
    expect(lines.some((l) => l.includes('device BESS_1 recovered'))).toBe(true);
  });

  it('with the VTN leaves the orders in force, and a restart resumes them from disk', async () => {
    vtn.events = [now('EXPORT_CAPACITY_LIMIT', 1000, ['PV_1'])];
    await start();
    await until(() => expect(powerOf('PV_1')).toBe(MW));
    await vtn.stop();
    await agent?.stop();
    const again = await start();
    await until(async () => expect((await status(again)).mode).toBe('ISLAND_CACHED'));
    await until(async () => expect((await status(again)).devices[1]?.inForce?.outputLimit).toMatchObject({ maxW: MW }));
    expect((await status(again)).vtn.lastError).toContain('ECONNREFUSED');
  });

  it('of a power outage voids cached limits: the configured default holds', async () => {
    vtn.events = [now('EXPORT_CAPACITY_LIMIT', 1000, ['PV_1'])];
    const settings = { PV_1: { limits: { exportMaxW: 2 * MW } } };
    await start(settings, { bootId: 'before' });
    await until(() => expect(powerOf('PV_1')).toBe(MW));
    vtn.events = [];
    vtn.troubles.push(...Array.from({ length: 500 }, () => ({ path: '/events', status: 500 })));
    await agent?.stop();
    const url = await start(settings, { bootId: 'after' });
    await until(() => expect(powerOf('PV_1')).toBe(2 * MW));
    expect((await status(url)).mode).toBe('INIT');
  });
});

describe('the end', () => {
  it('hands set-points back, keeps limits, and takes less than five seconds', async () => {
    vtn.events = [now('DISPATCH_SETPOINT', -3000, ['BESS_1']), now('EXPORT_CAPACITY_LIMIT', 1000, ['PV_1'])];
    await start();
    await until(() => expect([powerOf('BESS_1'), powerOf('PV_1')]).toEqual([3 * MW, MW]));
    const beganMs = performance.now();
    await agent?.stop();
    agent = undefined;
    expect(performance.now() - beganMs).toBeLessThan(2000);
    await until(() => expect([powerOf('BESS_1'), powerOf('PV_1')]).toEqual([-6 * MW, MW]));
  });

  it('is not held up by a device that does not answer', async () => {
    const url = await start();
    await until(async () => expect((await status(url)).devices[0]?.reachable).toBe(true));
    site.setFault('BESS_1', { kind: 'stall', delayMs: 60_000 });
    const beganMs = performance.now();
    await agent?.stop();
    agent = undefined;
    expect(performance.now() - beganMs).toBeLessThan(2000);
  });
});

describe('the status page', () => {
  it('tells whether the agent is alive, and whether it is ready', async () => {
    const url = await start();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await until(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
    site.setFault('PV_1', { kind: 'drop' });
    await until(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503));
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect((await fetch(`${url}/status`, { method: 'POST' })).status).toBe(405);
  });

  it('never shows the secret', async () => {
    const url = await start();
    await until(async () => expect((await status(url)).mode).toBe('CONNECTED'));
    expect(JSON.stringify(await status(url)) + lines.join('')).not.toMatch(/secret|token-\d/);
  });
});
