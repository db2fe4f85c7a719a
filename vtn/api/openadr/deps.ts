import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import type { Report } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Store, Writer } from '../../store/store.ts';
import type { CallbackCaller } from '../../notify/callback-caller.ts';
import type { CallbackRules } from '../../notify/callback-rules.ts';
import type { Grants } from './grants.ts';
import type { ListCache } from './list-cache.ts';

/** What the handlers of OpenADR objects work with. */
export interface ObjectDeps {
  store: Store;
  clock: Clock;
  ids: IdSource;
  grants: Grants;
  lists: ListCache;
  /** What an event or a subscription for an unknown program answers. */
  unknownProgramStatus: 400 | 409;
  callbacks: CallbackDeps;
  /** Takes a report's values in, in the transaction that stores it. */
  onReport(tx: Writer, report: Report): Promise<void>;
}

/** What subscriptions need beside the store. */
export interface CallbackDeps {
  rules: Pick<CallbackRules, 'faultOf'>;
  /** Calls whoever is to be called, to ask whether he wants it. */
  caller: CallbackCaller;
  /** How many URLs of one client are asked in a minute. */
  challengesPerMinute: number;
  /** Begins to call a URL again that was given up, now that it has answered. */
  resume(clientId: string, url: string): Promise<void>;
  /** The version of OpenADR in which the client is told. */
  version: '3.1' | '3.0.1';
}
