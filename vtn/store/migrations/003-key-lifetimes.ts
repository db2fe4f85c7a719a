import type { Migration } from '../migrate.ts';

/**
 * How long the tokens live that a key signs, so that it is known when nobody needs it any more; and an index for the running
 * server's question whether a client was revoked, which it asks twice a second.
 */
export const keyLifetimes: Migration = {
  name: '003-key-lifetimes',
  async up(db) {
    await db.schema
      .alterTable('signing_keys')
      .addColumn('token_ttl_ms', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema.createIndex('clients_revoked_ms').on('clients').column('revoked_ms').execute();
  },
};
