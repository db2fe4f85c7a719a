import { createLog } from '@openadr-gateway/shared/log.ts';
import type { Logger } from '@openadr-gateway/shared/log.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { systemClock } from '@openadr-gateway/shared/time/clock.ts';
import { Agent } from './agent.ts';
import { bootId } from './boot.ts';
import { createDevice } from './bridges/registry.ts';
import { EventCache } from './client/event-cache.ts';
import { MqttWatch } from './client/mqtt-watch.ts';
import { VtnClient } from './client/vtn-client.ts';
import { Watch } from './client/watch.ts';
import { deviceConfigOf, vtnAccessOf } from './config.ts';
import type { AgentConfig } from './config.ts';
import { openOrMakeDo } from './database.ts';
import { Facts } from './facts.ts';
import { ReportOutbox } from './reporting/outbox.ts';
import { Reporter } from './reporting/reporter.ts';
import { ReportSender } from './reporting/sender.ts';
import { SiteClock } from './site-clock.ts';
import { StatusServer } from './status.ts';
import { DeviceUnit } from './unit.ts';

export interface VenAgent {
  /** @returns where its status can be read */
  start(): Promise<{ statusUrl: string }>;
  /** Hands the devices back and ends; takes less than five seconds. */
  stop(): Promise<void>;
}

export interface VenAgentDeps {
  /** The machine's clock. */
  clock?: Clock;
  /** A time that never steps; with a `clock` of one's own, that clock unless it is given. */
  monotonicMs?: () => number;
  random?: () => number;
  log?: Logger;
  /** Changes at every boot of the machine. */
  bootId?: string;
  /** Decide and report, but write nothing to devices. */
  dryRun?: boolean;
}

/** Puts the agent together. Nothing runs, listens or connects before `start()`. */
export function createVenAgent(config: AgentConfig, deps: VenAgentDeps = {}): VenAgent {
  const wall = deps.clock ?? systemClock;
  const random = deps.random ?? Math.random;
  const log = deps.log ?? createLog({ name: 'ven-agent', level: config.log.level });
  const db = openOrMakeDo(config.dataDir, wall.nowMs(), log);
  const boot = deps.bootId ?? bootId(wall);
  // A clock that is given is in the giver's hand, steps included.
  const monotonicMs = deps.monotonicMs ?? (deps.clock ? () => wall.nowMs() : () => performance.now());
  const clock = new SiteClock({ wall, monotonicMs, facts: new Facts(db), bootId: boot, log });
  const client = new VtnClient(vtnAccessOf(config), clock, (vtnMs, roundTripMs) => clock.heard(vtnMs, roundTripMs));
  const cache = new EventCache({ db, clock, random, bootId: boot });
  const outbox = new ReportOutbox(db);
  const sender = new ReportSender({ outbox, client, clock, random, log });
  const reporter = new Reporter({
    cache,
    outbox,
    onQueued: () => sender.kick(),
    log,
    periodMs: config.reporting.periodSeconds * 1000,
    tickMs: config.tick.intervalMs,
  });
  const units = config.devices.map(
    (entry) =>
      new DeviceUnit(createDevice(deviceConfigOf(entry), { log, clock, random }), {
        clock,
        random,
        log,
        onOpened: () => void agent.tickSoon(),
      }),
  );
  const watch = new Watch({
    client,
    cache,
    clock,
    random,
    log,
    pollMs: config.vtn.pollSeconds * 1000,
    onChange: () => agent.scheduleChanged(),
  });
  const mqtt = new MqttWatch({
    discover: async () => {
      const enrolment = await client.enrolment();
      return enrolment === undefined ? undefined : client.mqttBinding(enrolment.venId);
    },
    onRefused: () => client.dropToken(),
    onNotification: () => void watch.look(),
    onEnrolment: () => void watch.lookAtEnrolment(),
    random,
    log,
  });
  const agent = new Agent({ config, units, cache, watch, reporter, clock, log, dryRun: deps.dryRun ?? false });
  const status = new StatusServer({ config, agent, units, watch, mqtt, outbox, sender, reporter, clock, log });

  return {
    start: async () => {
      const { url: statusUrl } = await status.start();
      clock.start();
      watch.start();
      mqtt.start();
      agent.start();
      sender.start();
      log.info({ statusUrl, siteId: config.site.id, devices: units.map((u) => u.resourceName) }, 'agent started');
      return { statusUrl };
    },
    stop: async () => {
      // The devices first: nothing else is urgent.
      await agent.stop();
      client.close();
      await Promise.all([mqtt.stop(), watch.stop(), sender.stop(), status.stop()]);
      clock.stop();
      db.close();
      log.info('agent stopped');
    },
  };
}
