import type { Logger } from 'pino';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { customerApi } from './api/customer/index.ts';
import { notifierOperations } from './api/openadr/notifiers.ts';
import { openadrApi } from './api/openadr/index.ts';
import { Grants } from './api/openadr/grants.ts';
import { messageChecker } from './api/messages.ts';
import { openadr30Api } from './api/openadr-3.0/index.ts';
import type { DialectDeps } from './api/openadr-3.0/within.ts';
import { feedsApi } from './api/feeds/index.ts';
import { OPERATIONS_DOCUMENT, operationsApi } from './api/operations/index.ts';
import { schedulesApi } from './api/schedules/index.ts';
import { utilitiesApi } from './api/utilities/index.ts';
import { Tokens } from './auth/tokens.ts';
import type { VtnConfig } from './config.ts';
import { DispatchInbox } from './ingest/dispatches.ts';
import type { DispatchInboxDeps } from './ingest/dispatches.ts';
import { recordReport } from './ingest/reports.ts';
import { Jobs } from './jobs.ts';
import type { CallbackCaller } from './notify/callback-caller.ts';
import { EventFeed } from './notify/feed/feed.ts';
import { Renewal } from './scheduling/renewal.ts';
import { Scheduler } from './scheduling/scheduler.ts';
import { Solver } from './scheduling/solver.ts';
import { HttpServer } from './server.ts';
import { openChannels } from './store/outbox.ts';
import { counted, INFEASIBLE_BANDS } from './store/counters.ts';
import { SqliteStore } from './store/sqlite.ts';
import { Advertisement } from './mdns.ts';
import { Metrics } from './metrics.ts';
import { startMqtt, type RunningMqtt } from './mqtt.ts';
import type { Store } from './store/store.ts';
import { addWebhookMetrics, createWebhooks } from './webhooks.ts';

export interface VtnDeps {
  clock: Clock;
  ids: IdSource;
  log: Logger;
  /** Who calls subscribers; without it a thread of our own does. */
  caller?: CallbackCaller;
}

/** Where the server listens; `mqttUrl` of the broker, when there is one. */
export interface Listening {
  url: string;
  mqttUrl?: string;
}

export interface Vtn {
  /** Serves when it resolves. When it rejects, everything that had started is stopped again. */
  start(): Promise<Listening>;
  /** Finishes what is running. Takes less than ten seconds. */
  stop(): Promise<void>;
  store: Store;
  tokens: Tokens;
  metrics: Metrics;
}

type Stop = () => void | Promise<void>;

/** Builds the server: the only place that constructs and wires its parts. */
export function createVtn(config: VtnConfig, { clock, ids, log, caller }: VtnDeps): Vtn {
  const store = new SqliteStore({ path: config.store.path, clock, log });
  const { tokenTtlSeconds: ttlSeconds, tokenRequestsPerMinute, ...auth } = config.auth;
  const tokens = new Tokens({ store, clock, ids, log, ttlSeconds, ...auth });
  const { horizonDays, capacityProducts } = config.translation;
  let broker: RunningMqtt = {};
  const keptForMs = config.feeds.retentionHours * 3_600_000;
  const webhooks = createWebhooks(config.webhooks, { store, clock, ids, log, caller, keptForMs });

  const objects: DialectDeps = {
    store,
    clock,
    ids,
    unknownProgramStatus: config.openadr.unknownProgramStatus,
    callbacks: webhooks.callbacks,
    onReport: (tx, report) => recordReport(tx, report, { clock, reportPeriodMs: config.reports.periodSeconds * 1_000 }),
  };
  const openadr = openadrApi({
    ...objects,
    tokens,
    publicUrl: config.server.publicUrl,
    externalTokenUrl: config.auth.externalIssuers.find((issuer) => issuer.tokenUrl !== undefined)?.tokenUrl,
    tokenRequestsPerMinute,
    onIssued: async (token) => broker.admit?.(token, false),
    notifiers: notifierOperations({
      store,
      mqtt:
        config.mqtt.mode === 'off'
          ? undefined
          : {
              uris: () => config.mqtt.publicUrls ?? (broker.url === undefined ? [] : [broker.url]),
              authentication: config.mqtt.authentication,
              admit: async (token) => broker.admit?.(token, true),
            },
    }),
  });
  const openadr30 = openadr30Api({ ...objects, operations: openadr.operations });
  const operations = operationsApi({
    store,
    webhooks: webhooks.deliveries,
    clock,
    ids,
    log,
    tokens,
    horizonDays,
    capacityProducts,
  });
  const utilities = utilitiesApi({ store, clock, tokens, publicUrl: config.server.publicUrl });
  const solver = new Solver();
  const scheduler = new Scheduler({ store, solver, clock, ids, log, horizonDays, capacityProducts });
  const schedules = schedulesApi({ scheduler });
  const renewal = new Renewal({ store, clock, log, scheduler });
  const customer = customerApi({ store, clock, ids, log, horizonDays, capacityProducts });
  const jobs = new Jobs({ store, clock, ids, log, horizonDays, capacityProducts });
  const metrics = new Metrics(store);
  metrics.add({
    kind: 'counter',
    name: 'infeasible_energy_bands_total',
    help: 'Delivery days of assets that came to have slots with energy_low above energy_high; published as computed.',
    collect: () => store.read((db) => counted(db, INFEASIBLE_BANDS)),
  });
  const grants = new Grants(store);
  const { retentionHours: _, heartbeatSeconds, ...readers } = config.feeds;
  const feed = new EventFeed({
    store,
    log,
    grantOf: (caller) => grants.of(caller),
    heartbeatMs: heartbeatSeconds * 1_000,
    ...readers,
  });
  const readersHelp = 'Connections of the event feed.';
  metrics.add({ kind: 'gauge', name: 'feed_readers', help: readersHelp, collect: () => feed.readers });
  const cutHelp = 'Readers of the event feed who were cut off because they took too little.';
  metrics.add({ kind: 'counter', name: 'feed_readers_cut_off_total', help: cutHelp, collect: () => feed.cutOff });
  addWebhookMetrics(metrics, webhooks);
  const feeds = feedsApi({ feed, tokens, clock });
  const server = new HttpServer({
    config: config.server,
    clock,
    ids,
    log,
    store,
    tokens,
    metrics,
    apis: [openadr, openadr30, operations, customer, schedules, feeds, utilities],
  });

  let inbox: DispatchInbox | undefined;
  metrics.add({
    kind: 'counter',
    name: 'dispatch_messages_total',
    help: 'Dispatch commands that came in, by what became of them.',
    labels: ['outcome'],
    collect: () =>
      Object.entries(inbox?.counts ?? {}).map(([outcome, value]) => ({
        labels: { outcome: outcome.toLowerCase() },
        value,
      })),
  });

  const running: Stop[] = [];
  const stop = async (): Promise<void> => {
    // In the order opposite to the start, and on to the end whatever fails.
    const failures: unknown[] = [];
    for (const end of running.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything stopped cleanly');
  };
  const start = async (): Promise<Listening> => {
    await store.start();
    running.push(() => store.stop());
    running.push(() => solver.stop());
    await tokens.start();
    running.push(() => tokens.stop());
    running.push(() => jobs.stop());
    await jobs.start();
    renewal.start();
    running.push(() => renewal.stop());
    await store.write(({ db }) => openChannels(db, config.mqtt.mode === 'off' ? ['webhooks'] : ['webhooks', 'mqtt']));
    running.push(() => webhooks.stop());
    await webhooks.start();
    running.push(tokens.onRevoked((clientId) => webhooks.forget(clientId)));
    inbox = await inboxOf(config, { store, clock, ids, log, horizonDays });
    broker = await startMqtt(config, { store, tokens, clock, log, inbox, keptForMs }, running);
    const { url: mqttUrl } = broker;
    const { url } = await server.start();
    running.push(() => server.stop());
    running.push(tokens.onRevoked((clientId) => feed.cut(clientId)));
    feed.start();
    if (config.mdns.enabled) {
      const advertisement = new Advertisement({ config, log });
      advertisement.start(url);
      running.push(() => advertisement.stop());
    }
    // Before the server, which would wait for its readers.
    running.push(() => feed.stop());
    return { url, ...(mqttUrl === undefined ? {} : { mqttUrl }) };
  };
  return {
    store,
    tokens,
    metrics,
    stop,
    start: () =>
      start().catch(async (error: unknown) => {
        await stop();
        throw error;
      }),
  };
}

/** Where dispatch commands come in, if they do. */
async function inboxOf({ mqtt, ingest }: VtnConfig, deps: Omit<DispatchInboxDeps, 'topicPrefix' | 'check'>) {
  const { enabled = mqtt.mode === 'embedded', topicPrefix } = ingest.dispatches;
  if (!enabled || mqtt.mode === 'off') return undefined;
  return new DispatchInbox({
    ...deps,
    topicPrefix,
    check: await messageChecker(OPERATIONS_DOCUMENT, 'DispatchMessage'),
  });
}
