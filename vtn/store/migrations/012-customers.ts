import type { Migration } from '../migrate.ts';
import { index, table } from './tables.ts';

/** Customers' plants, and what they say about their availability. */
export const customers: Migration = {
  name: '012-customers',
  async up(db) {
    await table(db, 'plants', ['id'], {
      id: 'text',
      account: 'text',
      name: 'text',
      capacity_w: 'bigint',
      timezone: 'text?',
      asset_id: 'text?',
      created_ms: 'bigint',
      updated_ms: 'bigint',
    })
      .addForeignKeyConstraint('plants_asset', ['asset_id'], 'assets', ['id'], (key) => key.onDelete('set null'))
      .execute();
    await index(db, 'plants', ['account', 'name'], 'unique');
    await index(db, 'plants', ['asset_id'], 'unique');

    await table(db, 'unavailabilities', ['id'], {
      id: 'text',
      plant_id: 'text',
      start_ms: 'bigint',
      end_ms: 'bigint',
      available_power_w: 'bigint',
      type: 'text',
      observations: 'text?',
      source_unit: 'text?',
      source_value: 'text?',
      timezone_source: 'text?',
      created_ms: 'bigint',
      updated_ms: 'bigint',
    })
      .addForeignKeyConstraint('unavailabilities_plant', ['plant_id'], 'plants', ['id'])
      .execute();
    await index(db, 'unavailabilities', ['plant_id', 'start_ms']);
  },
};
