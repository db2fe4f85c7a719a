import type { Migration } from '../migrate.ts';
import { table } from './tables.ts';

/** What assets are expected to produce and use. */
export const forecasts: Migration = {
  name: '007-forecasts',
  async up(db) {
    await table(db, 'forecasts', ['asset_id', 'start_ms'], {
      asset_id: 'text',
      start_ms: 'bigint',
      end_ms: 'bigint',
      delivery_day: 'text',
      generation_w: 'bigint?',
      consumption_w: 'bigint?',
      import_from_grid_fee: 'text?',
      created_ms: 'bigint',
      updated_ms: 'bigint',
    })
      .addForeignKeyConstraint('forecasts_asset', ['asset_id'], 'assets', ['id'], (key) => key.onDelete('cascade'))
      .execute();
  },
};
