import type { Logger } from 'pino';
import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import { openadrApi } from './api/openadr/index.ts';
import { Tokens } from './auth/tokens.ts';
import type { VtnConfig } from './config.ts';
import { HttpServer } from './server.ts';
import { SqliteStore } from './store/sqlite.ts';
import type { Store } from './store/store.ts';

export interface VtnDeps {
  clock: Clock;
  ids: IdSource;
  log: Logger;
}

export interface Vtn {
  /** Running when it resolves. */
  start(): Promise<{ url: string; mqttUrl?: string }>;
  /** Finishes what is running, within ten seconds. */
  stop(): Promise<void>;
  store: Store;
  tokens: Tokens;
}

/** Builds the server: the only place that constructs and wires its parts. */
export function createVtn(config: VtnConfig, { clock, ids, log }: VtnDeps): Vtn {
  const store = new SqliteStore({ path: config.store.path, clock, log });
  const { tokenTtlSeconds: ttlSeconds, tokenRequestsPerMinute, ...auth } = config.auth;
  const tokens = new Tokens({ store, clock, ids, log, ttlSeconds, ...auth });
  const openadr = openadrApi({
    store,
    clock,
    ids,
    tokens,
    publicUrl: config.server.publicUrl,
    tokenRequestsPerMinute,
    unknownProgramStatus: config.openadr.unknownProgramStatus,
    onReport: async () => undefined,
    notifiers: {},
  });
  const server = new HttpServer({ config: config.server, clock, ids, log, store, tokens, apis: [openadr] });
  return {
    store,
    tokens,
    async start() {
      await store.start();
      await tokens.start();
      return server.start();
    },
    async stop() {
      await server.stop();
      tokens.stop();
      await store.stop();
    },
  };
}
