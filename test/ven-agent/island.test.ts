import { beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '@openadr-gateway/shared/log.ts';
import type { Event } from '@openadr-gateway/shared/openadr/objects.ts';
import { ManualClock } from '@openadr-gateway/shared/time/clock.ts';
import { Agent } from '../../ven-agent/agent.ts';
import type { Device, DeviceCommand } from '../../ven-agent/bridges/device.ts';
import { EventCache } from '../../ven-agent/client/event-cache.ts';
import { configSchema } from '../../ven-agent/config.ts';
import { openAgentDatabase } from '../../ven-agent/database.ts';
import type { AgentDatabase } from '../../ven-agent/database.ts';
import { ReportOutbox } from '../../ven-agent/reporting/outbox.ts';
import { Reporter } from '../../ven-agent/reporting/reporter.ts';
import { DeviceUnit } from '../../ven-agent/unit.ts';
import { event, MINUTE, NOON, payload, pv } from './builders.ts';

/** An inverter that does as it is told; only the process edge is played. */
class ObedientInverter implements Device {
  readonly resourceName = 'PV_1';
  readonly #clock: ManualClock;
  command: DeviceCommand | undefined;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  open = async () => pv;
  read = async () => ({ readAtMs: this.#clock.nowMs(), powerW: 0 });
  close = async () => undefined;
  write = async (command: DeviceCommand) => {
    this.command = command;
    return { kind: 'applied' as const, registersWritten: 1 };
  };
}

const log = createLog({ name: 't', level: 'silent' });
const DEFAULT_W = 4_000_000;
const config = configSchema.parse({
  vtn: { url: 'http://vtn.example', clientId: 'c', clientSecret: 's', pollSeconds: 30 },
  site: { id: 'SITE_1' },
  dataDir: 'unused',
  devices: [
    {
      resourceName: 'PV_1',
      kind: 'PV',
      driver: 'sunspec',
      url: 'tcp://plant.example:502',
      limits: { exportMaxW: DEFAULT_W },
    },
  ],
});

let db: AgentDatabase;
let clock: ManualClock;
let inverter: ObedientInverter;
let cache: EventCache;
let agent: Agent;
let watched: { polls: number; failures: number; lastFullReadMs?: number };

/** An agent process as it starts, on the disk that the last one left. */
function boot(bootId: string, draw = 0.5): void {
  inverter = new ObedientInverter(clock);
  watched = { polls: 0, failures: 0 };
  cache = new EventCache({ db, clock, random: () => draw, bootId });
  const reporter = new Reporter({
    cache,
    outbox: new ReportOutbox(db),
    onQueued: () => undefined,
    log,
    periodMs: 60_000,
    tickMs: 1000,
  });
  const unit = new DeviceUnit(inverter, { clock, random: () => 0, log, onOpened: () => undefined });
  agent = new Agent({ config, units: [unit], cache, watch: { status: watched }, reporter, clock, log, dryRun: false });
}

/** A complete read of the VTN's list. */
function receive(...events: Event[]): void {
  cache.replaceAll(events);
  watched.lastFullReadMs = clock.nowMs();
  agent.scheduleChanged();
}

/** What the inverter is bound to at that instant, W. */
async function limitAt(ms: number): Promise<number | undefined> {
  clock.set(ms);
  await agent.tickSoon();
  const limit = inverter.command?.outputLimit;
  return limit?.kind === 'limited' ? limit.maxW : undefined;
}

/** Five limits of one minute each from noon on: 1, 2, 3, 4 and 5 hundred kW. */
function fiveMinutes(randomizeStart?: string): Event {
  const period = { start: '2026-06-01T12:00:00Z', duration: 'PT1M' };
  return event([], {
    targets: ['PV_1'],
    intervalPeriod: randomizeStart === undefined ? period : { ...period, randomizeStart },
    intervals: [1, 2, 3, 4, 5].map((n) => ({ id: n, payloads: [payload('EXPORT_CAPACITY_LIMIT', n * 100)] })),
  });
}

beforeEach(() => {
  db = openAgentDatabase(':memory:');
  clock = new ManualClock(NOON - MINUTE);
  boot('boot-1');
});

describe('alone, the agent', () => {
  it('follows all five one-minute limits when communication is lost in them, then the default, then resumes', async () => {
    receive(fiveMinutes());
    expect(await limitAt(NOON + 30_000)).toBe(100_000);
    // From here on the VTN is silent.
    for (const n of [2, 3, 4, 5]) expect(await limitAt(NOON + (n - 1) * MINUTE + 30_000)).toBe(n * 100_000);
    expect(agent.mode).toBe('ISLAND_CACHED');
    expect(await limitAt(NOON + 5 * MINUTE)).toBe(DEFAULT_W);
    expect(agent.mode).toBe('ISLAND_DEFAULT');
    clock.set(NOON + 10 * MINUTE);
    const start = '2026-06-01T12:10:00Z';
    receive(
      event([payload('EXPORT_CAPACITY_LIMIT', 7)], {
        targets: ['PV_1'],
        intervalPeriod: { start, duration: 'PT1H' },
      }),
    );
    expect(await limitAt(NOON + 10 * MINUTE)).toBe(7000);
    expect(agent.mode).toBe('CONNECTED');
  });

  it('comes back on the default after a power cut, with the persisted subscription, not the cached limits', async () => {
    const subscription = event([payload('EXPORT_CAPACITY_SUBSCRIPTION', 3000)], {
      targets: ['PV_1'],
      intervalPeriod: { start: '2026-01-01T00:00:00Z', duration: 'P9999Y' },
    });
    receive(fiveMinutes(), subscription);
    expect(await limitAt(NOON)).toBe(100_000);
    boot('boot-2');
    expect(await limitAt(NOON + MINUTE)).toBe(3_000_000);
    expect(agent.mode).toBe('INIT');
  });

  it('resumes the cached schedule when only the process was restarted, with the start as it was drawn', async () => {
    boot('boot-1', 1);
    receive(fiveMinutes('PT2M'));
    expect(await limitAt(NOON + MINUTE)).toBe(DEFAULT_W);
    boot('boot-1', 0);
    expect(await limitAt(NOON + 2 * MINUTE - 1)).toBe(DEFAULT_W);
    expect(await limitAt(NOON + 2 * MINUTE)).toBe(100_000);
    expect(agent.mode).toBe('ISLAND_CACHED');
  });

  it('leaves the default behind for the device to fall back to, or the stricter order', async () => {
    receive(fiveMinutes());
    await limitAt(NOON - MINUTE);
    expect(inverter.command?.fallback?.outputLimit).toEqual({ kind: 'limited', maxW: DEFAULT_W });
    await limitAt(NOON);
    expect(inverter.command).toMatchObject({
      leaseSeconds: 30,
      fallback: { outputLimit: { kind: 'limited', maxW: 100_000 } },
    });
  });
});
