import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { ConfigError } from '@openadr-gateway/shared/config.ts';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { CallbackDeps } from './api/openadr/deps.ts';
import type { VtnConfig } from './config.ts';
import type { Metrics } from './metrics.ts';
import type { CallbackCaller } from './notify/callback-caller.ts';
import { CallbackRules } from './notify/callback-rules.ts';
import { Channel } from './notify/channel.ts';
import { Deliveries } from './notify/deliveries.ts';
import { ThreadCaller } from './notify/thread-caller.ts';
import { WebhookAnnouncer } from './notify/webhook-announcer.ts';
import type { Store } from './store/store.ts';

export interface WebhooksDeps {
  store: Store;
  clock: Clock;
  ids: IdSource;
  log: Logger;
  /** Who calls subscribers; without it a thread of our own does. */
  caller: CallbackCaller | undefined;
  /** How long the outbox is kept. */
  keptForMs: number;
}

/** The parts that deliver webhooks, put together for `main.ts`. */
export interface Webhooks {
  /** For the API, which takes subscriptions. */
  callbacks: CallbackDeps;
  deliveries: Deliveries;
  start(): Promise<void>;
  /** Tells a revoked client nothing more. */
  forget(clientId: string): void;
  stop(): Promise<void>;
}

const HOUR_MS = 3_600_000;

/** @throws ConfigError when the file of certificates cannot be used */
export function createWebhooks(config: VtnConfig['webhooks'], deps: WebhooksDeps): Webhooks {
  const { store, clock, log, keptForMs } = deps;
  const { allowInsecure, allowedNetworks, caFile, timeoutSeconds, challengesPerMinute, retryHours, keepHours } = config;
  const rules = { allowInsecure, allowedNetworks };
  const ca = caFile === undefined ? {} : { ca: certificatesOf(caFile) };
  const thread = new ThreadCaller({ ...rules, ...ca, timeoutMs: timeoutSeconds * 1_000 }, log);
  const caller = deps.caller ?? thread;
  const deliveries = new Deliveries({
    ...deps,
    caller,
    retryForMs: retryHours * HOUR_MS,
    keptForMs: keepHours * HOUR_MS,
  });
  const announcer = new WebhookAnnouncer({ ...deps, deliveries });
  const channel = new Channel({ store, clock, log, announcer, keptForMs });
  return {
    callbacks: {
      rules: new CallbackRules(rules),
      caller,
      challengesPerMinute,
      resume: (clientId, url) => deliveries.resumeAt(clientId, url),
      version: '3.1',
    },
    deliveries,
    start: async () => {
      await announcer.start();
      channel.start();
    },
    forget: (clientId) => {
      announcer
        .forget(clientId)
        .catch((err: unknown) => log.error({ err, clientId }, 'the webhooks of a revoked client could not be ended'));
    },
    stop: async () => {
      await channel.stop();
      await deliveries.stop();
      await thread.stop();
    },
  };
}

/** What operators watch. */
export function addWebhookMetrics(metrics: Metrics, { deliveries }: Webhooks): void {
  metrics.add({
    kind: 'gauge',
    name: 'webhook_endpoints',
    help: 'Endpoints of webhooks: active, failing (called again later) or parked (until they are resumed).',
    labels: ['state'],
    collect: () => Object.entries(deliveries.states).map(([state, value]) => ({ labels: { state }, value })),
  });
  metrics.add({
    kind: 'gauge',
    name: 'webhook_messages_waiting',
    help: 'Messages for endpoints of webhooks that were not delivered yet.',
    collect: () => deliveries.waiting(),
  });
  metrics.add({
    kind: 'counter',
    name: 'webhook_calls_total',
    help: 'Calls of webhooks, by how they ended.',
    labels: ['result'],
    collect: () => Object.entries(deliveries.calls).map(([result, value]) => ({ labels: { result }, value })),
  });
}

function certificatesOf(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    new X509Certificate(text);
    return text;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError('configuration', [`webhooks.caFile: expected certificates in PEM: ${reason}`]);
  }
}
