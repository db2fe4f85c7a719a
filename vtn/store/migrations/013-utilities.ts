import type { Migration } from '../migrate.ts';
import { index, table } from './tables.ts';

/** Utilities. Their members are clients, which name them by the text of their id. */
export const utilities: Migration = {
  name: '013-utilities',
  async up(db) {
    await table(db, 'utilities', ['id'], {
      id: 'bigint',
      address: 'text?',
      aptify_id: 'bigint?',
      aptify_order_id: 'bigint?',
      average_annual_household_income: 'text?',
      average_annual_megawatt_hours: 'text?',
      city: 'text?',
      est_is_active: 'bigint',
      est_subscription_id: 'bigint?',
      is_active: 'bigint',
      name: 'text',
      state: 'text?',
      total_customers: 'bigint',
      total_subscriptions: 'bigint',
      miles_of_line: 'bigint?',
      line_length_overhead: 'bigint?',
      line_length_underground: 'bigint?',
      use_meters: 'bigint',
      zip_code: 'text?',
      created_ms: 'bigint',
      updated_ms: 'bigint',
    }).execute();
    await index(db, 'utilities', ['aptify_id']);
    // For the look at who is deactivated, which never ends.
    await index(db, 'utilities', ['is_active', 'id']);
    await index(db, 'clients', ['utility_id']);
  },
};
