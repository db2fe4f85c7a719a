import type { Migration } from '../migrate.ts';
import { index, table } from './tables.ts';

/** How far each notification channel has read the outbox, and an index that finds what is too old to be kept for them. */
export const outboxChannels: Migration = {
  name: '010-outbox-channels',
  async up(db) {
    await table(db, 'outbox_cursors', ['channel'], { channel: 'text', seq: 'bigint' }).execute();
    await index(db, 'outbox', ['created_ms']);
  },
};
