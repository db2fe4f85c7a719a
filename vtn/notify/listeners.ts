import type { Role } from '../auth/caller.ts';
import { ROLES } from '../auth/caller.ts';
import type { StoredListener } from '../store/webhooks.ts';
import type { Listener } from './callback-routing.ts';

/** A subscription as it is called: whom it is for, in which version, and with which secrets. */
export interface Subscriber extends Listener {
  createdMs: number;
  version: '3.1' | '3.0.1';
  signingSecret: string | undefined;
  tokens: ReadonlyMap<number, string>;
}

export function subscriberOf({ subscription, role, version, signingSecret, tokens }: StoredListener): Subscriber {
  return {
    subscriptionId: subscription.id,
    clientId: subscription.clientID,
    // Of whom nothing is known gets no more than a VEN.
    role: ROLES.find((one): one is Role => one === role) ?? 'ven',
    programId: subscription.programID ?? undefined,
    targets: subscription.targets ?? [],
    callbacks: subscription.objectOperations.map(({ callbackUrl, objects, operations }, position) => ({
      position,
      url: callbackUrl,
      objects,
      operations,
    })),
    createdMs: Date.parse(subscription.createdDateTime),
    version: version === '3.0.1' ? '3.0.1' : '3.1',
    signingSecret: signingSecret ?? undefined,
    tokens,
  };
}
