import type { Migration } from '../migrate.ts';
import { index, table } from './tables.ts';

/** Net positions on the markets. */
export const reservations: Migration = {
  name: '006-reservations',
  async up(db) {
    await table(db, 'reservations', ['asset_id', 'start_ms', 'market', 'source'], {
      asset_id: 'text',
      start_ms: 'bigint',
      end_ms: 'bigint',
      market: 'text',
      source: 'text',
      delivery_day: 'text',
      power_w: 'bigint?',
      energy_change_wh: 'bigint?',
      energy_buffer_low_wh: 'bigint?',
      energy_buffer_high_wh: 'bigint?',
      created_ms: 'bigint',
      updated_ms: 'bigint',
    })
      .addForeignKeyConstraint('reservations_asset', ['asset_id'], 'assets', ['id'], (key) => key.onDelete('cascade'))
      .execute();
    await index(db, 'reservations', ['start_ms']);
  },
};
