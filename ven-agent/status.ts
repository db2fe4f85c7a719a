import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@openadr-gateway/shared/log.ts';
import { formatDateTime } from '@openadr-gateway/shared/time/date-time.ts';
import type { Agent } from './agent.ts';
import type { MqttWatch } from './client/mqtt-watch.ts';
import type { Watch } from './client/watch.ts';
import type { AgentConfig } from './config.ts';
import type { ReportOutbox } from './reporting/outbox.ts';
import type { Reporter } from './reporting/reporter.ts';
import type { ReportSender } from './reporting/sender.ts';
import type { SiteClock } from './site-clock.ts';
import type { DeviceUnit } from './unit.ts';

export interface StatusDeps {
  config: AgentConfig;
  agent: Agent;
  units: readonly DeviceUnit[];
  watch: Watch;
  mqtt: MqttWatch;
  outbox: ReportOutbox;
  sender: ReportSender;
  reporter: Reporter;
  clock: SiteClock;
  log: Logger;
}

const STATUS_FILE = 'status.json';

/** Where a running agent says under which address it can be asked. */
export function statusFile(dataDir: string): string {
  return join(dataDir, STATUS_FILE);
}

/** `/healthz`, `/readyz` and `/status` on the local machine. */
export class StatusServer {
  readonly #deps: StatusDeps;
  #server: http.Server | undefined;

  constructor(deps: StatusDeps) {
    this.#deps = deps;
  }

  /** @throws when the port is taken */
  async start(): Promise<{ url: string }> {
    const { config, log } = this.#deps;
    const server = http.createServer((request, response) => this.#answer(request, response));
    server.headersTimeout = 5_000;
    server.maxConnections = 32;
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(config.status.port, config.status.host, resolve);
    });
    const { port } = server.address() as AddressInfo;
    const host = config.status.host.includes(':') ? `[${config.status.host}]` : config.status.host;
    const url = `http://${host}:${port}`;
    try {
      writeFileSync(statusFile(config.dataDir), `${JSON.stringify({ url, pid: process.pid })}\n`);
    } catch (error) {
      log.warn({ err: error, url }, 'where the status is to be found cannot be written down');
    }
    return { url };
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    rmSync(statusFile(this.#deps.config.dataDir), { force: true });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const path = (request.url ?? '/').split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send(response, 405, { error: 'only GET is served' });
    if (path === '/healthz') return send(response, 200, { status: 'ok' });
    if (path === '/readyz') {
      const ready = this.#isReady();
      return send(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', mode: this.#deps.agent.mode });
    }
    if (path === '/status') return send(response, 200, this.#status());
    send(response, 404, { error: 'there are /healthz, /readyz and /status' });
  }

  /** Ready: the schedule is the VTN's, and every device answers. */
  #isReady(): boolean {
    const { agent, units } = this.#deps;
    return agent.mode === 'CONNECTED' && units.every((unit) => unit.status.reachable);
  }

  #status(): object {
    const { config, agent, watch, mqtt, outbox, sender, reporter, units, clock } = this.#deps;
    const { timeline } = agent;
    const { lastFullReadMs, ...polls } = watch.status;
    const { oldestMs, ...backlog } = outbox.counts();
    const { lastSuccessMs, ...sending } = sender.status;
    return {
      siteId: config.site.id,
      now: formatDateTime(clock.nowMs()),
      clock: clock.status,
      mode: agent.mode,
      ticks: agent.ticks,
      memoryMb: Math.round(process.memoryUsage.rss() / 1e6),
      vtn: { url: config.vtn.url, lastSuccessfulPoll: instant(lastFullReadMs), ...polls, notifications: mqtt.status },
      schedule: {
        entries: timeline.entries.length,
        faults: timeline.faults,
        warnings: timeline.warnings,
        ignoredPayloads: timeline.ignored,
      },
      reports: {
        ...backlog,
        oldest: instant(oldestMs),
        onlyInMemory: reporter.unsaved,
        lastSuccess: instant(lastSuccessMs),
        ...sending,
      },
      site: this.#site(),
      devices: units.map((unit) => this.#device(unit)),
    };
  }

  #site(): object {
    const { meter, restAverageW, shared } = this.#deps.agent.site;
    return {
      meter: meter.kind,
      powerW: meter.kind === 'seen' ? meter.powerW : undefined,
      restW: restAverageW === undefined ? undefined : Math.round(restAverageW),
      caps: shared.map(({ of, caps: { importCap, exportCap } }) => ({ of, importCap, exportCap })),
    };
  }

  #device(unit: DeviceUnit): object {
    const { retryAtMs, ...status } = unit.status;
    const { reading, capabilities } = unit;
    const applied = this.#deps.agent.applied(unit.resourceName);
    return {
      resourceName: unit.resourceName,
      ...status,
      retryAt: instant(retryAtMs),
      line: unit.device.traffic,
      device: capabilities && `${capabilities.manufacturer} ${capabilities.model} ${capabilities.serialNumber}`,
      kind: capabilities?.kind,
      // A meter holds no orders that it could revert.
      safeReversion:
        capabilities?.kind === 'METER'
          ? undefined
          : capabilities?.safeReversion && reading?.isReversionDoubted !== true,
      readAt: instant(reading?.readAtMs),
      powerW: reading?.powerW,
      socFraction: reading?.socFraction,
      state: reading?.state,
      inForce: reading && { outputLimit: reading.outputLimit, setpointW: reading.setpointW },
      ordered: applied && { ...applied.command, outcome: applied.outcome },
      whyLimited: applied?.why,
    };
  }
}

function instant(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatDateTime(ms);
}

function send(response: http.ServerResponse, status: number, body: object): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}
