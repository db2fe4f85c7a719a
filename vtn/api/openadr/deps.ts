import type { IdSource } from '@openadr-gateway/shared/ids.ts';
import type { Report } from '@openadr-gateway/shared/openadr/objects.ts';
import type { Clock } from '@openadr-gateway/shared/time/clock.ts';
import type { Store, Writer } from '../../store/store.ts';
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
  /** Takes a report's values in, in the transaction that stores it. */
  onReport(tx: Writer, report: Report): Promise<void>;
}
