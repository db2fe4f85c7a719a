import type { PublisherDeps } from '../../publisher.ts';
import type { Store } from '../../store/store.ts';

/** What the handlers of the customer API work with. */
export interface CustomerDeps extends PublisherDeps {
  store: Store;
}
