import { subscriptionFrom30, subscriptionTo30 } from '@openadr-gateway/shared/openadr/dialect-3.0.ts';
import type { Subscription } from '@openadr-gateway/shared/openadr/objects.ts';
import { programIds } from './names.ts';
import type { Shape } from './shape.ts';

/** `/subscriptions` */
export const SUBSCRIPTIONS: Shape<Subscription> = {
  operations: {
    list: 'searchSubscriptions',
    read: 'searchSubscriptionByID',
    create: 'createSubscription',
    update: 'updateSubscription',
    remove: 'deleteSubscription',
  },
  collections: ['subscriptions', 'programs'],
  isNeverRemembered: true,
  isPure: true,
  isTargeted: false,
  filtersTargets: false,
  parameters: ['programID', 'clientName', 'objects'],
  show: (subscriptions) => subscriptions.map(subscriptionTo30),
  take: ({ body }) => subscriptionFrom30(body as Parameters<typeof subscriptionFrom30>[0]),
  named: (type, values, _caller, db) =>
    type === 'PROGRAM_NAME'
      ? programIds(db, values).then(
          (ids) =>
            ({ programID }) =>
              programID != null && ids.includes(programID),
        )
      : undefined,
};
