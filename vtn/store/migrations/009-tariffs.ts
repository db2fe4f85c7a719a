import type { Migration } from '../migrate.ts';
import { index, table } from './tables.ts';

/** What energy costs and earns, slot by slot. */
export const tariffs: Migration = {
  name: '009-tariffs',
  async up(db) {
    await table(db, 'tariffs', ['id'], {
      id: 'text',
      name: 'text',
      region: 'text',
      currency: 'text',
      targets: 'text',
      created_ms: 'bigint',
      updated_ms: 'bigint',
    }).execute();
    await table(db, 'tariff_prices', ['tariff_id', 'start_ms'], {
      tariff_id: 'text',
      start_ms: 'bigint',
      import_milli: 'bigint?',
      export_milli: 'bigint?',
      grid_fee_milli: 'bigint?',
      is_forecast: 'bigint',
      created_ms: 'bigint',
      updated_ms: 'bigint',
    })
      .addForeignKeyConstraint('tariff_prices_tariff', ['tariff_id'], 'tariffs', ['id'], (key) =>
        key.onDelete('cascade'),
      )
      .execute();
    await index(db, 'tariff_prices', ['start_ms']);
  },
};
