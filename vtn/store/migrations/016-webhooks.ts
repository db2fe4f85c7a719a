import type { Migration } from '../migrate.ts';
import { index, table, withColumns } from './tables.ts';

/** What the delivery of webhooks needs: who subscribed and how calls are signed; endpoints, messages and what is undelivered. */
export const webhooks: Migration = {
  name: '016-webhooks',
  async up(db, traits) {
    await table(db, 'subscription_owners', ['subscription_id'], {
      subscription_id: 'text',
      role: 'text',
      version: 'text',
      signing_secret: 'text',
    })
      .addForeignKeyConstraint(
        'subscription_owners_subscription',
        ['subscription_id'],
        'subscriptions',
        ['id'],
        (key) => key.onDelete('cascade'),
      )
      .execute();

    await table(db, 'webhook_endpoints', ['id'], {
      id: 'text',
      client_id: 'text',
      url: 'text',
      created_ms: 'bigint',
      failures: 'bigint',
      failing_since_ms: 'bigint?',
      parked_ms: 'bigint?',
      reason: 'text?',
      dropped: 'bigint',
    }).execute();
    await index(db, 'webhook_endpoints', ['client_id', 'url'], 'unique');

    await withColumns(traits.withSerialKey(db.schema.createTable('webhook_messages'), 'n'), {
      id: 'text',
      body: 'text',
      created_ms: 'bigint',
    }).execute();
    await table(db, 'webhook_deliveries', ['message_n', 'endpoint_id'], {
      message_n: 'bigint',
      endpoint_id: 'text',
      subscription_id: 'text',
      position: 'bigint',
    }).execute();
    await index(db, 'webhook_deliveries', ['endpoint_id', 'message_n']);
  },
};
