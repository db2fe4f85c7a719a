import type { Tokens } from '../../auth/tokens.ts';
import type { Deliveries } from '../../notify/deliveries.ts';
import type { PublisherDeps } from '../../publisher.ts';
import type { Store } from '../../store/store.ts';

/** What the handlers of the operations API work with. */
export interface OperationsDeps extends PublisherDeps {
  store: Store;
  /** Told after a gateway was revoked, so that its tokens end at once. */
  tokens: Pick<Tokens, 'checkRevocations'>;
  /** Who calls subscribers. */
  webhooks: Pick<Deliveries, 'resume'>;
}
