import type { Migration } from '../migrate.ts';
import { index, table, withColumns } from './tables.ts';

/** The history of dispatch commands, and the messages that were none. */
export const dispatches: Migration = {
  name: '011-dispatches',
  async up(db, traits) {
    await table(db, 'dispatches', ['event_id'], {
      event_id: 'text',
      source: 'text',
      published_ms: 'bigint',
      asset_id: 'text',
      dispatch_ms: 'bigint',
      period_start_ms: 'bigint',
      delivery_day: 'text',
      target_power_w: 'bigint',
      nominal_power_w: 'bigint?',
      power_imbalance_w: 'bigint?',
      soc_imbalance_wh: 'bigint?',
      outcome: 'text',
      received_ms: 'bigint',
    })
      .addForeignKeyConstraint('dispatches_asset', ['asset_id'], 'assets', ['id'], (key) => key.onDelete('cascade'))
      .execute();
    await index(db, 'dispatches', ['asset_id', 'dispatch_ms']);
    await index(db, 'dispatches', ['asset_id', 'period_start_ms', 'published_ms']);

    await withColumns(traits.withSerialKey(db.schema.createTable('dispatch_dead_letters'), 'seq'), {
      topic: 'text',
      reason: 'text',
      detail: 'text',
      payload: 'text',
      encoding: 'text',
      size_bytes: 'bigint',
      received_ms: 'bigint',
    }).execute();
  },
};
