import type { Migration } from '../migrate.ts';
import { index, object, table } from './tables.ts';

/** Subscriptions, and apart from them the bearer tokens of their callbacks, which no answer and no notification may show. */
export const subscriptions: Migration = {
  name: '002-subscriptions',
  async up(db) {
    await table(db, 'subscriptions', ['id'], {
      ...object,
      program_id: 'text?',
      client_id: 'text',
      client_name: 'text',
      objects: 'text',
    })
      .addForeignKeyConstraint('subscriptions_program', ['program_id'], 'programs', ['id'])
      .execute();
    await index(db, 'subscriptions', ['program_id', 'created_ms', 'id']);
    await index(db, 'subscriptions', ['client_id', 'created_ms', 'id']);
    await index(db, 'subscriptions', ['created_ms', 'id']);

    await table(db, 'subscription_tokens', ['subscription_id', 'position'], {
      subscription_id: 'text',
      position: 'bigint',
      bearer_token: 'text',
    })
      .addForeignKeyConstraint(
        'subscription_tokens_subscription',
        ['subscription_id'],
        'subscriptions',
        ['id'],
        (key) => key.onDelete('cascade'),
      )
      .execute();
  },
};
